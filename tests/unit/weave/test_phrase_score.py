import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import Dictionary, PhraseWeight
from app.weave.phrase_score import BOUND, PhraseScore


def scorer(**weights: float) -> PhraseScore:
    return PhraseScore(
        Dictionary(
            repository_id=1,
            version=1,
            weights={
                phrase.replace("__", " "): PhraseWeight(
                    phrase=phrase.replace("__", " "), z=z, liked=1.0, disliked=0.0
                )
                for phrase, z in weights.items()
            },
        )
    )


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Run `make check` now.", 1.2),
        ("Run MAKE CHECK now.", 1.2),
        ("Remake checks.", 0.0),
        ("Make. Check.", 0.0),
        ("make check, make check", 1.2),
        ("tox and make check", -0.4),
        ("Do not make check; but tox.", -1.6),
        ("Not to make check.", 0.0),
        ("Do not stop, make check.", 1.2),
        ("", 0.0),
    ],
)
def test_phrases_count_once_inside_a_sentence_and_word_bounded(text: str, wanted: float) -> None:
    # make check: 3 * 0.4 = 1.2; tox: -4 * 0.4 = -1.6
    assert scorer(make__check=3.0, tox=-4.0).score(text) == pytest.approx(wanted)


def test_weak_phrases_do_not_count() -> None:
    assert scorer(make=1.99).score("make it") == 0.0
    assert scorer(make=2.0).score("make it") == pytest.approx(0.8)


def test_a_phrase_inside_a_longer_one_of_its_direction_is_not_counted_beside_it() -> None:
    assert [use.phrase for use in scorer(make=3.0, make__check=3.0).uses("make check")] == [
        "make check"
    ]
    both = scorer(make=-3.0, make__check=3.0).uses("make check")
    assert {use.phrase for use in both} == {"make", "make check"}


def test_overlapping_phrases_both_count() -> None:
    found = scorer(a__b=3.0, b__c=3.0).uses("a b c")
    assert {use.phrase for use in found} == {"a b", "b c"}


def test_uses_tell_phrase_weight_and_effect_strongest_first() -> None:
    found = scorer(good=2.0, bad=-9.0).uses("good and bad")
    assert [(use.phrase, use.weight) for use in found] == [("bad", -9.0), ("good", 2.0)]
    assert [use.effect for use in found] == [pytest.approx(-2.4), pytest.approx(0.8)]


def test_a_negated_phrase_is_another_one() -> None:
    score = scorer(recommended=3.0, not__recommended=-4.0)
    assert [use.phrase for use in score.uses("It is not recommended.")] == ["not recommended"]
    assert [use.phrase for use in score.uses("It is recommended.")] == ["recommended"]
    assert scorer(recommended=3.0).uses("It isn't recommended.") == []
    assert len(score.uses("It is recommended. It is not recommended.")) == 2


def test_the_score_is_bounded() -> None:
    words = {f"w{i}": 6.0 for i in range(9)}
    assert scorer(**words).score(" ".join(words)) == BOUND


def test_an_empty_dictionary_says_nothing() -> None:
    assert PhraseScore(Dictionary(repository_id=1)).uses("anything") == []


said = st.lists(st.sampled_from("abcd"), min_size=1, max_size=12).map(" ".join)


@given(st.dictionaries(st.text("abcd", min_size=1, max_size=4), st.sampled_from([-3.0, 3.0])), said)
def test_what_is_found_is_what_stands_there_less_what_is_inside_another(
    known: dict[str, float], text: str
) -> None:
    weights = {" ".join(letters): z for letters, z in known.items()}
    places = [
        (at, at + len(phrase), phrase)
        for phrase in weights
        for at in range(len(text))
        if text.startswith(phrase, at)
    ]
    outermost = {
        phrase
        for start, end, phrase in places
        if not any(
            low <= start and end <= high and other != phrase
            for low, high, other in places
            if weights[other] == weights[phrase]
        )
    }
    scored = scorer(**{phrase.replace(" ", "__"): z for phrase, z in weights.items()})
    assert {use.phrase for use in scored.uses(text)} == outermost
