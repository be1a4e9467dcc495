"""Carries out the Dockerfile in a clean folder, without Docker: `make rehearse`.

Every instruction is read from the Dockerfile itself. Absolute paths of the image lie under a
temporary folder, a virtual environment stands in for the Python of the image that a stage begins
with, COPY takes only files that git knows and `.dockerignore` lets through, or those of an earlier
stage. What an earlier stage leaves behind is deleted before the start command runs, as the image's
user and with a read-only root (where we are root), until the image's own health check passes.
Exit 1 names the step that failed.
"""

import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from scripts.docker_container import Broken, Container

ROOT = Path(__file__).resolve().parent.parent
PASSED_ON = re.compile(r"PIP_.*|(HTTPS?|NO|ALL)_PROXY|(SSL_CERT|REQUESTS_CA)_\w+", re.IGNORECASE)
DEVELOPMENT = ("hypothesis", "mypy", "playwright", "pytest")
COMPILERS = ("cc", "gcc", "g++", "c++", "clang", "make", "rustc", "cargo")
VENV = ("-m", "venv", "--clear")
STEP_WITHIN = 900
# Not /tmp: the container gets one of its own.
BUILT_IN = "/var/tmp"
MAKE_KEY = """\
from cryptography.hazmat.primitives import serialization as s
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key as make
f = (s.Encoding.PEM, s.PrivateFormat.TraditionalOpenSSL, s.NoEncryption())
print(make(65537, 2048).private_bytes(*f).decode())
"""


def instructions(text: str) -> Iterator[tuple[str, str]]:
    """Instruction and argument of each logical line of a Dockerfile."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    for line in re.sub(r"\s*\\\s*\n\s*", " ", "\n".join(lines)).splitlines():
        if line.strip():
            word, _, rest = line.strip().partition(" ")
            yield word.upper(), rest.strip()


def command(argument: str) -> list[str]:
    """The words of a CMD, exec form or shell form."""
    if argument.startswith("["):
        words: list[str] = json.loads(argument)
        return words
    return ["/bin/sh", "-c", argument]


def free_port() -> int:
    """A port of 127.0.0.1 that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Rehearsal:
    """The image as far as it is built: folders, variables, a user, a start command.

    The stage that is being built always lies in the same folder, so that absolute paths which
    programs note of themselves hold in the stages that copy from it.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root = folder / "root"
        self.stages: dict[str, Path] = {}
        self.stage = ""
        self.paths: list[str] = []
        self.copied: list[str] = []
        passed = {name: value for name, value in os.environ.items() if PASSED_ON.fullmatch(name)}
        self.base = passed | {"PATH": f"{folder}/python/bin:/usr/bin:/bin", "HOME": str(folder)}
        self._begin()

    def _begin(self) -> None:
        self.root.mkdir()
        self.workdir = self.root
        self.env = dict(self.base)
        self.uid: int | None = None
        self.start: list[str] = []
        self.health: list[str] = []

    def build(self, dockerfile: str) -> None:
        """Carries out every instruction in order."""
        steps = list(instructions(dockerfile))
        self.paths = [path for word, path in steps if word in ("WORKDIR", "VOLUME")]
        self.paths += [path for word, path in steps if word == "COPY" for path in copied(path)]
        self.paths = list(dict.fromkeys(self.paths))
        for word, argument in steps:
            print(f"{word} {argument[:100]}", flush=True)
            step = getattr(self, f"on_{word.lower()}", None)
            if step is None:
                raise Broken(f"{word}: the rehearsal does not know this instruction")
            step(argument)
        for left in self.stages.values():
            shutil.rmtree(left)

    def inside(self, text: str) -> str:
        """The text with the image's absolute paths moved under the folder."""
        for path in self.paths:
            text = re.sub(rf"(?<![\w/.]){re.escape(path)}(?![\w.-])", f"{self.root}{path}", text)
        return text

    def on_from(self, argument: str) -> None:
        """Ends the stage before, and makes the Python that the image would bring."""
        image, _, name = argument.partition(" AS ")
        if self.stage:
            self.stages[self.stage] = self.folder / f"stage-{self.stage}"
            self.root.rename(self.stages[self.stage])
            self._begin()
        self.stage = name or "final"
        found = re.search(r"python:(\d+\.\d+)", image)
        if found is None:
            raise Broken(f"FROM {image}: not a Python image")
        name = f"python{found[1]}"
        for folder in os.get_exec_path():
            python = Path(folder) / name
            # The start command runs as another user, which must be able to reach this Python.
            if python.exists() and self.runs(python):
                self.run([str(python), *VENV, str(self.folder / "python")])
                return
        raise Broken(f"FROM {image}: no {name} on PATH that every user may run")

    def runs(self, python: Path) -> bool:
        """Whether a user without rights can run this Python."""
        user = 65534 if os.geteuid() == 0 else None
        try:
            check = [str(python), "-c", "import venv, ensurepip"]
            return not subprocess.run(check, user=user, cwd="/", capture_output=True).returncode
        except PermissionError:
            return False

    def on_env(self, argument: str) -> None:
        """Sets variables, `NAME=value` each, in which `$NAME` stands for what was set before."""
        before = dict(self.env)
        for pair in shlex.split(argument):
            name, _, value = pair.partition("=")
            value = self.inside(value)
            self.env[name] = re.sub(r"\$(\w+)", lambda found: before.get(found[1], ""), value)

    def on_label(self, argument: str) -> None:
        """Only words about the image; their names must be those that registries know."""
        for pair in shlex.split(argument):
            name, equals, _ = pair.partition("=")
            if not equals or not name.startswith("org.opencontainers.image."):
                raise Broken(f"LABEL {name}: no label of the OCI's image specification")

    def on_stopsignal(self, argument: str) -> None:
        """The signal that the command is stopped with here."""
        if argument != "SIGTERM":
            raise Broken(f"STOPSIGNAL {argument}: only SIGTERM ends the processes in order")

    def on_arg(self, argument: str) -> None:
        """Sets a variable of the build to its default, where nothing else has set it."""
        name, equals, default = argument.partition("=")
        if equals:
            self.env.setdefault(name, default)

    def on_workdir(self, argument: str) -> None:
        """Makes the folder and goes there."""
        self.workdir = Path(self.inside(argument))
        self.workdir.mkdir(parents=True, exist_ok=True)

    def on_copy(self, argument: str) -> None:
        """Copies tracked files and folders, or those of an earlier stage."""
        if argument.startswith("--from="):
            self._copy_stage(*argument.removeprefix("--from=").split())
            return
        *sources, target = argument.split()
        allowed = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
        for source in sources:
            if f"!{source}" not in allowed:
                raise Broken(f"COPY {source}: .dockerignore leaves it out")
            listed = subprocess.run(
                ["git", "ls-files", "-z", "--", source],
                cwd=ROOT, check=True, capture_output=True, text=True,
            )  # fmt: skip
            if not listed.stdout:
                raise Broken(f"COPY {source}: git knows no such file")
            for name in filter(None, listed.stdout.split("\0")):
                inner = Path(name).relative_to(source) if (ROOT / source).is_dir() else Path(name)
                copy = self.workdir / target / inner
                self.copied.append(name)
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / name, copy)

    def _copy_stage(self, name: str, source: str, target: str) -> None:
        if name not in self.stages:
            raise Broken(f"COPY --from={name}: no earlier stage has this name")
        found = self.stages[name] / source.lstrip("/")
        if not found.exists():
            raise Broken(f"COPY --from={name} {source}: the stage has no such file")
        copy = self.root / target.lstrip("/")
        copy.parent.mkdir(parents=True, exist_ok=True)
        # The stage is deleted in the end: links cost no room meanwhile.
        shutil.copytree(found, copy, symlinks=True, copy_function=os.link)

    def on_run(self, argument: str) -> None:
        """Runs a shell command as root would, here as whoever we are."""
        if os.geteuid() != 0:
            argument = re.sub(r"\bchown \S+", "test -e", argument)
        self.run(["/bin/sh", "-ec", self.inside(argument)])

    def on_user(self, argument: str) -> None:
        """Remembers the user; root is refused."""
        self.uid = int(argument.partition(":")[0])
        if self.uid == 0:
            raise Broken("USER: the container would run as root")

    def on_volume(self, argument: str) -> None:
        """Only a declaration; the folder must be there and be the user's."""
        folder = Path(self.inside(argument))
        if not folder.is_dir():
            raise Broken(f"VOLUME {argument}: nothing made this folder")
        if os.geteuid() == 0 and folder.stat().st_uid != self.uid:
            raise Broken(f"VOLUME {argument}: the user cannot write there")

    def on_expose(self, argument: str) -> None:
        """Only a declaration; it must be the port that is listened on."""
        if argument != self.env.get("TREADLE_PORT"):
            raise Broken(f"EXPOSE {argument}: TREADLE_PORT is another")

    def on_healthcheck(self, argument: str) -> None:
        """Remembers the command."""
        self.health = command(argument.partition("CMD ")[2])

    def on_cmd(self, argument: str) -> None:
        """Remembers the command."""
        self.start = command(argument)

    def check_packages(self) -> None:
        """Every copied file of a package is installed, data too; nothing for development is."""
        (installed,) = self.root.glob("srv/treadle/lib/python*/site-packages")
        missing = [name for name in self.copied if "/" in name and not (installed / name).exists()]
        if missing:
            raise Broken(f"pip did not install {', '.join(missing)}: see package-data")
        if found := [name for name in DEVELOPMENT if (installed / name).exists()]:
            raise Broken(f"the image has packages of development in it: {', '.join(found)}")
        programs = {path.name for path in self.root.glob("srv/treadle/bin/*")}
        if tools := sorted(programs & {"pip", *COMPILERS}):
            raise Broken(f"the image has programs of the build in it: {', '.join(tools)}")

    def run(self, words: list[str]) -> None:
        """Runs a build step to its end."""
        done = subprocess.run(words, cwd=self.workdir, env=self.env, timeout=STEP_WITHIN)
        if done.returncode:
            raise Broken(f"exit status {done.returncode}")

    def container(self, settings: dict[str, str]) -> Container:
        """What the image's command runs in, with settings of the start."""
        if not (self.uid and self.start and self.health):
            raise Broken("USER, CMD or HEALTHCHECK is missing")
        return Container(
            root=self.root,
            env=self.env | settings,
            workdir=self.workdir,
            uid=self.uid,
            start=self.start,
            health=self.health,
        )


def copied(argument: str) -> list[str]:
    """The absolute path that a COPY makes, if it makes one."""
    target = argument.split()[-1]
    return [target] if target.startswith("/") else []


def main() -> int:
    """Rehearses; returns the exit status."""
    with tempfile.TemporaryDirectory(prefix="treadle-image-", dir=BUILT_IN) as name:
        folder = Path(name)
        folder.chmod(0o755)
        image = Rehearsal(folder)
        try:
            image.build((ROOT / "Dockerfile").read_text("utf-8"))
            image.check_packages()
            key = subprocess.run(
                [str(image.root / "srv/treadle/bin/python"), "-c", MAKE_KEY],
                check=True, capture_output=True, text=True,
            )  # fmt: skip
            container = image.container(
                {
                    "TREADLE_APP_ID": "1",
                    "TREADLE_WEBHOOK_SECRET": "rehearsal",
                    "TREADLE_PRIVATE_KEY": key.stdout,
                    # Nothing listens on port 9: the rehearsal talks to no one.
                    "TREADLE_GITHUB_API_URL": "http://127.0.0.1:9",
                    "TREADLE_PORT": str(free_port()),
                    "TREADLE_ADMIN_PORT": str(free_port()),
                }
            )
            container.serve()
            if container.read_only:
                print("With a read-only root it wrote:", *container.written(), sep="\n  ")
        except Broken as broken:
            print(f"broken: {broken}", file=sys.stderr)
            return 1
    print("The Dockerfile's steps work.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
