"""The order of jobs, in numbers worked by hand."""

from app.models.turns import Turns
from app.models.wire import Ask


def ask(number: int, context: int, rows: int) -> Ask:
    return Ask(number=number, context=context, kind="logprob", texts=("",) * rows)


def taken(turns: Turns, rows: int) -> list[int]:
    return [job.number for job in turns.take(rows)]


def test_what_comes_first_goes_first_until_the_run_is_full() -> None:
    turns = Turns()
    for number in (1, 2, 3, 4):
        turns.put(ask(number, context=number, rows=3))

    assert turns.rows == 12
    assert taken(turns, 6) == [1, 2]
    assert taken(turns, 1) == [3]
    assert taken(turns, 100) == [4]
    assert taken(turns, 100) == []


def test_a_job_larger_than_a_run_is_taken_alone() -> None:
    turns = Turns()
    turns.put(ask(1, context=1, rows=500))
    turns.put(ask(2, context=2, rows=1))

    assert taken(turns, 64) == [1]
    assert taken(turns, 64) == [2]


def test_a_late_small_job_goes_before_what_a_busy_ask_piled_up() -> None:
    turns = Turns()
    for number in (1, 2, 3):
        turns.put(ask(number, context=1, rows=10))
    assert taken(turns, 10) == [1]
    turns.put(ask(4, context=2, rows=1))

    # Turns of the first ask begin at 0, 10, 20; the present is 10, and the first job put
    # there stays first.
    assert taken(turns, 1) == [2]
    assert taken(turns, 1) == [4]
    assert taken(turns, 1) == [3]


def test_new_asks_without_end_do_not_starve_one_that_waits() -> None:
    turns = Turns()
    # The ask has had 100 rows; its next job's turn is at 100.
    turns.put(ask(1, context=1, rows=100))
    turns.put(ask(2, context=1, rows=1))
    turns.put(ask(3, context=2, rows=10))
    assert taken(turns, 1) == [1]

    served = []
    for number in range(4, 60):
        turns.put(ask(number, context=number, rows=10))
        served += taken(turns, 10)

    assert 2 in served[:25]
    assert len(served) == len(set(served))


def test_a_dropped_job_is_not_taken() -> None:
    turns = Turns()
    for number in (1, 2, 3):
        turns.put(ask(number, context=number, rows=1))

    assert turns.drop(2)
    assert not turns.drop(2)
    assert set(turns.contexts) == {1, 3}
    assert len(turns) == 2
    assert taken(turns, 10) == [1, 3]
