"""The reply as Markdown: the answer, its sources, one quiet line; never a ping."""

from collections.abc import Sequence
from urllib.parse import quote as percent

from app.domain import Answer, Passage, Quote, Repository, SourceKind
from app.text.safe import cut, neutralise

LIMIT = 60_000
"""Characters of a reply; GitHub's limit is 65,536, and the hidden block comes on top."""

FOOTER = "Answered from this repository's own text. 👍, 👎 and edits of this comment teach me."
SOURCES = "**Sources**"
ABSTAINED = "I could not find this in the repository's text."


def compose(quotes: Sequence[Quote]) -> str:
    """Lays quotes out as an answer: sentences of one source run on, code stands alone.

    Each run ends with the mark of its source, `[1]` being the first.
    """
    runs: list[tuple[int, list[str]]] = []
    for quote in quotes:
        if runs and runs[-1][0] == quote.source:
            runs[-1][1].append(neutralise(quote.text))
        else:
            runs.append((quote.source, [neutralise(quote.text)]))
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
) -> str:
    """Lays a reply out, at most `LIMIT` characters, without the hidden block.

    Args:
        answer: what was found, or that nothing was.
        repository: where the sources are.
        commit: the commit that links point to.
        web_url: GitHub's web address, without a slash at its end.
        footer: the last line; the usual one where empty.
        bot_name: how the bot calls itself in the last line.
    """
    base = f"{web_url.rstrip('/')}/{repository.full_name}/blob/{commit}"
    if answer.abstained:
        body = _abstaining(answer, base)
    else:
        cited = {quote.source for quote in answer.quotes}
        lines = [
            f"{number}. {_source(source, base)}"
            for number, source in enumerate(answer.sources, 1)
            if number - 1 in cited
        ]
        others = [
            _link(source.path, source, base)
            for number, source in enumerate(answer.sources)
            if number not in cited and source.path
        ]
        body = f"{answer.text}\n\n{SOURCES}\n" + "\n".join(lines)
        if others:
            body += "\n\nSee also " + ", ".join(dict.fromkeys(others))
    last = neutralise(" ".join((footer or FOOTER).split()))
    name = neutralise(" ".join(bot_name.split()))
    ending = f"\n\n<sub>{name}: {last}</sub>" if name else f"\n\n<sub>{last}</sub>"
    return cut(body, LIMIT - len(ending)) + ending


def _abstaining(answer: Answer, base: str) -> str:
    if not answer.nearest:
        return ABSTAINED
    links = [f"- [`{path}`]({base}/{percent(path)})" for path in answer.nearest]
    return f"{ABSTAINED} The nearest files are:\n\n" + "\n".join(links)


def _source(source: Passage, base: str) -> str:
    if source.kind is SourceKind.CORRECTION:
        return _correction(source)
    title = neutralise(" ".join(source.title.split()))
    return _link(source.path, source, base) + (f", {title}" if title else "")


def _link(path: str, source: Passage, base: str) -> str:
    lines = f"{source.start_line}-{source.end_line}"
    name = f"{path}:{lines}".replace("`", "'")
    anchor = f"#L{source.start_line}-L{source.end_line}"
    return f"[`{name}`]({base}/{percent(path)}{anchor})"


def _correction(source: Passage) -> str:
    """Names who taught a correction and where, in code and by a link that pings nobody."""
    number = source.url.partition("#")[0].rstrip("/").rpartition("/")[2]
    where = f"[in `#{number}`]({source.url})" if number.isdigit() else f"[there]({source.url})"
    author = source.author.replace("`", "")
    return f"corrected by `@{author}` {where}" if source.url else f"corrected by `@{author}`"
