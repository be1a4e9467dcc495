"""Takes out of rows what is not to leave the machine: secrets always, people where wanted.

Secrets, mail addresses and public IP addresses are found by `app.training.redaction`. People are
found by these patterns, outside of code spans and code blocks:

- `@login` becomes `@someone`; neither `@org/team`, `@scope/package` nor `@module.name` does.
- Up to three capitalised words right before a mention in brackets, `Ann Lee (@ann)`, or a link
  with one, become `someone (@someone)`.
- A link to a profile, on github.com or the GitHub that the row comes from, becomes `[someone]`;
  such an address by itself becomes `someone`.
- The name in a trailer, `Co-authored-by: Ann Lee <...>`, becomes `someone`.

A name that stands in a sentence by itself is not found: no pattern tells it from other words.
Of the row, the logins in `people` go, and addresses in which any of this stands; those of comments
stay, as provenance.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache

from app.domain import PreferenceRow, RowKind
from app.exchange.addresses import bare, github_of
from app.training.redaction import redact

SOMEONE = "someone"

_FENCE = (
    r"^[ \t]*(?P<ticks>`{3,}(?=[^`\n]*$)|~{3,})[\s\S]*?"
    r"(?:^[ \t]*(?P=ticks)[`~]*[ \t]*$|\Z)"
)
# A backtick after a backslash starts no code.
_SPAN = r"(?<![`\\])(?P<quote>`+)(?!`)[^\n]{0,1000}?(?<!`)(?P=quote)(?!`)"
_CODE = rf"(?P<code>{_FENCE}|{_SPAN})"
_LOGIN = r"[A-Za-z0-9](?:[-_]?[A-Za-z0-9]){0,38}(?:\[bot\])?"
_NAME = r"(?<!\w)(?:[^\W\d_a-z][\w'’.-]{0,30} ){1,3}"
_TRAILER = (
    r"(?P<trailer>^[ \t>*-]*(?:co-authored|signed-off|reviewed|acked|tested|reported|suggested|"
    r"helped|requested)-by:[ \t]*)(?P<named>[^<\n@]{1,100}?)(?=[ \t]*(?:<|$))"
)
_NAMED = rf"(?P<name>(?-i:{_NAME}))(?=\(\[?@{_LOGIN}[\])])"
_PAGES = (
    r"(?!(?:about|apps|collections|explore|features|login|marketplace|new|notifications|orgs|"
    r"pricing|pulls|issues|search|security|settings|signup|sponsors|topics|trending)(?!\w|-))"
)
"""Pages of GitHub's own whose addresses look like profiles."""
_MENTION = (
    # With a point before it at the start of a word: so people address somebody in public.
    # Letters but those of ASCII, and marks of emphasis, end and start a mention on GitHub.
    rf"(?:(?<![A-Za-z0-9/.@+-])|(?<=\s[.-])|(?<=^[.-]))(?P<mention>@{_LOGIN}(?:/@{_LOGIN})*)"
    r"(?![_-]*[A-Za-z0-9]|/[A-Za-z0-9_]|(?-i:\.[a-z0-9_]))"
)


def without_secrets(row: PreferenceRow) -> tuple[PreferenceRow, int]:
    """Takes secrets, mail addresses and IP addresses out of a pair or unpaired row.

    Texts get placeholders; addresses and logins in which something is found are left out.

    Returns:
        The row, and how many were found.
    """
    urls = tuple(filter(None, map(bare, row.urls)))
    names = (*urls, *row.people)
    (prompt, chosen, rejected, *after), found = redact(
        (row.prompt, row.chosen, row.rejected, *names)
    )
    kept = {name for name, left in zip(names, after, strict=True) if name == left}
    return (
        replace(
            row,
            prompt=prompt,
            chosen=chosen,
            rejected=rejected,
            urls=tuple(url for url in urls if url in kept),
            people=tuple(login for login in row.people if login in kept),
        ),
        found,
    )


def without_people(row: PreferenceRow) -> PreferenceRow:
    """Takes people out of a pair or unpaired row, by the patterns of this module."""
    hosts = _hosts(row.urls)
    prompt, chosen, rejected = (
        unnamed(text, hosts) for text in (row.prompt, row.chosen, row.rejected)
    )
    urls = tuple(url for url in row.urls if unnamed(url, hosts) == url)
    return replace(row, prompt=prompt, chosen=chosen, rejected=rejected, urls=urls, people=())


def useless(row: PreferenceRow) -> bool:
    """Tells whether what was taken out leaves nothing to learn."""
    if row.kind is RowKind.PAIR:
        return row.chosen == row.rejected
    return not (row.chosen or row.rejected)


def unnamed(text: str, hosts: Sequence[str] = ("github.com",)) -> str:
    """Takes people out of a text; doing so again changes nothing.

    Args:
        text: Markdown.
        hosts: where addresses of one part are profiles.
    """
    return _pattern(tuple(hosts)).sub(_without, text)


def _without(match: re.Match[str]) -> str:
    if match["code"] is not None:
        return match[0]
    if match["trailer"] is not None:
        return f"{match['trailer']}{SOMEONE}"
    if match["link"] is not None:
        return f"[{SOMEONE}]"
    if match["name"] is not None:
        return f"{SOMEONE} "
    return f"@{SOMEONE}" if match["mention"] is not None else SOMEONE


@lru_cache(maxsize=64)
def _pattern(hosts: tuple[str, ...]) -> re.Pattern[str]:
    host = "|".join(map(re.escape, hosts))
    profile = rf"https?://(?:www\.)?(?:{host})/{_PAGES}{_LOGIN}/?(?![\w/?#%.-]*[\w/?#%-])"
    link = rf"(?P<link>\[[^\[\]\n]{{1,200}}\]\({profile}(?: \"[^\"\n]{{0,200}}\")?\))"
    parts = (_CODE, _TRAILER, link, rf"(?P<profile>{profile})", _NAMED, _MENTION)
    return re.compile("|".join(parts), re.IGNORECASE | re.MULTILINE)


def _hosts(urls: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({"github.com", *filter(None, map(github_of, urls))}))
