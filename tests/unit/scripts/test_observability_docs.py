"""The tables of docs/observability.md are those of the code."""

from pathlib import Path

import pytest

from scripts.observability_docs import PAGE, Event, _events_of, events, metrics, page

UNBOUNDED = {"user", "login", "asker", "number", "thread", "comment", "delivery", "ask", "question"}


def test_the_page_is_up_to_date() -> None:
    text = PAGE.read_text("utf-8")
    assert text == page(text), "run `make docs`"


def test_a_page_without_a_place_is_a_fault() -> None:
    with pytest.raises(ValueError, match="no place for the table of metrics"):
        page("# Watching")


def test_no_label_grows_with_use() -> None:
    for row in metrics():
        assert not set(row.labels) & UNBOUNDED, row.name


def test_names_follow_prometheus() -> None:
    for row in metrics():
        assert row.name.startswith("treadle_")
        assert row.words.endswith(".")
        assert (row.kind == "counter") == row.name.endswith("_total")


def test_events_are_found_with_their_fields(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import scripts.observability_docs as docs

    monkeypatch.setattr(docs, "ROOT", tmp_path)
    module = tmp_path / "one.py"
    module.write_text(
        "log.info('a.b', repository=1, **more)\n"
        "log.exception('a.' + state.value, step=name)\n"
        "log.warning(f'a.{state}')\n"
        "other.info('no.event')\n"
        "log.info()\n",
        "utf-8",
    )
    assert list(_events_of(module)) == [
        Event(name="a.b", level="info", fields=["repository"], modules=["one.py"]),
        Event(name="a.*", level="error", fields=["step"], modules=["one.py"]),
        Event(name="a.*", level="warning", fields=[], modules=["one.py"]),
    ]


def test_what_several_places_log_is_one_line() -> None:
    found = [(event.name, event.level) for event in events()]
    assert found == sorted(set(found))
    (promoted,) = (event for event in events() if event.name == "adapter.promoted")
    assert len(promoted.modules) > 1


def test_no_event_has_a_field_for_text_of_people() -> None:
    for event in events():
        assert not set(event.fields) & {"body", "text", "question", "answer", "title", "token"}
