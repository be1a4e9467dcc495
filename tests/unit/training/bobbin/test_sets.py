import pytest

from app.layouts.templates import template
from app.training.bobbin.heldout import checked, question
from app.training.bobbin.lexical import Overlap
from app.training.bobbin.pages import Document
from app.training.bobbin.sets import Counts, build

FEW = Counts(synthetic=12, far=6, judged=8, others=4, lessons=4, styled=4)
TEXTS = (
    "The server listens on port 8080 unless another port is given.",
    "Set the `HOST` variable to accept connections from other machines.",
    "Log files are written into the `logs` folder of the current directory.",
    "A worker restarts its pool after the database closes a connection.",
    "The cache forgets entries that were not read for ten minutes.",
    "Returns the number of bytes that were written to the stream.",
    "Raises `TimeoutError` if the remote service sends no reply in time.",
    "Passwords are hashed with a random salt before they are stored.",
    "Use the `--verbose` flag to print each request with its headers.",
    "Uploaded images are resized by a background task every night.",
    "The parser skips comments and blank lines at the end of a file.",
    "Call `close()` to release the lock that another thread waits for.",
)
DOCUMENTS = [
    Document(package="made", name=f"made.{at}", sentences=TEXTS[at:] + TEXTS[:at])
    for at in range(6)
]


@pytest.fixture(scope="module")
def sets():
    return build(DOCUMENTS, FEW)


def test_sets_have_their_sizes(sets):
    sizes = {name: len(getattr(sets, name)) for name in sets.__slots__}
    assert sizes == {
        "synthetic": 12,
        "far": 6,
        "quotes": 8,
        "addresses": 8,
        "two": 4,
        "unknown": 4,
        "hints": 4,
        "leads": 4,
        "lessons": 4,
        "styled": 4,
    }
    assert all(len(page.turns) == 1 for name in sets.__slots__ for page in getattr(sets, name))


def test_synthetic_questions_have_one_right_source_of_five_to_seven(sets):
    for page in sets.synthetic:
        assert len(page.sources) in (5, 6, 7)
        assert len(question(page).gold) == 1


def test_lexical_overlap_gets_all_synthetic_questions_right(sets):
    overlap = Overlap(TEXTS)
    for page in sets.synthetic:
        assert overlap.best(question(page).question, page.sources) in question(page).gold


@pytest.mark.parametrize("name", ["quotes", "addresses"])
def test_checks_are_half_yes_half_no(sets, name):
    checks = [checked(page) for page in getattr(sets, name)]
    assert {check.question for check in checks} == {template(f"judge/{name}")}
    assert [check.yes for check in checks] == [True] * 4 + [False] * 4


def test_other_sets_are_of_their_kind(sets):
    assert {len(question(page).gold) for page in sets.two} == {2}
    assert {question(page).gold for page in sets.unknown} == {()}
    assert all(question(page).lead for page in sets.leads)
    assert all(page.keep or page.avoid for page in sets.hints)


def test_hints_decide_between_sources_that_are_alike(sets):
    for page in sets.hints:
        gold = set(page.sources[question(page).gold[0]].split())
        others = [set(text.split()) for text in page.sources if set(text.split()) != gold]
        assert max(len(gold & other) / len(gold | other) for other in others) > 0.5


def test_a_style_is_measured_on_other_documents_than_it_is_taught_on():
    halves = [
        Document(package="made", name="even", sentences=TEXTS[:6]),
        Document(package="made", name="odd", sentences=TEXTS[6:]),
    ]
    sets = build(halves, Counts(synthetic=2, judged=2, others=1, lessons=2, styled=2))
    assert {text for page in sets.lessons for text in page.sources} <= set(TEXTS[:6])
    assert {text for page in sets.styled for text in page.sources} <= set(TEXTS[6:])


def test_the_same_seed_gives_the_same_pages(sets):
    assert build(DOCUMENTS, FEW) == sets
    assert build(DOCUMENTS, FEW, seed=1) != sets


def test_documents_that_give_too_little_are_told():
    short = [Document(package="made", name="made", sentences=("No.", "Yes."))]
    with pytest.raises(ValueError, match="too few pages could be made of: judge/quotes yes"):
        build(short, Counts(synthetic=1, judged=2, others=1, lessons=1, styled=1))
