"""The process that a local model runs in; `app.models.child` starts and ends it.

    python -m app.models.host SOCKET PARENT ENGINE

`SOCKET` is the number of the inherited end of a connection, `PARENT` the process that holds the
other, `ENGINE` the `module:class` that runs jobs. One thread reads what comes, the main thread
runs it: all jobs that wait, of all asks, together. The process ends when the connection does,
and does not listen to the signals that stop a service or come from a terminal: its parent ends
it in order. What goes to standard error after the loading names places in code, never values.
"""

import faulthandler
import importlib
import os
import signal
import socket
import sys
import threading
import time
import traceback
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Protocol

from app.errors import TooLong, TransientError, TreadleError
from app.models.desk import Desk
from app.models.jobs import Context, Done, Job, ModelSpec
from app.models.wire import (
    Adapter,
    Answer,
    Ask,
    Channel,
    Drop,
    Failure,
    Forget,
    Keep,
    Load,
    Loaded,
    Message,
)

MARK = "treadle: "
"""What a line on standard error begins with that holds nothing but places in code."""
LOOK_SECONDS = 2.0
"""Time between two looks whether the parent lives, beside the end of the connection."""
SEND_SECONDS = 600.0
"""Time that a stopped parent has to go on reading."""
FAULTS_IN_A_ROW = 3
"""Runs with an unexpected fault after which the process ends, to be started anew."""
OOM_SCORE = 500
"""Where memory ends, Linux is to end this process sooner than the one that has the work."""


class Engine(Protocol):
    """What runs jobs; used by one thread."""

    name: str
    device: str
    dtype: str
    parameters: int
    has_chat_template: bool
    context: int

    @property
    def adapters(self) -> Sequence[str]: ...

    def add_adapter(self, name: str, folder: Path) -> None: ...

    def remove_adapter(self, name: str) -> None: ...

    def run(self, jobs: Sequence[Job]) -> Sequence[Done | TreadleError]: ...

    def forget(self, context: Context) -> None: ...


def main(arguments: Sequence[str]) -> None:
    """Loads the model that the first message names, and runs jobs until the connection ends."""
    began = time.monotonic()
    descriptor, parent, engine = arguments
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    faulthandler.enable()
    sys.excepthook = _trace
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(str(OOM_SCORE), "ascii")
    end = socket.socket(fileno=int(descriptor))
    channel = Channel(end, tick=LOOK_SECONDS, patience=SEND_SECONDS)
    desk = Desk()
    specs: list[ModelSpec] = []
    given = threading.Event()

    def read() -> None:
        try:
            while os.getppid() == int(parent):
                message = channel.receive()
                if isinstance(message, Load):
                    specs.append(message.spec)
                    given.set()
                elif isinstance(message, Drop):
                    if desk.drop(message.number):
                        channel.send(_dropped(message.number))
                elif message is not None:
                    desk.put(message)
        except (EOFError, OSError):
            pass
        finally:
            # At once, whatever the main thread is at: nobody waits for it any more.
            os._exit(0)

    threading.Thread(target=read, name="reader", daemon=True).start()
    given.wait()
    loaded = _load(engine, specs[0])
    if isinstance(loaded, Failure):
        channel.send(loaded)
        sys.exit(1)
    channel.send(
        Loaded(
            name=loaded.name,
            device=loaded.device,
            dtype=loaded.dtype,
            parameters=loaded.parameters,
            has_chat_template=loaded.has_chat_template,
            seconds=round(time.monotonic() - began, 3),
            context=loaded.context,
        )
    )
    Host(loaded, channel, desk, rows=2 * specs[0].rows).serve()


def _load(name: str, spec: ModelSpec) -> Engine | Failure:
    module, _, kind = name.partition(":")
    try:
        engine: Engine = getattr(importlib.import_module(module), kind).load(spec)
    except ImportError as error:
        return Failure(
            transient=False,
            words=f"a package that local models need is missing ({error}): install treadle[models]",
        )
    except TreadleError as error:
        return _failure(0, error)
    except Exception as error:  # noqa: BLE001 - of any library; said to whoever asks
        _trace(type(error), error, error.__traceback__)
        # Nothing that people wrote is in this process yet.
        return Failure(transient=False, words=f"{type(error).__name__}: {error}"[:2000])
    return engine


class Host:
    """Runs what is on the desk, in the thread that `serve` is called in."""

    def __init__(self, engine: Engine, channel: Channel, desk: Desk, *, rows: int) -> None:
        """Takes about `rows` texts a run."""
        self._engine = engine
        self._channel = channel
        self._desk = desk
        self._rows = rows
        self._contexts: dict[int, Context] = {}
        self._faults = 0

    def serve(self) -> None:
        """Goes on until the engine has failed several times in a row."""
        while self._faults < FAULTS_IN_A_ROW:
            orders, asks = self._desk.take(self._rows)
            for order in orders:
                self._do(order)
            if asks:
                began = time.monotonic()
                answers = self._run(asks)
                self._desk.ran(asks, time.monotonic() - began)
                for answer in answers:
                    self._channel.send(answer)

    def _do(self, order: Message) -> None:
        if isinstance(order, Keep):
            self._contexts[order.number] = order.context
        elif isinstance(order, Forget):
            context = self._contexts.pop(order.number, None)
            if context is not None:
                self._engine.forget(context)
        elif isinstance(order, Adapter):
            self._channel.send(self._adapt(order))

    def _adapt(self, order: Adapter) -> Answer | Failure:
        there = order.name in self._engine.adapters
        try:
            if order.folder and not there:
                self._engine.add_adapter(order.name, Path(order.folder))
            elif there and not order.folder:
                self._engine.remove_adapter(order.name)
        except TreadleError as error:
            return _failure(order.number, error)
        except Exception as error:  # noqa: BLE001 - of any library; said to whoever asks
            _trace(type(error), error, error.__traceback__)
            return Failure(
                number=order.number,
                transient=False,
                words=f"adapter {order.name} cannot be loaded: {_place(error)}",
            )
        return Answer(number=order.number)

    def _run(self, asks: Sequence[Ask]) -> Sequence[Answer | Failure]:
        """Runs jobs together and, where that fails unexpectedly, each alone."""
        known = [ask for ask in asks if ask.context in self._contexts]
        if len(known) < len(asks):
            # Their asks ended while they waited.
            gone = [_dropped(ask.number) for ask in asks if ask not in known]
            return [*gone, *(self._run(known) if known else ())]
        jobs = [ask.job(self._contexts[ask.context]) for ask in asks]
        try:
            results = self._engine.run(jobs)
            answers = [_answer(ask, result) for ask, result in zip(asks, results, strict=True)]
        except TreadleError as error:
            return [_failure(ask.number, error) for ask in asks]
        except Exception as error:  # noqa: BLE001 - one job's fault is not to end the others
            _trace(type(error), error, error.__traceback__)
            if len(asks) > 1:
                return [answer for ask in asks for answer in self._run([ask])]
            self._faults += 1
            words = f"the model failed: {_place(error)}"
            return [Failure(number=asks[0].number, transient=True, words=words)]
        self._faults = 0
        return answers


def _answer(ask: Ask, result: Done | TreadleError) -> Answer | Failure:
    if isinstance(result, TreadleError):
        return _failure(ask.number, result)
    if ask.kind in ("expand", "form"):
        pieces = tuple(tuple(row) for row in result.result)  # type: ignore[arg-type]
        return Answer(number=ask.number, pieces=pieces, usage=result.usage)
    values = tuple(float(value) for value in result.result)  # type: ignore[arg-type]
    return Answer(number=ask.number, values=values, usage=result.usage)


def _failure(number: int, error: TreadleError) -> Failure:
    return Failure(
        number=number,
        transient=isinstance(error, TransientError),
        too_long=isinstance(error, TooLong),
        words=str(error),
    )


def _dropped(number: int) -> Failure:
    return Failure(number=number, transient=True, words="given up before it was run")


def _place(error: BaseException) -> str:
    """Names an error and where it arose; its message may hold what people wrote."""
    frames = traceback.extract_tb(error.__traceback__)
    last = frames[-1] if frames else None
    where = f" at {Path(last.filename).name}:{last.lineno}" if last else ""
    return f"{type(error).__name__}{where}"


def _trace(kind: type[BaseException], _: BaseException, trace: TracebackType | None) -> None:
    frames = traceback.extract_tb(trace)
    lines = [f"{frame.filename}:{frame.lineno} in {frame.name}" for frame in frames]
    for line in (kind.__name__, *lines):
        sys.stderr.write(f"{MARK}{line}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
