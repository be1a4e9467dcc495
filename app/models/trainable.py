"""Whether the model in use can be trained here, where its weights are, and by which recipe."""

from contextlib import closing
from dataclasses import replace
from pathlib import Path

from app.errors import ConfigError
from app.models.catalogue import BOBBIN, BOBBIN_FOLDER, EXTRACT, spec_of
from app.models.local import LocalModel
from app.models.present import Present
from app.settings import Settings
from app.training.recipe import Recipe


def untrainable(settings: Settings) -> str:
    """Says in words why there is nothing to train; empty where there is."""
    if settings.model == EXTRACT:
        return (
            "This installation answers without a language model (`TREADLE_MODEL=extract`), so "
            "there is nothing to train. It learns by memory and by phrases all the same."
        )
    if settings.model_url and not settings.training_model:
        return (
            "The language model of this installation runs on a server, and its weights are not "
            "known here. Whoever runs this bot names them with `TREADLE_TRAINING_MODEL`."
        )
    return ""


def weights_of(settings: Settings) -> tuple[str, str]:
    """Returns the folder or the id on the hub of the model's weights, and its commit there."""
    if settings.model_url:
        return settings.training_model, ""
    if settings.model == BOBBIN:
        return str(BOBBIN_FOLDER), ""
    return settings.model, settings.model_revision


def recipe_of(settings: Settings) -> Recipe:
    """Returns the recipe by which adapters are taught.

    Raises:
        ConfigError: the file of the settings cannot be read, or has faults; lists all.
    """
    if settings.training_recipe is None:
        return Recipe.read()
    try:
        return Recipe.read(settings.training_recipe.expanduser())
    except ConfigError as error:
        raise ConfigError(
            [f"TREADLE_TRAINING_RECIPE: {fault}" for fault in error.faults]
        ) from error


def fetch(settings: Settings, model: Present) -> None:
    """Brings the weights that are trained onto this disk, however long that takes.

    A training process has no network. Loading them once fetches just what is needed of them, and
    shows before the training whether they can be had.

    Args:
        settings: a model of which `untrainable` has nothing to say.
        model: the one that answers, which has the weights where they are on this machine.

    Raises:
        UserError: they cannot be had.
        TransientError: a later try may work.
    """
    if not settings.model_url:
        model.load()
        return
    source, revision = weights_of(settings)
    if Path(source).expanduser().is_dir():
        return
    # Where answers come from a server, an accelerator here is for the training alone.
    spec = replace(spec_of(settings), source=source, revision=revision, device="cpu")
    with closing(LocalModel(spec, name=source)) as weights:
        weights.describe()
