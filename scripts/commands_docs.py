"""Writes `docs/commands.md` from the `treadle` command itself; run `make docs`."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from app.cli import app

ROOT = Path(__file__).resolve().parent.parent

PAGE = """\
# Commands

`make setup` installs the `treadle` command as `.venv/bin/treadle`; `make demo` and `make run`
call it for you. `treadle --help` and `treadle COMMAND --help` say in the terminal what stands
here. Settings are read from the environment: see [settings](settings.md).

Exit status: 0 done, 1 it did not work, 2 set up or used wrongly. Errors go to standard error
and say what to do.

<!-- The rest is written by `make docs` from app/cli.py. -->
"""


def flag(parameter: Any) -> str:
    """How a parameter is written: `QUESTION`, `--json`, `--path PATH`."""
    if parameter.param_type_name == "argument":
        return str(parameter.name).upper()
    option = max(parameter.opts, key=len)
    return option if parameter.is_flag else f"{option} {option.lstrip('-').upper()}"


def usage(name: str, parameters: list[Any]) -> str:
    """One line that shows the whole command; optional parts in brackets."""
    words = [flag(one) if one.required else f"[{flag(one)}]" for one in parameters]
    return " ".join(["treadle", name, *words])


def sections() -> Iterator[str]:
    """A section a command, in the order of `treadle --help`."""
    for name, command in _named(typer.main.get_command(app)):
        parameters = [one for one in command.params if one.name != "help"]
        yield f"\n## treadle {name}\n\n{command.help}\n\n```\n{usage(name, parameters)}\n```\n"
        if parameters:
            yield "\n| part | default | what it is |\n| --- | --- | --- |\n"
        for one in parameters:
            default = (
                ""
                if one.required or one.default is None or one.default is False or one.default == ""
                else f"`{one.default}`"
            )
            yield f"| `{flag(one)}` | {default} | {one.help} |\n"


def _named(group: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """All commands with their names, those of groups with the group's name before them."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from _named(command, f"{prefix}{name} ")
        else:
            yield f"{prefix}{name}", command


def page() -> str:
    """The text of `docs/commands.md`."""
    return PAGE + "".join(sections())


def main() -> None:
    """Writes the page and says so."""
    (ROOT / "docs/commands.md").write_text(page(), "utf-8")
    print("docs/commands.md written")


if __name__ == "__main__":
    main()
