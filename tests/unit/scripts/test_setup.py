"""`scripts/setup.sh` on machines that lack something: it names the command that brings it."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[3] / "scripts/setup.sh"
TOOLS = ("sh", "dirname", "cat", "cmp", "rm", "awk", "tail", "mkdir", "cp")

Machine = Callable[..., subprocess.CompletedProcess[str]]

# What the fakes answer: to the question for the version, for venv, and for the version's number.
TOO_OLD = "exit 1"
NO_VENV = """case "$2" in *version_info*) echo 3.11;; *ensurepip*) exit 1;; esac"""
# Makes an environment whose Python is itself; its pip fails or works as FAKE_PIP says.
GOOD = """
case "$*" in
    *"-m pip install"*) echo "pip $*" >>pip.txt; echo "Collecting things"; $FAKE_PIP ;;
    *"-m venv"*) mkdir -p .venv/bin; cp "$0" .venv/bin/python ;;
    *) echo 3.11 ;;
esac"""


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """Runs the script on a machine with the given programs and nothing else."""
    project, tools = tmp_path / "project", tmp_path / "bin"
    (project / "scripts").mkdir(parents=True)
    tools.mkdir()
    shutil.copy(SCRIPT, project / "scripts")
    (project / "pyproject.toml").write_text("[project]\n", "utf-8")
    (project / "requirements.lock").write_text("one==1\n", "utf-8")
    for name in TOOLS:
        real = shutil.which(name)
        assert real is not None
        (tools / name).symlink_to(real)

    def run(
        variables: dict[str, str] | None = None, **programs: str
    ) -> subprocess.CompletedProcess[str]:
        for name, body in programs.items():
            program = tools / name.replace("_", ".").replace("apt.get", "apt-get")
            program.write_text(f"#!/bin/sh\n{body}\n", "utf-8")
            program.chmod(0o755)
        return subprocess.run(
            [str(tools / "sh"), str(project / "scripts/setup.sh")],
            env={"PATH": str(tools)} | (variables or {}),
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=20,
        )

    return run


@pytest.mark.parametrize(
    ("packager", "command"),
    [
        ("apt_get", "sudo apt-get install python3.11 python3.11-venv"),
        ("dnf", "sudo dnf install python3.11"),
        ("brew", "brew install python@3.11"),
    ],
)
def test_no_python(machine: Machine, packager: str, command: str) -> None:
    done = machine(**{packager: ""})
    assert done.returncode == 1
    assert "needs Python 3.11 or newer" in done.stderr
    assert command in done.stderr


def test_python_too_old(machine: Machine) -> None:
    done = machine(python3=TOO_OLD)
    assert done.returncode == 1
    assert "needs Python 3.11 or newer" in done.stderr


def test_python_without_venv(machine: Machine) -> None:
    done = machine(python3=NO_VENV, apt_get="")
    assert done.returncode == 1
    assert "sudo apt-get install python3.11-venv" in done.stderr


def test_the_newest_tried_python_is_taken_first(machine: Machine) -> None:
    done = machine({"FAKE_PIP": "true"}, python3=TOO_OLD, python3_11=GOOD)
    assert done.returncode == 0
    assert "(python3.11)" in done.stdout


def test_a_named_python_is_the_only_one_asked(machine: Machine) -> None:
    done = machine({"PYTHON": "mypython", "FAKE_PIP": "true"}, python3=TOO_OLD, mypython=GOOD)
    assert done.returncode == 0
    assert "(mypython)" in done.stdout


def test_pip_that_fails_is_shown_and_tried_again(machine: Machine) -> None:
    done = machine({"FAKE_PIP": "false"}, python3=GOOD)
    assert done.returncode == 1
    assert "pip did not finish" in done.stderr
    assert "Collecting things" in done.stderr
    assert machine({"FAKE_PIP": "true"}).returncode == 0


def test_nothing_is_done_when_nothing_changed(machine: Machine, tmp_path: Path) -> None:
    first = machine({"FAKE_PIP": "true"}, python3=GOOD)
    assert "Treadle is set up." in first.stdout
    assert machine({"FAKE_PIP": "false"}).stdout == ""
    with (tmp_path / "project/requirements.lock").open("a", encoding="utf-8") as lock:
        lock.write("two==2\n")
    assert machine({"FAKE_PIP": "true"}).stdout.endswith("Treadle is set up.\n")


def test_settings_that_move_packages_elsewhere_are_not_passed_on(machine: Machine) -> None:
    shown = 'echo "ERROR: $PIP_TARGET/$PYTHONPATH/$PIP_USER/$PIP_INDEX_URL"; exit 1'
    variables = {
        "PIP_TARGET": "elsewhere",
        "PYTHONPATH": "elsewhere",
        "PIP_USER": "1",
        "PIP_INDEX_URL": "mirror",
        "FAKE_PIP": "show",
    }
    done = machine(variables, python3=GOOD, show=shown)
    assert "ERROR: //0/mirror" in done.stdout


INDEX = "https://wheels.example.org/cpu"


def asked(tmp_path: Path) -> list[str]:
    """The arguments of each call of pip, those that TORCH changes."""
    said = (tmp_path / "project/pip.txt").read_text("utf-8").splitlines()
    return [line.partition("-c requirements.lock ")[2] for line in said]


@pytest.mark.parametrize(
    ("torch", "arguments"),
    [
        ("", "-e .[dev,models]"),
        ("yes", "-e .[dev,models]"),
        ("no", "-e .[dev]"),
        (INDEX, f"--extra-index-url {INDEX} -e .[dev,models]"),
    ],
)
def test_torch_comes_unless_it_is_left_out(
    machine: Machine, tmp_path: Path, torch: str, arguments: str
) -> None:
    done = machine({"TORCH": torch, "FAKE_PIP": "true"}, python3=GOOD)
    assert done.returncode == 0
    assert asked(tmp_path) == [arguments]


def test_what_torch_said_holds_until_it_is_said_anew(machine: Machine, tmp_path: Path) -> None:
    pip = {"FAKE_PIP": "true"}
    machine(pip | {"TORCH": "no"}, python3=GOOD)
    assert machine(pip).stdout == ""
    machine(pip | {"TORCH": "yes"})
    assert asked(tmp_path) == ["-e .[dev]", "-e .[dev,models]"]


def test_a_choice_that_could_not_be_installed_is_not_kept(machine: Machine, tmp_path: Path) -> None:
    machine({"FAKE_PIP": "false", "TORCH": "no"}, python3=GOOD)
    assert machine({"FAKE_PIP": "true"}).returncode == 0
    assert asked(tmp_path) == ["-e .[dev]", "-e .[dev,models]"]


@pytest.mark.parametrize("torch", ["cpu", "gpu", "2.13.0", "--index-url"])
def test_another_word_is_refused_and_says_where_the_address_stands(
    machine: Machine, torch: str
) -> None:
    done = machine({"TORCH": torch}, python3=GOOD)
    assert done.returncode == 1
    assert "https://pytorch.org/get-started/locally/" in done.stderr


SAYS = """cat <<'END'
Collecting torch==2.13.0
  Downloading https://files.example.org/a/b/torch-2.13.0-cp311-none-any.whl (797.1 MB)
Collecting nvidia-cublas==13.1
  Downloading nvidia_cublas-13.1-py3-none-any.whl (99.9 MB)
Collecting nvidia-cudnn-cu13==9.2
  Downloading nvidia_cudnn_cu13-9.2-py3-none-any.whl (1.2 GB)
END"""


def test_sizes_are_said_before_and_while_they_are_fetched(machine: Machine) -> None:
    done = machine({"FAKE_PIP": "says"}, python3=GOOD, says=SAYS)
    before, while_fetched = done.stdout.split("says how\n")
    assert "some 2.2 GB" in before
    assert while_fetched.splitlines()[:3] == [
        "  fetching torch (797.1 MB)",
        "  this build of torch is for NVIDIA GPUs: some 2.2 GB of their packages come with it",
        "  fetching nvidia_cudnn_cu13 (1.2 GB)",
    ]
    assert "some 2.2 GB" not in machine({"FAKE_PIP": "true", "TORCH": "no"}).stdout
