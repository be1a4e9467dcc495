"""What a draft claims to exist, found in its Markdown.

Read by shape alone; whether it exists is for `grounding` to tell. Ordinary words, versions,
numbers, addresses of mail, placeholders and globs claim nothing.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from app.weave import fences, naming
from app.weave.claims import Claim, Kind
from app.weave.spelling import ADDRESS, path_of
from app.weave.usual import group

LEAST = 3
"""Words from which on a text between quotation marks is a quotation, not a term."""
_FENCE = re.compile(
    r"^ {0,3}(?P<mark>`{3,}+|~{3,}+)(?P<info>[^`\n]*)\n(?P<body>.*?)"
    r"(?:^ {0,3}(?P=mark)[`~]*[ \t]*$|\Z)",
    re.MULTILINE | re.DOTALL,
)
_PARTS = re.compile(
    r"(?P<code>(?<!`)(?P<tick>`+)(?!`)(?P<inner>.{1,500}?)(?<!`)(?P=tick)(?!`))"
    r"|!?\[(?P<label>[^\[\]]*)\]\(\s*<?(?P<target>[^\s()<>]*(?:\([^\s()<>]*\))?[^\s()<>]*)>?"
    r"[^()\n]*\)"
    rf"|<?(?P<address>(?<![\w.+-]){ADDRESS.pattern})>?"
    r"|(?P<mail>(?<![\w.+-])(?:mailto:)?[\w.+-]+@[\w-]+(?:\.[\w-]+)+)"
    r"|“(?P<curly>[^“”\n]+)”|«(?P<angle>[^«»\n]+)»|„(?P<low>[^„“”\n]+)[“”]"
    r"|(?<![\w\"])\"(?P<straight>[^\"\n]+)\"(?![\w\"])"
    r"|(?P<word>(?:(?<![\w-])(?:--?|[.~@$/%]{1,24}))?\w+(?:[\w./:@=+~#-]*\w)?/?(?:\(\))?)",
    re.DOTALL,
)
_QUOTE = re.compile(r"(?:^ {0,3}>[^\n]*(?:\n|\Z))+", re.MULTILINE)
_ASIDE = re.compile(
    r"[>\s*_]*(?:\[!\w+\]|(?:note|tip|hint|important|warning|caution)[:*_])", re.IGNORECASE
)
_WIDE = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af\uff00-\uffef\u3040-\u30ff]")
_NARROW = re.compile(r"[!-~]+")
_WORD = re.compile(r"\w+")
_STOP = re.compile(r"[.!?]\s|\n")


def claims(text: str, *, quoted: bool = False) -> list[Claim]:
    """Returns what a text of Markdown claims to exist, in order.

    Args:
        text: the text.
        quoted: whether all of it is a quotation, as a sentence of a block of them.
    """
    # Half a pair of surrogates is in no name; its place is kept.
    text = text.encode(errors="replace").decode()
    if quoted:
        return [Claim(kind=Kind.QUOTATION, text=text, end=len(text))] if _long(text) else []
    found: list[Claim] = []
    at = 0
    for fence in _FENCE.finditer(text):
        found += _quotes_and_prose(text[at : fence.start()], at)
        found += [
            replace(claim, start=fence.start(), end=fence.end(), fenced=True)
            for claim in fences.claims(fence["body"], fence["info"])
        ]
        at = fence.end()
    return [*found, *_quotes_and_prose(text[at:], at)]


def aside(said: str) -> bool:
    """Tells whether a block of `>` lines, as it begins, is a note of the writer's own.

    https://docs.github.com/en/get-started/writing-on-github (alerts)
    """
    return _ASIDE.match(said) is not None


def _quotes_and_prose(text: str, start: int) -> Iterator[Claim]:
    at = 0
    for quote in _QUOTE.finditer(text):
        yield from _prose(text[at : quote.start()], start + at)
        said = " ".join(line.lstrip(" >") for line in quote[0].split("\n")).strip()
        if aside(said):
            yield from _prose(quote[0], start + quote.start())
        elif _long(said):
            low, high = start + quote.start(), start + len(text[: quote.end()].rstrip("\n"))
            yield Claim(kind=Kind.QUOTATION, text=said, start=low, end=high)
        at = quote.end()
    yield from _prose(text[at:], start + at)


def _long(said: str) -> bool:
    return len(_WORD.findall(said)) >= LEAST


def _prose(text: str, start: int) -> Iterator[Claim]:
    """Yields the claims of text without fences and blocks of quotations, with their places."""
    tool, stopped = "", 0
    for match in _PARTS.finditer(text):
        if tool and _STOP.search(text, stopped, match.start()):
            tool = ""
        if match["word"] in group("spoken tools"):
            tool, stopped = match["word"], match.end()
        for claim in _part(match):
            if claim.kind is Kind.COMMAND:
                tool, stopped = claim.text.split()[0], match.end()
            elif claim.kind is Kind.FLAG and not claim.of and tool in group("tools"):
                claim = replace(claim, of=tool)  # said of that tool in the same sentence
            yield replace(claim, start=start + match.start(), end=start + match.end())


def _part(match: re.Match[str]) -> Iterator[Claim]:
    if match["code"] is not None:
        yield from naming.coded(match["inner"])
    elif match["label"] is not None:
        for inner in _PARTS.finditer(match["label"]):
            yield from _part(inner)
        yield from _target(match["target"])
    elif match["address"] is not None:
        yield Claim(kind=Kind.LINK, text=match["address"])
    elif match["mail"] is not None:
        return
    elif match["word"] is not None:
        yield from _words(match["word"])
    else:
        said = match["curly"] or match["angle"] or match["low"] or match["straight"]
        if _long(said) and " " in said.strip():
            yield Claim(kind=Kind.QUOTATION, text=said)
        else:
            for inner in _PARTS.finditer(said):
                yield from _part(inner)


def _words(run: str) -> Iterator[Claim]:
    """Yields what a run of characters names; scripts without spaces have names inside runs."""
    if run.isalpha() and run[1:].islower():
        return  # a word, as most are
    for part in _NARROW.findall(run) if _WIDE.search(run) else [run]:
        yield from naming.single(part, code=False)


def _target(target: str) -> Iterator[Claim]:
    if ADDRESS.fullmatch(target):
        yield Claim(kind=Kind.LINK, text=target)
    elif path := path_of(target, code=True):
        yield Claim(kind=Kind.PATH, text=path)
    elif target and target[0] not in "#?" and not target.startswith("mailto:"):
        yield Claim(kind=Kind.LINK, text=target)
