import random

from app.training.bobbin.faults import corrupted, twin

TEXT = "The server keeps 20 connections open for two minutes."
ELSEWHERE = ["Rows are deleted from the table in the order of their keys.", "Threads share a pool."]


def test_a_corrupted_sentence_is_never_the_same_nor_another_source() -> None:
    for seed in range(300):
        made = corrupted(random.Random(seed), TEXT, ELSEWHERE)
        assert made
        assert made != TEXT
        assert made not in ELSEWHERE


def test_corruption_changes_numbers_words_and_halves() -> None:
    made = {corrupted(random.Random(seed), TEXT, ELSEWHERE) for seed in range(300)}
    assert len(made) > 100
    assert any("20" not in each and each.endswith("two minutes.") for each in made)
    assert any(each.endswith("order of their keys.") for each in made)


def test_a_twin_differs_in_the_phrase_it_names() -> None:
    for seed in range(200):
        made = twin(random.Random(seed), TEXT)
        assert made.text != TEXT
        assert made.there in made.text
        assert made.here in TEXT
        rest = made.text.replace(made.there, made.here, 1)
        assert rest.split() == TEXT.split() or rest == TEXT[:-1] + " ."
