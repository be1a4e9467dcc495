"""Whether what a draft names exists: in the tree, in its files, in the sources.

`claimed` reads what a text claims to exist; here each claim is looked up. `WEIGHTS` says what
one that exists nowhere costs a draft.
"""

import re
from collections.abc import Iterable, Mapping, Sequence, Set
from functools import lru_cache

from app.domain import Passage
from app.ports.knowledge import Corpus
from app.weave.claimed import claims
from app.weave.claims import Claim, Kind
from app.weave.modules import Modules
from app.weave.places import places_of
from app.weave.programs import Programs
from app.weave.quotations import Quotations
from app.weave.shell import program
from app.weave.spelling import ADDRESS, path_of
from app.weave.usual import group, module, word

NOT_FOUND = -1.0
WEIGHTS: Mapping[Kind, float] = dict.fromkeys(Kind, NOT_FOUND) | {Kind.QUOTATION: -1.5}
"""Log-odds of one claim of each kind that exists nowhere; invented words of others weigh most."""

NOT_IN_TREE = -0.4
"""Of a path that the text has and the tree has not, though it has its folder."""
BOUND = -4.0
_LINKED = re.compile(r"https?://[^/\s]+/[^/\s]+/[^/\s]+/(?:blob|tree|raw|edit|blame)/[^/\s]+/(.+)")
_DENIED = re.compile(
    r"\b(?:no\s+(?:such\s+)?(?:\w+\s+)?(?:(?:called|named)\s+)?"
    r"|(?:not|without|isn['’]t)\s+(?:(?:a|an|any|called|named)\s+)?)$",
    re.IGNORECASE,
)
_DENYING = re.compile(
    r"^[\s`*_\"”)]*(?:\w+\s+){0,3}?(?:does|do|is|are|did)(?:\s+not|n['’]t|\s+no longer)\s+"
    r"(?:exist|there|available|supported|have (?:it|one|this|that)|present|part)\b",
    re.IGNORECASE,
)
_OPTIONS = (
    "typer",
    "click",
    "fire",
    "clap",
    "commander",
    "yargs",
    "cobra",
    "argparse",
    "basesettings",
)
_WORD = re.compile(r"[A-Za-z][\w:.-]*")


class Grounding:
    """Looks up what drafts name in one tree, its text, and one set of sources.

    What a path's folder should have and has not is text that has gone out of date, unless
    code has the path too: it counts `NOT_IN_TREE`.
    """

    def __init__(
        self, paths: Set[str], sources: Iterable[str], corpus: Corpus | None = None
    ) -> None:
        self._places = places_of(paths)
        sources = tuple(sources)
        self._said = "\n".join(sources).lower()
        self._corpus = corpus
        self._quotations = Quotations(sources, corpus)
        self._programs = Programs(corpus, self._places)
        self._modules = Modules(corpus, self._places)
        self._judged = lru_cache(maxsize=8192)(self._judge)
        self._links: frozenset[str] | None = None

    @classmethod
    def of(cls, corpus: Corpus, sources: Sequence[Passage]) -> "Grounding":
        """Makes what looks names up in a repository's text and the passages found there."""
        return cls(corpus.paths, [source.text for source in sources], corpus)

    def score(self, text: str) -> float:
        """Returns the log-odds that a draft loses by what does not exist; at most 0."""
        return max(BOUND, sum(self.lost(claim) for claim in self.ungrounded(text)))

    def missing(self, text: str) -> list[str]:
        """Returns what of a draft exists nowhere, in order, each once."""
        return list(dict.fromkeys(claim.text for claim in self.ungrounded(text)))

    def ungrounded(self, text: str, *, quoted: bool = False) -> list[Claim]:
        """Returns the first claim of each name of a text that exists nowhere, in order.

        A name that the text itself says does not exist is none.

        Args:
            text: Markdown.
            quoted: whether all of it is a quotation.
        """
        found: dict[tuple[Kind, str], Claim] = {}
        for claim in claims(text, quoted=quoted):
            key = (claim.kind, claim.text)
            if key not in found and self.lost(claim) < 0 and not _denied(text, claim):
                found[key] = claim
        return list(found.values())

    def lost(self, claim: Claim) -> float:
        """Returns the log-odds that one claim costs; 0 where what it names exists."""
        return self._judged(claim.kind, claim.text, claim.of)

    def _judge(self, kind: Kind, text: str, of: str) -> float:
        match kind:
            case Kind.PATH:
                return self._path(text)
            case Kind.FLAG:
                known = self._flag(text, of)
            case Kind.COMMAND:
                known = self._command(text)
            case Kind.SETTING:
                known = self._setting(text)
            case Kind.SYMBOL:
                known = self._symbol(text)
            case Kind.LINK:
                known = self._link(text)
            case Kind.QUOTATION:
                known = self._quotations.known(text)
        return 0.0 if known else WEIGHTS[kind]

    def _has(self, name: str) -> bool:
        """Tells whether the sources or any file have an exact name, whatever its case."""
        low = name.lower()
        if self._corpus is not None and self._corpus.knows(low):
            return True
        alone = rf"(?<![\w-]){re.escape(low)}(?!\w)(?!-\w)"
        return low in self._said and re.search(alone, self._said) is not None

    # --- paths and links ------------------------------------------------------------------

    def _path(self, text: str) -> float:
        path = text.removeprefix("./").rstrip("/")
        parts = path.lower().split("/")
        if not path or parts[0] in ("~", "..", "") or not group("paths").isdisjoint(parts):
            return 0.0
        if self._places.has(path):
            return 0.0
        named = len(parts) == 2 and "." not in parts[1]
        named = named or (len(parts) > 2 and all(map(str.isalpha, parts)))
        if named and not self._places.has(parts[0]):
            return 0.0  # a branch, a repository or an image, as in origin/main; words in a row
        if "/" not in path:
            return 0.0 if self._has(path) else WEIGHTS[Kind.PATH]
        if not self._has(path):
            return WEIGHTS[Kind.PATH]
        folder, _, name = path.rpartition("/")
        current = self._corpus is not None and (
            self._corpus.codes(path) or self._corpus.codes(name)
        )
        return NOT_IN_TREE if self._places.is_folder(folder) and not current else 0.0

    def _link(self, text: str) -> bool:
        if not ADDRESS.fullmatch(text):
            return self._path(path_of(text, code=True) or text) == 0
        if found := _LINKED.fullmatch(text):
            path = path_of(found[1], code=True) or found[1]
            if self._places.file(path) or self._places.is_folder(path.rstrip("/")):
                return True
        host = re.sub(r"^[\w+.-]*://", "", text.lower()).split("/")[0].partition(":")[0]
        if host in group("hosts") or host.endswith((".example", ".test", ".local", ".localhost")):
            return _plain(text) in self._addresses() or host in group("hosts")
        return _plain(text) in self._addresses()

    def _addresses(self) -> frozenset[str]:
        if self._links is None:
            self._links = frozenset(_plain(found) for found in ADDRESS.findall(self._said))
        return self._links

    # --- flags and commands ---------------------------------------------------------------

    def _flag(self, text: str, of: str) -> bool:
        if of in group("tools") or text in ("--help", "-h", "--version"):
            return True
        low = text.lower()
        if self._has(low) or (low.startswith("--no-") and self._has("--" + low[5:])):
            return True
        if of and not self._ours(of):
            return True
        # Many libraries make flags of names: dry_run becomes --dry-run.
        body = low.removeprefix("--").removeprefix("no-").replace("-", "_")
        return "_" in body and self._has(body) and any(map(self._has, _OPTIONS))

    def _ours(self, program: str) -> bool:
        """Tells whether a program is the repository's own, as far as can be told."""
        head = program.split(".")[0]
        return program in self._programs.consoles or head in self._places.stems or self._has(head)

    def _command(self, text: str) -> bool:
        words = text.split()
        if " ".join(words).lower() in self._said:
            return True
        start = program(words)
        run, rest = words[start], [one for one in words[start + 1 :] if _WORD.fullmatch(one)]
        if run in ("make", "gmake", "just"):
            return all(one in self._programs.targets or self._together(run, one) for one in rest)
        if run in ("npm", "yarn", "pnpm", "bun"):
            asked = [one for one in rest if one not in ("run", "run-script")][:1]
            plain = "run" not in rest and "run-script" not in rest
            if plain and (run != "yarn" or not asked or asked[0] in group("scripts")):
                return True
            return all(
                one in self._programs.scripts or self._together(f"{run} run", one) for one in asked
            )
        if start and words[start - 1] == "-m":
            return self._module(run)
        if start == 0 and run in group("tools") and run not in self._programs.consoles:
            return True
        if not self._ours(run):
            return words[0] in ("npx", "uvx") and start == 1
        sub = words[start + 1] if len(words) > start + 1 else ""
        if run not in self._programs.consoles or not re.fullmatch(r"[a-z][a-z-]+", sub):
            return True
        return self._together(run, sub) or self._programs.takes(run, sub)

    def _together(self, program: str, word_: str) -> bool:
        return bool(
            re.search(rf"(?<![\w-]){re.escape(program)} {re.escape(word_)}(?![\w-])", self._said)
        )

    def _module(self, name: str) -> bool:
        """Tells whether a module that Python is to run exists; others' always do."""
        if name.split(".")[0] not in self._places.stems:
            return module(name) or name in group("tools") or self._has(name)
        return self._symbol(name)

    # --- names ----------------------------------------------------------------------------

    def _setting(self, name: str) -> bool:
        if (
            self._has(name)
            or self._has(name.replace("-", "_"))
            or self._has(name.replace("_", "-"))
        ):
            return True
        if "." in name:
            return all(self._has(part) for part in name.split(".") if part)
        if name.isupper():
            # A prefix for all, and a field's name, make a variable of the environment.
            low = name.lower()
            return any(
                "_" in low[at + 1 :] and self._has(low[: at + 1]) and self._has(low[at + 1 :])
                for at in (found.start() for found in re.finditer("_", low))
            )
        return "_" not in name and "-" not in name and word(name)

    def _symbol(self, name: str) -> bool:
        if self._has(name) or word(name) or name in group("paths"):
            return True
        parts = [part for part in re.split(r"\.|::|->|#", name) if part]
        if len(parts) == 1:
            # A class in the plural is a word of prose.
            plural = name[:1].isupper() and name.endswith("s") and "_" not in name
            return name.lower() in self._places.stems or (plural and self._has(name[:-1]))
        inside = self._modules.have(parts)
        if inside is not None:
            return inside
        if module(name) and parts[0].lower() not in self._places.stems:
            return True
        return all(
            word(part) or self._has(part) or part.lower() in self._places.stems for part in parts
        )


def _plain(address: str) -> str:
    """Returns an address without what two spellings of one may differ in."""
    return re.sub(r"^https?://(?:www\.)?", "", address.lower()).partition("#")[0].rstrip("/.,;:")


def _denied(text: str, claim: Claim) -> bool:
    """Tells whether the text around a claim says that there is no such thing."""
    before, after = text[max(0, claim.start - 40) : claim.start], text[claim.end : claim.end + 60]
    return bool(_DENIED.search(before) or _DENYING.match(after))
