"""compose.yaml says what the code does: commands, settings, ports, secrets, health checks.

The rules are those of https://docs.docker.com/reference/compose-file/ that this file needs.
"""

import re
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml
from click.testing import CliRunner

from app import secret_files
from app.cli import app
from app.settings import PREFIX, Settings

ROOT = Path(__file__).resolve().parents[3]
VARIABLE = re.compile(r"\$\{(\w+)(?::?([-?])([^}]*))?\}")
OF_A_SERVICE = {
    "build",
    "cap_drop",
    "command",
    "depends_on",
    "deploy",
    "environment",
    "healthcheck",
    "image",
    "init",
    "networks",
    "ports",
    "profiles",
    "pull_policy",
    "read_only",
    "restart",
    "secrets",
    "security_opt",
    "stop_grace_period",
    "tmpfs",
    "volumes",
}


def filled_in(value: Any) -> Any:
    """The value with each variable's default in its place; one without a default is "given"."""
    if isinstance(value, dict):
        return {name: filled_in(part) for name, part in value.items()}
    if isinstance(value, list):
        return [filled_in(part) for part in value]
    if isinstance(value, str):
        return VARIABLE.sub(lambda m: m[3] if m[2] == "-" else "given", value)
    return value


FILE: dict[str, Any] = filled_in(yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8")))
SERVICES: dict[str, Any] = FILE["services"]
OURS = {name: one for name, one in SERVICES.items() if one["image"] == "treadle"}


def test_the_file_has_only_what_the_specification_knows() -> None:
    assert {name for name in FILE if not name.startswith("x-")} == {
        "name",
        "services",
        "networks",
        "volumes",
        "secrets",
    }
    for name, service in SERVICES.items():
        assert set(service) <= OF_A_SERVICE, name


@pytest.mark.parametrize("kind", ["networks", "secrets", "volumes"])
def test_what_services_name_is_declared_and_used(kind: str) -> None:
    named = {
        part.partition(":")[0] for service in SERVICES.values() for part in service.get(kind, ())
    }
    assert named == set(FILE[kind])


@pytest.mark.parametrize("name", OURS)
def test_commands_are_there(name: str) -> None:
    program, *words = OURS[name]["command"]
    assert program == "treadle"
    command = typer.main.get_command(app)
    made = command.make_context("treadle", words, resilient_parsing=False)
    sub, *rest = [*made._protected_args, *made.args]
    # Raises where an option or a value of it is unknown.
    command.commands[sub].make_context(sub, rest)  # type: ignore[attr-defined]
    assert CliRunner().invoke(command, [sub, "--help"]).exit_code == 0


@pytest.mark.parametrize("name", OURS)
def test_settings_are_there_and_secrets_are_files(name: str) -> None:
    known = {PREFIX + setting.upper() for setting in Settings.model_fields}
    files = {secret_files.variable(setting, PREFIX) for setting in secret_files.NAMES}
    files.add("TREADLE_PRIVATE_KEY_FILE")
    environment = OURS[name]["environment"]
    assert set(environment) <= known | files
    read = {environment[variable] for variable in files if variable in environment}
    assert read == {f"/run/secrets/{secret}" for secret in OURS[name]["secrets"]}
    # No secret is a variable, where `docker inspect` shows it.
    plain = {variable.removesuffix("_FILE") for variable in files}
    assert not plain & set(environment)


def test_secrets_are_not_in_git() -> None:
    ignored = (ROOT / ".gitignore").read_text("utf-8").splitlines()
    assert all(one["file"].startswith("./secrets/") for one in FILE["secrets"].values())
    assert "/secrets/" in ignored


@pytest.mark.parametrize("name", SERVICES)
def test_services_are_closed_in(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert "/tmp" in service["tmpfs"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert service["restart"] == "unless-stopped"
    if name in OURS:
        assert service["cap_drop"] == ["ALL"]
        assert service["volumes"] == ["data:/data"]
        assert service["depends_on"]["postgres"]["condition"] == "service_healthy"


def test_the_webhook_alone_is_open_and_to_this_machine_alone() -> None:
    ports = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert ports == {"web": [f"127.0.0.1:8080:{Settings.model_fields['port'].default}"]}
    # The database is reached from within.
    assert SERVICES["postgres"]["networks"] == ["inside"]
    assert FILE["networks"]["inside"] == {"internal": True}


def test_the_image_is_built_here_and_never_fetched() -> None:
    policies = {name: service["pull_policy"] for name, service in OURS.items()}
    assert policies.pop("web") == "build"
    assert set(policies.values()) == {"never"}
    assert [name for name, service in SERVICES.items() if "build" in service] == ["web"]
    arguments = OURS["web"]["build"]["args"]
    dockerfile = (ROOT / "Dockerfile").read_text("utf-8")
    assert set(arguments) <= set(re.findall(r"^ARG (\w+)", dockerfile, flags=re.MULTILINE))


def test_every_service_has_a_health_check() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text("utf-8")
    # That of the image asks the webhook's port, which workers do not have.
    assert "HEALTHCHECK" in dockerfile and "environ['TREADLE_PORT']" in dockerfile
    assert {name for name, one in SERVICES.items() if "healthcheck" not in one} == {"web"}
    for name, service in OURS.items():
        if "healthcheck" in service:
            port = service["environment"]["TREADLE_METRICS_PORT"]
            assert f"http://127.0.0.1:{port}/healthz" in service["healthcheck"]["test"][-1], name


def test_postgres_has_a_major_version_and_its_own_folder() -> None:
    found = re.fullmatch(r"postgres:(\d+)", SERVICES["postgres"]["image"])
    assert found is not None
    # https://github.com/docker-library/postgres/pull/1259
    assert int(found[1]) >= 18
    assert SERVICES["postgres"]["volumes"] == ["postgres:/var/lib/postgresql"]


def test_a_stop_leaves_time_for_work_in_hand() -> None:
    from app.jobs import GRACE_SECONDS

    for service in OURS.values():
        seconds = int(service["stop_grace_period"].removesuffix("s"))
        assert seconds >= 2 * GRACE_SECONDS
