"""Logs: one line a state change, and no local variables in traces."""

import io
import json
import sys

import pytest
import structlog

from app.logs import configure


class Terminal(io.StringIO):
    """Standard error that a person looks at."""

    def isatty(self) -> bool:
        return True


def fail() -> None:
    body = "my cat is called Fluff"
    raise ValueError(len(body))


@pytest.mark.parametrize("kind", [Terminal, io.StringIO])
def test_a_trace_does_not_show_what_people_wrote(
    kind: type[io.StringIO], monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = kind()
    monkeypatch.setattr(sys, "stderr", screen)
    configure("info")
    try:
        fail()
    except ValueError:
        structlog.get_logger().exception("step.broken", step="ask.draft")
    text = screen.getvalue()
    assert "step.broken" in text
    assert "ValueError: 22" in text
    assert 'File "' in text.replace('\\"', '"')
    assert "Fluff" not in text.replace('body = "my cat is called Fluff"', "")


def test_a_line_is_json_where_no_person_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = io.StringIO()
    monkeypatch.setattr(sys, "stderr", screen)
    configure("warning")
    structlog.get_logger().info("ask.drafted", ask="k")
    structlog.get_logger().warning("step.again", step="ask.draft")
    values = json.loads(screen.getvalue())
    assert values.pop("timestamp").endswith("Z")
    assert values == {"event": "step.again", "level": "warning", "step": "ask.draft"}
