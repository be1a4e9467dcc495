import random
from itertools import pairwise

import pytest

from app.layouts import numbered
from app.layouts.templates import template
from app.training.bobbin import tasks
from app.training.bobbin.choice import is_new
from app.training.bobbin.pages import Check, Document, Page, Turn

LOOM = Document(
    package="loom",
    name="loom/server.py",
    sentences=(
        "Set ``max_retries`` to limit how often a failed request is sent again.",
        "The server listens on port 8080 unless another address is configured.",
        "If the configuration file is missing, default values are used for every option.",
        "Returns the number of rows that were deleted from the database table.",
        "Use `Client.stream()` to download large files without loading them into memory.",
        "timeout: seconds to wait for a connection before giving up.",
        "Raises ValueError when the certificate has expired or cannot be verified.",
        "Sessions are stored in an encrypted cookie that expires after two weeks.",
        "Call close() to release the worker threads and flush pending log messages.",
        "The scheduler starts jobs in the order in which they were submitted.",
    ),
)
YARN = Document(
    package="yarn",
    name="yarn/colour.py",
    sentences=(
        "Colours are blended in linear light to avoid dark edges.",
        "The palette can be exported as a JSON document for other programs.",
        "Pass `antialias=False` to draw hard edges on small icons.",
        "Gradients need at least two stops with increasing offsets.",
    ),
)


def pages(count: int) -> list[Page]:
    return [tasks.page(random.Random(seed), LOOM, others=(YARN,)) for seed in range(count)]


MADE = pages(300)
TURNS = [(page, turn) for page in MADE for turn in page.turns]


def test_pages_are_the_same_for_the_same_seed() -> None:
    assert pages(20) == MADE[:20]


def test_pages_differ_by_seed() -> None:
    assert len(set(MADE)) > 290


def test_sources_are_single_lines_within_the_layout() -> None:
    for page in MADE:
        assert 2 <= len(page.sources) <= numbered.MOST
        assert len(set(page.sources)) == len(page.sources)
        assert all(source == numbered.flat(source) for source in page.sources)


def test_pages_keep_within_their_room() -> None:
    for page in MADE:
        texts = [*page.sources]
        for turn in page.turns:
            if isinstance(turn, Turn):
                texts += [turn.question, *(page.sources[at] for at in turn.gold)]
            else:
                texts += [turn.asked, turn.answer, turn.question]
        assert sum(map(len, texts)) <= tasks.ROOM + 300


def test_questions_are_single_lines() -> None:
    for _, turn in TURNS:
        asked = turn.question if isinstance(turn, Turn) else turn.asked
        assert asked and asked == numbered.flat(asked)


def test_links_hold_words_on_both_sides() -> None:
    seen = 0
    for page, turn in TURNS:
        if isinstance(turn, Turn):
            for link in turn.links:
                seen += 1
                assert link.source in turn.gold
                said = turn.question[link.start : link.end]
                made_from = page.sources[link.source][link.source_start : link.source_end]
                assert said and said == said.strip()
                assert made_from and made_from == made_from.strip()
            assert all(a.end <= b.start for a, b in pairwise(turn.links))
    assert seen > 1000


def test_most_links_join_the_same_word() -> None:
    links = [
        (turn.question[k.start : k.end], page.sources[k.source][k.source_start : k.source_end])
        for page, turn in TURNS
        if isinstance(turn, Turn)
        for k in turn.links
    ]
    same = sum(said.lower()[:3] == source.lower()[:3] for said, source in links)
    assert 0.5 < same / len(links) < 0.98


@pytest.mark.parametrize(
    ("golds", "least", "most"), [(0, 0.02, 0.16), (1, 0.6, 0.95), (2, 0.03, 0.2)]
)
def test_turns_have_no_one_or_two_golds_in_their_shares(
    golds: int, least: float, most: float
) -> None:
    turns = [turn for _, turn in TURNS if isinstance(turn, Turn)]
    assert least < sum(len(turn.gold) == golds for turn in turns) / len(turns) < most


def test_where_a_lead_is_to_be_said_all_answers_of_the_page_have_it() -> None:
    styled = 0
    for page in MADE:
        turns = [turn for turn in page.turns if isinstance(turn, Turn) and turn.gold]
        if any(turn.said for turn in turns):
            styled += 1
            assert all(turn.said for turn in turns)
            assert len({turn.lead for turn in turns}) == 1
    # 15 of 300 are expected, with a standard deviation of 3.8.
    assert 4 <= styled <= 27


def test_leads_end_with_a_colon() -> None:
    leads = [turn.lead for _, turn in TURNS if isinstance(turn, Turn) and turn.lead]
    assert len(leads) > 50
    assert all(lead.endswith(":") for lead in leads)


def test_checks_know_their_labels() -> None:
    labels = []
    for page, check in TURNS:
        if not isinstance(check, Check):
            continue
        labels.append(check.yes)
        (line,) = numbered.read(check.answer) or ()
        if check.question == template("judge/quotes"):
            assert check.yes == (line.text == page.sources[line.number - 1])
        else:
            assert check.question == template("judge/addresses")
            assert line.text == page.sources[line.number - 1]
    assert 0.35 < sum(labels) / len(labels) < 0.65


def test_hints_decide_between_twins() -> None:
    decided = 0
    for page, turn in TURNS:
        if not isinstance(turn, Turn):
            continue
        for at in turn.gold:
            gold = page.sources[at]
            for other in (*page.sources[:at], *page.sources[at + 1 :]):
                if is_new(other, [gold]):
                    continue
                decided += 1
                kept = any(phrase in gold and phrase not in other for phrase in page.keep)
                avoided = any(phrase in other and phrase not in gold for phrase in page.avoid)
                assert kept or avoided
    assert decided > 10


@pytest.mark.parametrize("sources", [5, 6, 7])
def test_a_page_for_evaluation_has_one_question_with_one_gold(sources: int) -> None:
    for seed in range(40):
        page = tasks.synthetic(random.Random(seed), LOOM, sources)
        (turn,) = page.turns
        assert isinstance(turn, Turn)
        assert len(page.sources) == sources
        assert len(turn.gold) == 1


def test_a_document_without_sentences_cannot_be_asked_about() -> None:
    empty = Document(package="loom", name="loom/empty.py", sentences=("See also:", "x"))
    with pytest.raises(ValueError, match="no two sentences"):
        tasks.page(random.Random(0), empty)
    with pytest.raises(ValueError, match="no two sentences"):
        tasks.synthetic(random.Random(0), empty, 5)


def test_a_document_with_too_few_sentences_gives_no_page_for_evaluation() -> None:
    with pytest.raises(ValueError, match="4 usable sentences, not 5"):
        tasks.synthetic(random.Random(0), YARN, 5)
