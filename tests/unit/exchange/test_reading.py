"""Files that anybody may have written: each fault in words, with its place, and bounds."""

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import UserError
from app.exchange import reading
from app.exchange.formats import format_of
from app.exchange.names import Name
from app.exchange.values import LONGEST_TEXT, MOST_NAMES, Fault
from tests.stored import NOW

from .files import GOOD, faults, numbered, read, table, written

CHAIN = {"kind": "coh", "prompt": "Q", "form": "pn", "text": "Q a b", "segments": [[2, 3], [4, 5]]}


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (b"{", "this is no JSON"),
        (b"\xff{}", "byte 1 is no UTF-8"),
        (b'{"weight": NaN}', "a number is none, or has too many digits"),
        (b"1" * 5000, "a number is none, or has too many digits"),
        (b"[" * 100_000, "values are nested too deeply"),
        (b'"pair"', "a row has to be a JSON object, and is a text"),
        ([GOOD], "a row has to be a JSON object, and is a list"),
        ({}, "“kind” is missing"),
        ({**GOOD, "kind": "pear"}, "“kind” has to be one of: pair, unpaired, coh"),
        ({**GOOD, "kind": ["pair"]}, "“kind” has to be one of"),
        ({**GOOD, "kind": "unpaired"}, "of the kind unpaired"),
        ({**GOOD, "rejected": ""}, "of the kind pair"),
        ({**GOOD, "prompt": None}, "“prompt” is missing"),
        ({**GOOD, "prompt": " \n"}, "the prompt has no words"),
        ({**GOOD, "chosen": "", "rejected": " "}, "neither of the two texts has words"),
        ({**GOOD, "rejected": "Here."}, "the chosen and the rejected text are the same"),
        ({**GOOD, "chosen": 3}, "“chosen” has to be a text, and is a number"),
        ({**GOOD, "chosen": {}}, "“chosen” has to be a text, and is an object"),
        ({**GOOD, "chosen": "a\0b"}, "“chosen” has a NUL at character 2"),
        ({**GOOD, "chosen": "ab\ud800"}, "half a character (a lone surrogate) at character 3"),
        ({**GOOD, "chosen": "a" * (LONGEST_TEXT + 1)}, "262,144 are the most"),
        ({**GOOD, "weight": 0}, "“weight” has to be a number above 0 and at most 1"),
        ({**GOOD, "weight": 1.01}, "“weight” has to be"),
        ({**GOOD, "weight": True}, "“weight” has to be"),
        ({**GOOD, "weight": 10**400}, "“weight” has to be"),
        ({**GOOD, "thread": 2**31}, "“thread” has to be a whole number"),
        ({**GOOD, "thread": 1.0}, "“thread” has to be a whole number"),
        ({**GOOD, "reply_id": -1}, "“reply_id” has to be a whole number"),
        ({**GOOD, "people": "ann"}, "“people” has to be a list, and is a text"),
        ({**GOOD, "people": [1]}, "“people” has to be a text, and is a number"),
        ({**GOOD, "people": ["a\nb"]}, "“people” has something that is no login"),
        ({**GOOD, "people": ["a"] * (MOST_NAMES + 1)}, "“people” has more than 1,000 entries"),
        ({**GOOD, "urls": ["javascript:alert(1)"]}, "no http or https address"),
        ({**GOOD, "urls": ["https://ann:pass@h/"]}, "or one with a user in it"),
        ({**GOOD, "people": ["Ann Lee"]}, "“people” has something that is no login"),
        ({**GOOD, "urls": ["http://h/" + "a" * 2000]}, "more than 2,000 characters"),
        ({**GOOD, "created_at": "yesterday"}, "“created_at” has to be a time as 2026"),
        ({**GOOD, "created_at": "2026-05-04T12:00:00"}, "“created_at” has to be a time"),
        ({**GOOD, "created_at": "0001-01-01T00:00:00+14:00"}, "“created_at” has to be a time"),
        ({**GOOD, "origin": "heaven"}, "“origin” has to be one of"),
        ({**CHAIN, "form": "ppp"}, "“form” has to be one of: p, n, pn, np"),
        ({**CHAIN, "segments": [[2, 3]]}, "“segments” has to have 2 entries"),
        ({**CHAIN, "segments": [[2, 3], [4, 99]]}, "“segments” has to name stretches"),
        ({**CHAIN, "segments": [[4, 5], [2, 3]]}, "“segments” has to name stretches"),
        ({**CHAIN, "segments": [[True, 3], [4, 5]]}, "“segments” has to name stretches"),
        ({**CHAIN, "segments": [[2, 3], "ab"]}, "“segments” has to name stretches"),
        ({**CHAIN, "segments": [[2, 3], 5]}, "an entry of “segments”"),
    ],
)
def test_each_fault_is_told_with_its_line(tmp_path: Path, line: object, fault: str) -> None:
    (told,) = faults(written(tmp_path, GOOD, line, GOOD))
    assert told.startswith(":2: ")
    assert fault in told


def test_what_people_wrote_is_not_in_faults(tmp_path: Path) -> None:
    (told,) = faults(written(tmp_path, {**GOOD, "prompt": "my secret\0"}))
    assert "secret" not in told


def test_all_faults_are_told_at_once_up_to_twenty(tmp_path: Path) -> None:
    assert [one[:3] for one in faults(written(tmp_path, {}, GOOD, {}))] == [":1:", ":3:"]
    assert len(faults(written(tmp_path, *[{}] * 30))) == reading.MOST_FAULTS


def test_nothing_comes_after_a_fault(tmp_path: Path) -> None:
    found = []
    with pytest.raises(reading.Faulty):
        for row in reading.rows(written(tmp_path, GOOD, {}, GOOD), format_of(Name.NATIVE), NOW):
            found.append(row)
    assert len(found) == 1


def test_addresses_come_in_bare(tmp_path: Path) -> None:
    urls = ["http://h/a?b#c", "http://h/a", "http://h/ann/loom/issues/3?d#issuecomment-4"]
    (row,) = reading.rows(written(tmp_path, {**GOOD, "urls": urls}), format_of(Name.NATIVE), NOW)
    assert row.urls == ("http://h/a", "http://h/ann/loom/issues/3#issuecomment-4")


def test_a_line_too_long_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "LONGEST_LINE", 200)
    path = written(tmp_path, b"a" * 1000, {}, b'"' + b"a" * 199)
    assert [one[:3] for one in faults(path)] == [":1:", ":2:", ":3:"]


def test_empty_lines_and_a_byte_order_mark_do_no_harm(tmp_path: Path) -> None:
    first, second = numbered(2)
    path = written(tmp_path, b"\xef\xbb\xbf" + json.dumps(first).encode(), b"", b"  ", second)
    assert len(read(path)) == 2


def test_what_says_the_same_as_the_line_before_is_left_out(tmp_path: Path) -> None:
    first, second = numbered(2)
    assert len(read(written(tmp_path, first, first, second, first))) == 3


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("rows.jsonl.gz", b"no gzip"),
        ("rows.jsonl.gz", gzip.compress(b"{}" * 9999, mtime=0)[:-20]),
        ("rows.parquet", b"no parquet"),
        ("rows.txt", b"{}"),
        ("rows.csv", b""),
    ],
)
def test_what_is_no_such_file_is_told(tmp_path: Path, name: str, made: bytes) -> None:
    if name.endswith("parquet"):
        pytest.importorskip("pyarrow")
    path = tmp_path / name
    path.write_bytes(made)
    with pytest.raises(UserError, match=r"damaged|Not a gzipped|has to end in"):
        list(reading.rows(path, format_of(Name.NATIVE), NOW))


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="No such file"):
        list(reading.rows(tmp_path / "none.jsonl", format_of(Name.NATIVE), NOW))


@pytest.mark.parametrize("end", ["jsonl", "jsonl.gz", "parquet"])
@pytest.mark.parametrize(
    ("limit", "most", "told"),
    [
        ("MOST_ROWS", 2, "more than 2 rows"),
        ("MOST_LINES", 2, "more than 2 (lines|rows)"),
        ("LARGEST_FILE", 150, "more than 150 bytes unpacked"),
    ],
)
def test_files_are_bounded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: str, limit: str, most: int, told: str
) -> None:
    path = tmp_path / f"rows.{end}"
    if end == "parquet":
        table(path, {name: [row[name] for row in numbered(3)] for name in GOOD})
    else:
        written(tmp_path, *numbered(3), name=path.name)
    if end == "jsonl.gz":
        path.write_bytes(gzip.compress(path.read_bytes()))
    assert len(read(path)) == 3
    monkeypatch.setattr(reading, limit, most)
    with pytest.raises(UserError, match=told):
        read(path)


def test_empty_lines_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_LINES", 9)
    assert len(read(written(tmp_path, *[b""] * 8, GOOD))) == 1
    with pytest.raises(UserError, match="more than 9 lines"):
        read(written(tmp_path, *[b""] * 9, GOOD))


def test_documents_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "LARGEST_DOCUMENT", 10)
    with pytest.raises(UserError, match="more than 10 bytes"):
        read(written(tmp_path, [GOOD] * 3, name="rows.json"), Name.ARGILLA)


def test_a_session_tells_all_its_faults(tmp_path: Path) -> None:
    def node(**given: object) -> dict[str, object]:
        return {"rating": True, "prompt": "Q", "text": "A", "parent": "r", **given}

    nodes = {
        "a": node(rating=1),
        "b": node(text=None),
        "c": node(),
        "d": node(parent=3),
        "e": node(parent="s", prompt=" "),
        "f": node(parent="t"),
        "g": node(parent="t", rating=False),
        **{f"h{number}": node(parent="u", text=str(number)) for number in range(11)},
        **{f"i{number}": node(parent="u", text=str(number), rating=False) for number in range(10)},
    }
    path = written(tmp_path, {"responseDict": nodes}, name="rows.json")
    assert faults(path, Name.MINIHF) == [
        ": node 'a': “rating” has to be true, false or null",
        ": node 'b': “text” is missing",
        ": node 'd': “parent” has to be a text, and is a number",
        ": what goes on from 's': the prompt has no words",
        ": what goes on from 't': the chosen and the rejected text are the same",
        ": what goes on from 'u': its rated texts give more than 100 pairs",
    ]
    many = {str(number): node(rating=1) for number in range(30)}
    path = written(tmp_path, {"responseDict": many}, name="rows.json")
    assert len(faults(path, Name.MINIHF)) == reading.MOST_FAULTS


@pytest.mark.parametrize("count", [97, 98])
def test_a_chain_names_a_hundred_texts_at_most(tmp_path: Path, count: int) -> None:
    names = [f"human_{number}" for number in range(count)]
    line = {
        **dict.fromkeys(names, "Q"),
        "gpt_0": "A",
        "fields": f"[{'+'.join((*names, 'marker_gpt'))}],gpt_0,<|eos|>",
    }
    path = written(tmp_path, line)
    if count == 97:
        assert [row.prompt for row in read(path, Name.COH)] == ["Q"]
    else:
        assert faults(path, Name.COH) == [":1: “fields” has more than 100 names"]


def test_a_list_that_is_no_json_is_told_by_line(tmp_path: Path) -> None:
    path = written(tmp_path, b"[", b'{"id": 1},', b'{"id" 2}]', name="rows.json")
    (told,) = faults(path, Name.ARGILLA)
    assert told.endswith(" at character 7 of line 3")


def test_what_a_chain_asks_is_bounded(tmp_path: Path) -> None:
    line = {"a": "a" * LONGEST_TEXT, "b": "b", "gpt_0": "A", "fields": "[a+b],gpt_0,<|eos|>"}
    (told,) = faults(written(tmp_path, line), Name.COH)
    assert told == ":1: “prompt” has 262,147 characters; 262,144 are the most"


RECORD = {
    "fields": {"prompt": "Where?", "first": "Here.", "second": "There."},
    "suggestions": {"preferred": {"value": "first"}},
}


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [
        (Name.TRL_PREFERENCE, {**GOOD, "rejected": ""}, "a pair needs words"),
        (Name.TRL_PREFERENCE, {**GOOD, "chosen": [{}, {}]}, "“chosen” has 2 messages"),
        (Name.TRL_PREFERENCE, {**GOOD, "chosen": [3]}, "a message of “chosen” has to be"),
        (Name.TRL_PREFERENCE, {**GOOD, "chosen": {}}, "a text or a list of messages"),
        (Name.TRL_UNPAIRED, {"prompt": "Q", "completion": "A"}, "“label” has to be true or false"),
        (Name.TRL_COMPLETION, {"prompt": "Q", "completion": ""}, "neither of the two texts"),
        (Name.COH, {"fields": "[a],gpt_x,<|eos|>", "a": "Q"}, "something that is no answer"),
        (Name.COH, {"fields": "[a],gpt_0", "a": "Q"}, "“gpt_0” is missing"),
        (Name.COH, {"fields": "[a\x1b[2J],gpt_0"}, "“fields” has something but names"),
        (Name.COH, {"fields": f"[{'a' * 65}],gpt_0"}, "a name of more than 64 characters"),
        (
            Name.COH,
            {"fields": "[a],gpt_0,[b],gpt_1", "a": "Q", "b": "R", "gpt_0": "A", "gpt_1": "B"},
            "several turns",
        ),
        (Name.ARGILLA, RECORD, "one JSON list of records"),
        (Name.ARGILLA, [3], "record 1: a record has to be a JSON object"),
        (Name.ARGILLA, [{}], "“fields” has to be a JSON object"),
        (Name.ARGILLA, [{**RECORD, "suggestions": None}], "the suggestion for “preferred”"),
        (Name.ARGILLA, [{**RECORD, "responses": {"preferred": "first"}}], "have to be a list"),
        (
            Name.ARGILLA,
            [{**RECORD, "responses": {"preferred": [{"value": "first"}, {"value": "second"}]}}],
            "as many annotators say one thing as another",
        ),
        (
            Name.ARGILLA,
            [{**RECORD, "responses": {"preferred": [{"value": "none"}]}}],
            "neither of two texts is preferred",
        ),
        (
            Name.ARGILLA,
            [
                {
                    "fields": {"prompt": "Q", "first": "A"},
                    "suggestions": {"preferred": {"value": "second"}},
                }
            ],
            "and there is none",
        ),
        (Name.MINIHF, [], "the file has to be a JSON object"),
        (Name.MINIHF, {}, "“responseDict” is missing"),
        (Name.MINIHF, {"responseDict": {"a": {"rating": 1}}}, "“rating” has to be"),
        (Name.MINIHF, {"responseDict": {"a": {"rating": True}}}, "its parent has to be"),
        *(
            (
                Name.MINIHF,
                {"responseDict": {"a": {"rating": True, "prompt": "Q", "text": "A", **when}}},
                "“timestamp” has to be",
            )
            for when in ({"timestamp": at} for at in ("x", True, 631151999999, 7258118400000))
        ),
    ],
)
def test_each_format_has_faults_of_its_own(
    tmp_path: Path, name: Name, value: object, fault: str
) -> None:
    end = "json" if name in (Name.ARGILLA, Name.MINIHF) else "jsonl"
    (told,) = faults(written(tmp_path, value, name=f"rows.{end}"), name)
    assert fault in told


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=8,
)
WORDS = ("pair", "coh", "p", "a,b", "first")
KEYS = (
    *("kind", "prompt", "chosen", "rejected", "form", "text", "segments", "weight", "thread"),
    *("reply_id", "people", "urls", "created_at", "origin", "consent", "completion", "label"),
    *("fields", "suggestions", "responses", "metadata", "responseDict"),
)


@pytest.mark.parametrize("name", Name)
@given(
    value=st.dictionaries(
        st.sampled_from(KEYS), JSON | st.sampled_from(["pair", "coh", "p", "a,b"])
    )
    | JSON
)
def test_whatever_stands_there_is_read_or_told(name: Name, value: object) -> None:
    try:
        rows = list(format_of(name).read(value, NOW))
    except Fault as fault:
        assert str(fault)
    else:
        assert all(row.prompt and (row.chosen or row.rejected) for row in rows)
