"""Text that a model wrote, made fit to post: safe, short, cited, without invented names."""

import re
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass, replace

from app.domain import Passage
from app.layouts.numbered import unknown
from app.layouts.remarks import without_remarks
from app.text.clean import clean
from app.text.safe import as_code, cut, neutralise
from app.weave.blocks import Block, Sentence, imitates, read
from app.weave.claimed import aside
from app.weave.marking import Marker

LONGEST = 6000
"""Characters of a model's text that are looked at."""

_ADDRESS = (
    r"(?<![\w.+-])(?:[A-Za-z][A-Za-z0-9+.-]*://|www\.)"
    r"(?:(?!\]\()[^\s<>`\"|\\^{}])*[^\s<>`\"|\\^{}.,:;!?'*_)\]]"
    r"|(?<![\w.+-])(?:mailto:)?[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
)
"""One does not reach into the target of a link that stands right behind it."""
_ADDRESSES = re.compile(_ADDRESS)
_PARTS = re.compile(
    r"(?P<code>(?<!`)(?P<tick>`+)(?!`).+?(?<!`)(?P=tick)(?!`))"
    r"|!?\[(?P<label>[^\[\]]*)\]\(\s*<?(?P<target>[^\s()<>]*(?:\([^\s()<>]*\))?[^\s()<>]*)>?[^()]*\)"
    rf"|<?(?P<address>{_ADDRESS})>?"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Cited:
    """A sentence of a worded answer, and the passage that it cites first or besides."""

    text: str
    passage: Passage


@dataclass(frozen=True, kw_only=True, slots=True)
class Worded:
    """A model's text made fit to post.

    `text` cites the distinct passages of `cited`, in their order, as `[1]` and so on; it
    cites nothing where that is empty. `units` are all its sentences.
    """

    text: str
    cited: tuple[Cited, ...]
    units: tuple[str, ...]


def declines(text: str) -> bool:
    """Tells whether a text begins by saying that the sources have no answer."""
    said = " ".join(text.split()).lstrip("*_> ").casefold()
    return said.startswith(unknown().strip().rstrip(".").casefold())


def sentences_of(text: str, *, finished: bool) -> list[Sentence]:
    """Returns the sentences of a model's text, what they cite unchecked."""
    every = read(clean(text[:LONGEST]), finished=finished and len(text) <= LONGEST)
    return [sentence for block in every for sentence in block.sentences]


def word(text: str, *, finished: bool, sources: Sequence[Passage], marker: Marker) -> Worded:
    """Makes a model's text fit to post.

    It ends with a whole sentence. Names that exist nowhere get a remark, or their sentences and
    fences are dropped. Citations of sources that there are not are dropped; the others are
    numbered anew, by first use, behind their sentence. Links lead only where the sources' own
    links do. What is left can notify nobody, load nothing and hide nothing. Nothing is left
    where no sentence that cites a source is without names that exist nowhere.

    Args:
        text: what the model wrote; not trusted.
        finished: whether the model ended it.
        sources: the passages that it was shown; the first is `[1]`.
        marker: knows what exists, and what becomes of what does not.
    """
    known = {
        address for source in sources for address in _ADDRESSES.findall(source.text) if address
    }
    blocks = read(clean(text[:LONGEST]), finished=finished and len(text) <= LONGEST)
    kept: list[Block] = []
    noted = False
    for block in blocks:
        if block.code and imitates(block):
            continue
        marked = ">" in block.prefix
        # Each line of a note is a block.
        noted = marked and (aside(block.sentences[0].text) or (noted and not block.apart))
        quoted = marked and not noted
        checked = tuple(
            replace(
                one,
                text=shown,
                cites=tuple(number for number in one.cites if 0 < number <= len(sources)),
            )
            for one in block.sentences
            if (shown := marker.settle(_safe(one.text, block, known), quoted=quoted)) is not None
        )
        if checked:
            kept.append(replace(block, sentences=checked))
    while kept and not kept[-1].code and kept[-1].sentences[-1].text.endswith(":"):
        # What it announced was dropped.
        rest = kept[-1].sentences[:-1]
        kept[-1:] = [replace(kept[-1], sentences=rest)] if rest else []
    every = [one for block in kept for one in block.sentences]
    citing = [without_remarks(one.text) for one in every if one.cites]
    if citing and not any(map(marker.sound, citing)):
        return Worded(text="", cited=(), units=tuple(without_remarks(one.text) for one in every))
    order = list(dict.fromkeys(sources[number - 1] for one in every for number in one.cites))
    places = {passage: at for at, passage in enumerate(order, 1)}

    def marks(one: Sentence) -> str:
        numbers = sorted({places[sources[number - 1]] for number in one.cites})
        return " ".join(f"[{number}]" for number in numbers)

    return Worded(
        text=cut(neutralise(_laid_out(kept, marks)), 2 * LONGEST),
        cited=tuple(
            Cited(text=without_remarks(one.text), passage=passage)
            for one in every
            for passage in dict.fromkeys(sources[number - 1] for number in one.cites)
        ),
        units=tuple(without_remarks(one.text) for one in every),
    )


def _safe(text: str, block: Block, known: Set[str]) -> str:
    return text if block.code else _linked(text, known)


def _linked(text: str, known: Set[str]) -> str:
    """Takes links away that the sources do not have: their words stay, bare ones as code."""
    found, at = "", 0
    for match in _PARTS.finditer(text):
        found += text[at : match.start()].replace("](", "] (")
        at = match.end()
        if match["code"]:
            found += match[0]
        elif match["label"] is not None:
            target = match["target"]
            label = match["label"].replace("](", "] (")
            found += f"[{label}]({target})" if target in known else _linked(label, known)
        else:
            found += match[0] if match["address"] in known else as_code(match["address"])
    return found + text[at:].replace("](", "] (")


def _laid_out(blocks: Sequence[Block], marks: Callable[[Sentence], str]) -> str:
    text = ""
    for block in blocks:
        if block.code:
            (one,) = block.sentences
            shown = f"{one.text}\n\n{marks(one)}".rstrip()
        else:
            shown = block.prefix + " ".join(
                _marked(one.text, marks(one)) for one in block.sentences
            )
        text += ("\n\n" if block.apart or block.code else "\n") + shown if text else shown
    return text


def _marked(text: str, marks: str) -> str:
    """Puts marks behind a sentence, or into the last cell of a table's row."""
    if marks and text.startswith("|") and text.endswith("|"):
        return f"{text[:-1].rstrip()} {marks} |"
    return f"{text} {marks}".rstrip()
