"""The language model of the settings: what adapters are made for, and what follows instructions."""

from collections.abc import Callable

from app.flows.active import Adaptable, Foundation
from app.flows.workshop import Weights
from app.layouts import Layout
from app.models.catalogue import EXTRACT, layout_of, spec_of
from app.models.present import Present
from app.models.trainable import recipe_of, weights_of
from app.ports.models import Model
from app.settings import Settings
from app.training.base_hash import base_hash


def foundation_of(settings: Settings, model: Present) -> Foundation:
    """Says which model adapters are made for; opens nothing."""
    source, revision = weights_of(settings)

    def opened() -> Adaptable:
        return model.opened()

    return Foundation(
        name=model.name,
        fingerprint=None if settings.model_url else lambda: base_hash(source, revision),
        model=None if settings.model == EXTRACT else opened,
    )


def trained_weights(settings: Settings) -> Weights:
    """Says which weights are trained, and how."""
    source, revision = weights_of(settings)
    return Weights(
        source=source,
        revision=revision,
        layout=layout_of(settings),
        device=settings.model_device,
        dtype=spec_of(settings).dtype,
        threads=settings.training_threads,
        nice=settings.training_nice,
        seed=settings.seed,
        recipe=recipe_of(settings),
    )


def follower_of(settings: Settings, model: Present) -> Callable[[], Model] | None:
    """Returns what opens the model where it follows instructions; bobbin does not."""
    if settings.model == EXTRACT or layout_of(settings) is not Layout.PASSAGES:
        return None
    return model.opened
