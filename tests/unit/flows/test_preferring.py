"""The preference behind a correction: written by a model as data, put right by people."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from app.domain import OPERATOR, Memory, MemoryKind, Prompt
from app.errors import TransientError, UserError
from app.flows.deciding import By
from app.flows.preferring import LONGEST, Preferring, one_line, sentence
from app.layouts.templates import FENCE
from tests.attacks import one_of_each_kind
from tests.unit.weave.made import NOW, memory


class Session:
    def __init__(self, said: Callable[[], str]) -> None:
        self._said = said

    def form(self, wanted: object, *, tokens: int) -> str:
        return self._said()

    def close(self) -> None: ...


class FakeModel:
    """Says always the same, and keeps the prompts that it read."""

    def __init__(self, said: str = "Name the file.", error: Exception | None = None) -> None:
        self.prompts: list[Prompt] = []
        self._said, self._error = said, error

    def session(self, prompt: Prompt, **kwargs: Any) -> Session:
        self.prompts.append(prompt)
        if self._error:
            raise self._error
        return Session(lambda: self._said)


class Kept:
    """The part of the store that sentences need."""

    def __init__(self, memories: Sequence[Memory]) -> None:
        self.memories = {one.id: one for one in memories}
        self.preferences = self.audit = self
        self.told: list[str] = []

    def waiting(self, *, least: float, after: int, limit: int) -> list[Memory]:
        found = [
            one
            for one in self.memories.values()
            if one.id > after and one.weight >= least and not one.preference
        ]
        return found[:limit]

    def write(self, read: Memory, said: str) -> bool:
        self.memories[read.id] = replace(read, preference=said)
        return True

    def put(self, repository_id: int, memory_id: int, said: str, *, by: str) -> bool:
        return memory_id in self.memories

    def record(self, repository_id: int, entry: Any) -> None:
        self.told.append(f"{entry.act} {entry.subject}")


CORRECTED = memory("Where do settings go?", "Into `a.yml`.", before="Into `b.yml`.")


def preferring(store: Kept, model: FakeModel | None) -> Preferring:
    opened: Any = None if model is None else lambda: model
    return Preferring(store, opened, lambda: NOW)  # type: ignore[arg-type]


def test_a_model_writes_what_is_missing_once() -> None:
    store, model = Kept([CORRECTED, replace(CORRECTED, id=6, weight=0.25)]), FakeModel()
    flow = preferring(store, model)
    assert [flow.write_due(), flow.write_due()] == [1, 0]
    assert store.memories[5].preference == "Name the file."
    assert len(model.prompts) == 1


def test_without_a_model_that_follows_instructions_nothing_is_written() -> None:
    assert preferring(Kept([CORRECTED]), None).write_due() == 0


@pytest.mark.parametrize("error, asked", [(TransientError("down"), 2), (UserError("no line"), 1)])
def test_what_may_pass_is_tried_again(error: Exception, asked: int) -> None:
    model = FakeModel(error=error)
    flow = preferring(Kept([CORRECTED]), model)
    assert [flow.write_due(), flow.write_due()] == [0, 0]
    assert len(model.prompts) == asked


@pytest.mark.parametrize("attack", one_of_each_kind(), ids=lambda attack: attack.id)
def test_hostile_text_is_data_on_the_way_in_and_out(attack: Any) -> None:
    model = FakeModel(attack.text)
    hostile = replace(CORRECTED, question=attack.text, before=attack.text, after=attack.text)
    said = sentence(model, hostile)  # type: ignore[arg-type]
    assert "\n" not in said and len(said) <= LONGEST
    prompt = model.prompts[0].text
    # Three texts of people's, each between two lines that it cannot imitate.
    assert prompt.split("\n").count(FENCE) == 6


def test_a_person_puts_it_otherwise_in_one_line() -> None:

    store = Kept([CORRECTED])
    flow = preferring(store, None)
    assert flow.put(1, 5, " Name\nthe\x00 file. ", By(person=OPERATOR)) == one_line(
        "Name the file."
    )
    assert store.told == ["taught memory 5"]
    with pytest.raises(UserError, match="no memory 6"):
        flow.put(1, 6, "x", By(person=OPERATOR))
    with pytest.raises(UserError, match="at most 240"):
        flow.put(1, 5, "x" * 241, By(person=OPERATOR))
    assert CORRECTED.kind is MemoryKind.CORRECTION
