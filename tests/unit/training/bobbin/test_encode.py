"""What each position of a page is to learn, checked against the page's own text."""

import random

import pytest

from app.layouts import numbered
from app.layouts.templates import template
from app.training.bobbin.encode import Encoded, Role, encode, renamed, written
from app.training.bobbin.pages import Check, Link, Page, Turn
from app.training.bobbin.tokenizer import NUMBERS, own_tokens, train

SOURCES = (
    "The server listens on port 8080.",
    "Set HOST to listen elsewhere.",
    "Logs go to the standard error.",
)
ASKED = "which port does it listen on?"
PAGE = Page(
    sources=SOURCES,
    keep=("port",),
    avoid=("the host", "8081"),
    turns=(
        Turn(
            question=ASKED,
            gold=(0,),
            links=(Link(start=6, end=10, source=0, source_start=22, source_end=26),),
        ),
        Check(asked=ASKED, answer="[2] Set HOST.", question="Is it quoted?", yes=False),
        Turn(question="where do logs go, and how do I move it?", gold=(2, 1), lead="In short:"),
        Turn(question="who wrote it?", gold=()),
    ),
)


@pytest.fixture(scope="module")
def tokenizer():
    return train([*SOURCES, ASKED] * 3, vocabulary=400)


@pytest.fixture(scope="module")
def encoded(tokenizer) -> Encoded:
    found = encode(PAGE, tokenizer, 1000)
    assert found is not None
    return found


def words(tokenizer, ids) -> list[str]:
    return [tokenizer.decode([one]) for one in ids]


def test_the_text_is_that_of_the_layout() -> None:
    first = "[1] The server listens on port 8080."
    both = f"In short: [3] {SOURCES[2]}\n[2] {SOURCES[1]}"
    turns = [
        (ASKED, first),
        (ASKED, "[2] Set HOST." + numbered.check("Is it quoted?") + "no"),
        ("where do logs go, and how do I move it?", both),
    ]
    laid_out = numbered.page(
        SOURCES, "who wrote it?", keep=PAGE.keep, avoid=PAGE.avoid, turns=turns
    )
    assert written(PAGE) == laid_out + numbered.unknown()


def test_tokens_give_the_text_back(tokenizer, encoded) -> None:
    assert tokenizer.decode(encoded.ids) == written(PAGE)


def test_each_answer_ends_where_its_text_does(tokenizer, encoded) -> None:
    ends = [t for t, label in enumerate(encoded.labels) if label == tokenizer.eos_token_id]
    before = [tokenizer.decode(encoded.ids[: t + 1]) for t in ends[:-1]]
    assert before[0].endswith("Answer:\n[1] The server listens on port 8080.")
    assert before[1].endswith("[2] Set HOST to listen elsewhere.")
    assert len(ends) == 3


def test_numbers_are_decided_where_they_are_written(tokenizer, encoded) -> None:
    decided = [
        tokenizer.decode([encoded.labels[t]])
        for t, role in enumerate(encoded.roles)
        if role is Role.DECIDE
    ]
    assert decided[:3] == ["[1]", "[3]", "[2]"]
    assert unknown_begins(decided[3])


def unknown_begins(text: str) -> bool:
    return bool(text) and numbered.unknown().startswith(text)


def test_the_verdict_is_learned_and_what_is_judged_is_not(tokenizer, encoded) -> None:
    at = encoded.roles.index(Role.VERDICT)
    assert "no".startswith(tokenizer.decode([encoded.labels[at]]))
    judged = tokenizer.decode(
        [label for label, role in zip(encoded.labels, encoded.roles, strict=True) if role == 0]
    )
    assert "[2] Set HOST.\nCheck: Is it quoted?" in judged


def test_copies_point_at_the_very_token(tokenizer, encoded) -> None:
    sources_end = written(PAGE).index("Keep:")
    length = len(tokenizer(written(PAGE)[:sources_end])["input_ids"])
    assert len(encoded.copied) > 20
    for t, p in encoded.copied:
        assert encoded.ids[t + 1] == encoded.ids[p]
        assert p < length < t


def test_citations_point_at_their_sentence(tokenizer, encoded) -> None:
    said = [tokenizer.decode(encoded.ids[first:last]) for _, first, last in encoded.cited]
    assert said == [f"[{k}] {SOURCES[k - 1]}" for k in (1, 3, 2)]
    for t, first, _ in encoded.cited:
        assert encoded.labels[t] == encoded.ids[first]


def test_linked_words_are_those_of_the_source(tokenizer, encoded) -> None:
    ((t, first, last),) = encoded.linked
    assert tokenizer.decode(encoded.ids[first:last]).strip() == "port"
    assert tokenizer.decode(encoded.ids[: t + 1]).endswith("which port")


def test_words_speak_for_the_sentence_that_they_were_made_from(tokenizer, encoded) -> None:
    ((t, word),) = encoded.voted
    assert (t, *encoded.cited[0][1:]) == encoded.cited[0]
    assert tokenizer.decode(encoded.ids[: word + 1]).endswith("which port")


def test_a_judged_answer_is_followed_up_to_where_it_parts(tokenizer, encoded) -> None:
    *followed, (t, p) = encoded.same
    assert tokenizer.decode([encoded.ids[t] for t, _ in followed]) == "[2] Set HOST"
    assert [encoded.ids[p] for _, p in followed] == [encoded.ids[t] for t, _ in followed]
    assert t == p
    assert tokenizer.decode([encoded.ids[t]]) == "."


def test_what_parts_is_blamed_for_the_verdict(tokenizer, encoded) -> None:
    check = Check(asked=ASKED, answer="[2] Set HOST.", question=template("judge/quotes"), yes=False)
    one = encode(Page(sources=SOURCES, turns=(check,)), tokenizer, 1000)
    assert one is not None
    ((t, blamed),) = one.blamed
    assert one.roles[t] is Role.VERDICT
    assert (blamed, blamed) == one.same[-1]
    assert not encoded.blamed, "that question is not about quoting"


def test_renamed_pages_keep_what_is_the_same(tokenizer, encoded) -> None:
    protected = own_tokens(tokenizer)
    other = renamed(encoded, random.Random(1), protected, len(tokenizer), common=270)
    assert other.ids != encoded.ids
    pairs = set(zip(encoded.ids, other.ids, strict=True))
    assert len(pairs) == len(set(encoded.ids)) == len(set(other.ids))
    assert all(one == new for one, new in pairs if one in protected)
    assert Role.TEXT not in other.roles
    assert other.copied == encoded.copied


def test_an_answer_that_stops_short_parts_at_its_end(tokenizer) -> None:
    lines = ("[2] Set HOST to listen elsewhere.", "[2] Set HOST to listen")
    found = []
    for line in lines:
        check = Check(asked=ASKED, answer=line, question="Is it quoted?", yes=line == lines[0])
        one = encode(Page(sources=SOURCES, turns=(check,)), tokenizer, 1000)
        assert one is not None
        found.append([(tokenizer.decode([one.ids[t]]), t == p) for t, p in one.same])
    whole, short = found
    assert whole[-1] == ("\n", False)
    assert short[-1] == ("\n", True)
    assert not any(parts for _, parts in [*whole, *short[:-1]])


def test_each_token_of_a_source_is_at_home_with_its_number(tokenizer, encoded) -> None:
    for number, sentence in enumerate(SOURCES, 1):
        home = encoded.ids.index(tokenizer.convert_tokens_to_ids(f"[{number}]"))
        inside = [encoded.ids[t] for t, at in encoded.homed if at == home]
        assert tokenizer.decode(inside) == f" {sentence}"


def test_turns_that_do_not_fit_are_left_out(tokenizer) -> None:
    whole = encode(PAGE, tokenizer, 1000)
    assert whole is not None
    less = encode(PAGE, tokenizer, len(whole.ids) - 1)
    assert less is not None
    assert tokenizer.decode(less.ids).endswith("[2] Set HOST to listen elsewhere.")
    assert encode(PAGE, tokenizer, 20) is None


def test_each_number_is_one_token(tokenizer) -> None:
    for number in NUMBERS:
        assert len(tokenizer(number)["input_ids"]) == 1
    assert len(tokenizer("8080")["input_ids"]) == 4


@pytest.mark.parametrize("said", [True, False])
def test_a_lead_is_learned_only_where_the_model_is_to_say_it(tokenizer, said) -> None:
    turn = Turn(question=ASKED, gold=(0,), lead="In short:", said=said)
    one = encode(Page(sources=SOURCES, turns=(turn,)), tokenizer, 1000)
    assert one is not None
    text = written(Page(sources=SOURCES, turns=(turn,)))
    before = len(tokenizer(text[: text.index("In short:")])["input_ids"])
    after = len(tokenizer(text[: text.index("In short:") + len("In short:")])["input_ids"])
    # The position before a token is where it is predicted.
    first, *others = one.roles[before - 1 : after - 1]
    assert first is (Role.DECIDE if said else Role.NONE)
    assert set(others) == {Role.COPY if said else Role.NONE}
    assert one.roles.count(Role.DECIDE) == 1 + said
