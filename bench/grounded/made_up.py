"""Names that no file has, made from true ones in the ways in which models get them wrong."""

import random
import re
from collections.abc import Callable, Sequence
from pathlib import PurePosixPath

from bench.grounded.names import subcommands
from bench.grounded.trees import Tree

_PARTS = (
    "handler", "manager", "options", "factory", "registry", "adapter", "legacy", "async", "cached",
    "global", "remote", "strict", "custom", "extra", "primary", "dynamic", "shared", "virtual",
)  # fmt: skip
_FLAGS = (
    "--no-cache-dir", "--squash", "--force-reinstall", "--set-upstream", "--ignore-scripts",
    "--save-dev", "--no-verify", "--frozen-lockfile", "--watch-all", "--detach-keys",
    "--prune-empty", "--inspect-brk", "--use-pep517", "--skip-worktree", "--cov-report",
)  # fmt: skip
_SUBCOMMANDS = (
    "bootstrap",
    "provision",
    "reindex",
    "prune-all",
    "scaffold",
    "self-update",
    "doctoring",
)
_SUFFIXES = (".py", ".yaml", ".toml", ".json", ".cfg", ".md", ".ini", ".rst")
_SIBLINGS = ("utils", "helpers", "defaults", "config", "manager", "common", "base", "loader")
_WORDS = (
    "never",
    "seldom",
    "twice",
    "weekly",
    "backwards",
    "elsewhere",
    "purple",
    "manually",
    "tomorrow",
)


class MadeUp:
    """Makes names that a tree does not have anywhere; seeded."""

    def __init__(self, tree: Tree, draw: random.Random) -> None:
        self._paths = {path.lower() for path in tree.corpus.paths}
        self._folders = sorted({str(PurePosixPath(path).parent) for path in tree.corpus.paths})
        self._text = "\n".join([*tree.files.values(), *tree.corpus.paths]).lower()
        self._words = " ".join(re.findall(r"\w+", self._text))
        self._commands = {*subcommands(tree), *re.findall(r"^([a-z-]+):", self._text, re.MULTILINE)}
        self._common = sorted(set(re.findall(r"(?<= )[a-z]{5,9}(?= )", self._text)))
        self._draw = draw

    def like(self, kind: str, name: str) -> str:
        """Returns a made-up name of a kind; "" where none could be made of this one."""
        for _ in range(20):
            made = self._draw.choice(_WAYS[kind])(self, name)
            if made and made != name and self._absent(kind, made):
                return made
        return ""

    def _absent(self, kind: str, made: str) -> bool:
        low = made.lower()
        if kind == "quotation":
            return " ".join(re.findall(r"\w+", low)) not in self._words
        if kind == "path":
            return not any(path == low or path.endswith("/" + low) for path in self._paths) and (
                low not in self._text
            )
        if kind == "command" and low.split()[0] != "python":
            return low not in self._text and low.split()[-1] not in self._commands
        last = low.split()[-1] if kind == "command" else low
        return last.rpartition(".")[2].strip("/") not in self._text and low not in self._text

    # --- ways -----------------------------------------------------------------------------

    def typo(self, name: str) -> str:
        """Swaps or drops a letter inside a word of the last part."""
        places = [
            at for at in range(max(0, len(name) - 12), len(name) - 2) if name[at : at + 2].isalpha()
        ]
        places = [at for at in places if at and name[at - 1].isalpha()]
        if not places:
            return ""
        at = self._draw.choice(places)
        if self._draw.random() < 0.5 and name[at] != name[at + 1]:
            return name[:at] + name[at + 1] + name[at] + name[at + 2 :]
        return name[:at] + name[at + 1 :]

    def sibling(self, name: str) -> str:
        """Puts another plausible word for one part of a name."""
        mark = "-" if "-" in name.strip("-") else "_"
        head, dot, last = name.rpartition(".")
        if re.search(r"[a-z][A-Z]", last) and mark not in last:
            parts = re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])", last)
            parts[self._draw.randrange(len(parts))] = self._draw.choice(_PARTS).capitalize()
            return head + dot + "".join(parts)
        lead = last[: len(last) - len(last.lstrip("-_"))]
        parts = last.strip("-_").split(mark)
        word = self._draw.choice(_PARTS)
        if len(parts) == 1:
            parts.append(word)
        else:
            parts[self._draw.randrange(len(parts))] = word
        made = mark.join(parts)
        return head + dot + lead + (made.upper() if name.isupper() else made)

    def _folder(self, path: str) -> str:
        folder = self._draw.choice(self._folders)
        return f"{folder}/{PurePosixPath(path).name}" if folder != "." else PurePosixPath(path).name

    def _suffix(self, path: str) -> str:
        return str(PurePosixPath(path).with_suffix(self._draw.choice(_SUFFIXES)))

    def _file(self, path: str) -> str:
        pure = PurePosixPath(path)
        return str(
            pure.with_name(
                self._draw.choice(_SIBLINGS) + "_" + self._draw.choice(_SIBLINGS) + pure.suffix
            )
        )

    def _typo_in_path(self, path: str) -> str:
        pure = PurePosixPath(path)
        stem = self.typo(pure.stem)
        return str(pure.with_name(stem + pure.suffix)) if stem else ""

    def _other_flag(self, _name: str) -> str:
        return self._draw.choice(_FLAGS)

    def _subcommand(self, command: str) -> str:
        words = command.split()
        if words[0] == "python":
            return f"{command}.{self._draw.choice(_SIBLINGS)}_{self._draw.choice(_PARTS)}"
        # Half of the words stand in the tree, for something else.
        every = _SUBCOMMANDS if self._draw.random() < 0.5 else self._common
        return f"{words[0]} {self._draw.choice(every)}"

    def _program(self, command: str) -> str:
        words = command.split()
        if words[0] in ("python", "make"):
            return ""
        return " ".join(
            [f"{words[0]}-{self._draw.choice(('admin', 'ctl', 'dev', 'setup'))}", "start"]
        )

    def _page(self, link: str) -> str:
        base = link.rstrip("/").rpartition("/")[0]
        return f"{base}/{self._draw.choice(_SIBLINGS)}-{self._draw.choice(_PARTS)}"

    def _word(self, quotation: str) -> str:
        words = quotation.split()
        words[self._draw.randrange(1, len(words) - 1)] = self._draw.choice(_WORDS)
        return " ".join(words)


_Way = Callable[[MadeUp, str], str]
_WAYS: dict[str, Sequence[_Way]] = {
    "path": (MadeUp._typo_in_path, MadeUp._folder, MadeUp._suffix, MadeUp._file),
    "flag": (MadeUp.typo, MadeUp.sibling, MadeUp._other_flag),
    "command": (MadeUp._subcommand, MadeUp._program),
    "setting": (MadeUp.typo, MadeUp.sibling),
    "symbol": (MadeUp.typo, MadeUp.sibling),
    "link": (MadeUp._page, MadeUp.typo),
    "quotation": (MadeUp._word,),
}
