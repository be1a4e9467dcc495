import math

import pytest

from app.domain import Piece
from bench.weave.families import (
    FAMILIES,
    Additive,
    Copies,
    Deceptive,
    EarlyEnd,
    Lengths,
    Noisy,
    Scaled,
    Skewed,
    WholeOnly,
)
from bench.weave.problem import END, LETTERS, Problem

NUMBERS = range(6)
every = pytest.mark.parametrize("family", FAMILIES)


def other(letter: str) -> str:
    return "b" if letter == "a" else "a"


def wrong(problem: Problem) -> str:
    """An answer without one right letter."""
    return "".join(map(other, problem.word))


def open_pieces(problem: Problem, text: str, number: int) -> list[Piece]:
    drawn = (problem.draw(text, again) for again in range(number))
    return [piece for piece in drawn if piece is not None]


@every
@pytest.mark.parametrize("number", NUMBERS)
def test_the_word_is_the_best_answer_and_looks_best_of_all_ended(family: str, number: int) -> None:
    problem = FAMILIES[family](number)
    best = problem.word + END
    assert problem.truth(best) == 1.0
    assert problem.quality(best) == 1.0
    samples = [problem.sample(other) for other in range(50)]
    assert all(0 <= problem.truth(text) < 1 for text in samples)
    assert all(problem.look(text, 0) < problem.look(best, 0) for text in samples)


@every
def test_the_sampler_can_write_the_word(family: str) -> None:
    problem = FAMILIES[family](2)
    for place, piece in enumerate(problem.pieces):
        text = "".join(problem.pieces[:place])
        drawn = [made.text.rstrip(END) for made in open_pieces(problem, text, 400)]
        if family == "skewed":
            assert piece in drawn
        else:
            assert all(piece[i] in {letters[i] for letters in drawn} for i in range(LETTERS))


@every
def test_an_answer_ends_at_the_words_length_at_the_latest(family: str) -> None:
    problem = FAMILIES[family](1)
    for number in range(20):
        text = problem.sample(number)
        assert text.endswith(END)
        assert len(text) <= len(problem.word) + 1
        assert problem.draw(text, 0) is None


@every
def test_a_problem_is_its_number(family: str) -> None:
    make = FAMILIES[family]
    first, again, different = make(3), make(3), make(13)
    assert first.word == again.word != different.word
    assert first.draw("", 5) == again.draw("", 5)
    assert first.look("abcdabcd", 1) == again.look("abcdabcd", 1)
    assert first.plain == again.plain


@every
def test_a_plain_sample_is_the_zero_of_the_scale(family: str) -> None:
    problem = FAMILIES[family](0)
    fresh = [problem.quality(problem.sample(number)) for number in range(1000, 1600)]
    assert abs(sum(fresh) / len(fresh)) < 0.03


def test_the_score_is_the_log_odds_of_the_right_letters() -> None:
    problem = Additive(0)
    letters = 8 * problem.longest
    begun = problem.word[:8]
    assert problem.truth(begun) == pytest.approx(8 / letters)
    assert problem.look(begun, 0) == pytest.approx(math.log(8.5 / (letters - 7.5)))
    assert problem.look(wrong(problem), 0) == pytest.approx(math.log(0.5 / (letters + 0.5)))


def test_even_letters_are_right_as_often_as_there_are_few() -> None:
    assert Additive(0).plain == pytest.approx(1 / 4, abs=0.02)
    assert Additive(1).plain == pytest.approx(1 / 26, abs=0.01)


@pytest.mark.parametrize(("number", "place", "hidden"), [(0, 0, 1), (1, 0, 3), (2, None, 1)])
def test_a_key_looks_half_as_good_and_is_twice_as_good(
    number: int, place: int | None, hidden: int
) -> None:
    problem = Deceptive(number)
    place = problem.longest // 2 if place is None else place
    for depth in range(1, problem.longest + 1):
        text = problem.word[: depth * LETTERS]
        share = depth / problem.longest
        since = depth - place
        worth = share / 2 if since <= 0 else share / 4 if since <= hidden else share
        assert problem.seen(text) == pytest.approx(worth)


def test_without_its_key_a_right_answer_is_worth_half() -> None:
    problem = Deceptive(0)
    changed = other(problem.word[0]) + problem.word[1:]
    share = 1 - 1 / len(problem.word)
    assert not problem.has_key(changed)
    assert problem.truth(changed + END) == pytest.approx(share / 2)


def test_one_piece_in_eight_is_a_key() -> None:
    problem = Deceptive(0)
    drawn = open_pieces(problem, "", 2000)
    keys = sum(problem.has_key(piece.text) for piece in drawn)
    assert keys / len(drawn) == pytest.approx(1 / 8, abs=0.03)


def test_noise_is_drawn_anew_or_fixed() -> None:
    anew, fixed = Noisy(0), Noisy(1)
    assert anew.look("abcdabcd", 0) != anew.look("abcdabcd", 1)
    assert fixed.look("abcdabcd", 0) == fixed.look("abcdabcd", 1)
    text = anew.word[:16]
    looks = [anew.look(text, again) for again in range(900)]
    mean = sum(looks) / len(looks)
    assert mean == pytest.approx(anew.log_odds(anew.truth(text)), abs=0.03)
    spread = math.sqrt(sum((look - mean) ** 2 for look in looks) / len(looks))
    assert spread == pytest.approx(Noisy.ERROR, abs=0.02)


def test_scores_are_scaled_and_shifted_and_nothing_else_changes() -> None:
    plain, small, large, shifted = (Scaled(number) for number in range(4))
    text = plain.word[:8]
    look = plain.look(text, 0)
    assert (plain.word, plain.draw("", 3)) == (shifted.word, shifted.draw("", 3))
    assert small.look(text, 0) == pytest.approx(look / 20)
    assert large.look(text, 0) == pytest.approx(look * 20)
    assert shifted.look(text, 0) == pytest.approx(look + 7)


def test_early_ends_are_frequent_and_look_better_than_they_are() -> None:
    problem = EarlyEnd(0)
    drawn = open_pieces(problem, "", 1000)
    assert sum(piece.finished for piece in drawn) / 1000 == pytest.approx(0.35, abs=0.05)
    assert all(piece.finished == piece.text.endswith(END) for piece in drawn)
    text = problem.word[:8]
    assert problem.look(text + END, 0) == pytest.approx(problem.look(text, 0) + 1)
    assert problem.truth(text + END) == problem.truth(text)


def test_skewed_pieces_come_as_often_as_their_log_probability_says() -> None:
    problem = Skewed(0)
    drawn = open_pieces(problem, "", 3000)
    assert sum(problem.chances) == pytest.approx(1)
    for piece in {piece.text: piece for piece in drawn}.values():
        share = sum(other.text == piece.text for other in drawn) / len(drawn)
        assert share == pytest.approx(math.exp(piece.logprob), abs=0.03)


def test_the_words_pieces_are_likelier_than_others() -> None:
    ranks = [
        choices.index(piece)
        for number in range(60)
        for problem in [Skewed(number)]
        for choices, piece in zip(problem.choices, problem.pieces, strict=True)
    ]
    # Half evenly (mean 5.5), half by 1/rank: 12 pieces over 3.103 less the first, 2.87.
    assert sum(ranks) / len(ranks) == pytest.approx((5.5 + 2.87) / 2, abs=0.5)


def test_only_whole_answers_are_told_apart() -> None:
    problem = WholeOnly(0)
    assert {problem.look(piece.text, 0) for piece in open_pieces(problem, "", 50)} == {0.0}
    assert len({problem.look(problem.sample(number), 0) for number in range(50)}) > 1


def test_answers_have_2_to_24_pieces() -> None:
    lengths = {Lengths(number).longest for number in range(150)}
    assert lengths == {*range(2, 6), *range(10, 15), *range(18, 25)}


def test_most_draws_are_copies() -> None:
    problem = Copies(0)
    drawn = [piece.text for piece in open_pieces(problem, "", 1000)]
    assert len(set(drawn)) / 1000 == pytest.approx(0.4, abs=0.05)
    plain = open_pieces(Additive(0), "", 1000)
    assert len({piece.text for piece in plain}) > 980
