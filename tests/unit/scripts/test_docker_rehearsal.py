"""The rehearsal reads Dockerfiles as Docker does, and finds what is wrong with them."""

import os
import shutil
import sys
from pathlib import Path

import pytest

from scripts import docker_rehearsal
from scripts.docker_container import Broken, Container
from scripts.docker_rehearsal import Rehearsal, command, instructions


def test_comments_blank_lines_and_continuations() -> None:
    text = "# one\nFROM python:3.11-slim\n\nENV A=1 \\\n    # two\n    B=2\nrun  true\n"
    assert list(instructions(text)) == [
        ("FROM", "python:3.11-slim"),
        ("ENV", "A=1 B=2"),
        ("RUN", "true"),
    ]


@pytest.mark.parametrize(
    ("argument", "words"),
    [('["treadle", "serve"]', ["treadle", "serve"]), ("a b", ["/bin/sh", "-c", "a b"])],
)
def test_command_forms(argument: str, words: list[str]) -> None:
    assert command(argument) == words


@pytest.mark.parametrize(
    ("text", "moved"),
    [
        ("mkdir -p /data && chown 1:1 /data", "mkdir -p {0}/data && chown 1:1 {0}/data"),
        ("/data/a /data", "{0}/data/a {0}/data"),
        ("/database /my/data ./data", "/database /my/data ./data"),
    ],
)
def test_paths_of_the_image_move_under_the_folder(tmp_path: Path, text: str, moved: str) -> None:
    image = Rehearsal(tmp_path)
    image.paths = ["/data"]
    assert image.inside(text) == moved.format(tmp_path / "root")


@pytest.mark.parametrize(
    ("dockerfile", "reason"),
    [
        ("ONBUILD RUN true", "does not know"),
        ("FROM debian", "not a Python image"),
        ("USER 0", "as root"),
        ("VOLUME /data", "nothing made"),
        ("EXPOSE 1", "another"),
        ("COPY tests ./tests", ".dockerignore leaves it out"),
        ("RUN false", "exit status 1"),
        ("COPY --from=build /a /a", "no earlier stage"),
        ("LABEL maintainer=ann", "no label of the OCI"),
        ("STOPSIGNAL SIGKILL", "in order"),
    ],
)
def test_faults_are_named(tmp_path: Path, dockerfile: str, reason: str) -> None:
    with pytest.raises(Broken, match=reason):
        Rehearsal(tmp_path).build(dockerfile)


def test_variables_and_work_folder_reach_commands(tmp_path: Path) -> None:
    Rehearsal(tmp_path).build("ENV A='b c'\nWORKDIR /w\nRUN echo \"$A\" > out")
    assert (tmp_path / "root/w/out").read_text("utf-8") == "b c\n"


@pytest.mark.parametrize(
    ("dockerfile", "said"),
    [
        ('ARG A=default\nRUN echo "$A" > out', "default"),
        ('ARG A\nRUN echo "${A-unset}" > out', "unset"),
        ('ENV A=set\nARG A=default\nRUN echo "$A" > out', "set"),
        ('ENV A=set\nENV A=more:$A B=$A\nRUN echo "$A $B" > out', "more:set set"),
    ],
)
def test_arguments_of_the_build(tmp_path: Path, dockerfile: str, said: str) -> None:
    Rehearsal(tmp_path).build(dockerfile)
    assert (tmp_path / "root/out").read_text("utf-8") == f"{said}\n"


def test_a_command_that_ends_by_itself_is_found(tmp_path: Path) -> None:
    image = Rehearsal(tmp_path)
    image.build('USER 10001\nHEALTHCHECK --interval=1s CMD ["false"]\nCMD ["true"]')
    with pytest.raises(Broken, match="ended by itself"):
        image.container({}).serve()


STAGES = f"""\
FROM python:{sys.version_info[0]}.{sys.version_info[1]}-slim AS build
ARG SECRET=of-the-build
WORKDIR /src
RUN mkdir -p /srv/app && ln -s one /srv/app/two && pwd > /srv/app/one && touch /src/left-behind
FROM python:{sys.version_info[0]}.{sys.version_info[1]}-slim
COPY --from=build /srv/app /srv/app
RUN echo "${{SECRET-unset}}" > out
"""


@pytest.fixture
def no_pip(monkeypatch: pytest.MonkeyPatch) -> None:
    """What these stages do without is not installed into their Python."""
    monkeypatch.setattr(docker_rehearsal, "VENV", (*docker_rehearsal.VENV, "--without-pip"))


@pytest.mark.usefixtures("no_pip")
def test_a_stage_takes_only_what_it_copies(tmp_path: Path) -> None:
    image = Rehearsal(tmp_path)
    image.runs = lambda python: True  # type: ignore[method-assign]
    image.build(STAGES)
    root = tmp_path / "root"
    assert (root / "out").read_text("utf-8") == "unset\n"
    # The stage lay where the image lies now, so that what it noted of its own place holds.
    assert (root / "srv/app/two").read_text("utf-8") == f"{root}/src\n"
    assert sorted(path.name for path in root.rglob("*")) == ["app", "one", "out", "srv", "two"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["python", "root"]


@pytest.mark.usefixtures("no_pip")
def test_a_stage_lacks_a_file(tmp_path: Path) -> None:
    image = Rehearsal(tmp_path)
    image.runs = lambda python: True  # type: ignore[method-assign]
    with pytest.raises(Broken, match="/srv/other: the stage has no such file"):
        image.build(STAGES.replace("/srv/app /srv/app", "/srv/other /srv/app"))


TRIES = """\
from pathlib import Path
from sys import argv
for name in argv[1:]:
    try:
        Path(name).write_text("here")
    except OSError as error:
        print(error.strerror)
"""


def test_a_container_writes_its_data_and_temporary_files_alone(
    capfd: pytest.CaptureFixture[str],
) -> None:
    # Not under /tmp, in place of which the container sees one of its own.
    root = Path("/var/tmp") / f"treadle-test-{os.getpid()}"
    data = root / "data"
    data.mkdir(parents=True)
    try:
        os.chown(root, 10001, 10001)
        os.chown(data, 10001, 10001)
        script = root / "tries.py"
        script.write_text(TRIES, "utf-8")
        places = [data / "a", Path("/tmp/treadle-b"), root / "c"]
        container = Container(
            root=root,
            env={"PATH": os.environ["PATH"]},
            workdir=data,
            uid=10001,
            start=["/usr/bin/python3", str(script), *map(str, places)],
            health=["false"],
        )
        if not container.read_only:
            pytest.skip("takes root and `unshare`")
        with pytest.raises(Broken, match="ended by itself with status 0"):
            container.serve()
        assert container.written() == ["/data/a", "/tmp/treadle-b"]
        assert not (root / "c").exists()
        assert "Read-only file system" in capfd.readouterr().out
    finally:
        shutil.rmtree(root)


@pytest.mark.parametrize(
    ("installed", "reason"),
    [
        (["app/a.py"], "did not install app/a.txt"),
        (["app/a.py", "app/a.txt", "pytest"], "development in it: pytest"),
        (["app/a.py", "app/a.txt", "../../../bin/pip"], "of the build in it: pip"),
    ],
)
def test_the_installed_packages_are_checked(
    tmp_path: Path, installed: list[str], reason: str
) -> None:
    image = Rehearsal(tmp_path)
    for name in installed:
        file = tmp_path / "root/srv/treadle/lib/python3.11/site-packages" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    image.copied = ["pyproject.toml", "app/a.py", "app/a.txt"]
    with pytest.raises(Broken, match=reason):
        image.check_packages()
