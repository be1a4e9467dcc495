"""Phrases and how a unit of mass is divided over them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import Change
from app.feedback.edits import changes
from app.feedback.phrases import edit_shares, phrases, span_phrases, vote_shares


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Navigate there.", ["navigate"]),
        (
            "Open settings menu",
            ["open", "open settings", "open settings menu", "settings", "settings menu", "menu"],
        ),
        ("Stop. Start", ["stop", "start"]),
        ("the of it", []),
        ("open the menu", ["open", "open the menu", "menu"]),
        ("Run `make test`.", ["run", "run make test", "make test"]),
        ("- alpha\n- beta", ["alpha", "beta"]),
        ("```\nalpha\nbeta\n```", ["alpha", "beta"]),
        ("alpha alpha", ["alpha", "alpha alpha"]),
        ("", []),
        ("It is recommended", ["recommended"]),
        ("It is not recommended", ["not recommended"]),
        ("Do not open the menu", ["not open", "not open the menu", "menu"]),
        ("Don't open", ["don't open"]),
        ("It is not to be opened", ["not to be opened"]),
        ("Not. Open", ["open"]),
        ("Not you, but open", ["open", "not you but open"]),
    ],
)
def test_phrases_stay_inside_a_sentence_and_tell_what_is_negated(
    text: str, expected: list[str]
) -> None:
    assert sorted(phrases(text)) == sorted(expected)


def test_a_phrase_has_four_tokens_at_most() -> None:
    assert max(len(phrase.split()) for phrase in phrases("red green blue cyan pink gold")) == 4


def test_a_vote_is_divided_over_all_phrases_and_given_words_take_their_share_away() -> None:
    # Ten phrases, red to red green blue cyan: fewer than sixteen, so each gets a sixteenth. Those
    # with "green", which stands in a source, go to nobody: red; blue, blue cyan, cyan are left.
    shares = vote_shares("Red green blue cyan.", ["Is it green?"])
    assert shares == {
        "red": 1 / 16,
        "blue": 1 / 16,
        "blue cyan": 1 / 16,
        "cyan": 1 / 16,
    }


def test_a_short_answer_does_not_gather_a_vote_on_few_phrases() -> None:
    assert vote_shares("Red.", []) == {"red": 1 / 16}


def test_a_quotation_gets_no_credit() -> None:
    assert vote_shares("Red green.", ["What?", "It says: red green."]) == {}


def change(removed: str, added: str) -> Change:
    return Change(removed=removed, added=added, context="")


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ([change(".a.yml", ".b/a.yml")], {".a.yml": -1.0, ".b/a.yml": 1.0}),
        ([change("red", ""), change("", "blue")], {"red": -0.5, "blue": 0.5}),
        ([change("red", "blue"), change("the", "a")], {"red": -1.0, "blue": 1.0}),
        ([change("make tests", "make test")], {"make tests": -1.0, "make test": 1.0}),
        ([change("red", "blue"), change("blue", "red")], {}),
        ([change("red", "blue"), change("red", "pink")], {"red": -1.0, "blue": 0.5, "pink": 0.5}),
        ([change("", "?")], {}),
        ([], {}),
    ],
)
def test_an_edit_is_divided_over_its_changes(
    found: list[Change], expected: dict[str, float]
) -> None:
    assert edit_shares(found) == pytest.approx(expected)


def test_what_was_negated_by_an_edit_is_credited_with_its_negation() -> None:
    assert edit_shares(changes("This is recommended.", "This is not recommended.")) == {
        "recommended": -1.0,
        "not recommended": 1.0,
    }


def test_a_vote_on_what_is_negated_says_nothing_of_its_opposite() -> None:
    assert vote_shares("It is not recommended.", []) == {"not recommended": 1 / 16}


def test_a_long_span_divides_its_share_over_its_phrases() -> None:
    # Five words have 5 + 4 + 3 + 2 = 14 phrases.
    shares = edit_shares([change("", "red green blue cyan pink")])
    assert len(shares) == 14
    assert list(shares.values()) == pytest.approx([1 / 14] * 14)


def test_a_changed_span_is_one_phrase_even_with_stop_words_at_its_ends() -> None:
    assert span_phrases("in the root") == ["in the root"]
    assert span_phrases("the") == []


@given(st.text(max_size=300), st.text(max_size=300))
def test_shares_never_exceed_the_unit(text: str, background: str) -> None:
    assert sum(vote_shares(text, [background]).values()) <= 1 + 1e-9
    shares = edit_shares([change(text, background)])
    assert sum(value for value in shares.values() if value > 0) <= 1 + 1e-9
    assert sum(value for value in shares.values() if value < 0) >= -1 - 1e-9
