"""The search over one page of numbered sentences: what a model says of them, and them all."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from app.domain import Piece
from app.ports.models import ModelSession
from app.weave.candidates import SEPARATOR
from app.weave.climbing import climb
from app.weave.drafting import Attempt, Said
from app.weave.evaluator import BANNED, Evaluator
from app.weave.judge import Judge
from app.weave.lines import Heard, Lines, Reading
from app.weave.phrase_score import PhraseScore
from app.weave.quoting import in_order
from app.weave.record import SAID_BEFORE, Look, Trail
from app.weave.relevance import coefficients
from app.weave.search import SearchConfig, WeaveResult

FLOOR = -12.0
"""Nats below the model's favourite at which all sentences are alike to it."""

USUAL = 1e-6
"""What the model's usual way to lead in is worth: it decides between equals alone."""


class PageSearch:
    """Searches for drafts of one page, in one session of a model; for one thread.

    The model samples beginnings alone, half of what is asked for there: they tell how it leads
    in, and whether it declines. All else is lines of the page that the draft does not have yet,
    the best first: so every sentence is looked at, and the best is found even where the model
    says nothing of use. To sample lines after lines would give none that is not offered.
    """

    def __init__(
        self,
        session: ModelSession,
        *,
        lines: Lines,
        evaluator: Evaluator,
        judge: Judge,
        phrases: PhraseScore,
        config: SearchConfig,
    ) -> None:
        self._session = session
        self._lines = lines
        self._evaluator = evaluator
        self._judge = judge
        self._phrases = phrases
        self._config = config
        self._banned: frozenset[str] = frozenset()
        self._said: dict[str, Mapping[str, float]] = {}
        self._lead = ""
        self._first: Heard | None = None

    @property
    def declined(self) -> float:
        """The share of the first samples that say that the sources have no answer."""
        return self._first.declined if self._first else 0.0

    def attempt(self, banned: frozenset[str]) -> Attempt:
        """Searches for the best draft without certain sentences.

        Raises:
            TransientError: the model may work later.
        """
        self._banned = banned
        result = self.search()
        reading, score = self._sound(result.text), result.score
        if reading is None:
            reading, score = self._alone()
        names = [one.principle for one in self._judge.opinions(result.text.strip("\n"))]
        spent = Attempt(
            pieces=result.pieces,
            evaluations=result.evaluations,
            trail=Trail(
                root=result.root,
                chosen=result.text,
                look=partial(self._look, banned),
                principles=names,
            ),
        )
        if reading is None:
            return spent
        return replace(
            spent,
            said=self._quoted(reading),
            units=frozenset(reading.texts),
            score=score,
            opinions=self._judge.opinions(result.text.strip("\n")),
        )

    def quote(self, draft: str) -> Sequence[Said]:
        """Returns what a draft quotes; nothing where it is not made of the page's sentences."""
        reading = self._lines.read(draft)
        return self._quoted(reading) if reading else ()

    def _quoted(self, reading: Reading) -> tuple[Said, ...]:
        first, *others = in_order([self._evaluator.verdict(text) for text in reading.texts])
        return (replace(first, lead=reading.lead), *others)

    def search(self) -> WeaveResult:
        """Searches for the text with the best score; a bench searches in other ways."""
        return climb("", expand=self._expand, score=self._score, config=self._config)

    def _alone(self) -> tuple[Reading | None, float]:
        """Returns the best single line, for where the search came to none."""
        free = self._free(())
        if not free:
            return None, 0.0
        scores = self._evaluator.score([text + SEPARATOR for text in free])
        top = max(range(len(free)), key=lambda at: scores[at])
        return Reading(texts=(free[top],), lead=self._lead), scores[top]

    def _expand(self, prefixes: Sequence[str], counts: Sequence[int]) -> list[list[Piece]]:
        """Begins drafts by samples and by lines of the page, and continues them by lines."""
        return [
            self._following(prefix, count) if prefix else self._beginning(count)
            for prefix, count in zip(prefixes, counts, strict=True)
        ]

    def _beginning(self, count: int) -> list[Piece]:
        free = self._free(())
        offered = min(len(free), (count + 1) // 2)
        sampled: Sequence[Piece] = ()
        if count > offered:
            sampled = self._session.expand([""], [count - offered])[0][: count - offered]
        self._hear(sampled)
        return [*sampled, *self._lined(free, self._lead)[:offered]]

    def _following(self, prefix: str, count: int) -> list[Piece]:
        """Offers the end of a draft and the lines that it does not have; none after no line."""
        reading = self._lines.read(prefix) if prefix.endswith("\n") else None
        if reading is None:
            return []
        end = Piece(text="", finished=True, logprob=0.0)
        return [end, *self._lined(self._free(reading.texts))][:count]

    def _free(self, used: Sequence[str]) -> list[str]:
        return [text for text in self._lines.texts if text not in self._banned.union(used)]

    def _lined(self, free: Sequence[str], lead: str = "") -> list[Piece]:
        """Makes pieces of sentences, the best first."""
        scores = self._evaluator.score([text + SEPARATOR for text in free])
        return [
            Piece(text=self._lines.line(free[at], lead) + "\n", finished=False, logprob=0.0)
            for at in sorted(range(len(free)), key=lambda at: -scores[at])
        ]

    def _hear(self, pieces: Sequence[Piece]) -> None:
        """Learns from the first samples how the model leads in, and whether it declines."""
        heard = self._lines.hear([piece.text for piece in pieces])
        self._lead = heard.lead if self._phrases.score(heard.lead) >= 0 else ""
        if self._first is None:
            self._first = heard
            self._lean(heard.readable)

    def _lean(self, share: float) -> None:
        """Lets the odds of the page's sentences lean towards what the model finds probable.

        Args:
            share: of its samples that can be read: what writes nonsense has no say.
        """
        weight = coefficients("model")["likelihood"] * share
        lines = [self._lines.line(text, self._lead) for text in self._lines.texts]
        found = self._session.logprob(lines) if weight else None
        if found is None:
            return
        highest = max(found)
        self._evaluator.lean(
            {
                text: weight * max(FLOOR, logprob - highest)
                for text, logprob in zip(self._lines.texts, found, strict=True)
            }
        )

    def _score(self, texts: Sequence[str]) -> list[float]:
        """Scores drafts; those that are no sentences of the page are out of question."""
        readings = [self._sound(text) for text in texts]
        drafts = [
            "".join(text + SEPARATOR for text in one.texts) if one else "" for one in readings
        ]
        scores = self._evaluator.score(drafts)
        sound = [(at, one) for at, one in enumerate(readings) if one is not None]
        judged = self._judge.score(self._session, [texts[at].strip("\n") for at, _ in sound])
        found = [BANNED] * len(texts)
        for (at, reading), share in zip(sound, judged, strict=True):
            usual = USUAL if reading.lead == self._lead else 0.0
            lead = usual + min(0.0, self._phrases.score(reading.lead))
            self._said[texts[at]] = {"principles": share, "lead": lead}
            found[at] = scores[at] + share + lead
        return found

    def _look(self, banned: frozenset[str], text: str) -> Look:
        """Returns what was thought of a draft, in an attempt without certain sentences."""
        reading = self._lines.read(text)
        if reading is None:
            return Look(ruled_out="It is not made of the page's sentences.")
        if not banned.isdisjoint(reading.texts):
            return Look(ruled_out=SAID_BEFORE)
        quoted = "".join(one + SEPARATOR for one in reading.texts)
        return Look(
            parts={**self._evaluator.parts(quoted), **self._said.get(text, {})},
            opinions=[one.score for one in self._judge.opinions(text.strip("\n"))],
        )

    def _sound(self, draft: str) -> Reading | None:
        """Understands a draft; None where it may not be said."""
        reading = self._lines.read(draft)
        most = self._config.max_pieces
        if reading is None or not self._banned.isdisjoint(reading.texts):
            return None
        return reading if most is None or len(reading.texts) <= most else None
