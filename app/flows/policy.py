"""The configuration file `.github/treadle.yml`: from bytes to a policy, or to what is wrong.

`policy.schema.json` beside this file says what is allowed; it is published under `docs/`.
Everything here is pure. Of two files, the organisation's and the repository's, `merge` makes
one policy.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from importlib.resources import files
from typing import Any, cast

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from rapidfuzz import fuzz, process

from app.domain import Permission, Person
from app.feedback.assessment import Rules
from app.feedback.trust import USUAL, Scale, trust_of
from app.flows.marked_yaml import YamlFault, read
from app.text.safe import as_code
from app.weave.claims import Ungrounded
from app.weave.principles import Constitution
from app.webhooks.commands import ASK, names_for

PATH = ".github/treadle.yml"
SCHEMA: Mapping[str, object] = json.loads(
    files("app.flows").joinpath("policy.schema.json").read_text("utf-8")
)

_ASKERS = {
    "anyone": Permission.NONE,
    "triage": Permission.TRIAGE,
    "writers": Permission.WRITE,
}
FIELDS = {
    "command": "command",
    "who_may_ask": "may_ask",
    "paths.include": "include",
    "paths.exclude": "exclude",
    "limits.per_person_per_day": "per_person_per_day",
    "limits.answer_sentences": "answer_sentences",
    "min_score": "min_score",
    "max_restarts": "max_restarts",
    "ungrounded": "ungrounded",
    "trust.writers": "trust_writers",
    "trust.triage": "trust_triage",
    "trust.asker": "trust_asker",
    "trust.readers": "trust_readers",
    "trust.vouched": "trust_vouched",
    "another_answer": "another_answer",
    "training": "training",
    "learned": "learned",
    "delay_days": "delay_days",
    "name": "name",
    "footer": "footer",
}
"""Each key of the file, its sections joined by dots, and the field of `Policy` that it sets."""

ORGANISATION_WIDE = frozenset({"min_score", "max_restarts"})
"""Keys whose value in the organisation's file stands, whatever the repository's says."""

_MOST_FAULTS = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Policy:
    """What a repository wants of Treadle.

    `may_ask` is the least permission of an asker; `include` and `exclude` are path patterns;
    `min_score` is a phrase score in log-odds; the `trust_*` are in [0, 1], but for
    `trust_vouched`, which are logins; an empty `footer` is
    the usual one. `given` are the keys that the file sets, the others are defaults.
    `constitution` is of a file of its own, None where the repository has none.
    """

    command: str = ASK
    may_ask: Permission = Permission.NONE
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    per_person_per_day: int = 20
    answer_sentences: int = 4
    min_score: float = 0.0
    max_restarts: int = 2
    ungrounded: Ungrounded = Ungrounded.MARK
    trust_writers: float = USUAL.writers
    trust_triage: float = USUAL.triage
    trust_asker: float = USUAL.asker
    trust_readers: float = USUAL.readers
    trust_vouched: tuple[str, ...] = ()
    another_answer: bool = True
    training: bool = True
    learned: bool = False
    delay_days: int = 3
    name: str = "Treadle"
    footer: str = ""
    constitution: Constitution | None = None
    given: frozenset[str] = field(default=frozenset(), compare=False)

    @property
    def command_names(self) -> frozenset[str]:
        """All command names that are understood in the repository."""
        return names_for(self.command)

    def rules(self, now: datetime) -> Rules:
        """Returns how all signals of the repository are looked at together."""
        return Rules(
            now=now,
            delay=timedelta(days=self.delay_days),
            vouched=frozenset(login.lower().removeprefix("@") for login in self.trust_vouched),
        )

    def trust_of(self, person: Person, permission: Permission, *, asker: Person) -> float:
        """Returns what `app.feedback.trust.trust_of` does, by this policy's numbers."""
        scale = Scale(
            writers=self.trust_writers,
            triage=self.trust_triage,
            asker=self.trust_asker,
            readers=self.trust_readers,
        )
        return trust_of(person, permission, asker=asker, scale=scale)


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """Something wrong in a configuration file.

    `path` is the key with its sections, empty for the whole file; `line` is from 1, 0 where
    the whole file is meant; `suggestion` is the key that was probably meant, or empty.
    """

    path: str
    line: int
    message: str
    suggestion: str = ""

    def __str__(self) -> str:
        """One line of Markdown; what comes from the file stands in code spans."""
        place = f"line {self.line}: " if self.line else ""
        key = f"{as_code(self.path, 60)}: " if self.path else ""
        meant = f"; did you mean {as_code(self.suggestion, 60)}?" if self.suggestion else ""
        return f"{place}{key}{self.message}{meant}"


def parse(text: bytes) -> Policy | list[Fault]:
    """Reads a configuration file.

    Returns:
        The policy, or all that is wrong in order of lines, at most 20 faults.
    """
    try:
        document = read(text)
    except YamlFault as fault:
        return [Fault(path="", line=fault.line, message=str(fault))]
    value = {} if document.value is None else document.value
    faults = [
        fault
        for error in Draft202012Validator(SCHEMA).iter_errors(value)
        for fault in _faults(error, document.lines)
    ]
    if faults or not isinstance(value, Mapping):
        return sorted(faults, key=lambda fault: (fault.line, fault.path))[:_MOST_FAULTS]
    return _policy(value)


def merge(organisation: Policy | None, repository: Policy | None) -> Policy:
    """Lays a repository's policy over its organisation's; None where there is no file.

    A key that the repository sets replaces the organisation's, lists as a whole; a key of
    `ORGANISATION_WIDE` that the organisation sets stands.
    """
    base, over = organisation or Policy(), repository or Policy()
    taken = over.given - (ORGANISATION_WIDE & base.given)
    changes = {FIELDS[key]: getattr(over, FIELDS[key]) for key in taken}
    return replace(base, **changes, given=base.given | over.given)


def fault_report(faults: Iterable[Fault | str], path: str = PATH) -> str:
    """Returns Markdown that tells the author of a file what is wrong; empty where nothing is."""
    lines = [f"- {fault}" for fault in faults]
    if not lines:
        return ""
    head = (
        f"**`{path}` has faults.** Until they are put right, its last version without faults "
        "stays in force."
    )
    return "\n".join([head, "", *lines])


def _policy(value: Mapping[str, object]) -> Policy:
    given: dict[str, object] = {}
    for key, content in value.items():
        if isinstance(content, Mapping):
            given.update({f"{key}.{name}": inner for name, inner in content.items()})
        else:
            given[key] = content
    changes: dict[str, object] = {}
    for key, content in given.items():
        if key == "who_may_ask":
            changes["may_ask"] = _ASKERS[str(content)]
        elif key == "ungrounded":
            changes["ungrounded"] = Ungrounded(str(content))
        elif isinstance(content, list):
            changes[FIELDS[key]] = tuple(content)
        elif isinstance(content, bool):
            changes[FIELDS[key]] = content
        elif isinstance(content, (int, float)):
            whole = isinstance(getattr(Policy(), FIELDS[key]), int)
            changes[FIELDS[key]] = int(content) if whole else float(content)
        else:
            changes[FIELDS[key]] = content
    return replace(Policy(), **changes, given=frozenset(given))  # type: ignore[arg-type]


def _faults(error: ValidationError, lines: Mapping[tuple[str | int, ...], int]) -> list[Fault]:
    path = tuple(error.absolute_path)
    if error.validator == "additionalProperties":
        known = cast(Mapping[str, Any], error.schema)["properties"]
        return [
            Fault(
                path=_dotted((*path, key)),
                line=lines.get((*path, key), 0),
                message="there is no such setting",
                suggestion=_nearest(key, path, known),
            )
            for key in cast(Mapping[str, object], error.instance)
            if key not in known
        ]
    return [Fault(path=_dotted(path), line=lines.get(path, 0), message=_words(error))]


def _nearest(key: str, path: tuple[str | int, ...], known: Mapping[str, object]) -> str:
    """Returns the setting that an unknown key probably means, with its section, or nothing."""
    for setting in FIELDS:
        if setting.rpartition(".")[2] == key.casefold():
            return setting
    found = process.extractOne(key.casefold(), list(known), scorer=fuzz.ratio, score_cutoff=60)
    if found is not None:
        return _dotted((*path, found[0]))
    names = {setting.rpartition(".")[2]: setting for setting in FIELDS}
    found = process.extractOne(key.casefold(), list(names), scorer=fuzz.ratio, score_cutoff=75)
    return names[found[0]] if found is not None else ""


_TYPES = {
    "string": "text; put it in quotes",
    "boolean": "`true` or `false`",
    "integer": "a whole number",
    "number": "a number",
    "array": "a list, each item on a line of its own after `- `",
    "object": "a section with indented keys",
}


def _words(error: ValidationError) -> str:
    """Says what a value should be, quoting nothing of it."""
    wanted: Any = error.validator_value
    name = str(error.absolute_path[-1]) if error.absolute_path else ""
    match error.validator:
        case "type" if not error.absolute_path:
            return "the file has to be lines of `setting: value`"
        case "type":
            return f"this has to be {_TYPES[str(wanted)]}"
        case "enum":
            return "this has to be one of " + ", ".join(f"`{choice}`" for choice in wanted)
        case "minimum":
            return f"this has to be at least {wanted}"
        case "maximum":
            return f"this has to be at most {wanted}"
        case "maxItems":
            return f"at most {wanted} items are allowed"
        case "minLength":
            return "this must not be empty"
        case "maxLength":
            return f"at most {wanted} characters are allowed"
        case "not":
            return "this is the name of another command"
        case "pattern" if name == "command":
            return "a command is a small letter and up to 30 small letters, digits and hyphens"
        case "pattern" if name == "footer":
            return "a footer is one line without `<`, `>` and `@`"
        case "pattern":
            return "a name is one line of up to 40 characters without Markdown, `<`, `>` and `@`"
        case _:
            return "this value is not allowed"


def _dotted(path: Sequence[str | int]) -> str:
    return ".".join(str(part) for part in path)
