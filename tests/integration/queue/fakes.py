"""A bot that records what it is asked to do, and does what a test told it."""

import queue
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.domain import Delivery, Job
from app.inbox import ask_key
from app.store import Store

Call = tuple[str, ...]
WAIT = 60.0
CLOCKED = (
    "due",
    "start_due",
    "forget_due",
    "tidy",
    "prune",
    "learned_due",
    "finish_due",
    "write_due",
)


def a_delivery(guid: str = "g1", node: str = "N1", *commands: str) -> Delivery:
    return Delivery(
        guid=guid,
        event="issue_comment",
        action="created",
        installation_id=7,
        repository_id=1,
        owner="ann",
        name="loom",
        number=3,
        comment_id=29,
        comment_node_id=node,
        commands=commands or ("c1",),
    )


@dataclass
class FakeLearned:
    """The flow of the issues, which has a method of the same name as another."""

    bot: "FakeBot"

    def look(self, repository_id: int) -> None:
        self.bot._do("look", str(repository_id))

    def due(self) -> Sequence[Job]:
        self.bot._do("learned_due")
        return self.bot.looks


@dataclass
class FakeBot:
    """All flows in one. `script` maps a step to what its calls do, one after the other."""

    store: Store
    script: dict[str, list[object]] = field(default_factory=dict)
    looks: list[Job] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    heard: "queue.Queue[Call]" = field(default_factory=queue.Queue)
    stop: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def ask(self) -> "FakeBot":
        return self

    deliveries = sweep = refresh = retrain = orders = forgetting = taking_back = missed = (
        preferring
    ) = ask

    @property
    def learned(self) -> "FakeLearned":
        return FakeLearned(self)

    def handle(self, delivery: Delivery) -> Sequence[Job]:
        self._do("handle", delivery.guid)
        jobs = [
            Job(name="ask", key=key, args=(key,))
            for key in (ask_key(delivery, command) for command in delivery.commands)
        ]
        if delivery.event == "push":
            name = f"refresh:1:{delivery.guid}"
            return [Job(name="refresh", key=name, args=(1,))]
        if delivery.event == "issues":
            return [Job(name="learned", key=f"learned:1:{delivery.guid}", args=(1,))]
        thread = Job(name="sweep_thread", key=f"sweep:1:3:{delivery.guid}", args=(1, 3))
        return [*jobs, thread] if delivery.action == "edited" else jobs

    def acknowledge(self, key: str) -> bool:
        return self._do("acknowledge", key)

    def draft(self, key: str) -> bool:
        return self._do("draft", key)

    def publish(self, key: str) -> None:
        self._do("publish", key)

    def refuse(self, key: str, reason: str) -> None:
        self._do("refuse", key, reason)

    def apologise(self, key: str) -> None:
        self._do("apologise", key)

    def drop(self, key: str) -> None:
        self._do("drop", key)

    def due(self) -> int:
        self._do("due")
        return 0

    def thread(self, repository_id: int, number: int) -> int:
        self._do("thread", str(repository_id), str(number))
        return 0

    def repository(self, repository_id: int) -> None:
        self._do("repository", str(repository_id))

    def prepare(self, run_id: str) -> bool:
        return self._do("prepare", run_id)

    def train(self, run_id: str, stop: threading.Event) -> bool:
        self.stop = stop
        return self._do("train", run_id)

    def judge(self, run_id: str, stop: threading.Event) -> bool:
        return self._do("judge", run_id)

    def finish(self, run_id: str, stop: threading.Event) -> bool:
        return self._do("finish", run_id)

    def fail(self, run_id: str) -> None:
        self._do("fail", run_id)

    def start_due(self) -> int:
        self._do("start_due")
        return 0

    def forget_due(self) -> int:
        self._do("forget_due")
        return 0

    def tidy(self) -> None:
        self._do("tidy")

    def prune(self) -> None:
        self._do("prune")

    def write_due(self) -> int:
        self._do("write_due")
        return 0

    def finish_due(self) -> int:
        self._do("finish_due")
        return 0

    def ask_again(self) -> int:
        self._do("ask_again")
        return 0

    def steps(self) -> list[str]:
        """Returns the names of the calls so far, but for what the clock begins."""
        with self._lock:
            return [call[0] for call in self.calls if call[0] not in CLOCKED]

    def wait_for(self, name: str) -> Call:
        """Waits until a step is called that was not waited for before."""
        while True:
            call = self.heard.get(timeout=WAIT)
            if call[0] == name:
                return call

    def _do(self, *call: str) -> bool:
        with self._lock:
            self.calls.append(call)
            self.times.append(time.monotonic())
            todo = self.script.get(call[0])
            action: Any = todo.pop(0) if todo else True
        self.heard.put(call)
        if isinstance(action, BaseException):
            raise action
        if isinstance(action, Callable):  # type: ignore[arg-type]
            action = action()
        return action is not False
