"""Renews `requirements.lock`: every package of every extra, resolved by pip, one exact pin each.

Run `make lock`. Pins that stand in the file are kept as far as they go together; with
`--upgrade` all are chosen anew, the newest that pip finds.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"
EXTRAS = ("playground", "models", "supabase", "dev")

# What torch asks for on Linux alone, in versions that torch itself fixes exactly.
PLATFORM = re.compile(r"(nvidia|cuda)-.*|triton")

HEADER = """\
# Exact versions of everything that Treadle and its extras need; `make lock` renews them.
#
#   pip install -c requirements.lock -e ".[dev,models]"    what `make setup` does
#   pip install -c requirements.lock -e ".[dev]"           the same without language models
#   pip install -r requirements.lock                       everything, Supabase too
#
# torch stands here without a suffix, so that its builds for CPUs (2.13.0+cpu) and for GPUs are
# both admitted, and what the build for NVIDIA GPUs needs on Linux, some 2.2 GB, does not stand
# here: it names those packages itself, exactly. Which build comes is up to the indexes that pip
# asks; docs/development.md says how to choose.
"""


def canonical(name: str) -> str:
    """The name as registries compare it: lower case, single hyphens."""
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(report: dict[str, Any]) -> Iterable[tuple[str, str]]:
    """Name and public version of each package in pip's installation report, sorted by name."""
    found = {
        canonical(item["metadata"]["name"]): item["metadata"]["version"].partition("+")[0]
        for item in report["install"]
    }
    found.pop("treadle", None)
    return sorted(pin for pin in found.items() if not PLATFORM.fullmatch(pin[0]))


def resolve(constraints: Path | None) -> dict[str, Any]:
    """Asks pip what it would install into an empty environment; returns its report."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--dry-run"]
        command += ["--disable-pip-version-check", "--ignore-installed", "--report", str(report)]
        command += ["-c", str(constraints)] if constraints else []
        command += [f"{ROOT}[{','.join(EXTRAS)}]"]
        subprocess.run(command, check=True)
        found: dict[str, Any] = json.loads(report.read_text("utf-8"))
        return found


def main() -> None:
    """Writes the lock file."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--upgrade", action="store_true", help="choose every version anew")
    upgrade: bool = parser.parse_args().upgrade
    lines = [f"{name}=={version}\n" for name, version in pins(resolve(None if upgrade else LOCK))]
    LOCK.write_text(HEADER + "".join(lines), "utf-8")
    print(f"{LOCK.name}: {len(lines)} packages")


if __name__ == "__main__":
    main()
