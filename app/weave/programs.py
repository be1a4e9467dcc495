"""What a repository lets people run: targets, scripts and console commands, from its own files."""

import json
import re
from collections.abc import Iterator, Sequence

from app.ports.knowledge import Corpus
from app.weave.places import Places

_READ = 50
_TARGET = re.compile(r"^([\w./ -]+)::?(?!=)", re.MULTILINE)
_RECIPE = re.compile(r"^@?([\w-]+)(?:[ \t][^:\n]*)?:(?!=)", re.MULTILINE)
_SCRIPTS = re.compile(
    r"^\[(?:project\.(?:gui-)?scripts|tool\.poetry\.scripts|console_scripts|gui_scripts"
    r"|project\.entry-points\.[\w.\"']+)\]\n(?P<body>(?:(?!\[).*(?:\n|\Z))*)",
    re.MULTILINE,
)
_KEY = re.compile(r"^\s*[\"']?([\w.-]+)[\"']?\s*=", re.MULTILINE)
_OBJECT = r"\"{}\"\s*:\s*\{{(?P<body>[^{{}}]*)\}}"
_NAMED = re.compile(r"\"([\w:.-]+)\"\s*:")
_DEFINED = (
    r"(?:command|add_parser|Command|subcommand|task)\b[^\n]{{0,60}}[\"'`]{0}[\"'`]"
    r"|command\([^)]*\)\s*(?:async )?def {1}\b"
)


class Programs:
    """The programs of one repository, read when they are first asked for."""

    def __init__(self, corpus: Corpus | None, places: Places) -> None:
        self._corpus = corpus
        self._places = places
        self._targets: frozenset[str] | None = None
        self._scripts: frozenset[str] | None = None
        self._consoles: frozenset[str] | None = None

    @property
    def targets(self) -> frozenset[str]:
        """What `make` and `just` can be asked for."""
        if self._targets is None:
            made = [
                name
                for text in self._texts("makefile", "gnumakefile")
                for names in _TARGET.findall(text)
                for name in names.split()
            ]
            made += [name for text in self._texts("justfile") for name in _RECIPE.findall(text)]
            self._targets = frozenset(made)
        return self._targets

    @property
    def scripts(self) -> frozenset[str]:
        """The scripts of package.json files."""
        if self._scripts is None:
            self._scripts = frozenset(self._members("scripts"))
        return self._scripts

    @property
    def consoles(self) -> frozenset[str]:
        """The commands that installing the repository makes."""
        if self._consoles is None:
            made = [
                name
                for text in self._texts("pyproject.toml", "setup.cfg", "entry_points.txt")
                for found in _SCRIPTS.finditer(text)
                for name in _KEY.findall(found["body"])
            ]
            self._consoles = frozenset([*made, *self._members("bin")])
        return self._consoles

    def takes(self, program: str, word: str) -> bool:
        """Tells whether a program is told anywhere with that word, or code defines it so."""
        if self._corpus is None:
            return False
        together = re.compile(rf"(?<![\w-]){re.escape(program)}\s+{re.escape(word)}(?![\w-])")
        name = word.replace("-", "[-_]")
        defined = re.compile(_DEFINED.format(name, name))
        return any(
            together.search(one.text) for one in self._corpus.having(f"{program} {word}", _READ)
        ) or any(defined.search(one.text) for one in self._corpus.having(word, 4 * _READ))

    def _members(self, key: str) -> Iterator[str]:
        """Yields the names in an object of package.json files, whose blank lines may be gone."""
        for text in self._texts("package.json"):
            try:
                value = json.loads(text).get(key, {})
            except (ValueError, AttributeError):
                found = re.search(_OBJECT.format(key), text)
                value = dict.fromkeys(_NAMED.findall(found["body"])) if found else {}
            yield from value if isinstance(value, dict) else ()

    def _texts(self, *names: str) -> Sequence[str]:
        """Returns the texts of the upmost files of some names."""
        if self._corpus is None:
            return []
        files = self._places.named(*names)[:20]
        return ["\n".join(one.text for one in self._corpus.passages(file)) for file in files]
