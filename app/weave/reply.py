"""The reply as Markdown: the answer, its sources, one quiet line; never a ping."""

import re
from collections.abc import Sequence
from urllib.parse import quote as percent

from app.domain import Answer, Passage, Quote, Repository, SourceKind
from app.text.layout import lay_out
from app.text.safe import as_code, cut, neutralise

FOOTER = "Answered from this repository's own text. 👍, 👎 and edits of this comment teach me."
ABSTAINED = "I could not find this in the repository's text."
REFUSED = "I could not answer this well, so I leave it open rather than guess."
"""Where there was something to say, and nothing of it was good enough to be said."""
_TITLE = 200
_LONGEST = 2000
_ADDRESS = re.compile(r"https?://[^\s()<>\[\]\\`|]+")


def compose(quotes: Sequence[Quote]) -> str:
    """Lays quotes out as an answer: sentences of one source run on, code stands alone.

    What leads a quote in stands before it. Each run ends with the mark of its source, `[1]`
    being the first.
    """
    runs: list[tuple[int, list[str]]] = []
    for quote in quotes:
        if not runs or runs[-1][0] != quote.source:
            runs.append((quote.source, []))
        runs[-1][1].extend(neutralise(text) for text in (quote.lead, quote.text) if text)
    return "\n\n".join(_run(texts, source + 1) for source, texts in runs)


def _run(texts: Sequence[str], mark: int) -> str:
    found = ""
    for text in texts:
        block = "\n" in text
        found += ("\n\n" if block or found.endswith("```") else " ") + text if found else text
    ends_in_code = found.rstrip().endswith("```")
    return f"{found}\n\n[{mark}]" if ends_in_code else f"{found} [{mark}]"


def render(
    answer: Answer,
    *,
    repository: Repository,
    commit: str,
    web_url: str,
    footer: str,
    bot_name: str,
    room: int,
    notice: str = "",
) -> str:
    """Lays a reply out, without the hidden block.

    Where room is short, the answer is cut and sources are left out.

    Args:
        answer: what was found, or that nothing was.
        repository: where the sources are.
        commit: the commit that links point to.
        web_url: GitHub's web address, without a slash at its end.
        footer: the last line; the usual one where empty.
        bot_name: how the bot calls itself in the last line.
        room: characters of the result at most, some thousands at least.
        notice: our own words, one line of Markdown, to stand behind the last line.
    """
    base = f"{web_url.rstrip('/')}/{repository.full_name}/blob/{commit}"
    name = neutralise(" ".join(bot_name.split()))
    last = neutralise(" ".join((footer or FOOTER).split()))
    last = " ".join(part for part in (f"{name}: {last}" if name else last, notice) if part)
    if answer.abstained:
        said, sources = _abstaining(answer, base, room // 2), ""
    else:
        said, sources = answer.text, _sources(answer, base, room // 2)
    beside = len(lay_out("", sources, last))
    return lay_out(cut(said, room - beside), sources, last)


def _abstaining(answer: Answer, base: str, room: int) -> str:
    said = REFUSED if answer.refused else ABSTAINED
    links = _fitting([f"- {_link(path, base)}" for path in answer.nearest], room)
    if not links:
        return said
    return f"{said} The nearest files are:\n\n" + "\n".join(links)


def _sources(answer: Answer, base: str, room: int) -> str:
    cited = {quote.source for quote in answer.quotes}
    lines = [
        f"{number}. {_source(source, base)}"
        for number, source in enumerate(answer.sources, 1)
        if number - 1 in cited
    ]
    others = [
        _link(source.path, base, source)
        for number, source in enumerate(answer.sources)
        if number not in cited and source.path
    ]
    near = "See also " + ", ".join(dict.fromkeys(others)) if others else ""
    return "\n".join(_fitting([*lines, f"\n{near}" if near else ""], room))


def _fitting(lines: Sequence[str], room: int) -> list[str]:
    """Returns the lines that take at most so many characters together; longer ones go."""
    found: list[str] = []
    for line in filter(None, lines):
        if len(line) < room:
            found.append(line)
            room -= len(line) + 1
    return found


def _source(source: Passage, base: str) -> str:
    if source.kind is SourceKind.CORRECTION:
        return _correction(source)
    title = neutralise(cut(" ".join(source.title.split()), _TITLE))
    title = " ".join(title.split())
    return _link(source.path, base, source) + (f", {title}" if title else "")


def _link(path: str, base: str, lines: Passage | None = None) -> str:
    """Names a file, or the lines of a passage of it, with a link unless that is very long."""
    shown, anchor = as_code(path), ""
    if lines is not None:
        shown = f"{shown[:-1]}:{lines.start_line}-{lines.end_line}`"
        anchor = f"#L{lines.start_line}-L{lines.end_line}"
    address = f"{base}/{percent(path)}{anchor}"
    return f"[{shown}]({address})" if len(address) <= _LONGEST else shown


def _correction(source: Passage) -> str:
    """Names who taught a correction and where, in code and by a link that pings nobody."""
    # An author whom GitHub does not tell has no name.
    said = f"corrected by {as_code(f'@{source.author}')}" if source.author else "corrected"
    if not _ADDRESS.fullmatch(source.url):
        return said
    number = source.url.partition("#")[0].rstrip("/").rpartition("/")[2]
    where = f"[in `#{number}`]({source.url})" if number.isdigit() else f"[there]({source.url})"
    return f"{said} {where}"
