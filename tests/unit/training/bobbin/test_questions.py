import random
from itertools import pairwise

import pytest

from app.training.bobbin.frames import frames
from app.training.bobbin.paraphrase import Bit
from app.training.bobbin.questions import Asked, ask
from app.training.bobbin.reading import read
from app.training.bobbin.scenes import lists, told
from app.training.bobbin.slots import Filler

SENTENCES = (
    "Use `max_retries` to limit how often a failed request is sent again.",
    "If the configuration file is missing, default values are used for every option.",
    "Raises ValueError when the certificate has expired.",
    "The client's pool cannot hold more than 100 connections.",
    "This method is deprecated, call `Loom.open()` instead.",
)


def asked(sentence: str, count: int = 120, distance: float = 0.5) -> list[Asked]:
    made = [
        ask(random.Random(seed), sentence, distance=distance, far=["the old loom"])
        for seed in range(count)
    ]
    return [each for each in made if each is not None]


@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_sentence_gives_many_questions(sentence: str) -> None:
    texts = [each.text for each in asked(sentence)]
    assert len(texts) > 110
    assert len(set(texts)) > 0.9 * len(texts)


@pytest.mark.parametrize("sentence", SENTENCES)
def test_spans_hold_what_they_were_made_from(sentence: str) -> None:
    for each in asked(sentence):
        bits = [bit for bit in each.bits if bit.start >= 0]
        assert len(bits) == len(each.spans)
        for bit, span in zip(bits, each.spans, strict=True):
            assert each.text[span.start : span.end].lower() == bit.text.lower()
            assert (span.source_start, span.source_end) == (bit.start, bit.end)
            made_from = sentence[span.source_start : span.source_end]
            assert made_from in [word.said for word in read(sentence).words]
        assert all(one.end <= other.start for one, other in pairwise(each.spans))


def test_bits_make_up_the_whole_question() -> None:
    for sentence in SENTENCES:
        for each in asked(sentence, 40):
            if "  " not in each.text:
                assert len(each.text) >= sum(len(bit.text) for bit in each.bits) - 4


@pytest.mark.parametrize("mark", ["{", "}", "~", "cue:"])
def test_no_slot_is_left_open(mark: str) -> None:
    for sentence in SENTENCES:
        for each in asked(sentence):
            assert mark not in each.text


def test_nearer_questions_share_more_words_than_farther_ones() -> None:
    def same(distance: float) -> float:
        found = asked(SENTENCES[1], 300, distance)
        return sum(
            each.text[span.start : span.end].lower()
            == SENTENCES[1][span.source_start : span.source_end].lower()
            for each in found
            for span in each.spans
        ) / len(found)

    assert same(0.0) > 1.5 * same(1.0)


def test_questions_are_of_many_kinds() -> None:
    kinds = {each.kind for sentence in SENTENCES for each in asked(sentence)}
    assert kinds >= {"act", "condition", "name", "error", "default", "keys", "plight", "ban", "old"}


def test_a_sentence_without_words_gives_none() -> None:
    assert ask(random.Random(0), "...", distance=0.5) is None


def test_a_bare_question_has_nothing_of_elsewhere_around_it() -> None:
    made = [
        ask(random.Random(s), SENTENCES[2], distance=0.2, far=["weft"], bare=True)
        for s in range(200)
    ]
    assert sum("weft" in each.text for each in made if each) < 10


def test_every_form_has_known_slots() -> None:
    reading = read(SENTENCES[0])
    for kind, (share, forms) in frames().items():
        assert share > 0
        for form in forms:
            assert len(form.texts) == len(form.slots) + 1
            filler = Filler(random.Random(0), reading, kind, ())
            for slot in form.slots:
                filler.fill(slot)


def test_slots_take_the_form_that_they_ask_for() -> None:
    reading = read("Returns the rows of a table.")

    def first(slot: str) -> str:
        return Filler(random.Random(0), reading, "act", ()).fill(slot)[0].text

    assert [first(slot) for slot in ("act", "acts", "acting")] == [
        "return",
        "returns",
        "returning",
    ]


def test_you_becomes_i() -> None:
    reading = read("If you close your session, it ends.")
    filled = Filler(random.Random(1), reading, "condition", ()).fill("condition")
    assert [bit.text for bit in filled][:3] == ["I", "close", "my"]
    assert Bit("I") in filled


@pytest.mark.parametrize("name", sorted(lists()))
def test_scenes_are_filled(name: str) -> None:
    for seed in range(40):
        for far in ((), ("the {weft}",)):
            text = told(random.Random(seed), name, far).replace("{weft}", "")
            assert text
            assert "{" not in text
