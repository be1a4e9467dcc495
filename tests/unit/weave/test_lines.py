import pytest

from app.layouts.numbered import unknown
from app.weave.candidates import candidates
from app.weave.evaluator import Evaluator
from app.weave.grounding import Grounding
from app.weave.lines import Heard, Lines, Reading, plain_lead
from app.weave.phrase_score import PhraseScore
from tests.unit.weave.made import dictionary, passage

RUN, BAKE = "Run the tests [2] with make.", "Bake a cake at noon."
CODE = "```\nmake a\nmake b\n```"


def lines() -> Lines:
    offered = candidates([passage(f"{RUN} {BAKE}\n\n{CODE}\n")])
    evaluator = Evaluator(
        offered,
        [0.0] * len(offered),
        recalled=(),
        phrases=PhraseScore(dictionary()),
        grounding=Grounding(set(), []),
    )
    return Lines(list(evaluator.verdicts.values()))


def test_every_sentence_has_a_line_that_reads_back() -> None:
    page = lines()
    assert len(page.texts) == 3
    for number, text in enumerate(page.texts, 1):
        line = page.line(text)
        assert line.startswith(f"[{number}] ") and "\n" not in line
        assert page.read(line) == page.read(line + "\n") == Reading(texts=(text,))
        assert page.read(page.line(text, "In short:")) == Reading(texts=(text,), lead="In short:")


def test_lines_are_read_in_the_order_they_are_said() -> None:
    page = lines()
    first, second, _ = page.texts
    draft = f"So: {page.line(second)}\nThen: {page.line(first)}\n"
    assert page.read(draft) == Reading(texts=(second, first), lead="So:")


@pytest.mark.parametrize(
    "draft",
    [
        "",
        "\n",
        "[1]",
        "[1] ",
        "Bake a cake at noon.",
        "[1] Bake a cake at noon",
        "[1] Bake a cake at noon.\n\n[2] Bake a cake at noon.",
        "[2] Bake a cake at noon.\n[2] Bake a cake at noon.",
        "[2] Bake a cake at noon.\n[1] Bake a cake at noon.",
        "[2] Bake a cake at noon.\nThat is all.",
        "Because I say so and know it: [2] Bake a cake at noon.",
        "[2] [2] Bake a cake at noon.",
    ],
)
def test_other_drafts_are_not_understood(draft: str) -> None:
    assert lines().read(draft) is None


@pytest.mark.parametrize(
    ("lead", "plain"),
    [
        ("", True),
        ("Short answer:", True),
        ("Let's see:", True),
        ("Réponse courte:", True),
        ("One two three four:", True),
        ("One two three four five:", False),
        ("Short answer", False),
        ("`code`:", False),
        ("A  b:", False),
        ("Step 1:", False),
        ("@bob:", False),
        ("x" * 61 + ":", False),
        ("a:b:", False),
    ],
)
def test_leads_are_a_few_plain_words(lead: str, plain: bool) -> None:
    assert plain_lead(lead) is plain


@pytest.mark.parametrize(
    ("samples", "heard"),
    [
        ([], Heard()),
        (["nonsense", ""], Heard()),
        ([unknown(), f"{unknown()}\n"], Heard(declined=1.0)),
        ([f"[2] {BAKE}"], Heard(readable=1.0)),
        ([f"So: [2] {BAKE}", f"So: [2] {BAKE}\n", f"[2] {BAKE}"], Heard(lead="So:", readable=1.0)),
        ([f"So: [2] {BAKE}", f"[2] {BAKE}"], Heard(readable=1.0)),
        (
            [f"So: [2] {BAKE}", "So: [1] nonsense", unknown(), unknown()],
            Heard(lead="So:", readable=0.5, declined=0.5),
        ),
    ],
)
def test_hears_what_samples_are_like(samples: list[str], heard: Heard) -> None:
    assert lines().hear(samples) == heard
