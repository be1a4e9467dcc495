"""The pages of phrases, their versions and the audit log, and the buttons on them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from app.domain import OPERATOR, AuditEntry, PhraseWeight, RulingKind, RulingWhat
from app.web.dictionary import ENTRIES
from tests.unit.web.bots import EVIL, MAINTAINER, NOW, SITE, Shown, fill
from tests.unit.web.test_dashboard import words

HOME = "/repositories/1"
TAUGHT = "make check plain"


@pytest.fixture
def filled(bot: Shown) -> Shown:
    """A bot that was taught one phrase."""
    fill(bot)
    return bot


def press(bot: Shown, place: str, fields: Mapping[str, str], **given: object) -> httpx.Response:
    """Sends a form of a page."""
    values = {"origin": SITE, "signed_in": True, **given}
    return bot.client(signed_in=bool(values["signed_in"])).post(
        f"{HOME}/{place}",
        data=fields,
        headers={"Origin": str(values["origin"])},
        follow_redirects=False,
    )


def z(bot: Shown) -> dict[str, float]:
    return {one.phrase: round(one.z, 2) for one in bot.store.weights.latest(1).weights.values()}


@pytest.mark.parametrize(
    ("verb", "what", "weight"),
    [
        ("pin", RulingWhat.PINNED, 6.0),
        ("forbid", RulingWhat.FORBIDDEN, -6.0),
        ("delete", RulingWhat.DELETED, None),
    ],
)
def test_a_phrase_is_decided_and_freed(
    filled: Shown, verb: str, what: RulingWhat, weight: float | None
) -> None:
    answer = press(filled, f"phrases/{verb}", {"phrase": TAUGHT})
    assert (answer.status_code, answer.headers["location"]) == (303, f"{HOME}/phrases")
    assert z(filled).get(TAUGHT) == weight
    [ruling] = filled.store.rulings.of(1)
    assert (ruling.what, ruling.by, ruling.at) == (what, OPERATOR, NOW)
    text = words(filled.client().get(f"{HOME}/phrases").text)
    assert f"{what.value} {TAUGHT} by the operator, 10 Mar 2026, 12:00" in text
    assert press(filled, "phrases/free", {"phrase": TAUGHT}).status_code == 303
    assert filled.store.rulings.of(1) == []
    assert z(filled)[TAUGHT] == 4.14


@pytest.mark.parametrize(
    ("place", "fields", "status", "told"),
    [
        ("phrases/pin", {"phrase": "of the"}, 409, "no phrase"),
        ("phrases/pin", {"phrase": "<b>x</b>"}, 409, "no HTML"),
        ("phrases/pin", {}, 400, "load the page again"),
        ("phrases/pin", {"phrase": "x" * 5000}, 400, "load the page again"),
        ("phrases/free", {"phrase": "make test"}, 409, "nothing to free"),
        ("phrases/rollback", {"version": "77"}, 409, "Version 77 is not kept"),
        ("phrases/rollback", {"version": "1; drop"}, 400, "no number"),
        ("phrases/resume", {}, 409, "no roll-back to lift"),
        ("phrases/dance", {}, 404, "no such button"),
        ("memory/veto", {"memory": "f" * 64}, 409, "not remembered any more"),
        ("memory/restore", {"memory": "f" * 64}, 409, "nothing to free"),
        ("asks/pin", {"phrase": "x"}, 404, "no such button"),
    ],
)
def test_what_cannot_be_done_is_told(
    filled: Shown, place: str, fields: dict[str, str], status: int, told: str
) -> None:
    answer = press(filled, place, fields)
    assert answer.status_code == status
    assert told in answer.text
    assert filled.store.rulings.of(1) == []


@pytest.mark.parametrize("place", ["phrases/pin", "phrases/rollback", "memory/veto"])
@pytest.mark.parametrize(
    "given", [{"origin": "https://elsewhere.test"}, {"origin": "null"}, {"signed_in": False}]
)
def test_nobody_else_presses_them(filled: Shown, place: str, given: dict[str, object]) -> None:
    fields = {"phrase": TAUGHT, "version": "1", "memory": "f" * 64}
    assert press(filled, place, fields, **given).status_code in (401, 403)
    assert filled.store.rulings.of(1) == [] and filled.store.rulings.roll_backs(1) == []


def test_going_back_and_on(filled: Shown) -> None:
    press(filled, "phrases/pin", {"phrase": "use nox"})
    assert press(filled, "phrases/rollback", {"version": "1"}).status_code == 303
    page = filled.client().get(f"{HOME}/phrases").text
    assert "Gone back to version 1 by the operator" in words(page)
    assert page.count('name="version"') == len(filled.store.weights.versions(1)) - 1
    assert press(filled, "phrases/resume", {}).status_code == 303
    assert "Gone back" not in words(filled.client().get(f"{HOME}/phrases").text)


def test_a_version_says_what_changed_and_why(filled: Shown) -> None:
    pinned = {"at": NOW + timedelta(minutes=1), "act": "pinned", "subject": "use nox", "url": ""}
    filled.store.audit.record(1, AuditEntry(person=OPERATOR, **pinned))  # type: ignore[arg-type]
    nox = PhraseWeight(phrase="use nox", z=6.0, liked=0.0, disliked=0.0)
    filled.store.weights.save(1, [nox], NOW + timedelta(minutes=2))
    text = words(filled.client().get(f"{HOME}/phrases/2").text)
    assert "Beside version 1 ; 4 phrases weigh otherwise." in text
    assert "use nox none → +6.00 pinned by the operator, 10 Mar 2026, 12:01" in text
    assert "make test −2.10 → none Evidence grew older" in text
    assert "Go back to it" not in text
    first = words(filled.client().get(f"{HOME}/phrases/1").text)
    assert "Beside nothing, for it is the first that is kept" in first
    assert f"{TAUGHT} none → +3.40 +1.000 edit by max" in first
    assert "make test none → −2.10" in first and "Go back to it" in first
    missing = filled.client().get(f"{HOME}/phrases/99")
    assert missing.status_code == 404 and "The newest that are" in missing.text


def test_a_memory_is_vetoed_and_restored(filled: Shown) -> None:
    page = filled.client().get(f"{HOME}/memory").text
    key = page.partition('name="memory" value="')[2][:64]
    assert press(filled, "memory/veto", {"memory": key}).status_code == 303
    assert filled.store.evidence.counting_memories(1) == []
    assert z(filled) == {}
    page = filled.client().get(f"{HOME}/memory").text
    assert "It counts nothing: somebody vetoed it." in page
    assert press(filled, "memory/restore", {"memory": key}).status_code == 303
    assert len(filled.store.evidence.counting_memories(1)) == 1
    log = words(filled.client().get(f"{HOME}/audit").text)
    assert f"the operator restored {key}" in log and f"the operator vetoed {key}" in log


def test_the_log_is_read_a_page_at_a_time(filled: Shown) -> None:
    entry = AuditEntry(at=NOW, person=MAINTAINER, act="pinned", subject="first", url="")
    for number in range(ENTRIES + 1):
        filled.store.audit.record(1, entry if not number else replace(entry, subject=f"n{number}"))
    first = filled.client().get(f"{HOME}/audit").text
    assert f"max pinned n{ENTRIES}" in words(first) and "first" not in words(first).split()
    assert 'id="older"' in first and 'id="newer"' not in first
    second = filled.client().get(f"{HOME}/audit?page=2").text
    assert "max pinned first" in words(second) and 'id="older"' not in second
    assert "no more entries" in filled.client().get(f"{HOME}/audit?page=3").text
    assert filled.client().get(f"{HOME}/audit?page=0").status_code in (400, 404, 422)


def test_an_empty_log_says_so(bot: Shown) -> None:
    fill(bot)
    assert "Nothing was decided here yet" in bot.client().get(f"{HOME}/audit").text


def test_text_of_people_is_only_text(bot: Shown) -> None:
    fill(bot, text=EVIL)
    by = {"person": replace(MAINTAINER, login=EVIL), "url": "javascript:alert(1)"}
    bot.store.audit.record(1, AuditEntry(at=NOW, act="pinned", subject=EVIL, **by))  # type: ignore[arg-type]
    phrase = f"make check {EVIL}"
    assert press(bot, "phrases/forbid", {"phrase": phrase}).status_code == 303
    weights = [PhraseWeight(phrase=phrase, z=3.0, liked=1.0, disliked=0.0)]
    bot.store.weights.save(1, weights, NOW)
    for place in ("phrases", "phrases/2", "audit", "memory"):
        page = bot.client().get(f"{HOME}/{place}")
        assert page.status_code == 200
        assert "<script" not in page.text and "<img" not in page.text
        assert "javascript:" not in page.text
    assert [one.kind for one in bot.store.rulings.of(1)] == [RulingKind.PHRASE]


def test_a_preference_is_put_beside_a_correction(filled: Shown) -> None:
    page = filled.client().get(f"{HOME}/memory").text
    number = page.partition('name="number" value="')[2].partition('"')[0]
    said = "Name the file, <b>not</b> the folder."
    given = {"number": number, "preference": said}
    assert press(filled, "memory/say", given).status_code == 303
    page = filled.client().get(f"{HOME}/memory").text
    assert "Wanted: Name the file, &lt;b&gt;not&lt;/b&gt; the folder." in page
    assert press(filled, "memory/say", given | {"preference": "x" * 241}).status_code == 409
    assert press(filled, "memory/say", given | {"number": "999999"}).status_code == 409
