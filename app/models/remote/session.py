"""A remote model bound to one prompt."""

import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from app.domain import Piece, Prompt, Usage
from app.layouts.formats import Format
from app.layouts.templates import fill, template
from app.models.forming import formed
from app.models.remote import echo, forms, odds
from app.models.remote.dialect import Ask, Way
from app.models.remote.faults import Refused
from app.models.remote.line import Line, derived
from app.models.remote.neutral import neutral
from app.models.remote.pieces import piece
from app.models.remote.replies import Choice, Token
from app.ports.models import WHOLE

ANSWERS = 5
"""Answers to a yes/no question that are sampled from a server without log-probabilities."""
_ANSWER_TOKENS = 4


@dataclass(frozen=True, kw_only=True, slots=True)
class Sampling:
    """How texts are sampled: a piece has at most `piece_tokens` tokens, a whole answer, where
    only those can be had, `answer_tokens`; of `tries` texts one has to have a wanted format."""

    temperature: float = 0.8
    top_p: float = 0.95
    piece_tokens: int = 32
    answer_tokens: int = 600
    tries: int = 4


class RemoteSession:
    """A `ModelSession` over an OpenAI-compatible server; safe to use from several threads."""

    def __init__(
        self,
        prompt: Prompt,
        line: Line,
        *,
        sampling: Sampling,
        seed: int = 0,
    ) -> None:
        """Binds a line to a prompt; nothing is sent yet.

        Args:
            prompt: what answers are sampled for.
            line: the way to the server.
            sampling: how to sample.
            seed: of all sampling; the same gives the same pieces where the server takes one.
        """
        self._prompt = neutral(prompt.text)
        self._opening = prompt.opening
        self._line = line
        self._sampling = sampling
        self._seed = seed
        self._drawn: Counter[str] = Counter()
        self._before: tuple[Token, ...] | None = None
        self._lock = threading.Lock()

    @property
    def whole(self) -> bool:
        """Whether only whole answers can be sampled: `expand` continues "" alone."""
        return self._line.dialect.chat

    @property
    def usage(self) -> Usage:
        """What this session has cost so far; estimated where the server does not say."""
        return self._line.meter.usage

    def expand(self, prefixes: Sequence[str], counts: Sequence[int]) -> Sequence[Sequence[Piece]]:
        """Samples pieces, all requests at once as far as there is room.

        Asking again for the same continuation gives further pieces. Fewer come back where a
        limit of the ask is reached, or the server kept a text back.
        """
        wanted: Counter[str] = Counter()
        for prefix, count in zip(prefixes, counts, strict=True):
            if count > 0 and not (prefix and self.whole):
                wanted[prefix] += count
        parts = [
            (prefix, part, self._index(prefix, part))
            for prefix in wanted
            for part in self._line.parts(wanted[prefix])
        ]
        found = self._line.together([partial(self._some, *part) for part in parts])
        pools: dict[str, list[Piece]] = {prefix: [] for prefix in wanted}
        for (prefix, _, _), pieces in zip(parts, found, strict=True):
            pools[prefix] += pieces
        result = []
        for prefix, count in zip(prefixes, counts, strict=True):
            pool = pools.get(prefix, [])
            result.append(pool[: max(0, count)])
            del pool[: max(0, count)]
        return result

    def yes_no(self, texts: Sequence[str], question: str) -> Sequence[float]:
        """Returns each text's log-odds, in nats, of yes against no to the question."""
        known = self._line.dialect.logprobs > 0
        one = self._by_distribution if known else self._by_answers
        return self._line.together([partial(one, text, question) for text in texts])

    def logprob(self, texts: Sequence[str]) -> Sequence[float] | None:
        """Returns each text's log-probability as the whole answer; None where it is unknown."""
        known = self._line.known
        if known.echo is None:
            known.echo = echo.supported(self._line)
        if not known.echo:
            return None
        start = self._text("")
        with self._lock:
            if self._before is None:
                self._before = echo.prompt_tokens(self._line, start)
        before = self._before
        return self._line.together(
            [partial(echo.measure, self._line, before, start, neutral(text)) for text in texts]
        )

    def form(self, wanted: Format, *, tokens: int = WHOLE) -> str:
        """Returns a whole text in a format; the server holds the model to it, if it can.

        Raises:
            UserError: no text had it, or the server cannot be used.
            TransientError: a later try may work.
        """
        known = self._line.known
        if known.way is None:
            known.way = forms.supported(self._line)

        def sample() -> Piece | None:
            if self._line.meter.spent:
                return None
            assert known.way is not None
            return self._formed(wanted, known.way, tokens)

        return formed(sample, wanted, self._sampling.tries)

    def again(self, prompt: Prompt) -> "RemoteSession":
        """Binds the same line, and so the same meter, to another prompt."""
        return RemoteSession(prompt, self._line, sampling=self._sampling, seed=self._seed)

    def close(self) -> None:
        """Does nothing: the server keeps nothing that it would have to be told of."""

    def _index(self, prefix: str, count: int) -> int:
        """Returns how many pieces were drawn after a prefix, and notes so many more."""
        with self._lock:
            index = self._drawn[prefix]
            self._drawn[prefix] += count
        return index

    def _some(self, prefix: str, count: int, index: int) -> list[Piece]:
        if self._line.meter.spent:
            return []
        chat = self._line.dialect.chat
        sampling = self._sampling
        ask = Ask(
            text=(("user", self._prompt),) if chat else self._text(prefix),
            count=count,
            tokens=sampling.answer_tokens if chat else sampling.piece_tokens,
            temperature=sampling.temperature,
            top_p=sampling.top_p,
            seed=derived(self._seed, prefix, index),
            logprobs=1,
        )
        pieces = (piece(choice, chat=chat) for choice in self._line.sample(ask))
        return [found for found in pieces if found is not None]

    def _formed(self, wanted: Format, way: Way, tokens: int) -> Piece:
        """Samples one whole text, held to a format in that way."""
        chat, sampling = self._line.dialect.chat, self._sampling
        place = f"{wanted.kind} {wanted.spec}"
        ask = Ask(
            text=(("user", self._prompt),) if chat else self._text(""),
            tokens=tokens,
            temperature=sampling.temperature,
            top_p=sampling.top_p,
            seed=derived(self._seed, place, self._index(place, 1)),
            more=tuple(forms.fields(wanted, way).items()),
        )
        try:
            found = self._line.sample(ask)
        except Refused as error:
            if not way or error.status not in {400, 422}:
                raise
            # A schema may have words that this server does not know: it is then checked here.
            found, way = self._line.sample(replace(ask, more=())), ""
        choice = found[0] if found else Choice(text="", reason="length")
        text = forms.unwrapped(choice.text.strip(), wanted, way)
        return Piece(text=text, finished=choice.reason != "length", logprob=0.0)

    def _text(self, answer: str) -> str:
        return self._prompt + self._opening + neutral(answer)

    def _asked(self, text: str, question: str) -> str | tuple[tuple[str, str], ...]:
        """Lays a question out; one that begins on a line of its own is laid out already."""
        # A repository's people write questions too.
        question = neutral(question)
        if self._line.dialect.chat:
            said = fill(template("judge/reply"), {"question": question.strip()})
            return (("user", self._prompt), ("assistant", neutral(text)), ("user", said))
        if question.startswith("\n"):
            return self._text(text) + question
        return self._text(text) + fill(template("judge/after"), {"question": question})

    def _by_distribution(self, text: str, question: str) -> float:
        ask = Ask(text=self._asked(text, question), logprobs=self._line.dialect.logprobs)
        choices = self._line.sample(ask)
        tokens = choices[0].tokens if choices else None
        return odds.log_odds(tokens[0].top) if tokens else 0.0

    def _by_answers(self, text: str, question: str) -> float:
        asked = self._asked(text, question)
        said: list[Choice] = []
        for number, count in enumerate(self._line.parts(ANSWERS)):
            seed = derived(self._seed, question, text, number)
            ask = Ask(text=asked, count=count, tokens=_ANSWER_TOKENS, seed=seed)
            said += self._line.sample(ask)
        return odds.counted(choice.text for choice in said)
