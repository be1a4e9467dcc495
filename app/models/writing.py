"""Writes pieces: samples tokens after drafts until each piece has come to its end."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from app.layouts.wording import BROKEN, Wording
from app.models.guiding import Guide
from app.models.jobs import ModelSpec
from app.models.reader import Opened, Part
from app.models.rows import Layers, Way
from app.models.sampling import Sampler

CHARACTER = 3
"""How many tokens more than its limit a piece may have to complete a character."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Start:
    """Where a piece is written: after which draft, with which key, at most how long.

    `limit` is in tokens; up to `most` complete a character that would be cut there. A `whole`
    text goes on where a piece would stop, and has the format of its `guide`, if there is one.
    """

    part: Part
    opened: Opened
    key: bytes
    limit: int
    most: int
    whole: bool = False
    guide: Guide | None = None


@dataclass(kw_only=True, slots=True)
class Written:
    """A piece while it is written, and then.

    Attributes:
        ids: its tokens, without one that ends the text.
        said: the log-probability of each token drawn.
        text: what the tokens say.
        finished: whether the model ended its text.
        layers: what was computed of the draft with the piece, if it can be kept.
        guide: holds it to a format, if to any.
    """

    ids: list[int] = field(default_factory=list)
    said: list[float] = field(default_factory=list)
    text: str = ""
    finished: bool = False
    layers: Layers = ()
    guide: Guide | None = None


class Writer:
    """Writes pieces with one model."""

    def __init__(self, spec: ModelSpec, way: Way, wording: Wording) -> None:
        self._stop = spec.stop
        self._way = way
        self._wording = wording
        self._sampler = Sampler.of(spec)
        self._ending: dict[int, bool] = {}

    def write(self, starts: Sequence[Start]) -> list[Written]:
        """Writes one piece after each start, all in one batch."""
        rest = [start.opened.rest for start in starts]
        guides = [start.guide and start.guide.anew() for start in starts]
        room = max(map(len, rest)) + max(start.most for start in starts)
        batch = self._way.open([start.opened.row for start in starts], room)
        pieces = [Written(guide=guide) for guide in guides]
        held = list(range(len(starts)))
        logits = batch.feed(rest)
        going = held
        step = 0
        while True:
            ongoing = set(going)
            for row, at in enumerate(held):
                guide = pieces[at].guide
                if guide is not None and at in ongoing:
                    guide.hold(logits[row])
            tokens, said = self._sampler.draw(logits, [starts[at].key for at in held], step)
            going = []
            for row, (at, token, logprob) in enumerate(zip(held, tokens, said, strict=True)):
                if at not in ongoing:
                    continue
                if self._add(pieces[at], starts[at], token, logprob):
                    own = len(starts[at].part.own) + len(pieces[at].ids)
                    pieces[at].layers = batch.kept(row, own)
                else:
                    going.append(at)
            if not going:
                return pieces
            ongoing = set(going)
            # Rows that have ended are read on with the others, as far as the model reaches.
            over = any(step >= starts[at].most for at in held if at not in ongoing)
            if over or len(going) <= len(held) // 2:
                batch.select([held.index(at) for at in going])
                tokens = [tokens[held.index(at)] for at in going]
                held = going
            logits = batch.feed([[token] for token in tokens])
            step += 1

    def _add(self, piece: Written, start: Start, token: int, logprob: float) -> bool:
        """Adds a token to a piece; True where the piece ends with it."""
        piece.said.append(logprob)
        before = (*start.part.stem.ids[-8:], *start.part.own)
        if token in self._wording.ends:
            piece.finished = True
            piece.text = self._wording.said(before, piece.ids).rstrip(BROKEN)
            return True
        piece.ids.append(token)
        if piece.guide is not None and piece.guide.take(token):
            piece.finished = True
            piece.text = self._wording.said(before, piece.ids)
            return True
        full = len(piece.ids) >= start.limit
        if not full and (start.whole or not self._may_stop(token)):
            return False
        piece.text = self._wording.said(before, piece.ids)
        if not full and self._stop not in piece.text:
            return False
        if not piece.text.endswith(BROKEN):
            return True
        if len(piece.ids) < start.most:
            return False
        self._cut(piece, before)
        return True

    def _may_stop(self, token: int) -> bool:
        """Tells whether the stop text may be complete with a token."""
        if not self._stop:
            return False
        if not self._stop[-1].isascii():
            return True
        if token not in self._ending:
            self._ending[token] = self._stop[-1] in self._wording.said((), [token])
        return self._ending[token]

    def _cut(self, piece: Written, before: Sequence[int]) -> None:
        """Takes back tokens up to the last whole character, if there is one."""
        for count in range(len(piece.ids) - 1, 0, -1):
            text = self._wording.said(before, piece.ids[:count])
            if not text.endswith(BROKEN):
                del piece.ids[count:], piece.said[count:]
                piece.text = text
                return
