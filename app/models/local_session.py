"""A local model bound to one prompt: calls that become jobs of the process it runs in."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

from app.domain import Piece, Prompt, Usage
from app.layouts.formats import Format
from app.models.forming import formed
from app.models.jobs import Context
from app.models.metering import Meter
from app.models.wire import Answer, Ask
from app.ports.models import WHOLE


class Runner(Protocol):
    """What runs the jobs of sessions; `app.models.local` says how."""

    def number(self) -> int: ...

    def run(self, number: int, context: Context, make: Callable[[int], Ask]) -> Answer: ...

    def forget(self, number: int) -> None: ...


class LocalSession:
    """A local model bound to one prompt, one adapter and one seed.

    Once a limit of the meter is reached, `expand` gives nothing more; what has been drafted is
    judged all the same (`app.models.metering`).
    """

    def __init__(
        self, model: Runner, number: int, context: Context, meter: Meter, tries: int
    ) -> None:
        """Binds; nothing is sent before the first call.

        Args:
            model: runs the jobs.
            number: the session's own.
            context: the prompt, with what else all jobs share.
            meter: counts the cost.
            tries: whole texts that are sampled until one has the format asked for.
        """
        self._model = model
        self._number = number
        self._context = context
        self._meter = meter
        self._tries = tries

    @property
    def whole(self) -> bool:
        return False

    @property
    def usage(self) -> Usage:
        return self._meter.usage

    def expand(self, prefixes: Sequence[str], counts: Sequence[int]) -> Sequence[Sequence[Piece]]:
        """For each continuation so far, that many sampled pieces; none once a limit is reached.

        Raises:
            ValueError: there are not as many counts as prefixes.
            TransientError: a later try may work.
            UserError: the model cannot be used.
        """
        if len(prefixes) != len(counts):
            raise ValueError(f"{len(prefixes)} prefixes and {len(counts)} counts")
        if self._meter.spent or not sum(counts):
            return [() for _ in prefixes]
        texts, numbers = tuple(prefixes), tuple(counts)
        return self._run(
            lambda number: Ask(
                number=number, context=self._number, kind="expand", texts=texts, counts=numbers
            )
        ).pieces

    def yes_no(self, texts: Sequence[str], question: str) -> Sequence[float]:
        """Returns each text's log-odds, in nats; raises as `expand`."""
        if not texts:
            return ()
        asked = tuple(texts)
        return self._run(
            lambda number: Ask(
                number=number, context=self._number, kind="yes_no", texts=asked, question=question
            )
        ).values

    def logprob(self, texts: Sequence[str]) -> Sequence[float]:
        """Returns each text's log-probability, in nats, its end included; raises as `expand`."""
        if not texts:
            return ()
        asked = tuple(texts)
        return self._run(
            lambda number: Ask(number=number, context=self._number, kind="logprob", texts=asked)
        ).values

    def form(self, wanted: Format, *, tokens: int = WHOLE) -> str:
        """Returns a whole text in a format; it is held to it while it is written.

        Raises:
            UserError: the format is not known, or no text had it; besides as `expand`.
        """

        def sample() -> Piece | None:
            if self._meter.spent:
                return None
            rows = self._run(
                lambda number: Ask(
                    number=number,
                    context=self._number,
                    kind="form",
                    format=wanted,
                    tokens=tokens,
                )
            ).pieces
            return rows[0][0]

        return formed(sample, wanted, self._tries)

    def again(self, prompt: Prompt) -> "LocalSession":
        """Binds the same model, adapter and seed to another prompt, on the same meter."""
        number = self._model.number()
        context = replace(self._context, prompt=prompt.text, opening=prompt.opening, number=number)
        return LocalSession(self._model, number, context, self._meter, self._tries)

    def close(self) -> None:
        """Frees what is kept for the prompt; the session is not used again."""
        self._model.forget(self._number)

    def _run(self, make: Callable[[int], Ask]) -> Answer:
        answer = self._model.run(self._number, self._context, make)
        self._meter.add(answer.usage)
        return answer
