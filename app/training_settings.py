"""The settings of training, a part of all settings in `app.settings`."""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, Field


class TrainingSettings(BaseModel):
    """When adapters are trained, with what share of the machine, and how they are tried."""

    training_rows: int = Field(
        64,
        ge=1,
        description=(
            "Rows of trusted feedback that a training run wants at least; that many new ones "
            "since the last adapter where it starts by itself."
        ),
    )
    training_imported: int = Field(
        1000,
        ge=0,
        le=20_000,
        description=(
            "Imported rows at most that a training run is taught with, those of most weight and "
            "then the newest; they do not count as rows that a run wants."
        ),
    )
    training_interval_days: float = Field(
        7.0, ge=0, description="Days between two training runs that start by themselves."
    )
    training_model: str = Field(
        "",
        description=(
            "Folder or Hugging Face id of the weights that the server at `MODEL_URL` runs; "
            "without it nothing is trained for a model of a server."
        ),
    )
    training_recipe: Path | None = Field(
        None,
        description=(
            "File with the recipe by which adapters are taught, a changed copy of "
            "`app/training/recipe.yml`, which is taken when unset."
        ),
    )
    training_on_removal: Literal["retire", "next_run"] = Field(
        "retire",
        description=(
            "What becomes of an adapter that learned from what people took back since: `retire` "
            "deletes it at once, and answers use the one before or none; `next_run` lets it serve "
            "until the next training run has ended."
        ),
    )
    training_threads: int = Field(
        0, ge=0, le=1024, description="Processor threads of the training process; 0 is one a core."
    )
    training_nice: int = Field(
        10,
        ge=0,
        le=19,
        description="How far the training process stands back for others, as in `nice`.",
    )
    training_hours: float = Field(
        24.0,
        gt=0,
        description="Hours that a training process may run in one go until it is given up.",
    )
    training_give_up_days: float = Field(
        7.0,
        gt=0,
        description=(
            "Days after its start in which a training run must end, whatever stopped it in "
            "between; then it is given up, and another one can begin."
        ),
    )
    training_questions: int = Field(
        24,
        ge=0,
        le=1000,
        description=(
            "Held-out questions at most that are answered with and without a new adapter before "
            "it is used; 0: none, and so no adapter is promoted."
        ),
    )
    training_question_minutes: float = Field(
        60.0, gt=0, description="Minutes that answering them may take; what is done then counts."
    )
