"""Language models: what samples, and what judges."""

from collections.abc import Sequence
from typing import Protocol

from app.domain import Piece, Prompt, Usage
from app.layouts.formats import Format

WHOLE = 1200
"""Tokens that a whole text in a format has at most, unless it is asked for otherwise."""


class Session(Protocol):
    """A generator bound to one prompt."""

    def expand(self, prefixes: Sequence[str], counts: Sequence[int]) -> Sequence[Sequence[Piece]]:
        """For each continuation so far ("" at the root), that many sampled pieces.

        May give fewer, and none where nothing can follow or a limit of the ask is reached.
        """


class Generator(Protocol):
    """A language model, or the extractive back end that needs none."""

    @property
    def name(self) -> str: ...

    def session(self, prompt: Prompt) -> Session: ...


class Evaluator(Protocol):
    """Judges continuations of one prompt."""

    def yes_no(self, texts: Sequence[str], question: str) -> Sequence[float]:
        """Returns each continuation's log-odds, in nats, of yes against no to the question.

        A question that begins with a line end is laid out already, and follows the text.
        """


class ModelSession(Session, Evaluator, Protocol):
    """A language model bound to one prompt, one adapter and one seed."""

    @property
    def whole(self) -> bool:
        """Whether only whole answers can be sampled: `expand` continues "" alone."""

    @property
    def usage(self) -> Usage:
        """What this session has cost so far."""

    def logprob(self, texts: Sequence[str]) -> Sequence[float] | None:
        """Returns the log-probability, in nats, of each text as the whole answer, its end
        included; None where the back end cannot tell."""

    def form(self, wanted: Format, *, tokens: int = WHOLE) -> str:
        """Returns a whole text of at most so many tokens that has a format.

        The back end holds the model to it while it writes, where it can; else texts are sampled
        until one has it, some times at most.

        Raises:
            UserError: none had it; says what came.
        """

    def again(self, prompt: Prompt) -> "ModelSession":
        """Binds the same model, adapter and seed to another prompt.

        What both cost counts together, against the limits of one ask and in the `usage` of both.
        """

    def close(self) -> None:
        """Frees what is kept for the prompt; the session is not used again."""


class Model(Protocol):
    """A language model. A `TransientError` says that a later try may work, a `UserError` why
    this model cannot be used at all."""

    @property
    def name(self) -> str: ...

    def context(self) -> int:
        """Returns how many tokens it can read, its answer included; 0 where it does not say.

        It is loaded for that, or its server asked, as for the first job of a session.
        """

    def session(self, prompt: Prompt, *, adapter: str = "", seed: int = 0) -> ModelSession:
        """Binds the model to a prompt; "" is the base model without an adapter."""

    def close(self) -> None:
        """Ends what the model runs in."""
