"""The doctor with a GitHub that answers, and with models that load or do not."""

import re
from contextlib import closing
from pathlib import Path

from app.checks import Finding
from app.doctor import examine
from app.domain import LearnedIssue, LearnedState
from app.settings import load
from app.store import migrate, open_store
from playground.keys import kept_private_key
from playground.server import Playground
from tests.stored import NOW, a_repository
from tests.tiny_models import save_model

PAGE = Path(__file__).parents[2] / "docs" / "doctor.md"
ROWS = PAGE.read_text("utf-8").partition("## Parts")[2].partition("\n\n")[2].partition("\n\n")[0]
DOCUMENTED = {
    part for row in ROWS.splitlines() for part in re.findall("`([^`]+)`", row.split("|")[1])
}


def told(**settings: str) -> dict[str, Finding]:
    """What is found of each part, the last of each; all of them are documented."""
    environment = {f"TREADLE_{name}": value for name, value in settings.items()}
    found = {finding.part: finding for finding in examine(environment)}
    assert set(found) <= DOCUMENTED
    return found


def app_of(playground: Playground) -> dict[str, str]:
    return {
        "APP_ID": str(playground.app_id),
        "PRIVATE_KEY": playground.private_key_pem,
        "WEBHOOK_SECRET": playground.webhook_secret,
        "GITHUB_API_URL": playground.api_url,
        "MODEL": "extract",
    }


def test_the_app_is_known_where_its_key_fits(tmp_path: Path) -> None:
    with Playground() as playground:
        settings = {**app_of(playground), "DATA_DIR": str(tmp_path)}
        found = told(**settings)["App reached"]
        assert found.state == "ok"
        assert found.told.startswith(playground.api_url) and found.told.endswith("[bot]")
        other = told(**{**settings, "PRIVATE_KEY": kept_private_key(tmp_path / "other.pem")})
    assert other["App reached"].state == "fault"
    assert "GitHub does not accept the App's key" in other["App reached"].told


def test_an_app_that_is_installed_finds_all_that_github_has(tmp_path: Path) -> None:
    with Playground() as playground:
        world = playground.world
        place = world.create_repository("olivia", "loom", files={"README.md": b"# Loom\n"})
        olivia = world.person("olivia")
        world.create_comment(olivia, world.create_issue(olivia, place, "How?", ""), "Like this.")
        playground.install("olivia")
        settings = {**app_of(playground), "DATA_DIR": str(tmp_path)}
        migrate(load({f"TREADLE_{name}": value for name, value in settings.items()}))
        environment = {f"TREADLE_{name}": value for name, value in settings.items()}
        with closing(open_store(load(environment))) as store:
            repository = a_repository(name="silk")
            store.repositories.save(repository)
            refused = LearnedState.REFUSED
            store.learned.save(LearnedIssue(repository_id=repository.id, state=refused, due_at=NOW))
        all_found = told(**settings)
        found = {part: one.state for part, one in all_found.items()}
    assert f"{repository.full_name}, where issues are off" in all_found["learned issue"].told
    assert found == {
        "learned issue": "open",
        "settings": "ok",
        "data folder": "ok",
        "database": "ok",
        "App reached": "ok",
        "permissions": "ok",
        "events": "ok",
        "installed": "ok",
        "webhook address": "fault",
        "webhook": "open",
        "worker": "open",
        "first question": "open",
        "GraphQL": "ok",
        "reactions": "ok",
        "people's rights": "ok",
        "repository text": "ok",
        "configuration": "ok",
        "model": "ok",
    }


def test_a_github_that_cannot_be_reached(tmp_path: Path) -> None:
    found = told(
        APP_ID="1",
        PRIVATE_KEY=kept_private_key(tmp_path / "key.pem"),
        WEBHOOK_SECRET="s",
        # Nothing listens there.
        GITHUB_API_URL="http://127.0.0.1:9",
        DATA_DIR=str(tmp_path),
        MODEL="extract",
    )["App reached"]
    assert found.state == "fault"
    assert "could not be reached" in found.told
    assert "TREADLE_GITHUB_API_URL" in found.remedy


def test_a_model_is_loaded_and_writes(tmp_path: Path) -> None:
    folder = save_model(tmp_path / "tiny", "llama")
    found = told(MODEL=str(folder), DATA_DIR=str(tmp_path / "data"))
    states = {part: one.state for part, one in found.items() if part != "App reached"}
    assert states == {
        "settings": "ok",
        "data folder": "ok",
        "database": "ok",
        "packages": "ok",
        "network": "ok",
        "model": "ok",
        "prompts": "fault",
        "writing": "ok",
        "judging": "ok",
    }
    assert found["prompts"].told.startswith("the model reads 512 tokens")
    assert "parameters in float32 on cpu" in found["model"].told


def test_a_model_that_does_not_load_is_told_in_words(tmp_path: Path) -> None:
    found = told(MODEL="owner/of-nothing", DATA_DIR=str(tmp_path / "data"))
    assert found["model"].state == "fault"
    assert "could not be had from the hub" in found["model"].told
    assert "writing" not in found
