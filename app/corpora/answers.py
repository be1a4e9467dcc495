"""Answers made so that a check says yes, or no and only just: what an evaluator has to tell apart.

A wrong one differs from a right one in as little as it takes: a letter of a path, a bracket, a
word. What is made is labelled by its check all the same, never by what was wanted.
"""

import json
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from app.corpora.checks import exists
from app.layouts.numbered import MOST, Line
from app.training.bobbin.faults import corrupted

WORDS = (5, 10, 20, 40)
"""Numbers that the question about words has in it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """What answers are made from.

    `sources` are sentences, `listed` the paths that the last of the sources names, `tree` all
    there are, `spare` further sentences, `words` what the question about words asks for.
    """

    sources: tuple[str, ...]
    listed: tuple[str, ...]
    tree: frozenset[str]
    spare: Sequence[str]
    words: int

    @property
    def said(self) -> tuple[str, ...]:
        """The sources that are sentences: all but the list of files."""
        return self.sources[:-1]


Maker = Callable[[random.Random, Page, bool], str]


def names_file(rng: random.Random, page: Page, yes: bool) -> str:
    if not yes and rng.random() < 0.3:
        return rng.choice(page.said)
    return _naming(rng, page, real=yes)


def invents_file(rng: random.Random, page: Page, yes: bool) -> str:
    if not yes and rng.random() < 0.3:
        return rng.choice(page.said)
    return _naming(rng, page, real=not yes)


def is_json(rng: random.Random, page: Page, yes: bool) -> str:
    value: object = {
        "file": rng.choice(page.listed),
        "lines": rng.randrange(1, 900),
        "says": rng.choice(page.said)[:60],
        "kept": rng.random() < 0.5,
    }
    if rng.random() < 0.3:
        value = [value, rng.choice(page.listed)]
    text = json.dumps(value, indent=rng.choice((None, 1, 2)), ensure_ascii=False)
    if yes:
        return text
    faults = (
        text[:-1],
        text[1:],
        text.replace(",", "", 1),
        text.replace('"', "'"),
        f"{text[:-1]},{text[-1]}",
        text.replace('"lines"', "lines"),
        text.replace("true", "True").replace("false", "False"),
        f"Here it is: {text}",
        rng.choice(page.said),
    )
    return rng.choice(faults)


def is_short(rng: random.Random, page: Page, yes: bool) -> str:
    words = " ".join([*page.said, *page.spare]).split()
    limit = page.words
    count = rng.randint(max(1, limit // 3), limit - 1) if yes else rng.randint(limit, 2 * limit)
    start = rng.randrange(max(1, len(words) - count))
    return " ".join(words[start : start + count])


def quotes(rng: random.Random, page: Page, yes: bool) -> str:
    at = rng.randrange(len(page.said))
    text = page.said[at]
    if not yes:
        if rng.random() < 0.2:
            at = (at + 1) % len(page.said)
        else:
            text = corrupted(rng, text, [*page.said, *page.spare])
    return str(Line(number=at + 1, text=text))


def ends_cited(rng: random.Random, page: Page, yes: bool) -> str:
    number = rng.randrange(len(page.said)) + 1
    text = rng.choice(page.said)
    if yes:
        return f"{text} [{number}]"
    return rng.choice(
        (text, f"[{number}] {text}", f"{text} ({number})", f"[{number}] {text} See above.")
    )


def cites_known(rng: random.Random, page: Page, yes: bool) -> str:
    count = len(page.sources)
    number = rng.randint(1, count) if yes else rng.randint(count + 1, MOST + 3)
    cited = [number]
    if rng.random() < 0.4:
        cited.insert(rng.randrange(2), rng.randint(1, count))
    chosen = rng.sample(page.said, len(cited)) if len(cited) <= len(page.said) else page.said
    return " ".join(f"{text} [{at}]" for text, at in zip(chosen, cited, strict=False))


def has_code(rng: random.Random, page: Page, yes: bool) -> str:
    text, name = rng.choice(page.said), rng.choice(page.listed)
    command = rng.choice((f"cat {name}", f"git log {name}", f"less {name}"))
    if yes:
        return f"{text}\n\n```{rng.choice(('', 'sh'))}\n{command}\n```"
    return rng.choice((text, f"{text} `{command}`", f"{text}\n\n{command}", f"{text} ```{command}"))


def is_list(rng: random.Random, page: Page, yes: bool) -> str:
    chosen = rng.sample(page.said, rng.randint(2, len(page.said)))
    mark = rng.choice(("- ", "* ", ""))
    items = [f"{mark or f'{at}. '}{text}" for at, text in enumerate(chosen, 1)]
    if yes:
        return "\n".join(items)
    return rng.choice(
        ("\n".join(chosen), items[0], "\n".join([chosen[0], *items[1:]]), " ".join(chosen))
    )


MAKERS: Mapping[str, Maker] = {
    "names-file": names_file,
    "invents-file": invents_file,
    "json": is_json,
    "short": is_short,
    "quotes": quotes,
    "ends-cited": ends_cited,
    "cites-known": cites_known,
    "code": has_code,
    "list": is_list,
}
"""By the name of the question."""


def _naming(rng: random.Random, page: Page, *, real: bool) -> str:
    """Returns a sentence with the name of a file: one that is listed, or one that nobody has."""
    name = rng.choice(page.listed)
    if not real:
        name = _elsewhere(rng, name, page)
    said = rng.choice(page.said).rstrip(".")
    return rng.choice(
        (f"{said}, as `{name}` says.", f"See {name}: {said}.", f"{said} (in {name}).")
    )


def _elsewhere(rng: random.Random, path: str, page: Page) -> str:
    """Returns a path like another that is in no tree: a letter, an ending or a folder differs."""
    place = PurePosixPath(path)
    stem = place.stem
    for _ in range(20):
        at = rng.randrange(len(stem))
        letter = rng.choice("abcdefghijklmnopqrstuvwxyz")
        other = PurePosixPath(rng.choice(page.listed))
        made = str(
            rng.choice(
                (
                    place.with_name(f"{stem[:at]}{letter}{stem[at + 1 :]}{place.suffix}"),
                    place.with_name(f"{stem}s{place.suffix}"),
                    place.with_suffix(rng.choice((".cfg", ".rb", ".toml", ".go"))),
                    other.parent / place.name,
                    place.with_name(f"{stem}_{other.stem}{place.suffix}"),
                )
            )
        )
        if not exists(made, page.tree):
            return made
    return str(place.with_name(f"no_{place.name}"))
