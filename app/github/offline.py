"""No GitHub at all, for commands that only look at what is kept here."""

from typing import Any

from app.errors import ConfigError


class Offline:
    """Stands where the `GitHub` port is expected, and says so if it is needed after all."""

    def __getattr__(self, name: str) -> Any:
        raise ConfigError(
            [f"GitHub is needed ({name}): set TREADLE_APP_ID, the private key and the secret"]
        )
