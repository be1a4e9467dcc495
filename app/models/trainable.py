"""Whether the model in use can be trained here, and where its weights are."""

from app.models.catalogue import BOBBIN, BOBBIN_FOLDER, EXTRACT
from app.settings import Settings


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
