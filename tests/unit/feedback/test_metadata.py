"""The hidden block: what is written comes back, what is forged does not."""

import hashlib
import hmac
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import Comment, Person
from app.feedback.metadata import (
    MOST,
    Block,
    Tampered,
    answer_part,
    fault,
    fitted,
    is_own,
    read,
    seal,
    strip,
)
from app.text.layout import BLOCK_CLOSE, BLOCK_OPEN, lay_out

KEYS = {"k2": "the key that signs now", "k1": "the key that signed before"}
BODY = lay_out("Run `make test`.", "1. [README](x)", "Votes teach.")
VALUES = {"app": "ask", "reply_to": 29, "sources": ["a.md:1-3@abc"], "model": None}

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.floats(allow_nan=False, width=32),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
).filter(lambda value: "inf" not in repr(value))
fields = st.dictionaries(
    st.text().filter(lambda name: name not in ("trigger", "body_sha256")), json_values, max_size=5
)


def sealed(body: str = BODY, trigger: str = "IC_29", **values: object) -> str:
    return seal(body, VALUES | values, keys=KEYS, trigger_node_id=trigger)


def test_what_is_sealed_is_read() -> None:
    assert read(sealed(), keys=KEYS, trigger_node_id="IC_29") == Block(
        values=VALUES, trigger_node_id="IC_29", key_id="k2", intact=True
    )


def test_the_format_is_one_line_after_the_visible_body() -> None:
    body = sealed()
    visible, line = body.rsplit("\n\n", 1)
    assert visible == BODY
    assert line.startswith('<!-- treadle {"app":"ask",')
    assert line.endswith(" -->")
    assert "\n" not in line


def test_the_signature_is_hmac_over_json_trigger_and_hash_of_the_body() -> None:
    line = sealed().rsplit("\n\n", 1)[1]
    text, key_id, signature = line.removeprefix(BLOCK_OPEN).removesuffix(BLOCK_CLOSE).rsplit(" ", 2)
    assert f'"body_sha256":"{hashlib.sha256(BODY.encode()).hexdigest()}"' in text
    message = b"".join(
        len(part).to_bytes(8, "big") + part
        for part in (b"treadle block 1", b"k2", b"IC_29", text.encode())
    )
    assert key_id == "k2"
    assert signature == hmac.new(KEYS["k2"].encode(), message, "sha256").hexdigest()


@given(body=st.text(), values=fields, trigger=st.text())
def test_any_body_and_values_come_back(body: str, values: dict[str, object], trigger: str) -> None:
    full = seal(body, values, keys=KEYS, trigger_node_id=trigger)
    found = read(full, keys=KEYS, trigger_node_id=trigger)
    assert isinstance(found, Block)
    assert (found.values, found.trigger_node_id, found.intact) == (values, trigger, True)
    line = full[len(body.rstrip()) + 2 :]
    assert line[4:-3].count("--") == line[4:-3].count("<") == line[4:-3].count(">") == 0


@given(st.text(), st.text())
def test_reading_any_text_raises_nothing(body: str, more: str) -> None:
    read(body + BLOCK_OPEN + more + BLOCK_CLOSE, keys=KEYS)
    read(body, keys=KEYS)


def test_editing_the_visible_body_leaves_the_block_valid_and_is_told() -> None:
    found = read(sealed().replace("make test", "pytest"), keys=KEYS, trigger_node_id="IC_29")
    assert isinstance(found, Block)
    assert found.intact is False
    assert found.values == VALUES


def test_line_ends_of_the_web_editor_are_no_edit() -> None:
    found = read(sealed().replace("\n", "\r\n") + "\r\n", keys=KEYS, trigger_node_id="IC_29")
    assert isinstance(found, Block)
    assert found.intact is True


def test_older_keys_verify_and_the_first_signs() -> None:
    old = seal(BODY, VALUES, keys={"k1": KEYS["k1"]}, trigger_node_id="IC_29")
    found = read(old, keys=KEYS, trigger_node_id="IC_29")
    assert isinstance(found, Block)
    assert found.key_id == "k1"


def line_of(body: str) -> str:
    return body.rsplit("\n\n", 1)[1]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (sealed(trigger="IC_1"), "wrong signature"),
        (sealed().replace('"reply_to":29', '"reply_to":30'), "wrong signature"),
        (sealed().replace(" k2 ", " k1 "), "wrong signature"),
        (sealed().replace(" k2 ", " k9 "), "unknown key"),
        (BODY + "\n\n" + line_of(sealed())[:80], "malformed"),
        (BODY + "\n\n<!-- treadle {} k2 " + "0" * 64 + " -->", "malformed"),
        (BODY + "\n\n<!-- treadle {oops} k2 " + "0" * 64 + " -->", "malformed"),
        (BODY + "\n\n<!-- treadle {" + "[" * 50_000 + "} k2 " + "0" * 64 + " -->", "malformed"),
        (BODY + "\n\n<!-- treadle I was not here -->", "malformed"),
    ],
)
def test_what_does_not_verify_is_flagged(body: str, reason: str) -> None:
    assert read(body, keys=KEYS, trigger_node_id="IC_29") == Tampered(reason=reason)


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        (sealed(), ""),
        (sealed().replace("Run", "Do run"), ""),
        (BODY, "its hidden block is gone"),
        (
            sealed(trigger="IC_1"),
            "its hidden block is not the one that was posted: wrong signature",
        ),
        (f"{sealed()}\n{line_of(sealed(trigger='IC_1'))}", "it has another hidden block beside"),
        (f"<!-- treadle {{}} x -->\n{sealed()}", "it has another hidden block beside"),
    ],
)
def test_the_fault_of_a_block_in_words(body: str, wrong: str) -> None:
    found = fault(body, keys=KEYS, trigger_node_id="IC_29")
    assert found.startswith(wrong) and bool(found) == bool(wrong)


@pytest.mark.parametrize(
    "body", ["", BODY, "treadle {} k2 " + "0" * 64, "In text: `<!-- treadle {json} id sig -->`"]
)
def test_a_body_without_a_block_has_none(body: str) -> None:
    assert read(body, keys=KEYS) is None


def test_a_genuine_block_among_forged_ones_is_found() -> None:
    forged = line_of(sealed(app="forged")).replace(" k2 ", " k9 ")
    for body in (f"{forged}\n\n{sealed()}", f"{sealed()}\n\n{forged}"):
        found = read(body, keys=KEYS, trigger_node_id="IC_29")
        assert isinstance(found, Block)
        assert found.values == VALUES


def test_a_block_copied_from_another_thread_fails_there() -> None:
    other = sealed("Another answer.", trigger="IC_77")
    pasted = BODY + "\n\n" + line_of(other)
    assert read(pasted, keys=KEYS, trigger_node_id="IC_29") == Tampered(reason="wrong signature")
    without_thread = read(pasted, keys=KEYS)
    assert isinstance(without_thread, Block)
    assert without_thread.trigger_node_id == "IC_77"
    assert without_thread.intact is False


def test_nothing_is_sealed_without_a_key_or_with_values_json_lacks() -> None:
    with pytest.raises(ValueError, match="signing key"):
        seal(BODY, VALUES, keys={}, trigger_node_id="IC_29")
    with pytest.raises(ValueError, match="JSON compliant"):
        sealed(score=float("nan"))


def test_stripping_takes_the_block_and_only_the_block() -> None:
    assert strip(sealed()) == BODY
    assert strip(sealed().replace("\n", "\r\n")) == BODY
    assert answer_part(sealed()) == "Run `make test`."


def test_a_block_that_fits_stays_as_it_is() -> None:
    assert fitted(VALUES) == VALUES


def test_the_longest_collection_is_cut_from_its_end_and_the_block_says_so() -> None:
    # {"a":["xxxxxxxx","xxxxxxxx","xxxxxxxx","xxxxxxxx"],"b":{"k":1},"n":7} has 69 characters.
    # An item less is 11 less, and ,"cut":true is 11 more.
    block = {"a": ["x" * 8] * 4, "b": {"k": 1}, "n": 7}
    assert fitted(block, 69) == block
    assert fitted(block, 68) == {"a": ["x" * 8] * 2, "b": {"k": 1}, "n": 7, "cut": True}
    assert fitted(block, 57) == {"a": ["x" * 8], "b": {"k": 1}, "n": 7, "cut": True}
    assert fitted(block, 37) == {"a": [], "b": {"k": 1}, "n": 7, "cut": True}
    assert fitted(block, 36) == {"a": [], "b": {}, "n": 7, "cut": True}


@pytest.mark.parametrize("item", ["x" * 30_000, "語" * 4_000, "<-->@" * 1_000])
def test_a_block_is_cut_as_long_as_it_is_written(item: str) -> None:
    block = {"n": 1, "list": [item] * 9, "map": {f"{item}{n}": n for n in range(9)}}
    line = seal("", fitted(block), keys=KEYS, trigger_node_id="IC_29")
    assert len(line) < MOST + 300
    found = read(line, keys=KEYS, trigger_node_id="IC_29")
    assert isinstance(found, Block)
    assert (found.values["n"], found.values["cut"]) == (1, True)


def test_what_cannot_be_cut_is_refused() -> None:
    with pytest.raises(ValueError, match="too long"):
        fitted({"a": "x" * (MOST + 1), "b": [1, 2]})


@pytest.mark.parametrize(
    ("app_id", "body", "own"),
    [
        pytest.param(7, "Hello.", True, id="named"),
        pytest.param(8, sealed(), False, id="a copy by another App"),
        pytest.param(None, sealed(), True, id="not named, as posted"),
        pytest.param(None, sealed().replace("make test", "make it"), False, id="not named, edited"),
        pytest.param(None, sealed().replace("IC_29", "IC_30"), False, id="not named, forged"),
        pytest.param(None, "Hello.", False, id="somebody's"),
    ],
)
def test_whose_comment_it_is(app_id: int | None, body: str, own: bool) -> None:
    comment = Comment(
        id=1,
        node_id="IC_1",
        url="",
        body=body,
        author=Person(id=2, login="ann"),
        created_at=datetime(2026, 1, 2, tzinfo=UTC),
        app_id=app_id,
    )
    assert is_own(comment, app_id=7, keys=KEYS) == own
