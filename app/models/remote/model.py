"""A language model behind an OpenAI-compatible server, as a `Model`."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from app.domain import Prompt
from app.models.metering import Meter, Prices
from app.models.remote.adapters import Adapters
from app.models.remote.faults import Refused, Unwell
from app.models.remote.known import Known
from app.models.remote.line import Line
from app.models.remote.server import Server
from app.models.remote.session import RemoteSession, Sampling
from app.settings import Settings


@dataclass(frozen=True, kw_only=True, slots=True)
class RemoteSpec:
    """Where a model is and how it is used.

    `mode` is `auto`, `completions` or `chat`; `timeout` is in seconds; `max_tokens` and
    `max_cost` limit one ask, 0 not at all; `parallel` is the most requests at the same time.
    """

    url: str
    model: str
    key: str = field(default="", repr=False)
    mode: str = "auto"
    timeout: float = 120.0
    attempts: int = 3
    sampling: Sampling = field(default_factory=Sampling)
    prices: Prices = field(default_factory=Prices)
    max_tokens: int = 0
    max_cost: float = 0.0
    parallel: int = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class Description:
    """What is known of a server: the models that it lists (None where it lists none), and what
    it gives of the one in use."""

    model: str
    models: tuple[str, ...] | None
    mode: str
    logprobs: bool
    several: bool

    def __str__(self) -> str:
        manner = "completions" if self.mode == "completions" else "chat, whole answers alone"
        numbers = "with log-probabilities" if self.logprobs else "without log-probabilities"
        listed = "" if self.models is None or self.model in self.models else ", not in its list"
        return f"{self.model}: {manner}, {numbers}{listed}"


def spec(settings: Settings) -> RemoteSpec:
    """Returns what the settings say of the model at `MODEL_URL`."""
    return RemoteSpec(
        url=settings.model_url,
        model=settings.model,
        key=settings.model_api_key.get_secret_value(),
        mode=settings.model_mode,
        timeout=settings.model_timeout,
        attempts=settings.model_attempts,
        sampling=Sampling(
            temperature=settings.model_temperature,
            top_p=settings.model_top_p,
            piece_tokens=settings.model_piece_tokens,
            tries=settings.model_format_tries,
        ),
        prices=Prices(read=settings.model_price_read, written=settings.model_price_written),
        max_tokens=settings.model_max_tokens,
        max_cost=settings.model_max_cost,
    )


class RemoteModel:
    """A `Model` over HTTP; safe to use from several threads.

    Nothing is sent before the first use, which finds out what the server understands.
    """

    def __init__(
        self,
        given: RemoteSpec,
        *,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Prepares access.

        Args:
            given: where the model is and how it is used.
            transport: instead of the network, for tests.
            sleep: what waits between tries, for tests.
        """
        self._spec = given
        self._server = Server(
            given.url,
            key=given.key,
            timeout=given.timeout,
            attempts=given.attempts,
            transport=transport,
            sleep=sleep,
        )
        self._known = Known(self._server, given.model, given.mode)
        self._executor = ThreadPoolExecutor(given.parallel, thread_name_prefix="remote-model")
        self._adapters = Adapters(self._server)

    @property
    def name(self) -> str:
        return self._spec.model

    def session(self, prompt: Prompt, *, adapter: str = "", seed: int = 0) -> RemoteSession:
        """Binds the model to a prompt; "" is the base model without an adapter."""
        meter = Meter(
            self._spec.prices, max_tokens=self._spec.max_tokens, max_cost=self._spec.max_cost
        )
        line = Line(
            self._server,
            known=self._known,
            model=self._spec.model,
            adapters=self._adapters,
            adapter=adapter,
            executor=self._executor,
            meter=meter,
        )
        return RemoteSession(prompt, line, sampling=self._spec.sampling, seed=seed)

    def context(self) -> int:
        """Returns how many tokens the model can read, 0 where the server does not say.

        Raises:
            UserError: the server cannot be used.
            TransientError: it cannot be asked now.
        """
        return self._known.context

    def describe(self) -> Description:
        """Asks the server what it has and understands.

        Raises:
            UserError: the server cannot be used, and why.
            TransientError: it cannot be reached now.
        """
        dialect = self._known.dialect
        return Description(
            model=self._spec.model,
            models=self._listed(),
            mode=dialect.mode,
            logprobs=dialect.logprobs > 0,
            several=dialect.several,
        )

    def add_adapter(self, name: str, folder: Path) -> None:
        """Loads an adapter under a name that never means another one, with vLLM alone.

        Doing it again changes nothing. It is loaded anew where the server was started anew.

        Args:
            name: of letters, digits, `_` and `-`.
            folder: where it is, on the server too.

        Raises:
            UserError: the server cannot load it, or the name is of another folder's adapter.
            TransientError: a later try may work.
        """
        self._adapters.add(name, str(folder.absolute()))

    def remove_adapter(self, name: str) -> None:
        """Frees an adapter that no session uses any more; an unknown one is no fault.

        Raises:
            UserError: the server cannot do it.
            TransientError: a later try may work.
        """
        self._adapters.remove(name)

    def close(self) -> None:
        """Gives up what is under way, and closes all connections."""
        self._executor.shutdown(wait=False, cancel_futures=True)
        self._server.close()

    def _listed(self) -> tuple[str, ...] | None:
        try:
            found = self._server.get("models").get("data")
        except (Refused, Unwell):
            # The list is a courtesy: the model itself was reached a moment ago.
            return None
        if not isinstance(found, list):
            return None
        ids = [entry.get("id") for entry in found if isinstance(entry, dict)]
        return tuple(name for name in ids if isinstance(name, str))
