"""The rehearsal reads Dockerfiles as Docker does, and finds what is wrong with them."""

from pathlib import Path

import pytest

from scripts.docker_rehearsal import Broken, Rehearsal, command, instructions


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
    assert image.inside(text) == moved.format(tmp_path)


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
    ],
)
def test_faults_are_named(tmp_path: Path, dockerfile: str, reason: str) -> None:
    with pytest.raises(Broken, match=reason):
        Rehearsal(tmp_path).build(dockerfile)


def test_variables_and_work_folder_reach_commands(tmp_path: Path) -> None:
    Rehearsal(tmp_path).build("ENV A='b c'\nWORKDIR /w\nRUN echo \"$A\" > out")
    assert (tmp_path / "w/out").read_text("utf-8") == "b c\n"


@pytest.mark.parametrize(
    ("dockerfile", "said"),
    [
        ('ARG A=default\nRUN echo "$A" > out', "default"),
        ('ARG A\nRUN echo "${A-unset}" > out', "unset"),
        ('ENV A=set\nARG A=default\nRUN echo "$A" > out', "set"),
    ],
)
def test_arguments_of_the_build(tmp_path: Path, dockerfile: str, said: str) -> None:
    Rehearsal(tmp_path).build(dockerfile)
    assert (tmp_path / "out").read_text("utf-8") == f"{said}\n"


def test_a_command_that_ends_by_itself_is_found(tmp_path: Path) -> None:
    image = Rehearsal(tmp_path)
    image.build('USER 10001\nHEALTHCHECK --interval=1s CMD ["false"]\nCMD ["true"]')
    with pytest.raises(Broken, match="ended by itself"):
        image.serve({})


@pytest.mark.parametrize(
    ("installed", "reason"),
    [
        (["app/a.py"], "did not install app/a.txt"),
        (["app/a.py", "app/a.txt", "pytest"], "development in it: pytest"),
    ],
)
def test_the_installed_packages_are_checked(
    tmp_path: Path, installed: list[str], reason: str
) -> None:
    for name in installed:
        file = tmp_path / "venv/lib/python3.11/site-packages" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    image = Rehearsal(tmp_path)
    image.copied = ["pyproject.toml", "app/a.py", "app/a.txt"]
    with pytest.raises(Broken, match=reason):
        image.check_packages()
