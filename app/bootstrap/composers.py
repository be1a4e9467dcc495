"""What composes answers, as the settings and a repository's policy have it."""

from dataclasses import replace

from app.flows.policy import Policy
from app.layouts import Layout
from app.models.catalogue import EXTRACT, addresses, layout_of
from app.models.extract import Extract
from app.models.present import Present
from app.models.trainable import recipe_of
from app.ports.answers import Answerer
from app.settings import Settings
from app.weave.answer import Composer, ComposerConfig, ModelUse
from app.weave.constitution import Extent, standing
from app.weave.prompts import fitting


def composer(settings: Settings, policy: Policy, model: Present, adapter: str = "") -> Answerer:
    """Makes what composes answers under a repository's policy; `model` is the process's own."""
    config = composer_config(settings, policy)
    if settings.model == EXTRACT:
        return Composer(Extract(), config)
    use = ModelUse(
        layout=layout_of(settings),
        adapter=adapter,
        pieces=settings.model_pieces,
        addresses=addresses(settings),
    )
    return Composer.of(model.opened(), use, config)


def composer_config(settings: Settings, policy: Policy) -> ComposerConfig:
    """Tells how answers are composed under a repository's policy."""
    return ComposerConfig(
        seed=settings.seed,
        sentences=policy.answer_sentences,
        min_score=policy.min_score,
        max_restarts=policy.max_restarts,
        ungrounded=policy.ungrounded,
        prompt_tokens=settings.model_prompt_tokens,
        memory_tokens=settings.model_memory_tokens,
        tree_nodes=settings.tree_nodes,
        tree_characters=settings.tree_characters,
        constitution=policy.constitution or standing(settings.constitution),
    )


def lessons_config(settings: Settings, policy: Policy, model: Present) -> ComposerConfig:
    """Tells how answers are composed, with prompts as long as the model and the recipe read.

    It loads the model. What the recipe has no room for would be left out of the training whole.
    """
    config = composer_config(settings, policy)
    if layout_of(settings) is Layout.NUMBERED:
        return config
    length = recipe_of(settings).length
    reads = min(model.opened().context() or length, length)
    return replace(config, prompt_tokens=fitting(config.prompt_tokens, reads))


def constitution_extent(settings: Settings) -> Extent:
    """Tells how large a repository's constitution may be."""
    return Extent(
        size=settings.constitution_bytes,
        principles=settings.constitution_principles,
        characters=settings.constitution_characters,
    )
