"""The steps of the durable workflows, as Protocols: what a worker wants of the flows."""

import threading
from collections.abc import Sequence
from typing import Protocol

from app.domain import Delivery, Job
from app.store import Store


class AskSteps(Protocol):
    """What is done for an ask. False says that there is nothing more to do."""

    def acknowledge(self, key: str, /) -> bool: ...

    def draft(self, key: str, /) -> bool: ...

    def publish(self, key: str, /) -> None: ...

    def refuse(self, key: str, reason: str, /) -> None: ...

    def apologise(self, key: str, /) -> None: ...

    def drop(self, key: str, /) -> None: ...


class DeliverySteps(Protocol):
    """What is done for a delivery."""

    def handle(self, delivery: Delivery, /) -> Sequence[Job]: ...


class SweepSteps(Protocol):
    """How replies are looked at; both return how many were read."""

    def due(self) -> int: ...

    def thread(self, repository_id: int, number: int, /) -> int: ...


class RefreshSteps(Protocol):
    """How a repository's text is read anew."""

    def repository(self, repository_id: int, /) -> None: ...


class RetrainSteps(Protocol):
    """What is done for a training run. False says that it has ended.

    Long steps look at `stop` and return soon after it is set, whatever they have reached by
    then; they go on from there when they are called again.
    """

    def prepare(self, run_id: str, /) -> bool: ...

    def train(self, run_id: str, stop: threading.Event, /) -> bool: ...

    def judge(self, run_id: str, stop: threading.Event, /) -> bool: ...

    def finish(self, run_id: str, stop: threading.Event, /) -> bool: ...

    def fail(self, run_id: str, /) -> None: ...


class OrderSteps(Protocol):
    """How training runs begin that nobody asks for."""

    def start_due(self) -> int: ...


class ForgettingSteps(Protocol):
    """How what is not to be kept is deleted: everywhere, on this disk, and bit by bit."""

    def forget_due(self) -> int: ...

    def tidy(self) -> None: ...

    def prune(self) -> None: ...


class TakingBackSteps(Protocol):
    """How what people take back is deleted."""

    def finish_due(self) -> int: ...


class MissedSteps(Protocol):
    """How deliveries that never arrived are found."""

    def ask_again(self) -> int: ...


class LearnedSteps(Protocol):
    """How the issues of what was learned are looked after."""

    def look(self, repository_id: int, /) -> None: ...

    def due(self) -> Sequence[Job]: ...


class PreferringSteps(Protocol):
    """How what corrections show is put into sentences, behind all other work."""

    def write_due(self) -> int: ...


class Bot(Protocol):
    """The flows that a worker runs."""

    @property
    def store(self) -> Store: ...

    @property
    def ask(self) -> AskSteps: ...

    @property
    def deliveries(self) -> DeliverySteps: ...

    @property
    def sweep(self) -> SweepSteps: ...

    @property
    def refresh(self) -> RefreshSteps: ...

    @property
    def retrain(self) -> RetrainSteps: ...

    @property
    def orders(self) -> OrderSteps: ...

    @property
    def missed(self) -> MissedSteps: ...

    @property
    def learned(self) -> LearnedSteps: ...

    @property
    def forgetting(self) -> ForgettingSteps: ...

    @property
    def taking_back(self) -> TakingBackSteps: ...

    @property
    def preferring(self) -> PreferringSteps: ...
