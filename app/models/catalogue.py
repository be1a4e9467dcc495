"""Which model the settings name, and how it is run and written for."""

import json
from pathlib import Path

from app.layouts import Layout
from app.models.jobs import ModelSpec
from app.models.local import LocalModel
from app.models.metering import Meter, Prices
from app.models.remote import RemoteModel, spec
from app.settings import Settings

EXTRACT, BOBBIN = "extract", "bobbin"
BOBBIN_FOLDER = Path(__file__).parent / "bobbin"
WORTH_ASKING = 0.8
"""Share of right verdicts, one half of which is chance, from which on they count."""
BOBBIN_PIECE_TOKENS = 160
"""A piece of bobbin's is a line: as many tokens as the longest sentences have."""


def open_model(settings: Settings) -> LocalModel | RemoteModel:
    """Makes the model that the settings name; it is loaded or asked with its first use.

    Raises:
        ValueError: `extract` is no model.
    """
    if settings.model == EXTRACT:
        raise ValueError("extract answers without a model")
    if settings.model_url:
        return RemoteModel(spec(settings))
    return LocalModel(
        spec_of(settings),
        name=name_of(settings),
        idle=settings.model_idle,
        timeout=settings.model_timeout,
        meter=lambda: meter_of(settings),
    )


def spec_of(settings: Settings) -> ModelSpec:
    """Returns which model is loaded on this machine, and how it is run."""
    bobbin = layout_of(settings) is Layout.NUMBERED
    tiny = "float32" if settings.model_dtype == "auto" else settings.model_dtype
    return ModelSpec(
        source=str(BOBBIN_FOLDER) if bobbin else settings.model,
        revision="" if bobbin else settings.model_revision,
        device=settings.model_device,
        dtype=tiny if bobbin else settings.model_dtype,
        threads=settings.model_threads,
        rows=settings.model_rows,
        cache_tokens=settings.model_cache_tokens,
        piece_tokens=BOBBIN_PIECE_TOKENS if bobbin else settings.model_piece_tokens,
        temperature=settings.model_temperature,
        top_p=settings.model_top_p,
        stop="\n" if bobbin else "",
        tries=settings.model_format_tries,
    )


def layout_of(settings: Settings) -> Layout:
    """Returns how sources and answers are laid out for the model."""
    return Layout.NUMBERED if settings.model == BOBBIN else Layout.PASSAGES


def addresses(settings: Settings) -> bool:
    """Tells whether the model's word on "Does the answer address the question?" is worth asking.

    A model of the numbered layout has figures beside it; others are taken at their word.
    """
    if layout_of(settings) is Layout.PASSAGES:
        return True
    figures = json.loads((BOBBIN_FOLDER / "figures.json").read_text("utf-8"))
    return bool(figures["measures"]["addresses"]["value"] >= WORTH_ASKING)


def name_of(settings: Settings) -> str:
    """Returns what the model is called in replies: of a folder the last name alone."""
    path = Path(settings.model).expanduser()
    return path.absolute().name if not settings.model_url and path.is_dir() else settings.model


def meter_of(settings: Settings) -> Meter:
    """Makes what counts the cost of one ask."""
    return Meter(
        Prices(read=settings.model_price_read, written=settings.model_price_written),
        max_tokens=settings.model_max_tokens,
        max_cost=settings.model_max_cost,
    )
