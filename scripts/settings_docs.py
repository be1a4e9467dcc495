"""Writes `docs/settings.md` and `.env.example` from `app/settings.py`; run `make docs`."""

import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt
from pydantic import SecretStr
from pydantic.fields import FieldInfo

from app import secret_files
from app.artifact_settings import ArtifactSettings
from app.database_settings import DatabaseSettings
from app.model_settings import ModelSettings
from app.settings import PREFIX, Settings
from app.training_settings import TrainingSettings

ROOT = Path(__file__).resolve().parent.parent

PAGE = """\
# Settings

Treadle is configured by environment variables alone. A start with a faulty or unknown
`TREADLE_` variable lists every fault at once and ends with status 2. An empty variable counts
as unset. `.env.example` holds the same list to copy from: give the copy to your process
manager or container (`docker run --env-file .env`); Treadle reads no such file by itself.

Secrets can stand in files instead, blanks and line ends around them left out. These variables
name the files:
{secrets}.

To answer on GitHub, an App is needed: `treadle serve` without one leads through making it, and
keeps it in `DATA_DIR`. Or set `TREADLE_APP_ID`, `TREADLE_WEBHOOK_SECRET` and one of the two
private-key settings, which then win whole. Everything else has a default that works on one
machine.

What can differ from repository to repository (who may ask, paths, limits) is not set here but
in the repository's `.github/treadle.yml`. Where a description names another setting, it leaves
out `TREADLE_`.

<!-- The table is written by `make docs` from app/settings.py. -->

| variable | default | allowed | what it does |
| --- | --- | --- | --- |
"""

EXAMPLE = """\
# Settings of Treadle; docs/settings.md says the same as a table. Lines that are commented out
# show the default. Written by `make docs` from app/settings.py.
"""

LAST = [
    name
    for part in (DatabaseSettings, ModelSettings, TrainingSettings, ArtifactSettings)
    for name in part.model_fields
]
# What is needed to talk to GitHub comes first, the parts of the settings last.
FIELDS = dict(
    sorted(
        Settings.model_fields.items(),
        key=lambda field: LAST.index(field[0]) if field[0] in LAST else -1,
    )
)

# Without these, Treadle cannot talk to GitHub: they stand uncommented in .env.example.
NEEDED = ("app_id", "private_key_file", "webhook_secret")


@dataclass(frozen=True, kw_only=True)
class Row:
    """One setting as people read it; `default` and `allowed` are empty where there is none."""

    variable: str
    default: str
    allowed: str
    description: str
    needed: bool


def default_text(value: object) -> str:
    """A default as it would be written in the environment, secrets and empty values as ""."""
    if value is None or isinstance(value, SecretStr | dict):
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:g}"
    return str(value)


def allowed_text(field: FieldInfo) -> str:
    """The values that a setting takes: its words, or its range."""
    if get_origin(field.annotation) is Literal:
        return ", ".join(f"`{word}`" for word in get_args(field.annotation))
    bounds = []
    for rule in field.metadata:
        match rule:
            case Ge(ge=least):
                bounds.append(f"{least} or more")
            case Gt(gt=below):
                bounds.append(f"more than {below}")
            case Le(le=most):
                bounds.append(f"at most {most}")
            case Lt(lt=above):
                bounds.append(f"less than {above}")
    return ", ".join(bounds)


def rows(fields: Mapping[str, FieldInfo]) -> Iterator[Row]:
    """The settings in the order of `app/settings.py`."""
    for name, field in fields.items():
        default = field.get_default(call_default_factory=True, validated_data={})
        yield Row(
            variable=PREFIX + name.upper(),
            default="" if name in NEEDED else default_text(default),
            allowed=allowed_text(field),
            description=field.description or "",
            needed=name in NEEDED,
        )


def page() -> str:
    """The text of `docs/settings.md`."""
    lines = [
        f"| `{row.variable}` | {f'`{row.default}`' if row.default else ''} "
        f"| {row.allowed} | {row.description.replace('|', chr(92) + '|')} |\n"
        for row in rows(FIELDS)
    ]
    files = ", ".join(f"`{secret_files.variable(name, PREFIX)}`" for name in secret_files.NAMES)
    return PAGE.replace("{secrets}", textwrap.fill(files, 98)) + "".join(lines)


def example() -> str:
    """The text of `.env.example`."""
    blocks = [
        f"\n{textwrap.fill(row.description, 98, initial_indent='# ', subsequent_indent='# ')}\n"
        f"{'' if row.needed else '# '}{row.variable}={row.default}\n"
        for row in rows(FIELDS)
    ]
    return EXAMPLE + "".join(blocks)


def main() -> None:
    """Writes both files and says so."""
    for path, text in ((ROOT / "docs/settings.md", page()), (ROOT / ".env.example", example())):
        path.write_text(text, "utf-8")
        print(f"{path.relative_to(ROOT)} written")


if __name__ == "__main__":
    main()
