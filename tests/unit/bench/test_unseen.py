from app.layouts.numbered import unknown
from app.training.bobbin.pages import Page, Turn
from bench.unseen import compare

SOURCES = ("The port is 8080.", "The host is a name.")
PAGE = Page(sources=SOURCES, turns=(Turn(question="which port?", gold=(0,)),))
RIGHT, WRONG = f"[1] {SOURCES[0]}", f"[2] {SOURCES[1]}"


def test_answers_are_compared_without_what_people_taught() -> None:
    told = [
        # The same sentence, led as taught; then led otherwise, which is another beginning.
        (RIGHT, f"In short: {RIGHT}"),
        (RIGHT, f"Briefly: {RIGHT}"),
        # Another sentence, wrong and then right.
        (RIGHT, f"In short: {WRONG}"),
        (WRONG, RIGHT),
        # Twice is a sentence with a lead of its own: not right, though it begins as taught.
        (RIGHT, f"In short: In short: {RIGHT}"),
        # Nothing was said that could be kept.
        (unknown(), f"In short: {RIGHT}"),
    ]
    found = compare([PAGE] * 6, [one for one, _ in told], [other for _, other in told])
    assert (found.follows.hits, found.follows.total) == (4, 6)
    assert (found.kept.hits, found.kept.total) == (3, 5)
    # The first, the fourth and the last.
    assert (found.right.hits, found.right.total) == (3, 6)


def test_a_base_keeps_all_that_it_says() -> None:
    found = compare([PAGE] * 2, [RIGHT, WRONG], [RIGHT, WRONG])
    assert found.figures()["kept"]["value"] == 1.0
    assert found.figures()["right"]["value"] == 0.5
    assert found.figures()["follows"]["value"] == 0.0
