"""The configuration file: what it may say, what is told of a faulty one, and how two merge."""

import json
from dataclasses import fields
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from app.domain import Permission, Person
from app.feedback.trust import trust_of
from app.flows.marked_yaml import MAX_BYTES
from app.flows.policy import (
    ORGANISATION_WIDE,
    SCHEMA,
    Fault,
    Policy,
    fault_report,
    merge,
    parse,
)
from app.weave.claims import Ungrounded

ROOT = Path(__file__).parents[3]
FULL = b"""\
command: question
who_may_ask: triage
paths:
  include: [docs/, "*.md"]
  exclude:
    - docs/old
limits:
  per_person_per_day: 5
  answer_sentences: 2
min_score: 1
max_restarts: 0
ungrounded: drop
trust: {writers: 1, triage: 0.75, asker: 0, readers: 0.1, vouched: ["@Ann"]}
training: false
learned: true
another_answer: false
delay_days: 5
name: Loomis
footer: 'Ask us in #help'
"""


def policy(text: bytes | str) -> Policy:
    found = parse(text if isinstance(text, bytes) else text.encode())
    assert isinstance(found, Policy), [str(fault) for fault in found]
    return found


def faults(text: bytes | str) -> list[str]:
    found = parse(text if isinstance(text, bytes) else text.encode())
    assert not isinstance(found, Policy)
    return [str(fault) for fault in found]


def keys(schema: object = SCHEMA, prefix: str = "") -> dict[str, dict[str, object]]:
    """Every setting of the schema by its dotted name."""
    found: dict[str, dict[str, object]] = {}
    for name, inner in schema["properties"].items():  # type: ignore[index]
        if "properties" in inner:
            found |= keys(inner, f"{prefix}{name}.")
        else:
            found[prefix + name] = inner
    return found


def test_every_key_is_read() -> None:
    assert policy(FULL) == Policy(
        command="question",
        may_ask=Permission.TRIAGE,
        include=("docs/", "*.md"),
        exclude=("docs/old",),
        per_person_per_day=5,
        answer_sentences=2,
        min_score=1.0,
        max_restarts=0,
        ungrounded=Ungrounded.DROP,
        trust_writers=1.0,
        trust_triage=0.75,
        trust_asker=0.0,
        trust_readers=0.1,
        trust_vouched=("@Ann",),
        training=False,
        learned=True,
        another_answer=False,
        delay_days=5,
        name="Loomis",
        footer="Ask us in #help",
    )
    assert policy(FULL).given == set(keys())


@pytest.mark.parametrize("text", [b"", b"\n\n", b"# nothing\n", b"{}", b"\xef\xbb\xbf", b"---\n"])
def test_an_empty_file_is_the_defaults(text: bytes) -> None:
    assert policy(text) == Policy()
    assert policy(text).given == frozenset()


def test_numbers_have_the_types_of_their_fields() -> None:
    read = policy("min_score: 2\nmax_restarts: 3\ntrust: {readers: 1}")
    assert (type(read.min_score), type(read.max_restarts), type(read.trust_readers)) == (
        float,
        int,
        float,
    )


def test_the_schema_names_the_defaults() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    empty = Policy()
    stated = {
        name: SCHEMA["$defs"][str(inner["$ref"]).split("/")[-1]] | inner  # type: ignore[index]
        if "$ref" in inner
        else inner
        for name, inner in keys().items()
    }
    values = {
        "command": empty.command,
        "training": empty.training,
        "learned": empty.learned,
        "another_answer": empty.another_answer,
        "delay_days": empty.delay_days,
        "who_may_ask": "anyone",
        "paths.include": list(empty.include),
        "paths.exclude": list(empty.exclude),
        "limits.per_person_per_day": empty.per_person_per_day,
        "limits.answer_sentences": empty.answer_sentences,
        "min_score": empty.min_score,
        "max_restarts": empty.max_restarts,
        "ungrounded": empty.ungrounded,
        "trust.writers": empty.trust_writers,
        "trust.triage": empty.trust_triage,
        "trust.vouched": list(empty.trust_vouched),
        "trust.asker": empty.trust_asker,
        "trust.readers": empty.trust_readers,
        "name": empty.name,
        "footer": empty.footer,
    }
    assert {name: inner["default"] for name, inner in stated.items()} == values
    assert len(values) == len(fields(Policy)) - 2  # all but `given` and `constitution`


PAT, MONA = Person(id=1, login="pat"), Person(id=2, login="mona")
GHOST, BOT = Person(id=0, login=""), Person(id=3, login="ci[bot]", is_bot=True)


def test_default_trust_is_that_of_feedback() -> None:
    for permission in Permission:
        for person in (PAT, MONA, GHOST, BOT):
            for asker in (PAT, GHOST, BOT):
                expected = trust_of(person, permission, asker=asker)
                assert Policy().trust_of(person, permission, asker=asker) == expected


@pytest.mark.parametrize(
    ("permission", "asker", "expected"),
    [
        (Permission.ADMIN, False, 0.9),
        (Permission.WRITE, True, 0.9),
        (Permission.TRIAGE, False, 0.3),
        (Permission.TRIAGE, True, 0.6),
        (Permission.READ, False, 0.1),
        (Permission.NONE, False, 0.0),
        (Permission.NONE, True, 0.6),
    ],
)
def test_trust_by_permission(permission: Permission, asker: bool, expected: float) -> None:
    read = policy("trust: {writers: 0.9, triage: 0.3, asker: 0.6, readers: 0.1}")
    assert read.trust_of(PAT, permission, asker=PAT if asker else MONA) == expected


UNKNOWN = [
    ("comand: ask", "line 1: `comand`: there is no such setting; did you mean `command`?"),
    ("Command: ask", "line 1: `Command`: there is no such setting; did you mean `command`?"),
    (
        "limits:\n  per_day: 1\n  answer_sentence: 2",
        "line 3: `limits.answer_sentence`: there is no such setting; "
        "did you mean `limits.answer_sentences`?",
    ),
    (
        "name: x\nexclude: [a]",
        "line 2: `exclude`: there is no such setting; did you mean `paths.exclude`?",
    ),
    (
        "per_person_day: 1",
        "line 1: `per_person_day`: there is no such setting; "
        "did you mean `limits.per_person_per_day`?",
    ),
    ("zebra: 1", "line 1: `zebra`: there is no such setting"),
    ("on: 1", "line 1: `on`: there is no such setting"),
    ("3: 1", "line 1: `3`: there is no such setting"),
    ("<<: {command: x}", "line 1: `<<`: there is no such setting"),
]


@pytest.mark.parametrize(("text", "expected"), UNKNOWN)
def test_unknown_keys_are_told_with_the_nearest_known(text: str, expected: str) -> None:
    assert expected in faults(text)


BAD_VALUES = [
    ("command: Ask", "`command`: a command is a small letter and up to 30 small letters"),
    ("command: /ask", "`command`: a command is"),
    ("command: |\n  ask\n", "`command`: a command is"),
    ("command: help", "`command`: this is the name of another command"),
    ("command: no", "`command`: this has to be text; put it in quotes"),
    ("command:", "`command`: this has to be text; put it in quotes"),
    ("who_may_ask: all", "this has to be one of `anyone`, `triage`, `writers`"),
    ("paths: docs", "`paths`: this has to be a section with indented keys"),
    ("paths: {include: docs}", "`paths.include`: this has to be a list"),
    ("paths: {include: [1]}", "`paths.include.0`: this has to be text"),
    ("paths: {include: ['']}", "`paths.include.0`: this must not be empty"),
    (f"paths: {{include: [{'a, ' * 51}]}}", "`paths.include`: at most 50 items are allowed"),
    (f"paths: {{include: [{'a' * 201}]}}", "at most 200 characters are allowed"),
    ("limits: {per_person_per_day: 0}", "this has to be at least 1"),
    ("limits: {per_person_per_day: 2.5}", "this has to be a whole number"),
    ("limits: {per_person_per_day: true}", "this has to be a whole number"),
    ("limits: {answer_sentences: 5}", "this has to be at most 4"),
    ("min_score: high", "`min_score`: this has to be a number"),
    ("min_score: .inf", "line 1: a number has to be finite"),
    ("min_score: .nan", "line 1: a number has to be finite"),
    ("max_restarts: 6", "this has to be at most 5"),
    ("ungrounded: hide", "this has to be one of `mark`, `drop`"),
    ("trust: {writers: 1.5}", "`trust.writers`: this has to be at most 1"),
    ("trust: {readers: -0.1}", "`trust.readers`: this has to be at least 0"),
    ("name: '@everyone'", "`name`: a name is one line of up to 40 characters"),
    ("name: '[x](http://example.org)'", "`name`: a name is"),
    ("name: |\n  Loomis\n", "`name`: a name is"),
    ("footer: 'cc @octo/all'", "`footer`: a footer is one line without"),
    ("footer: '<img src=x>'", "`footer`: a footer is one line without"),
    ("footer: |\n  a\n", "`footer`: a footer is one line without"),
    ("footer: 2026-11-20", "`footer`: this has to be text; put it in quotes"),
    (f"footer: {'a' * 301}", "`footer`: at most 300 characters are allowed"),
    (f"paths: {{exclude: ['{'*a' * 101}']}}", "`paths.exclude.0`: at most 200 characters"),
    ("paths: {exclude: ['']}", "`paths.exclude.0`: this must not be empty"),
    ("[]", "the file has to be lines of `setting: value`"),
    ("just words", "the file has to be lines of `setting: value`"),
]


@pytest.mark.parametrize(("text", "expected"), BAD_VALUES)
def test_bad_values_are_told_in_words(text: str, expected: str) -> None:
    (fault,) = faults(text)
    assert expected in fault


HOSTILE = [
    pytest.param(b"a: &a [x]\nb: *a\n", "line 2: aliases", id="alias"),
    pytest.param(b"a: &a [l, l]\nb: &b [*a, *a]\nc: &c [*b, *b]\n", "aliases", id="alias bomb"),
    pytest.param(b"a: &a [*a]\n", "aliases", id="alias of itself"),
    pytest.param(b"a: !!python/object:os.system x\n", "tags", id="python tag"),
    pytest.param(b"a: !x 1\n", "line 1: tags", id="tag"),
    pytest.param(b"[" * 30_000, "nested too deeply", id="deep flow"),
    pytest.param(
        b"\n".join(b" " * at + b"a:" for at in range(200)), "nested too deeply", id="deep block"
    ),
    pytest.param(b"a: 1\n---\nb: 1\n", "line 2: only one document", id="two documents"),
    pytest.param(b"command: a\ncommand: b\n", "line 2: this key stands here twice", id="twice"),
    pytest.param(b"? [a]\n: 1\n", "line 1: a key has to be a word", id="key"),
    pytest.param(b"a: [1\nb: 2", "this is not YAML", id="bracket"),
    pytest.param(b"a:\n\t- x", "line 2: this is not YAML", id="tab"),
    pytest.param(b"a: 'x", "this is not YAML", id="quote"),
    pytest.param(b"name: a\nfooter: \xff", "line 2: the file is not UTF-8", id="bytes"),
    pytest.param(b"a: \x00", "characters that YAML does not allow", id="nul"),
    pytest.param(b"max_restarts: " + b"9" * 5000, "line 1: this value cannot be read", id="huge"),
    pytest.param(b"a: 2026-99-99", "line 1: this value cannot be read", id="date"),
    pytest.param(b"#" * (MAX_BYTES + 1), "the file is larger than 32 KiB", id="size"),
]


@pytest.mark.parametrize(("text", "expected"), HOSTILE)
def test_hostile_files_are_faults(text: bytes, expected: str) -> None:
    (fault,) = faults(text)
    assert expected in fault


def test_many_faults_are_bounded_and_in_order() -> None:
    found = parse("\n".join(f"zz{number}: 1" for number in range(100)).encode())
    assert not isinstance(found, Policy)
    assert [fault.line for fault in found] == list(range(1, 21))


def test_the_report_shows_a_strangers_words_as_code_alone() -> None:
    report = fault_report(parse(b"'@octo/all `<img>`\\n# x': 1"))  # type: ignore[arg-type]
    assert report == (
        "**`.github/treadle.yml` has faults.** Until they are put right, its last version "
        "without faults stays in force.\n\n"
        "- line 1: `@octo/all '<img>'\\n# x`: there is no such setting"
    )


def test_the_report_takes_lines_as_they_were_kept() -> None:
    fault = Fault(path="name", line=2, message="wrong")
    assert fault_report([str(fault)]) == fault_report([fault])
    assert fault_report([]) == ""
    assert fault_report([fault], "other.md").startswith("**`other.md` has faults.**")


def test_a_repository_lays_its_keys_over_the_organisations() -> None:
    organisation = policy("name: Loomis\npaths: {exclude: [a, b]}\nlimits: {answer_sentences: 1}")
    repository = policy("paths: {exclude: [c]}\nlimits: {per_person_per_day: 3}\nname: Treadle")
    merged = merge(organisation, repository)
    assert (merged.name, merged.exclude) == ("Treadle", ("c",))
    assert (merged.answer_sentences, merged.per_person_per_day) == (1, 3)
    assert merged.given == {
        "name",
        "paths.exclude",
        "limits.answer_sentences",
        "limits.per_person_per_day",
    }


def test_the_organisations_limits_stand() -> None:
    assert {"min_score", "max_restarts"} == ORGANISATION_WIDE
    organisation = policy("min_score: 2")
    repository = policy("min_score: -5\nmax_restarts: 0")
    assert (merge(organisation, repository).min_score, merge(organisation, repository)) == (
        2.0,
        Policy(min_score=2.0, max_restarts=0),
    )
    assert merge(None, repository).min_score == -5.0


def test_merging_without_files() -> None:
    assert merge(None, None) == Policy()
    assert merge(policy(FULL), None) == policy(FULL) == merge(None, policy(FULL))


def test_command_names_follow_the_command() -> None:
    assert policy("command: question").command_names == {
        "question",
        "help",
        "no-ai",
        "ai",
        "retrain",
        "treadle",
        "forget",
    }


def test_the_schema_is_published() -> None:
    published = json.loads((ROOT / "docs/treadle.schema.json").read_text("utf-8"))
    assert published == SCHEMA


def test_every_key_is_documented_with_its_default_and_meaning() -> None:
    page = (ROOT / "docs/configuration.md").read_text("utf-8")
    rows = {
        line.split("|")[1].strip(): line for line in page.splitlines() if line.startswith("| `")
    }
    assert set(rows) == {f"`{name}`" for name in keys()}
    for name, inner in keys().items():
        default = inner.get("default", [])
        cell = "none" if default in ([], "") else f"`{json.dumps(default).strip(chr(34))}`"
        if "default" in inner:
            assert f"| {cell} |" in rows[f"`{name}`"], name


def test_the_documented_example_is_good() -> None:
    page = (ROOT / "docs/configuration.md").read_text("utf-8")
    example = page.split("```yaml\n")[1].split("```")[0]
    assert policy(example).given == set(keys())
