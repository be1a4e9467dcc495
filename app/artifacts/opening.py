"""Opens the place of adapters' files that the settings name."""

from importlib.util import find_spec

from app.artifacts.folder import Folder
from app.errors import ConfigError
from app.ports.artifacts import Artifacts
from app.settings import Settings

FOLDER = "adapters"
"""Where in `DATA_DIR` adapters' files, or copies of what is kept elsewhere, are."""


def open_artifacts(settings: Settings) -> Artifacts:
    """Opens what keeps adapters' files; nothing is read, made or sent yet.

    Raises:
        ConfigError: Supabase is wanted, and its package is not installed.
    """
    folder = Folder(settings.data_dir / FOLDER)
    if settings.artifacts == "local":
        return folder
    if find_spec("supabase") is None:
        raise ConfigError(
            [
                "TREADLE_ARTIFACTS=supabase needs the package supabase: "
                "`pip install 'treadle[supabase]'`; or set TREADLE_ARTIFACTS=local"
            ]
        )
    from app.artifacts.bucket import Bucket, connect  # noqa: PLC0415 - an extra brings supabase

    return Bucket(connect(settings), settings.supabase_bucket, folder)
