"""The keys that sign the hidden block of replies: those that are set, or one made and kept here."""

import os
import secrets
from collections.abc import Mapping
from contextlib import suppress

from app.errors import ConfigError
from app.settings import Settings

KEYS_FILE = "signing-keys"


def signing_keys(settings: Settings) -> Mapping[str, str]:
    """Returns the keys of the hidden block, making and keeping one where none is set.

    Raises:
        ConfigError: several machines share the database, so none may make its own.
    """
    if settings.signing_keys:
        return {key_id: key.get_secret_value() for key_id, key in settings.signing_keys.items()}
    if not settings.database.startswith("sqlite"):
        raise ConfigError(
            [
                "TREADLE_SIGNING_KEYS is not set: with a database that machines share, each "
                "needs the same keys, such as k1:" + secrets.token_urlsafe(24)
            ]
        )
    path = settings.data_dir / KEYS_FILE
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Written aside and linked into place: of two that start at once, one makes the key.
    fresh = path.with_suffix(f".{os.getpid()}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(f"k1:{secrets.token_urlsafe(32)}\n")
    with suppress(FileExistsError):
        os.link(fresh, path)
    fresh.unlink()
    pairs = (line.partition(":") for line in path.read_text("ascii").split())
    return {key_id: key for key_id, _, key in pairs}
