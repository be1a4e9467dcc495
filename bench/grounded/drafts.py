"""Drafts built from templates: sentences with true and made-up names, and what they are."""

import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.domain import Passage
from bench.grounded.made_up import MadeUp
from bench.grounded.names import KINDS, links, true_names
from bench.grounded.trees import Tree

TEMPLATES = json.loads((Path(__file__).parent / "templates.json").read_text("utf-8"))
FALSE = 0.4
_SLOT = re.compile(r"\{(path|flag|command|setting|symbol|link|quotation|module|imported)\}")


@dataclass(frozen=True, kw_only=True)
class Item:
    """A name of a draft, where it stands in it, and whether it exists."""

    kind: str
    text: str
    start: int
    end: int
    true: bool


@dataclass(frozen=True, kw_only=True)
class Built:
    """A draft, the passages that it was given, and its names."""

    tree: str
    text: str
    sources: tuple[Passage, ...]
    items: tuple[Item, ...]


def drafts(tree: Tree, half: str, count: int, seed: int) -> Iterator[Built]:
    """Builds drafts over one tree; the same seed builds the same ones."""
    draw = random.Random(f"{seed} {tree.name}")
    maker = _Maker(tree, draw)
    every = tree.passages
    linked = [passage for passage in every if links(passage.text)]
    for _ in range(count):
        sources = draw.sample(every, min(7, len(every))) + draw.sample(linked, min(1, len(linked)))
        yield maker.draft(TEMPLATES[half], sources)


class _Maker:
    def __init__(self, tree: Tree, draw: random.Random) -> None:
        self._tree = tree
        self._names = true_names(tree)
        self._made_up = MadeUp(tree, draw)
        self._draw = draw

    def draft(self, templates: dict[str, list[str]], sources: Sequence[Passage]) -> Built:
        """Builds a draft of two to four sentences with names, and one or two without."""
        said = "\n".join(source.text for source in sources)
        text, items = "", list[Item]()
        kinds = [self._draw.choice(KINDS) for _ in range(self._draw.randint(2, 4))]
        chosen = [
            self._draw.choice([one for one in templates["sentences"] if f"{{{kind}}}" in one])
            for kind in kinds
        ]
        chosen += self._draw.sample(templates["asides"], self._draw.randint(1, 2))
        self._draw.shuffle(chosen)
        for template in chosen:
            filled, found = self._filled(template, said)
            if filled:
                text += "\n\n" if text else ""
                items += [_moved(item, len(text)) for item in found]
                text += filled
        return Built(tree=self._tree.name, text=text, sources=tuple(sources), items=tuple(items))

    def _filled(self, template: str, said: str) -> tuple[str, list[Item]]:
        """Fills a template; nothing where the tree has no name of a kind."""
        text, at = "", 0
        items: list[Item] = []
        pair: tuple[str, str, bool] | None = None
        for slot in _SLOT.finditer(template):
            text += template[at : slot.start()]
            at = slot.end()
            kind = slot[1]
            if kind in ("module", "imported"):
                pair = pair or self._pair()
                if pair is None:
                    return "", []
                name, true = (pair[0], True) if kind == "module" else (pair[1], pair[2])
                kind = "symbol"
            else:
                name, true = self._name(kind, said)
            if not name:
                return "", []
            items.append(
                Item(kind=kind, text=name, start=len(text), end=len(text) + len(name), true=true)
            )
            text += name
        return text + template[at:], items

    def _name(self, kind: str, said: str) -> tuple[str, bool]:
        every = self._names[kind]
        if kind == "link":
            every = here = [name for name in links(said) if name in every]
        else:
            here = [name for name in every if name in said]
        pool = here if here and self._draw.random() < 0.5 else every
        if not pool:
            return "", True
        name = self._draw.choice(pool)
        if self._draw.random() >= FALSE:
            return name, True
        return self._made_up.like(kind, name), False

    def _pair(self) -> tuple[str, str, bool] | None:
        if not self._names["imported"]:
            return None
        module, name = self._draw.choice(self._names["imported"]).split()
        if self._draw.random() >= FALSE:
            return module, name, True
        made = self._made_up.like("symbol", name)
        return (module, made, False) if made else (module, name, True)


def _moved(item: Item, by: int) -> Item:
    return Item(
        kind=item.kind, text=item.text, start=item.start + by, end=item.end + by, true=item.true
    )
