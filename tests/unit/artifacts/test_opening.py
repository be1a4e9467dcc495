"""The settings decide where adapters' files are."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from app.artifacts import open_artifacts, opening
from app.errors import ConfigError
from app.settings import load
from tests.unit.artifacts.made import FILES, NAME, trained

PROJECT = {"SUPABASE_URL": "https://p.supabase.co", "SUPABASE_SERVICE_KEY": "sb_secret_x"}


def variables(**given: str) -> dict[str, str]:
    return {f"TREADLE_{name}": value for name, value in given.items()}


def test_files_stay_on_this_machine_by_default(tmp_path: Path) -> None:
    artifacts = open_artifacts(load({}, data_dir=tmp_path / "data"))
    assert not (tmp_path / "data").exists()
    artifacts.put(NAME, trained(tmp_path / "a"))
    assert artifacts.fetch(NAME, FILES) == tmp_path / "data" / "adapters" / NAME
    artifacts.close()


def test_what_lacks_is_named_with_both_ways_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "find_spec", lambda _: None)
    with pytest.raises(ConfigError) as caught:
        open_artifacts(load(variables(ARTIFACTS="supabase", **PROJECT)))
    [fault] = caught.value.faults
    assert "needs the package supabase: `pip install 'treadle[supabase]'`" in fault
    assert "TREADLE_ARTIFACTS=local" in fault


def test_the_package_is_not_imported_before_it_is_wanted(tmp_path: Path) -> None:
    program = (
        "import sys; from app.artifacts import open_artifacts; from app.settings import load; "
        "open_artifacts(load({})); sys.exit('supabase' in sys.modules)"
    )
    assert importlib.util.find_spec("app") is not None
    result = subprocess.run([sys.executable, "-c", program], check=False)
    assert result.returncode == 0


@pytest.mark.parametrize(
    ("lacking", "words"),
    [
        (("SUPABASE_URL",), "needs `TREADLE_SUPABASE_URL`: set"),
        (("SUPABASE_SERVICE_KEY",), "needs `TREADLE_SUPABASE_SERVICE_KEY`: set"),
        (
            ("SUPABASE_URL", "SUPABASE_SERVICE_KEY"),
            "needs `TREADLE_SUPABASE_URL` and `TREADLE_SUPABASE_SERVICE_KEY`: set",
        ),
    ],
)
def test_supabase_wants_its_project(lacking: tuple[str, ...], words: str) -> None:
    given = {name: value for name, value in PROJECT.items() if name not in lacking}
    with pytest.raises(ConfigError, match=f"^TREADLE_ARTIFACTS: `supabase` {words}"):
        load(variables(ARTIFACTS="supabase", **given))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SUPABASE_URL", "p.supabase.co"),
        ("SUPABASE_URL", "https://p.supabase.co?x"),
        ("SUPABASE_SERVICE_KEY", "sb secret"),
        ("SUPABASE_SERVICE_KEY", "sb_secret\n"),
        ("SUPABASE_SERVICE_KEY", "schlüssel"),
        ("SUPABASE_BUCKET", "../x"),
        ("SUPABASE_BUCKET", "a/b"),
        ("SUPABASE_TIMEOUT", "0"),
        ("ARTIFACTS", "s3"),
    ],
)
def test_a_faulty_setting_is_one_fault_and_shows_no_key(name: str, value: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(variables(**{"ARTIFACTS": "supabase"} | PROJECT | {name: value}))
    [fault] = caught.value.faults
    assert fault.startswith(f"TREADLE_{name}: ")
    assert "secret" not in fault


def test_the_key_is_not_shown() -> None:
    settings = load(variables(ARTIFACTS="supabase", **PROJECT))
    assert "sb_secret" not in repr(settings)
