"""What a model on this machine needs beside Treadle itself, and what to do where it lacks."""

from importlib.util import find_spec

from app.errors import ConfigError
from app.models.catalogue import EXTRACT
from app.settings import Settings

PACKAGES = ("torch", "transformers", "peft", "llguidance")
"""What a model on this machine runs on; the extra `models` brings them."""
REMEDY = (
    "`make setup TORCH=yes` in a clone, else `pip install 'treadle[models]'`; or set "
    "TREADLE_MODEL=extract, or TREADLE_MODEL_URL to a server that has the model"
)


def lacking(settings: Settings) -> list[str]:
    """Names the packages that the model of the settings needs and that are not installed."""
    if settings.model == EXTRACT or settings.model_url:
        return []
    return [name for name in PACKAGES if find_spec(name) is None]


def require_model(settings: Settings) -> None:
    """Checks that the model of the settings can be run here, without loading anything.

    Raises:
        ConfigError: it needs packages that are not installed.
    """
    names = lacking(settings)
    if names:
        raise ConfigError(
            [
                f"TREADLE_MODEL={settings.model} runs on this machine and needs "
                f"{', '.join(names)}: {REMEDY}"
            ]
        )
