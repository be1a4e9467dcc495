"""One run of the process that a local model is loaded in, as seen by the process that asks."""

import itertools
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass

import structlog

from app.errors import TooLong, TransientError, TreadleError, UserError
from app.metrics import MODEL_LOAD_SECONDS
from app.models.jobs import ModelSpec
from app.models.spawn import cause, is_place, lines, start
from app.models.wire import Adapter, Answer, Ask, Channel, Drop, Failure, Load, Loaded, Message

log = structlog.get_logger()

TICK_SECONDS = 0.5
"""Time between two looks whether the process is unused or stuck."""
SEND_SECONDS = 20.0
"""Time that the process, which always reads, has to take a message."""
END_SECONDS = 5.0
"""Time that it has to end by itself once its connection is closed."""
LOAD_SECONDS = 3600.0
"""Time that loading may take, the download of a large model included."""
STUCK = 2.0
"""Silence, in time-outs of a call, after which a process that owes answers is killed."""
LINES = 100
"""How many lines of its standard error are logged at most."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """How the process is started and when it ends.

    `idle` is the seconds without use after which it ends, `timeout` those of one call, `engine`
    the `module:class` that runs jobs.
    """

    spec: ModelSpec
    idle: float
    timeout: float
    engine: str


class Child:
    """A process from its start to its end; another one is made after that.

    Attributes:
        ready: what was loaded, or why nothing was.
        failed: when it was found that nothing is loaded, by the monotonic clock.
        ended: set when the process is gone and nobody waits for it any more.
        kept: numbers of the contexts that it was sent.
        adapters: names of the adapters that it has loaded.
    """

    def __init__(self, plan: Plan) -> None:
        """Starts the process, without waiting for it.

        Raises:
            TransientError: the system starts no process.
        """
        self.ready: Future[Loaded | Failure] = Future()
        self.ended = threading.Event()
        self.kept: set[int] = set()
        self.adapters: set[str] = set()
        self._plan = plan
        self._lock = threading.Lock()
        self._owed: dict[int, Future[Answer | Failure]] = {}
        self._numbers = itertools.count(1)
        self._loaded = threading.Event()
        self._users = 0
        self._reason = ""
        self._cut = False
        self._began = self._used = self._heard = self.failed = time.monotonic()
        ours, theirs = socket.socketpair()
        self._channel = Channel(ours, tick=TICK_SECONDS, patience=SEND_SECONDS)
        try:
            self._process = start(theirs.fileno(), plan.engine)
        except OSError as error:
            self._channel.close()
            raise TransientError("no process can be started for the model") from error
        finally:
            theirs.close()
        log.info("model.loading", model=plan.spec.source, pid=self._process.pid)
        self._pump = threading.Thread(target=self._listen, name="model-log", daemon=True)
        self._pump.start()
        threading.Thread(target=self._read, name="model-reader", daemon=True).start()
        with suppress(OSError):
            # Where it is gone already, the reader says so.
            self._channel.send(Load(spec=plan.spec))

    @property
    def pid(self) -> int:
        return self._process.pid

    def enter(self) -> bool:
        """Keeps the process from ending as unused; False where it ends already or has died."""
        with self._lock:
            if self._reason or self._cut or self._process.poll() is not None:
                return False
            self._users += 1
            return True

    def leave(self) -> None:
        """Ends what `enter` began."""
        with self._lock:
            self._users -= 1
            self._used = time.monotonic()

    def tell(self, message: Message) -> None:
        """Sends what is not answered.

        Raises:
            TransientError: the process is gone.
        """
        try:
            self._channel.send(message)
        except OSError as error:
            raise TransientError("the model's process has just ended") from error

    def ask(self, make: Callable[[int], Ask | Adapter], deadline: float) -> Answer:
        """Sends a message that is answered, and waits for the answer.

        Args:
            make: makes the message, given its number.
            deadline: when waiting is given up, by the monotonic clock.

        Raises:
            TransientError: the process ended, or it took too long.
            UserError: the model cannot do that at all.
        """
        future: Future[Answer | Failure] = Future()
        with self._lock:
            if self.ended.is_set():
                raise TransientError("the model's process has just ended")
            number = next(self._numbers)
            if not self._owed:
                self._heard = time.monotonic()
            self._owed[number] = future
        self.tell(make(number))
        try:
            answer = future.result(max(0.0, deadline - time.monotonic()))
        except TimeoutError:
            self.tell(Drop(number=number))
            raise TransientError(
                f"the model did not answer within {self._plan.timeout:g} s (TREADLE_MODEL_TIMEOUT)"
            ) from None
        if isinstance(answer, Failure):
            raise error_of(answer)
        return answer

    def wait_ready(self, deadline: float) -> Loaded:
        """Waits until the model is loaded.

        Raises:
            TransientError: it still loads at the deadline, or the process died.
            UserError: the model cannot be loaded.
        """
        try:
            loaded = self.ready.result(max(0.0, deadline - time.monotonic()))
        except TimeoutError:
            waited = time.monotonic() - self._began
            raise TransientError(f"the model is still loading, for {waited:.0f} s now") from None
        if isinstance(loaded, Failure):
            raise error_of(loaded)
        return loaded

    def end(self, reason: str, *, kill: bool = False) -> None:
        """Ends the process; `ended` is set soon after."""
        with self._lock:
            if self._reason:
                return
            self._reason = reason
        if kill:
            self._process.kill()
        self._channel.end()

    def _read(self) -> None:
        try:
            while True:
                message = self._channel.receive()
                if message is None:
                    self._look()
                else:
                    self._hear(message)
        except (EOFError, OSError):
            pass
        except ValueError:
            log.exception("model.garbled", pid=self._process.pid)
        finally:
            self._finish()

    def _hear(self, message: Message) -> None:
        if isinstance(message, Loaded):
            # From now on what people wrote may be sent.
            self._loaded.set()
            self.ready.set_result(message)
            MODEL_LOAD_SECONDS.observe(message.seconds)
            log.info(
                "model.loaded",
                model=message.name,
                device=message.device,
                dtype=message.dtype,
                parameters=message.parameters,
                seconds=message.seconds,
            )
        elif isinstance(message, Answer | Failure):
            if isinstance(message, Failure) and not message.number:
                self._fail(message)
                return
            with self._lock:
                self._heard = time.monotonic()
                future = self._owed.pop(message.number, None)
            if future is not None:
                future.set_result(message)

    def _look(self) -> None:
        """Ends the process where it is unused or stuck."""
        now = time.monotonic()
        with self._lock:
            idle = not self._users and now - self._used >= self._plan.idle
            stuck = bool(self._owed) and now - self._heard >= STUCK * self._plan.timeout
        if not self.ready.done():
            if now - self._began >= LOAD_SECONDS:
                self.end("loading took too long", kill=True)
        elif stuck:
            self.end("it did not answer for long", kill=True)
        elif idle:
            self._end_if_unused()

    def _end_if_unused(self) -> None:
        with self._lock:
            if self._users or self._reason:
                return
            self._reason = "unused"
        self._channel.end()

    def _finish(self) -> None:
        """Waits for the process's end, and tells all who wait for something from it."""
        with self._lock:
            self._cut = True
        self._channel.end()
        status = self._wait()
        self._pump.join(END_SECONDS)
        self._channel.close()
        words = f"the model's process ended ({self._reason or cause(status)})"
        with self._lock:
            self.ended.set()
            owed, self._owed = self._owed, {}
        failure = Failure(transient=True, words=words)
        for future in owed.values():
            future.set_result(failure)
        if not self.ready.done():
            self._fail(failure)
        # Told first and logged last: whatever becomes of the log, nobody waits in vain.
        level = log.info if self._reason in ("unused", "closed") else log.warning
        level("model.ended", pid=self.pid, cause=self._reason or cause(status), waiting=len(owed))

    def _fail(self, failure: Failure) -> None:
        self.failed = time.monotonic()
        self.ready.set_result(failure)
        log.warning("model.broken", model=self._plan.spec.source, cause=failure.words)

    def _wait(self) -> int:
        try:
            return self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
        try:
            return self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            log.error("model.left", pid=self.pid)
            return -signal.SIGKILL

    def _listen(self) -> None:
        """Logs what the process prints: while it loads all, later only places in code."""
        stream = self._process.stdout
        assert stream is not None
        with stream:
            count = withheld = 0
            for line in lines(stream):
                count += 1
                if self._loaded.is_set() and not is_place(line):
                    withheld += 1
                elif count <= LINES:
                    log.info("model.said", pid=self.pid, line=line)
        if withheld or count > LINES:
            log.info("model.said_more", pid=self.pid, lines=count, withheld=withheld)


def error_of(failure: Failure) -> TreadleError:
    """Returns a failure as the error that it is raised as."""
    if failure.transient:
        return TransientError(failure.words)
    return TooLong(failure.words) if failure.too_long else UserError(failure.words)
