"""`treadle playground` as it starts: with an App and what a bot needs, or without one."""

import socket
from pathlib import Path

import httpx
import pytest

from app import run
from playground.server import Playground


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[Playground]:
    """The playgrounds that were started; each is stopped as soon as it would serve."""
    found: list[Playground] = []

    def serve_here(self: Playground) -> None:
        with self:
            found.append(self)

    monkeypatch.setattr(Playground, "serve_here", serve_here)
    monkeypatch.setattr(run, "OWN_TEXT", ("README.md",))
    return found


def test_with_an_app(
    started: list[Playground], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run.run_playground(port=0, data=tmp_path) == 0
    [playground] = started
    [installation] = playground.world.installations
    assert installation.app_id == playground.app_id
    said = capsys.readouterr().out
    assert f"TREADLE_APP_ID={playground.app_id}" in said
    assert f"TREADLE_GITHUB_API_URL={playground.api_url}" in said


def test_without_an_app(started: list[Playground], capsys: pytest.CaptureFixture[str]) -> None:
    assert run.run_playground(port=0, data=None, with_app=False) == 0
    [playground] = started
    assert list(playground.world.apps) == list(playground.world.installations) == []
    assert [r.name for r in playground.world.repositories] == ["treadle"]
    said = capsys.readouterr().out
    assert f"TREADLE_GITHUB_API_URL={playground.api_url}" in said
    assert f"{playground.url}/smee/new" in said
    assert "TREADLE_MODEL=extract .venv/bin/treadle serve" in said
    assert "TREADLE_APP_ID" not in said
    # The form that makes an App asks for an organisation of one's own, too.
    weavers = playground.world.account(run.ORGANISATION)
    assert weavers.kind == "Organization"
    assert weavers.owner_ids == (playground.world.account(run.OWNER).id,)


def test_a_connection_sends_at_once() -> None:
    with Playground() as playground, httpx.Client(base_url=playground.url) as client:
        assert client.get("/_health").is_success
        [connection] = playground.server.server_state.connections
        taken = connection.transport.get_extra_info("socket")
        assert taken.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
