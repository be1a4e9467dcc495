"""What a training process is told: which model, how, and the adapter's name."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from app.errors import UserError
from app.layouts import Layout
from app.training.recipe import Recipe
from app.training.watch import put

SPEC = "spec.json"


@dataclass(frozen=True, kw_only=True, slots=True)
class Spec:
    """`spec.json` of a run's folder.

    `model` is a folder or an id on the hub, `revision` its commit there; `device` and `dtype`
    may be "auto", and `threads` 0 for one a core. `nice` is how far the process stands back.
    """

    model: str
    revision: str = ""
    layout: Layout
    device: str = "auto"
    dtype: str = "auto"
    threads: int = 0
    nice: int = 10
    seed: int = 0
    recipe: Recipe
    adapter: str

    def write(self, folder: Path) -> None:
        """Writes it into a run's folder, in one move."""
        values = asdict(self)
        put(folder / SPEC, {**values, "recipe": self.recipe.json()})

    @classmethod
    def read(cls, folder: Path) -> "Spec":
        """Reads what `write` wrote.

        Raises:
            UserError: it cannot be read.
            ConfigError: its recipe has faults.
        """
        try:
            values = json.loads((folder / SPEC).read_text("utf-8"))
            layout, recipe = Layout(values.pop("layout")), values.pop("recipe")
            return cls(**values, layout=layout, recipe=Recipe.of(recipe))
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise UserError(f"{SPEC} of the run cannot be read. Start another run.") from error
