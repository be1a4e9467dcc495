"""The model that a command names, opened for as long as the command runs."""

from collections.abc import Iterator
from contextlib import closing, contextmanager

from rich.console import Console
from rich.markup import escape

from app.errors import UserError
from app.models.catalogue import EXTRACT
from app.models.local import LocalModel
from app.models.needs import require_model
from app.models.present import Present
from app.models.remote import RemoteModel
from app.settings import Settings, load


def settings_of(model: str | None) -> Settings:
    """Returns the settings, with another model where one is named.

    Raises:
        UserError: they name no language model.
        ConfigError: the model lacks packages.
    """
    settings = load() if model is None else load(model=model)
    if settings.model == EXTRACT:
        raise UserError("`extract` is no language model: name one with --model or TREADLE_MODEL.")
    require_model(settings)
    return settings


@contextmanager
def opened(settings: Settings) -> Iterator[LocalModel | RemoteModel]:
    """Gives the model of the settings, loaded, and closes it.

    Raises:
        UserError: it cannot be loaded.
    """
    with closing(Present(settings)) as present:
        with Console(stderr=True).status(f"Loading the model {escape(present.name)} …"):
            present.load()
        yield present.opened()
