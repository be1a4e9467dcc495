"""One ask's way to a server: its adapter, its seeds, its cost, and several requests at once."""

import hashlib
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, Executor, Future
from contextvars import copy_context
from dataclasses import replace
from typing import TypeVar

from app.domain import Usage
from app.layouts.templates import tokens
from app.models.metering import Meter
from app.models.remote.adapters import Adapters
from app.models.remote.dialect import Ask, Dialect, body
from app.models.remote.faults import Refused, closed
from app.models.remote.known import Known
from app.models.remote.replies import Choice, Reply, reply
from app.models.remote.server import Server

T = TypeVar("T")


class Line:
    """Sends the requests of one ask and counts what they cost; safe to use from several threads."""

    def __init__(
        self,
        server: Server,
        *,
        known: Known,
        model: str,
        adapters: Adapters,
        adapter: str,
        executor: Executor,
        meter: Meter,
    ) -> None:
        self.known = known
        self.meter = meter
        self._server = server
        self._model = model
        self._adapters = adapters
        self._adapter = adapter
        self._executor = executor

    @property
    def dialect(self) -> Dialect:
        """What the server understands; found out at the first use."""
        return self.known.dialect

    def together(self, calls: Sequence[Callable[[], T]]) -> list[T]:
        """Runs calls at the same time, as far as there is room; the first fault ends all."""
        if len(calls) == 1:
            return [calls[0]()]
        futures = [self._begun(call) for call in calls]
        try:
            return [future.result() for future in futures]
        except CancelledError as error:
            raise closed() from error
        finally:
            for future in futures:
                future.cancel()

    def _begun(self, call: Callable[[], T]) -> Future[T]:
        try:
            # With this thread's words for the log, such as which delivery it is about.
            return self._executor.submit(copy_context().run, call)
        except RuntimeError as error:
            raise closed() from error

    def parts(self, count: int) -> list[int]:
        """Splits a number of texts into what single requests may ask for."""
        most = (self.known.most or max(1, count)) if self.dialect.several else 1
        return [min(most, count - start) for start in range(0, count, most)]

    def sample(self, ask: Ask) -> list[Choice]:
        """Returns the texts of one request, of several where the server refuses so many."""
        try:
            return list(self.send(ask).choices[: ask.count])
        except Refused as error:
            if ask.count == 1 or error.status not in {400, 422}:
                raise
        half = ask.count // 2
        rest = replace(ask, count=ask.count - half, seed=derived(ask.seed, half))
        found = self.sample(replace(ask, count=half)) + self.sample(rest)
        # Learned only now: where fewer are refused too, their number was not the fault.
        self.known.most = min(self.known.most or half, half)
        return found

    def send(self, ask: Ask, *, echo: bool = False) -> Reply:
        """Sends one request, under the ask's adapter, and counts its cost.

        Args:
            ask: what to send.
            echo: whether the prompt's own tokens are wanted before what follows.
        """
        made = body(ask, self.dialect, self._adapter or self._model)
        if echo:
            made["echo"] = True
        if self._adapter:
            self._adapters.ensure(self._adapter)
        try:
            answer = self._server.post(self.dialect.path, made)
        except Refused as error:
            if not self._adapter or error.status != 404 or error.no_route:
                raise
            # The server was started anew since, and no longer has what it loaded.
            self._adapters.forget(self._adapter)
            self._adapters.ensure(self._adapter)
            answer = self._server.post(self.dialect.path, made)
        read = reply(answer, chat=self.dialect.chat)
        self.meter.add(read.usage or _estimated(ask, read))
        return read


def derived(seed: int, *parts: object) -> int:
    """Returns a seed of 31 bits, another for each combination of what it is derived from."""
    text = "\0".join(map(str, (seed, *parts)))
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:4], "big") >> 1


def _estimated(ask: Ask, read: Reply) -> Usage:
    """Returns roughly what a request cost, where the server does not say."""
    sent = [ask.text] if isinstance(ask.text, str) else [content for _, content in ask.text]
    written = sum(
        tokens(choice.text) if choice.tokens is None else len(choice.tokens)
        for choice in read.choices
    )
    return Usage(read=sum(map(tokens, sent)), written=written)
