"""The one reader of the environment: every setting of Treadle, checked at once.

Each setting `name` is read from the environment variable `TREADLE_NAME`, a secret also from the
file that `TREADLE_NAME_FILE` names; the table in `docs/settings.md` is held to this file by a test.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import (
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
)

from app import secret_files
from app.app_settings import AppSettings, kept, missing, no_app, private_key
from app.artifact_settings import ArtifactSettings
from app.database_settings import DatabaseSettings, with_driver
from app.errors import ConfigError
from app.limit_settings import LimitSettings
from app.model_settings import ModelSettings
from app.training_settings import TrainingSettings

PREFIX = "TREADLE_"


class Settings(
    AppSettings,
    LimitSettings,
    ModelSettings,
    TrainingSettings,
    ArtifactSettings,
    DatabaseSettings,
):
    """All settings; `load` makes one, raising `ConfigError` with every fault at once."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    signing_keys: dict[str, SecretStr] = Field(
        default_factory=dict,
        description=(
            "Keys that sign the hidden block of replies, `id:key` separated by commas; the "
            "first signs, all verify. Made and kept in `DATA_DIR` when unset."
        ),
    )
    github_api_url: str = Field(
        "https://api.github.com",
        description=(
            "GitHub's REST address; for GitHub Enterprise Server `https://HOST/api/v3`, for "
            "GitHub Enterprise Cloud with data residency `https://api.SUBDOMAIN.ghe.com`."
        ),
    )
    github_timeout: float = Field(
        20.0, gt=0, le=300, description="Seconds until a call to GitHub is given up."
    )
    data_dir: Path = Field(
        Path(".treadle"), description="Folder of the database, indexes, keys and artifacts."
    )
    host: str = Field("127.0.0.1", description="Address that webhooks are listened for on.")
    port: int = Field(8080, ge=0, le=65535, description="Port that webhooks are listened for on.")
    admin_host: str = Field("127.0.0.1", description="Address of dashboard and metrics.")
    admin_port: int = Field(8081, ge=0, le=65535, description="Port of dashboard and metrics.")
    admin_token: SecretStr = Field(
        SecretStr(""),
        description="Token of the dashboard; made anew and printed at each start when unset.",
    )
    metrics_host: str = Field(
        "127.0.0.1", description="Address of the metrics and health of `treadle work`."
    )
    metrics_port: int = Field(
        0,
        ge=0,
        le=65535,
        description="Port of the metrics and health of `treadle work`; 0: they are not served.",
    )
    max_body_bytes: int = Field(
        25 * 1024 * 1024, ge=1024, description="Largest webhook body that is read, in bytes."
    )
    seed: int = Field(0, ge=0, description="Seed of every search; the same gives the same answer.")
    ask_concurrency: int = Field(
        2, ge=1, le=256, description="Asks that one worker answers at the same time."
    )
    worker_id: str = Field(
        "",
        description=(
            "Name of this worker, its own and stable over restarts; when unset the host's name, "
            "with `-web` behind it for that of `serve --with-worker` and `-training` for that of "
            "`work --queue training`."
        ),
    )
    worker_silence: float = Field(
        60.0, ge=2, description="Seconds after which a silent worker's work is taken over."
    )
    attempts: int = Field(
        5, ge=1, le=20, description="Tries of a step that fails for a passing reason."
    )
    backoff: float = Field(
        2.0, ge=0, le=600, description="Seconds before the second try; doubles with each more."
    )
    sweep_seconds: float = Field(
        20.0, ge=0.1, description="Seconds between two looks for replies that are due for a sweep."
    )
    sweep_youngest: float = Field(
        60.0, ge=0.1, description="Seconds between sweeps of a reply less than an hour old."
    )
    sweep_points: int = Field(
        500,
        ge=2,
        description=(
            "Points of GraphQL that sweeps of one installation use in any hour at most; GitHub "
            "gives 5,000. A sweep of 100 replies is 2. Where they are short, the oldest wait."
        ),
    )
    keep_workflows_days: float = Field(
        7.0, gt=0, description="Days that finished work is kept in the queue's tables."
    )
    forget_days: float = Field(
        30.0,
        ge=0,
        le=3650,
        description=(
            "Days until all of a repository is deleted that the App was taken off; 0 is at once."
        ),
    )
    keep_dictionaries_days: float = Field(
        90.0,
        ge=0,
        description="Days that versions of a dictionary are kept that no reply was written with.",
    )
    keep_trees_days: float = Field(
        30.0, ge=0, description="Days that what was tried for an answer is kept for the dashboard."
    )
    tree_nodes: int = Field(
        300,
        ge=0,
        le=20_000,
        description=(
            "Texts that are kept of what was tried for one answer at most, the best first; 0: why "
            "drafts were not good enough is kept, and no text that the search looked at."
        ),
    )
    tree_characters: int = Field(
        60_000, ge=0, le=10_000_000, description="Characters of those texts together at most."
    )
    index_max_file_bytes: int = Field(
        512 * 1024, ge=1024, description="Larger files of a repository are not indexed."
    )
    index_max_files: int = Field(
        20_000, ge=1, description="Files of a repository that are indexed at most."
    )
    index_max_archive_bytes: int = Field(
        1024 * 1024 * 1024,
        ge=1024,
        description="Bytes of an unpacked archive that are read at most.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="Least severity that is logged."
    )

    @field_validator("signing_keys", mode="before")
    @classmethod
    def _split_keys(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        pairs = [part.strip() for part in value.split(",") if part.strip()]
        keys = {}
        for pair in pairs:
            key_id, colon, key = pair.partition(":")
            if not colon or not key_id.isalnum() or len(key) < 16:
                raise ValueError(
                    "write `id:key`, separated by commas; the id of letters and digits, "
                    "the key of at least 16 characters"
                )
            keys[key_id] = key
        return keys

    @field_validator("github_api_url", "model_url", "supabase_url")
    @classmethod
    def _web_address(cls, value: str, info: ValidationInfo) -> str:
        if not value and info.field_name != "github_api_url":
            return value
        fault = "write a web address such as `https://HOST/api/v3`, without anything around it"
        try:
            parts = urlsplit(value)
            known = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
        except ValueError:
            raise ValueError(fault) from None
        plain = value.isprintable() and not set(value) & set(" ?#@\\")
        if not known or not plain:
            raise ValueError(fault)
        return value

    @property
    def database(self) -> str:
        """The SQLAlchemy URL of Treadle's own tables, with its driver named."""
        return with_driver(
            self.database_url or f"sqlite:///{(self.data_dir / 'treadle.db').absolute()}"
        )

    @property
    def web_url(self) -> str:
        """The address of GitHub's pages that belongs to `github_api_url`, without a final `/`.

        https://docs.github.com/en/enterprise-cloud@latest/admin/data-residency/about-github-enterprise-cloud-with-data-residency
        """
        url = self.github_api_url.rstrip("/")
        parts = urlsplit(url)
        host = parts.netloc.lower()
        if host == "api.github.com" or (host.startswith("api.") and host.endswith(".ghe.com")):
            return f"{parts.scheme}://{host.removeprefix('api.')}"
        return url.removesuffix("/api/v3")

    @property
    def queue_database(self) -> str:
        """The SQLAlchemy URL of the queue: a file of its own on SQLite, else the same database."""
        if self.database.startswith("sqlite"):
            return f"sqlite:///{(self.data_dir / 'queue.db').absolute()}"
        return self.database


def load(
    environment: Mapping[str, str] | None = None,
    *,
    app: bool = False,
    none_yet: bool = False,
    **overrides: Any,
) -> Settings:
    """Reads the settings; an App that is not among them, from the data folder.

    Args:
        environment: variables to read instead of the process's own, for tests.
        app: whether what talking to GitHub needs must be there, as for `require_app`.
        none_yet: lets `app` pass where no App is set at all, since one is about to be made.
        overrides: settings that win over the environment, as given on the command line.

    Raises:
        ConfigError: naming every faulty, unknown and, for `app`, missing variable at once.
    """
    variables = dict(os.environ if environment is None else environment)
    names = Settings.model_fields.keys()
    secrets, faults = secret_files.read(variables, PREFIX)
    known = {PREFIX + name.upper() for name in names}
    known |= {secret_files.variable(name, PREFIX) for name in secret_files.NAMES}
    given: dict[str, Any] = (
        secrets
        | {
            name: variables[PREFIX + name.upper()]
            for name in names
            if variables.get(PREFIX + name.upper(), "") != ""
        }
        | overrides
    )
    faults += [
        f"{variable}: no such setting; docs/settings.md lists them all"
        for variable in sorted(variables)
        if variable.startswith(PREFIX) and variable not in known
    ]
    settings = None
    try:
        settings = Settings.model_validate(given)
    except ValidationError as error:
        for fault in error.errors(include_input=False, include_url=False):
            name = str(fault["loc"][0]) if fault["loc"] else ""
            message = fault["msg"].removeprefix("Value error, ")
            faults.append(f"{PREFIX}{name.upper()}: {message}")
            given.pop(name, None)
        # What is well set is judged even where other settings are not.
        settings = _well_set(given)
    if settings is not None:
        try:
            settings = settings.model_copy(update=kept(settings, given))
            if app and not (none_yet and no_app(settings)):
                faults += missing(settings, settings.data_dir)
        except ConfigError as error:
            # Where no App is needed, one that cannot be used is no fault.
            faults += error.faults if app else ()
    if faults or settings is None:
        raise ConfigError(faults)
    return settings


def _well_set(given: Mapping[str, Any]) -> Settings | None:
    try:
        return Settings.model_validate(given)
    except ValidationError:
        return None


def require_app(settings: Settings) -> str:
    """Returns the App's private key after checking all that talking to GitHub needs.

    Raises:
        ConfigError: naming every missing setting.
    """
    faults = missing(settings, settings.data_dir)
    if faults:
        raise ConfigError(faults)
    return private_key(settings)
