"""Each format keeps what docs/exchange.md says that it keeps."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain import Consent, PreferenceRow, RowKind, RowOrigin
from app.exchange.formats import format_of
from app.exchange.names import Name
from app.exchange.reading import rows as read
from app.exchange.values import LONGEST_NAME, LONGEST_TEXT, MOST_NAMES
from app.exchange.writing import writing
from tests.stored import NOW

from .given import a_row, rows

Keeps = Callable[[PreferenceRow], Sequence[PreferenceRow]]
NOTHING_BESIDE = {
    "repository_id": 0,
    "reply_id": 0,
    "number": 0,
    "weight": 1.0,
    "people": (),
    "urls": (),
    "origin": RowOrigin.UNKNOWN,
    "consent": Consent.UNKNOWN,
}


def pair(row: PreferenceRow) -> Sequence[PreferenceRow]:
    return [row] if row.kind is RowKind.PAIR else []


def singly(row: PreferenceRow) -> Sequence[PreferenceRow]:
    good = replace(row, kind=RowKind.UNPAIRED, rejected="")
    bad = replace(row, kind=RowKind.UNPAIRED, chosen="")
    return [one for one in (good, bad) if one.chosen or one.rejected]


def good(row: PreferenceRow) -> Sequence[PreferenceRow]:
    return [one for one in singly(row) if one.chosen]


def texts(row: PreferenceRow) -> Sequence[PreferenceRow]:
    at = row.created_at.replace(microsecond=row.created_at.microsecond // 1000 * 1000)
    return [replace(row, created_at=at, **NOTHING_BESIDE)]


CASES: list[tuple[Name, bool, str, Keeps]] = [
    (Name.NATIVE, False, "jsonl", lambda row: [row]),
    (Name.NATIVE, False, "jsonl.gz", lambda row: [row]),
    (Name.NATIVE, False, "parquet", lambda row: [row]),
    (Name.TRL_PREFERENCE, False, "jsonl", pair),
    (Name.TRL_PREFERENCE, True, "jsonl", pair),
    (Name.TRL_PREFERENCE, True, "parquet", pair),
    (Name.TRL_UNPAIRED, False, "jsonl", singly),
    (Name.TRL_UNPAIRED, True, "parquet", singly),
    (Name.TRL_COMPLETION, False, "parquet", good),
    (Name.TRL_COMPLETION, True, "jsonl", good),
    (Name.COH, False, "jsonl", lambda row: [row]),
    (Name.COH_AUX, False, "jsonl", lambda row: [row]),
    (Name.ARGILLA, False, "json", lambda row: [row]),
    (Name.MINIHF, False, "json", texts),
]


def there_and_back(
    made: Iterable[PreferenceRow], name: Name, chat: bool, path: Path
) -> list[PreferenceRow]:
    """Writes rows and reads the file; rows that repeat one before are left out."""
    form = format_of(name, chat=chat)
    with writing(path, form, force=True) as write:
        for row in made:
            for value in form.lay_out(row):
                write(value)
    return list(dict.fromkeys(read(path, format_of(name), NOW)))


@pytest.mark.parametrize(("name", "chat", "end", "keeps"), CASES)
@settings(max_examples=20)
@given(made=st.lists(rows(), max_size=4, unique_by=lambda row: (row.prompt, row.chosen)))
def test_rows_come_back(
    name: Name, chat: bool, end: str, keeps: Keeps, made: list[PreferenceRow]
) -> None:
    if end == "parquet":
        pytest.importorskip("pyarrow")
    with TemporaryDirectory() as folder:
        found = there_and_back(made, name, chat, Path(folder) / f"rows.{end}")
    kept = dict.fromkeys(one for row in made for one in keeps(row))
    if name is Name.MINIHF:
        assert sorted(found, key=repr) == sorted(kept, key=repr)
    else:
        assert found == list(kept)


@pytest.mark.parametrize("name", [Name.NATIVE, Name.COH, Name.COH_AUX])
def test_the_longest_rows_come_back(name: Name, tmp_path: Path) -> None:
    # Three bytes a sign, as many addresses as a row may have.
    prompt, chosen, rejected = (sign * LONGEST_TEXT for sign in "長短無")
    urls = tuple(f"http://h/{place:0{LONGEST_NAME - 9}}" for place in range(MOST_NAMES))
    row = a_row(chosen, rejected, prompt=prompt, urls=urls)
    assert there_and_back([row], name, False, tmp_path / "rows.jsonl") == [row]


def test_accounts_that_are_gone_have_no_login() -> None:
    (_, *rest) = values = list(format_of(Name.NATIVE).lay_out(a_row(people=("", "ann"))))
    assert rest and all(value["people"] == ["ann"] for value in values)


def test_whole_milliseconds_stay() -> None:
    # As a float of seconds since 1970 this is a little less.
    at = datetime(2004, 9, 12, 6, 55, 19, 491_000, tzinfo=UTC)
    nodes = {node["id"]: node for node in format_of(Name.MINIHF).lay_out(a_row(created_at=at))}
    (row,) = format_of(Name.MINIHF).read({"responseDict": nodes}, NOW)
    assert row.created_at == at


def test_native_rows_are_told_once_more_for_hindsight() -> None:
    (pair, first, second) = format_of(Name.NATIVE).lay_out(a_row())
    assert (pair["kind"], first["form"], second["form"]) == ("pair", "pn", "np")
    assert first["text"] == (
        "Where does the configuration go?\n\nA helpful answer: In the root.\n\n"
        "An unhelpful answer: Nowhere."
    )
    assert [first["text"][start:end] for start, end in first["segments"]] == [
        "In the root.",
        "Nowhere.",
    ]
    # In / the / root / the full stop, against Nowhere / the full stop.
    assert (pair["distance"], pair["near"]) == (3, False)
    assert pair["created_at"] == NOW.astimezone(UTC).isoformat()


@pytest.mark.parametrize(
    ("row", "fields"),
    [
        (
            a_row(),
            [
                "[marker_user+human_0+marker_gpt],gpt_0,<|eos|>,[marker_gpt_bad],gpt_bad_0,<|eos|>",
                "[marker_user+human_0+marker_gpt_bad],gpt_bad_0,<|eos|>,[marker_gpt],gpt_0,<|eos|>",
            ],
        ),
        (a_row(rejected=""), ["[marker_user+human_0+marker_gpt],gpt_0,<|eos|>"]),
        (a_row(chosen=""), ["[marker_user+human_0+marker_gpt_bad],gpt_bad_0,<|eos|>"]),
    ],
)
def test_hindsight_says_what_bears_loss(row: PreferenceRow, fields: list[str]) -> None:
    assert [line["fields"] for line in format_of(Name.COH).lay_out(row)] == fields


def test_auxiliary_marks_are_sentences_that_belong_together() -> None:
    from app.exchange.coh import MARKS, PHRASES

    drawn = set()
    for number in range(40):
        for line in format_of(Name.COH_AUX).lay_out(a_row(chosen=f"Answer {number}.")):
            drawn.add((line["marker_gpt"], line["marker_gpt_bad"]))
    assert drawn == set(PHRASES)
    assert MARKS not in drawn


def test_chains_of_their_authors_are_read() -> None:
    line = {
        "marker_user": "User:",
        "marker_gpt": "A helpful answer:",
        "marker_gpt_bad": "An unhelpful answer:",
        "human_1": "Why is the sky blue?",
        "quote_1": "Use these: [1] Optics",
        "gpt_1": "Scattering.",
        "gpt_bad_0": "Paint.",
        "fields": "[marker_user+human_1+quote_1+marker_gpt],gpt_1,<|eos|>,"
        "[marker_gpt_bad],gpt_bad_0,<|eos|>",
    }
    (row,) = format_of(Name.COH).read(line, NOW)
    assert (row.prompt, row.chosen, row.rejected) == (
        "Why is the sky blue?\n\nUse these: [1] Optics",
        "Scattering.",
        "Paint.",
    )


def test_what_annotators_say_stands_above_what_was_suggested() -> None:
    form = format_of(Name.ARGILLA)
    (record,) = form.lay_out(a_row())
    suggested = record["suggestions"]["preferred"]["value"]
    other = {"first": "second", "second": "first"}[suggested]
    said = [{"value": other, "user_id": "u1"}, {"value": other, "user_id": "u2"}]
    record["responses"] = {"preferred": [*said, {"value": suggested, "user_id": "u3"}]}
    (row,) = form.read(record, NOW)
    assert (row.chosen, row.rejected) == ("Nowhere.", "In the root.")


def test_the_better_text_is_not_always_the_first_to_annotate() -> None:
    form = format_of(Name.ARGILLA)
    values = {
        record["suggestions"]["preferred"]["value"]
        for number in range(20)
        for record in form.lay_out(a_row(chosen=f"Answer {number}."))
    }
    assert values == {"first", "second"}


def test_rated_texts_of_one_parent_are_paired() -> None:
    def node(text: str, rating: bool | None, **more: object) -> dict[str, object]:
        return {"text": text, "rating": rating, "parent": "r", "timestamp": 1777863721000, **more}

    session = {
        "responseDict": {
            "r": {"text": "Where?", "rating": None, "parent": None, "prompt": ""},
            "a": node("Here.", True),
            "b": node("There.", False),
            "c": node("Anywhere.", False),
            "d": node("Nobody said.", None),
            "e": node("Elsewhere.", True, prompt="Where else?"),
        },
        "focusId": "a",
    }
    found = list(format_of(Name.MINIHF).read(session, NOW))
    assert [(row.prompt, row.chosen, row.rejected) for row in found] == [
        ("Where?", "Here.", "There."),
        ("Where?", "Here.", "Anywhere."),
        ("Where else?", "Elsewhere.", ""),
    ]
    assert found[0].created_at.isoformat() == "2026-05-04T03:02:01+00:00"
