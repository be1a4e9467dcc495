"""An engine whose pieces all have their full length, so that every run has the same work to do."""

from pathlib import Path
from typing import Self

from app.models.engine import Engine
from app.models.jobs import ModelSpec

PIECE_TOKENS = 32
TEMPERATURE, TOP_P = 0.8, 0.95
NAME = "bench.full_pieces:FullPieces"
"""As a process is told to use it."""


class FullPieces(Engine):
    """An engine to which no token ends a text."""

    @classmethod
    def load(cls, spec: ModelSpec) -> Self:
        """Loads a model."""
        engine = super().load(spec)
        engine.wording.ends = frozenset()
        return engine


def spec_of(source: Path, temperature: float = TEMPERATURE) -> ModelSpec:
    """Returns how a model is run here."""
    return ModelSpec(
        source=str(source), piece_tokens=PIECE_TOKENS, temperature=temperature, top_p=TOP_P
    )
