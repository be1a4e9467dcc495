"""What the run against another GitHub says is missing, and what it counts in a log."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from bench import other_github
from bench.emulate import events
from bench.other_github import lacking


@pytest.fixture
def packages(tmp_path: Path) -> Path:
    for name in ("core", "github"):
        place = tmp_path / "node_modules" / "@emulators" / name / "dist" / "index.js"
        place.parent.mkdir(parents=True)
        place.touch()
    return tmp_path


@pytest.mark.parametrize(
    ("node", "said", "missing"),
    [
        (None, "", "Node 20 or newer is not installed"),
        ("/bin/node", "v18.20.4\n", "Node 20 or newer is needed, and this is v18.20.4"),
        ("/bin/node", "what?\n", "Node 20 or newer is needed, and this is what?"),
        ("/bin/node", "v20.0.0\n", ""),
        ("/bin/node", "v24.1.0\n", ""),
    ],
)
def test_node(
    monkeypatch: pytest.MonkeyPatch, packages: Path, node: str | None, said: str, missing: str
) -> None:
    monkeypatch.setattr(other_github.shutil, "which", lambda _: node)
    answer = SimpleNamespace(stdout=said)
    monkeypatch.setattr(other_github.subprocess, "run", lambda *_, **__: answer)
    assert lacking(packages) == missing


def test_a_package_that_is_not_there(monkeypatch: pytest.MonkeyPatch, packages: Path) -> None:
    monkeypatch.setattr(other_github.shutil, "which", lambda _: "/bin/node")
    answer = SimpleNamespace(stdout="v22.0.0")
    monkeypatch.setattr(other_github.subprocess, "run", lambda *_, **__: answer)
    (packages / "node_modules" / "@emulators" / "github" / "dist" / "index.js").unlink()
    assert "@emulators/github" in lacking(packages)


def test_events_of_a_log(tmp_path: Path) -> None:
    log = tmp_path / "bot.log"
    log.write_text(
        'Dashboard: http://127.0.0.1:1/\n{"event": "ask.opened", "level": "info"}\n'
        'Traceback\n{"event": "ask.opened", "level": "info"}\n{"event": "x.y", "level": "error"}\n'
    )
    assert events(log) == {("info", "ask.opened"): 2, ("error", "x.y"): 1}
