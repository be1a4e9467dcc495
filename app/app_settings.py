"""The settings of the GitHub App, a part of all settings in `app.settings`.

Where the environment names no App, the one that the set-up page made is read from `DATA_DIR`.
"""

import ipaddress
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, SecretStr, field_validator

from app import credentials
from app.errors import ConfigError

NAMES = ("app_id", "private_key", "private_key_file", "webhook_secret")
"""The settings that make an App; all of them come from the same place."""


NEW_CHANNEL = "https://smee.io/new"
"""Where a channel of a webhook proxy is made, if no other place is named."""


class Placed(Protocol):
    """Where an App may be kept, and the GitHub that it has to be of."""

    @property
    def data_dir(self) -> Path: ...

    @property
    def github_api_url(self) -> str: ...


class AppSettings(BaseModel):
    """Which App the bot is, at which GitHub, and how GitHub's deliveries come here."""

    app_id: int = Field(0, ge=0, description="The GitHub App's id (General page of the App).")
    private_key: SecretStr = Field(SecretStr(""), description="The App's private key, PEM text.")
    private_key_file: Path | None = Field(
        None, description="A file with the App's private key; read when `PRIVATE_KEY` is unset."
    )
    webhook_secret: SecretStr = Field(
        SecretStr(""), description="The secret that GitHub signs deliveries with."
    )
    webhook_proxy: SecretStr = Field(
        SecretStr(""),
        description=(
            "Channel of a webhook proxy, such as `https://smee.io/CHANNEL`, for a machine that "
            "GitHub cannot reach. For trying out: deliveries pass through somebody else's server."
        ),
    )

    @field_validator("webhook_proxy")
    @classmethod
    def _channel(cls, value: SecretStr) -> SecretStr:
        if value.get_secret_value() and not is_safe(value.get_secret_value()):
            raise ValueError("write the https address of a channel, such as /setup shows")
        return value


def kept(settings: Placed, given: Collection[str]) -> dict[str, Any]:
    """Returns what the App that is kept in the data folder sets; nothing where one is set already.

    Args:
        settings: those of the environment and the command line.
        given: the names of those that were set there.

    Raises:
        ConfigError: the file cannot be read, or its App is of another GitHub.
    """
    found = None if any(name in given for name in NAMES) else credentials.read(settings.data_dir)
    if found is None:
        return {}
    if settings.github_api_url.rstrip("/") != found.github_api_url.rstrip("/"):
        # Nothing that its key signed is shown to another GitHub.
        raise ConfigError(
            [
                f"{settings.data_dir / credentials.FILE} keeps an App of {found.github_api_url}: "
                "set TREADLE_GITHUB_API_URL to that address, or TREADLE_DATA_DIR to another folder"
            ]
        )
    update: dict[str, Any] = {
        "app_id": found.app_id,
        "private_key": SecretStr(found.private_key),
        "webhook_secret": SecretStr(found.webhook_secret),
    }
    if "webhook_proxy" not in given:
        update["webhook_proxy"] = SecretStr(found.webhook_proxy)
    return update


def no_app(settings: AppSettings) -> bool:
    """Tells whether no App is set, not even half."""
    return not (
        settings.app_id
        or settings.private_key.get_secret_value()
        or settings.private_key_file
        or settings.webhook_secret.get_secret_value()
    )


def missing(settings: AppSettings, data_dir: Path) -> list[str]:
    """Names what talking to GitHub needs and is not there.

    Args:
        settings: where an App is set, maybe by half.
        data_dir: where another may be kept, which half an App keeps from being read.
    """
    faults = list(_missing(settings))
    path = data_dir / credentials.FILE
    if faults and path.exists():
        faults.append(f"{path} keeps an App: to use that one, unset TREADLE_APP_ID and its keys")
    return faults


def _missing(settings: AppSettings) -> Iterator[str]:
    if not settings.app_id:
        first = "; without an App, `treadle serve` leads to one" if no_app(settings) else ""
        yield f"TREADLE_APP_ID is not set: it stands on the General page of your App{first}"
    if not settings.webhook_secret.get_secret_value():
        yield "TREADLE_WEBHOOK_SECRET is not set: use the secret given to the App"
    if not settings.private_key.get_secret_value() and settings.private_key_file is None:
        yield "TREADLE_PRIVATE_KEY or TREADLE_PRIVATE_KEY_FILE must be set"
        return
    try:
        key = private_key(settings)
    except OSError as error:
        yield f"TREADLE_PRIVATE_KEY_FILE cannot be read: {error.strerror}"
    else:
        if "PRIVATE KEY-----" not in key:
            yield "the private key is not PEM text: download it again from the App's page"


def private_key(settings: AppSettings) -> str:
    """Returns the App's key, PEM text.

    Raises:
        OSError: its file cannot be read.
    """
    key = settings.private_key.get_secret_value().replace("\\n", "\n")
    if not key and settings.private_key_file is not None:
        key = settings.private_key_file.read_text("utf-8")
    return key


def is_safe(url: str) -> bool:
    """Tells whether a web address keeps what is sent there from others: https, or this machine."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        whole = parts.port != 0 and url.isprintable() and not set(url) & set(" ?#@\\")
    except ValueError:
        return False
    return bool(whole and host) and (
        parts.scheme == "https" or (parts.scheme == "http" and is_local(host))
    )


def is_local(host: str) -> bool:
    """Tells whether a host name or address is this machine's own."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
