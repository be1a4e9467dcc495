"""The App that the set-up page made, kept in `DATA_DIR`: its id, its keys, where webhooks come by.

The file is readable by its owner alone and is never overwritten: it holds the only copy of the
App's private key. Nothing here is logged, and no `repr` shows a key.
"""

import os
from contextlib import suppress
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.errors import ConfigError

FILE = "github-app.json"


class Credentials(BaseModel):
    """One App.

    Attributes:
        app_id: its id.
        slug: its name in addresses.
        name: its name for people.
        html_url: its page.
        github_api_url: the REST address of the GitHub that has it.
        private_key: PEM text.
        webhook_secret: what GitHub signs deliveries with.
        webhook_proxy: the channel that forwards them; "" where GitHub reaches this machine.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    app_id: int = Field(gt=0)
    slug: str
    name: str
    html_url: str
    github_api_url: str
    private_key: str = Field(repr=False, min_length=1)
    webhook_secret: str = Field(repr=False, min_length=1)
    webhook_proxy: str = Field("", repr=False)


def read(folder: Path) -> Credentials | None:
    """Returns the App that is kept in a data folder; None for none.

    Raises:
        ConfigError: the file is there, and cannot be read.
    """
    path = folder / FILE
    try:
        return Credentials.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except OSError as error:
        reason = error.strerror
    except ValidationError:
        # Without its cause, whose text quotes the file.
        reason = "not as it was written"
    raise ConfigError(
        [
            f"{path} cannot be read ({reason}): it holds the GitHub App; put a copy back, or move "
            "it away and set the App by TREADLE_APP_ID and its keys"
        ]
    )


def keep(folder: Path, credentials: Credentials) -> Path:
    """Writes an App into a data folder; returns the file's path.

    Either the whole file is there afterwards, on the disk, or none.

    Raises:
        FileExistsError: an App is kept there already; it stays.
        OSError: the folder cannot be written.
    """
    path = folder / FILE
    fresh = folder / f".{FILE}.{os.getpid()}"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with suppress(FileNotFoundError):
        fresh.unlink()
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(credentials.model_dump_json(indent=2) + "\n")
            file.flush()
            os.fsync(file.fileno())
        # A link, unlike a rename, never replaces what is there.
        os.link(fresh, path)
    finally:
        fresh.unlink()
    _sync(folder)
    return path


def passed_over(folder: Path, app_id: int) -> str:
    """Says in words that the environment names another App than the one that is kept, if so."""
    kept = read(folder)
    if kept is None or kept.app_id == app_id:
        return ""
    return (
        f"TREADLE_APP_ID names the App {app_id}, and {folder / FILE} keeps the App {kept.app_id} "
        f"({kept.slug}): the environment wins; unset TREADLE_APP_ID and its keys to use the other"
    )


def _sync(folder: Path) -> None:
    """Makes the name of a new file last as well."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
