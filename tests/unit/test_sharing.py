"""Who gets a free place, with threads that take one and wait to be told to give it back."""

import threading

import pytest

from app.sharing import Shared


class People:
    """Threads that each hold a place; `took` names them in the order in which they got it."""

    def __init__(self, places: int) -> None:
        self.shared = Shared(places)
        self.took: list[str] = []
        self._got = threading.Semaphore(0)
        self._gates: dict[str, threading.Event] = {}
        self._threads: list[threading.Thread] = []

    def come(self, who: str) -> None:
        gate = self._gates[who] = threading.Event()

        def hold() -> None:
            with self.shared.one(who[0]):
                self.took.append(who)
                self._got.release()
                assert gate.wait(10)

        before = len(self.shared._waiting) + len(self.took)
        self._threads.append(threading.Thread(target=hold))
        self._threads[-1].start()
        # The next one comes after this one has.
        while len(self.shared._waiting) + len(self.took) == before:
            threading.Event().wait(0.001)

    def wait(self, count: int) -> None:
        for _ in range(count):
            assert self._got.acquire(timeout=10)

    def leave(self, who: str) -> None:
        self._gates[who].set()
        self.wait(1)

    def end(self) -> None:
        for gate in self._gates.values():
            gate.set()
        for thread in self._threads:
            thread.join(10)


@pytest.mark.parametrize(
    ("come", "leave", "took"),
    [
        # One alone may have all places.
        (["a1", "a2", "a3"], ["a1"], ["a1", "a2", "a3"]),
        # Who has none goes before those who came earlier and have one.
        (["a1", "a2", "a3", "a4", "b1"], ["a1"], ["a1", "a2", "b1"]),
        # Of those who have as many, the first to come.
        (["a1", "b1", "c1", "d1", "c2"], ["a1", "b1"], ["a1", "b1", "c1", "d1"]),
        (["a1", "b1", "a2", "b2"], ["b1"], ["a1", "b1", "b2"]),
    ],
)
def test_a_free_place_goes_to_who_has_fewest(
    come: list[str], leave: list[str], took: list[str]
) -> None:
    people = People(2)
    for who in come:
        people.come(who)
    people.wait(2)
    for who in leave:
        people.leave(who)
    assert people.took == took
    people.end()
    assert sorted(people.took) == sorted(come)


def test_a_place_is_given_back_by_who_fails() -> None:
    shared = Shared(1)
    for _ in range(2):
        with pytest.raises(ValueError), shared.one("a"):
            raise ValueError
