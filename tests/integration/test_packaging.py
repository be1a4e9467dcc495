"""What pip installs is all that git knows of the packages, the built-in model's files too."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BOBBIN = Path("app/models/bobbin")
MOST_BYTES = 12_000_000
BUILD = "import sys; from setuptools.build_meta import build_wheel; print(build_wheel(sys.argv[1]))"


def tracked(*patterns: str) -> list[str]:
    command = ["git", "ls-files", "-z", "--", *patterns]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return [name for name in listed.stdout.split("\0") if name and (ROOT / name).exists()]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The names in the wheel that is built of a copy of the repository."""
    folder = tmp_path_factory.mktemp("source")
    wanted = ("pyproject.toml", "README.md", "LICENSE", "app", "prompts", "playground")
    for name in tracked(*wanted):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    subprocess.run(
        [sys.executable, "-c", BUILD, "out"],
        cwd=folder,
        # Its warnings are about setuptools' own ways; what counts is what comes out.
        env={**os.environ, "PYTHONWARNINGS": "ignore"},
        check=True,
        capture_output=True,
        timeout=120,
    )
    (built,) = (folder / "out").glob("*.whl")
    with zipfile.ZipFile(built) as archive:
        return set(archive.namelist())


def test_the_wheel_has_every_file_of_the_packages(wheel: set[str]) -> None:
    assert [name for name in tracked("app", "prompts", "playground") if name not in wheel] == []


@pytest.mark.parametrize(
    "name",
    [
        "README.md",
        "config.json",
        "figures.json",
        "generation_config.json",
        "model.safetensors",
        "tokenizer.json",
        "tokenizer_config.json",
    ],
)
def test_the_wheel_has_the_built_in_model(wheel: set[str], name: str) -> None:
    assert f"{BOBBIN}/{name}" in wheel


def test_the_built_in_model_stays_small() -> None:
    sizes = {name: (ROOT / name).stat().st_size for name in tracked(str(BOBBIN))}
    assert 0 < sum(sizes.values()) <= MOST_BYTES, sizes


def test_git_leaves_weights_as_they_are() -> None:
    command = ["git", "check-attr", "text", "diff", "merge", "--", f"{BOBBIN}/model.safetensors"]
    told = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    assert [line.rpartition(": ")[2] for line in told.splitlines()] == ["unset"] * 3
