"""What training runs are done with, put together once."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from app.flows.active import Foundation
from app.flows.columns import Bounds
from app.flows.policy import Policy
from app.flows.run_folder import RunFolder
from app.layouts import Layout
from app.models.trainer import Trainer
from app.ports.artifacts import Artifacts
from app.training.recipe import Recipe
from app.training.spec import Spec
from app.weave.drafting import ComposerConfig


@dataclass(frozen=True, kw_only=True, slots=True)
class Weights:
    """The weights that are trained, and how.

    `source` is a folder or an id on the hub, `revision` its commit there; `device` and `dtype`
    may be "auto", `threads` 0 for one a core; `nice` is how far the process stands back.
    """

    source: str
    revision: str
    layout: Layout
    device: str
    dtype: str
    threads: int
    nice: int
    seed: int
    recipe: Recipe

    def spec(self, adapter: str) -> Spec:
        """Returns the orders to train an adapter."""
        return Spec(
            model=self.source,
            revision=self.revision,
            layout=self.layout,
            device=self.device,
            dtype=self.dtype,
            threads=self.threads,
            nice=self.nice,
            seed=self.seed,
            recipe=self.recipe,
            adapter=adapter,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Workshop:
    """What runs are done with.

    `root` is the folder of all runs' folders; `rows` are wanted at least, `imported` ones
    taken at most; `fetch` brings the
    model onto this disk. `config` tells how answers are composed under a policy, with prompts
    as long as the model can read.
    """

    root: Path
    trainer: Trainer
    artifacts: Artifacts
    foundation: Foundation
    weights: Weights
    rows: int
    imported: int
    bounds: Bounds
    fetch: Callable[[], None]
    config: Callable[[Policy], ComposerConfig]

    def folder(self, run_id: str) -> RunFolder:
        """Returns the folder of a run."""
        return RunFolder(self.root / run_id)
