"""A model on this machine, in a process of its own that starts with its first use.

The process loads the model once and runs the jobs of all asks together (`app.models.host`).
It ends when unused for a while, with this process whatever ends that, and by `close`. Here
nothing of the libraries that models need is imported.
"""

import itertools
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import structlog

from app.domain import Prompt
from app.errors import TransientError, UserError
from app.models.child import LOAD_SECONDS, Child, Plan, error_of
from app.models.jobs import Context, ModelSpec
from app.models.local_session import LocalSession
from app.models.metering import Meter
from app.models.wire import Adapter, Answer, Ask, Failure, Forget, Keep, Loaded

log = structlog.get_logger()

ENGINE = "app.models.engine:Engine"
PAUSE_SECONDS = 30.0
"""Time that a model that cannot be loaded is not tried again, and asks are told why at once."""
CLOSE_SECONDS = 15.0
"""Time within which the process is gone: it is killed sooner."""


class LocalModel:
    """A model in a process of its own; any thread may use it and its sessions."""

    def __init__(
        self,
        spec: ModelSpec,
        *,
        name: str,
        idle: float = 600.0,
        timeout: float = 120.0,
        meter: Callable[[], Meter] = Meter,
        engine: str = ENGINE,
    ) -> None:
        """Prepares a model; nothing is started yet.

        Args:
            spec: which model, and how it is run.
            name: what it is called in replies.
            idle: seconds without use after which its process ends.
            timeout: seconds until one call is given up, starting and loading included.
            meter: makes what counts the cost of one session, with its limits.
            engine: the `module:class` that runs jobs in the process.
        """
        self._name = name
        self._timeout = timeout
        self._meter = meter
        self._plan = Plan(spec=spec, idle=idle, timeout=timeout, engine=engine)
        self._lock = threading.Lock()
        self._child: Child | None = None
        self._closed = False
        self._folders: dict[str, Path] = {}
        self._numbers = itertools.count(1)

    @property
    def name(self) -> str:
        return self._name

    @property
    def loaded(self) -> Loaded | None:
        """What is loaded now; None where nothing is, without starting anything."""
        child = self._child
        if child is None or child.ended.is_set() or not child.ready.done():
            return None
        ready = child.ready.result()
        return ready if isinstance(ready, Loaded) else None

    def session(self, prompt: Prompt, *, adapter: str = "", seed: int = 0) -> LocalSession:
        """Binds the model to a prompt; "" is the base model without an adapter.

        Raises:
            UserError: no adapter of that name has been added.
        """
        if adapter:
            self._folder(adapter)
        number = self.number()
        context = Context(
            prompt=prompt.text,
            opening=prompt.opening,
            adapter=adapter,
            seed=seed,
            number=number,
        )
        return LocalSession(self, number, context, self._meter(), self._plan.spec.tries)

    def number(self) -> int:
        """Returns a number for a session that no other has."""
        return next(self._numbers)

    def start(self) -> None:
        """Starts the process ahead of its first use, without waiting for it.

        Raises:
            TransientError: it cannot be started now.
            UserError: the model was found not to load a moment ago.
        """
        with self._using():
            pass

    def describe(self, wait: float = LOAD_SECONDS) -> Loaded:
        """Loads the model if need be, and returns what was loaded.

        Raises:
            TransientError: it still loads after `wait` seconds, or its process died.
            UserError: it cannot be loaded.
        """
        with self._using() as child:
            return child.wait_ready(time.monotonic() + wait)

    def context(self) -> int:
        """Returns how many tokens it can read, 0 where it does not say; raises as `describe`."""
        return self.describe(self._timeout).context

    def add_adapter(self, name: str, folder: Path) -> None:
        """Loads an adapter under a name that never means another one.

        Doing it again changes nothing. It is loaded anew where the process was started anew.

        Raises:
            UserError: it does not fit the model, or the name is of another folder's adapter.
            TransientError: a later try may work.
        """
        folder = folder.absolute()
        if self._folders.get(name, folder) != folder:
            raise UserError(f"the adapter {name} was loaded from another folder")
        deadline = time.monotonic() + self._timeout
        with self._using() as child:
            child.wait_ready(deadline)
            self._adapt(child, name, folder, deadline)
        self._folders[name] = folder

    def remove_adapter(self, name: str) -> None:
        """Frees an adapter that no session uses any more; an unknown one is no fault."""
        if self._folders.pop(name, None) is None or self.loaded is None:
            return
        with self._using() as child:
            if name in child.adapters:
                child.adapters.discard(name)
                child.ask(
                    lambda number: Adapter(number=number, name=name),
                    time.monotonic() + self._timeout,
                )

    def close(self) -> None:
        """Ends the process; asks that wait for it are told so, and no later one works."""
        with self._lock:
            self._closed = True
            child = self._child
        if child is not None:
            child.end("closed")
            if not child.ended.wait(CLOSE_SECONDS):
                log.error("model.left", pid=child.pid)

    def run(self, number: int, context: Context, make: Callable[[int], Ask]) -> Answer:
        """Runs a session's job in the process, which is started where there is none.

        Args:
            number: the session's.
            context: the session's; sent once to each process.
            make: makes the job, given its number.

        Raises:
            TransientError: a later try may work.
            UserError: the model cannot be used.
        """
        deadline = time.monotonic() + self._timeout
        with self._using() as child:
            child.wait_ready(deadline)
            if context.adapter:
                self._adapt(child, context.adapter, self._folder(context.adapter), deadline)
            if number not in child.kept:
                child.tell(Keep(number=number, context=context))
                child.kept.add(number)
            return child.ask(make, deadline)

    def forget(self, number: int) -> None:
        """Lets the process free what it keeps for a session; it is not started for that."""
        child = self._child
        if child is not None and number in child.kept:
            child.kept.discard(number)
            # Where it has ended, it keeps nothing any more.
            with suppress(TransientError):
                child.tell(Forget(number=number))

    @contextmanager
    def _using(self) -> Iterator[Child]:
        """Gives the process, started where there is none, and keeps it from ending meanwhile."""
        with self._lock:
            if self._closed:
                raise TransientError("the model is closed, as this process is ending")
            child = self._child
            if child is None or self._over(child) or not child.enter():
                child = self._child = Child(self._plan)
                child.enter()
        try:
            yield child
        finally:
            child.leave()

    def _over(self, child: Child) -> bool:
        """Tells whether a process did not get to load its model.

        Raises:
            TransientError, UserError: why, where that was a moment ago.
        """
        failure = child.ready.result() if child.ready.done() else None
        if not isinstance(failure, Failure):
            return False
        if time.monotonic() - child.failed < PAUSE_SECONDS:
            raise error_of(failure)
        return True

    def _folder(self, name: str) -> Path:
        folder = self._folders.get(name)
        if folder is None:
            raise UserError(f"the adapter {name} is not known to this model")
        return folder

    def _adapt(self, child: Child, name: str, folder: Path, deadline: float) -> None:
        if name not in child.adapters:
            child.ask(
                lambda number: Adapter(number=number, name=name, folder=str(folder)), deadline
            )
            child.adapters.add(name)
            log.info("model.adapter", adapter=name)
