"""The command line: what goes to standard output, and what to standard error."""

import json
import sys
from pathlib import Path

import pytest
import structlog

from app.cli import main


def log(*_: object, **__: object) -> None:
    structlog.get_logger().info("reply.taught", reply=1)
    structlog.get_logger().warning("sweep.unreachable", repository=1)


@pytest.mark.parametrize(
    ("arguments", "work"),
    [
        (("sweep", "o/r"), "inspection.sweep_now"),
        (("why", "http://h"), "inspection.show_why"),
        (("weights", "o/r"), "dictionaries.showing.show_weights"),
        (("audit", "o/r"), "dictionaries.auditing.show_audit"),
        (("export", "o/r", "--output", "rows.jsonl"), "exchanging.export_rows"),
        (("ask", "How?"), "inspection.ask_folder"),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else value,
)
def test_the_log_is_no_part_of_what_is_printed(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    work: str,
) -> None:
    monkeypatch.setattr(f"app.{work}", log)
    monkeypatch.setattr(sys, "argv", ["treadle", *arguments])
    with pytest.raises(SystemExit) as caught:
        main()
    written = capsys.readouterr()
    assert caught.value.code in (0, None)
    assert written.out == ""
    assert "sweep.unreachable" in written.err
    assert "reply.taught" not in written.err


@pytest.mark.parametrize(("app_id", "status"), [("", 0), ("1", 1)])
def test_the_doctor_prints_only_json_and_tells_by_its_status(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    app_id: str,
    status: int,
) -> None:
    monkeypatch.setenv("TREADLE_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("TREADLE_APP_ID", app_id)
    monkeypatch.setattr(sys, "argv", ["treadle", "doctor", "--json"])
    with pytest.raises(SystemExit) as caught:
        main()
    assert caught.value.code == status
    assert json.loads(capsys.readouterr().out)["ok"] is (status == 0)
