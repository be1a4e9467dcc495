"""Pages as token ids with what each position is to learn."""

import random
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from enum import IntEnum

from tokenizers import Encoding
from transformers import PreTrainedTokenizerFast

from app.layouts.numbered import NO, YES, Line, check, flat, page, read, unknown
from app.layouts.templates import template
from app.training.bobbin.pages import Check, Page, Turn

COMMON = 700
"""Tokens below are letters and the commonest words and parts of words."""


class Role(IntEnum):
    """What predicting the next token is, at one position; each has a weight of its own."""

    NONE = 0
    TEXT = 1
    """Sources and questions, as in plain language modelling."""
    COPY = 2
    """A token of a sentence that is being repeated, or its end."""
    DECIDE = 3
    """A citation, or the first token of a lead or of saying that there is no answer."""
    VERDICT = 4
    """Yes or no."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Encoded:
    """One page of T tokens.

    `labels[t]` is the token to be predicted at t, as the role `roles[t]`. `copied` holds
    (t, position of the source's token that comes next), `homed` (t, position of the number of
    the sentence that t is in), `cited` (t, first, last position of the sentence to be cited),
    `linked` (t, first, last position of the source's word that the question's word at t stands
    for), ends excluded, and `voted` (t, position of a question's word that speaks for the
    sentence to be cited at t).
    """

    ids: tuple[int, ...]
    labels: tuple[int, ...]
    roles: tuple[Role, ...]
    copied: tuple[tuple[int, int], ...]
    homed: tuple[tuple[int, int], ...]
    cited: tuple[tuple[int, int, int], ...]
    linked: tuple[tuple[int, int, int], ...]
    same: tuple[tuple[int, int], ...]
    blamed: tuple[tuple[int, int], ...]
    voted: tuple[tuple[int, int], ...]


@dataclass(kw_only=True, slots=True)
class _Marked:
    """A page's text while it is written, with what its characters mean."""

    text: str = ""
    decides: set[int] = field(default_factory=set)
    copies: list[tuple[int, int, int]] = field(default_factory=list)
    words: list[tuple[int, int, int, int]] = field(default_factory=list)
    speaking: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    homes: list[tuple[int, int]] = field(default_factory=list)
    given: list[tuple[int, int]] = field(default_factory=list)
    leads: list[tuple[int, int]] = field(default_factory=list)
    verdicts: list[int] = field(default_factory=list)
    judged: list[tuple[int, int]] = field(default_factory=list)
    quotations: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)


def written(page_: Page) -> str:
    """Returns a page's whole text: the layout of `app.layouts.numbered` with all answers."""
    return _write(page_).text


def encode(page_: Page, tokenizer: PreTrainedTokenizerFast, length: int) -> Encoded | None:
    """Encodes a page; turns that do not fit are left out.

    Args:
        page_: what to encode.
        tokenizer: as `tokenizer.train` makes it.
        length: the most tokens.

    Returns:
        None where not even one turn fits.
    """
    turns = page_.turns
    while turns:
        kept = Page(sources=page_.sources, keep=page_.keep, avoid=page_.avoid, turns=turns)
        marked = _write(kept)
        encoding = tokenizer.backend_tokenizer.encode(marked.text)
        if len(encoding.ids) <= length:
            return _targets(marked, encoding, tokenizer)
        turns = turns[:-1]
    return None


def _write(page_: Page) -> _Marked:
    marked = _Marked()
    head = page(page_.sources, "", keep=page_.keep, avoid=page_.avoid)
    marked.text = head[: head.rindex("Question: ")]
    starts = []
    at = len("Sources\n")
    for number, sentence in enumerate(page_.sources, 1):
        starts.append(at)
        marked.homes.append((at, at + len(str(Line(number=number, text=flat(sentence))))))
        at += len(str(Line(number=number, text=flat(sentence)))) + 1
    for turn in page_.turns:
        asked = turn.question if isinstance(turn, Turn) else turn.asked
        begin = len(marked.text) + len("Question: ")
        marked.text += f"Question: {flat(asked)}\nAnswer:\n"
        if isinstance(turn, Check):
            _write_check(marked, turn, starts)
        else:
            _write_turn(marked, page_.sources, turn, starts, begin)
        marked.text += "\n"
    marked.text = marked.text[:-1]
    return marked


def _write_check(marked: _Marked, turn: Check, starts: Sequence[int]) -> None:
    start = len(marked.text)
    for line in read(turn.answer) or ():
        if line.number <= len(starts):
            at = start + len(f"{line.lead} ") if line.lead else start
            marked.judged.append((at, starts[line.number - 1]))
        start += len(str(line)) + 1
    start = len(marked.text)
    marked.text += turn.answer + check(turn.question)
    marked.given.append((start, len(marked.text)))
    marked.verdicts.append(len(marked.text))
    if turn.question == template("judge/quotes"):
        marked.quotations.append(len(marked.text))
    marked.text += YES if turn.yes else NO


def _write_turn(
    marked: _Marked, sources: Sequence[str], turn: Turn, starts: Sequence[int], begin: int
) -> None:
    for link in turn.links:
        marked.words.append(
            (
                begin + link.start,
                begin + link.end,
                starts[link.source] + len("[1] ") + link.source_start,
                starts[link.source] + len("[1] ") + link.source_end,
            )
        )
    if not turn.gold:
        marked.decides.add(len(marked.text))
        marked.text += unknown()
    for place, gold in enumerate(turn.gold):
        if place:
            marked.text += "\n"
        elif turn.lead:
            lead = (len(marked.text), len(marked.text) + len(turn.lead))
            (marked.leads if turn.said else marked.given).append(lead)
            marked.text += f"{turn.lead} "
        line = str(Line(number=gold + 1, text=flat(sources[gold])))
        marked.decides.add(len(marked.text))
        marked.copies.append((len(marked.text), starts[gold], len(line)))
        marked.speaking[len(marked.text)] = [
            (begin + link.start, begin + link.end) for link in turn.links if link.source == gold
        ]
        marked.text += line
    marked.ends.append(len(marked.text))


def _targets(marked: _Marked, encoding: Encoding, tokenizer: PreTrainedTokenizerFast) -> Encoded:
    ids: list[int] = encoding.ids
    offsets: list[tuple[int, int]] = encoding.offsets
    size = len(ids)
    # A character of several tokens gives them all the same range: the first starts it.
    at = {offsets[t][0]: t for t in reversed(range(size))}
    stops = {end: t for t, (_, end) in enumerate(offsets)}
    labels = [*ids[1:], tokenizer.eos_token_id]
    roles = [Role.TEXT] * size
    roles[-1] = Role.NONE
    for start, end in marked.given:
        for t in range(at[start] - 1, stops[end]):
            roles[t] = Role.NONE
    for start, end in marked.leads:
        roles[at[start] - 1] = Role.DECIDE
        for t in range(at[start], stops[end] + 1):
            roles[t] = Role.COPY
    copied: list[tuple[int, int]] = []
    cited: list[tuple[int, int, int]] = []
    for start, source, length in marked.copies:
        t, p = at[start], at[source]
        last = stops[start + length]
        cited.append((t - 1, p, p + last - t + 1))
        for step in range(last - t):
            if ids[t + step + 1] == ids[p + step + 1]:
                copied.append((t + step, p + step + 1))
            roles[t + step] = Role.COPY
        roles[last] = Role.COPY
    for end in marked.ends:
        labels[stops[end]] = tokenizer.eos_token_id
        roles[stops[end]] = Role.COPY
    for start in marked.decides:
        roles[at[start] - 1] = Role.DECIDE
    for start in marked.verdicts:
        roles[at[start] - 1] = Role.VERDICT
    same = tuple(_same(marked, ids, at))
    return Encoded(
        ids=tuple(ids),
        labels=tuple(labels),
        roles=tuple(roles),
        copied=tuple(copied),
        cited=tuple(cited),
        homed=tuple(_homed(marked, at, stops)),
        linked=tuple(_linked(marked, offsets)),
        same=same,
        blamed=tuple(_blamed(marked, same, at)),
        voted=tuple(_voted(marked, offsets, at)),
    )


def _homed(
    marked: _Marked, at: Mapping[int, int], stops: Mapping[int, int]
) -> Iterator[tuple[int, int]]:
    for start, end in marked.homes:
        yield from ((t, at[start]) for t in range(at[start] + 1, stops[end] + 1))


def _same(marked: _Marked, ids: Sequence[int], at: Mapping[int, int]) -> Iterator[tuple[int, int]]:
    ends = dict(marked.homes)
    for start, source in marked.judged:
        # The line end belongs to what is compared: a sentence that stops short differs there.
        last = at[ends[source]]
        for t, p in zip(range(at[start], len(ids)), range(at[source], last + 1), strict=False):
            yield t, p if ids[t] == ids[p] else t
            if ids[t] != ids[p]:
                break


def _blamed(
    marked: _Marked, same: Sequence[tuple[int, int]], at: Mapping[int, int]
) -> Iterator[tuple[int, int]]:
    for verdict in marked.quotations:
        before = [t for t, _ in same if t < at[verdict]]
        if before:
            yield at[verdict] - 1, before[-1]


def _voted(
    marked: _Marked, offsets: Sequence[tuple[int, int]], at: Mapping[int, int]
) -> Iterator[tuple[int, int]]:
    for decided, words in marked.speaking.items():
        for start, end in words:
            yield from ((at[decided] - 1, t) for t in _cover(offsets, start, end)[-1:])


def _linked(marked: _Marked, offsets: Sequence[tuple[int, int]]) -> list[tuple[int, int, int]]:
    """Finds the last token of each linked word, and the tokens of what it stands for."""
    found = []
    for start, end, source_start, source_end in marked.words:
        asked = _cover(offsets, start, end)
        source = _cover(offsets, source_start, source_end)
        if asked and source:
            found.append((asked[-1], source[0], source[-1] + 1))
    return found


def _cover(offsets: Sequence[tuple[int, int]], start: int, end: int) -> list[int]:
    """Lists the tokens that overlap a range of characters."""
    return [t for t, (first, last) in enumerate(offsets) if first < end and last > start]


def renamed(
    one: Encoded, rng: random.Random, protected: Set[int], tokens: int, common: int = COMMON
) -> Encoded:
    """Returns a page in which rarer tokens stand for one another, the same way everywhere.

    What is left to go by is which words are the same, which holds for words never seen. There
    is no language in such text: it is not to be learned as text.

    Args:
        one: the page.
        rng: all chance.
        protected: tokens that stay what they are.
        tokens: the size of the vocabulary.
        common: tokens below this one stay too.
    """
    free = [token for token in range(common, tokens) if token not in protected]
    other = dict(zip(free, rng.sample(free, len(free)), strict=True))
    return replace(
        one,
        ids=tuple(other.get(token, token) for token in one.ids),
        labels=tuple(other.get(token, token) for token in one.labels),
        roles=tuple(Role.NONE if role is Role.TEXT else role for role in one.roles),
    )
