"""The recipe: how an adapter is taught, read from one commented file and checked as a whole."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import ConfigDict, Field, TypeAdapter, ValidationError, model_validator
from pydantic.dataclasses import dataclass

from app.errors import ConfigError

RECIPE = Path(__file__).with_name("recipe.yml")
Form = Literal["plain", "p", "n", "pn", "np"]
"""A way in which a lesson is laid out to be imitated; `app.training.rows` says what each is."""
_STRICT = ConfigDict(extra="forbid", strict=True)

Epochs = Annotated[int, Field(ge=0, le=100)]
Rows = Annotated[int, Field(ge=1, le=1024)]
Rate = Annotated[float, Field(gt=0, le=1)]
Weight = Annotated[float, Field(ge=0, le=100)]
Share = Annotated[float, Field(ge=0, lt=1)]


@dataclass(frozen=True, kw_only=True, slots=True, config=_STRICT)
class Lora:
    """The adapter's shape."""

    rank: Annotated[int, Field(ge=1, le=256)]
    alpha: Annotated[int, Field(ge=1, le=1024)]
    dropout: Annotated[float, Field(ge=0, lt=1)]
    modules: Literal["all", "mlp"]
    last: Annotated[float, Field(gt=0, le=1)]


@dataclass(frozen=True, kw_only=True, slots=True, config=_STRICT)
class Sft:
    """The first stage: answers are imitated. With no `epochs` it is left out."""

    forms: Annotated[tuple[Form, ...], Field(min_length=1)]
    epochs: Epochs
    rows: Rows
    rate: Rate


@dataclass(frozen=True, kw_only=True, slots=True, config=_STRICT)
class Dpo:
    """The second stage: answers are preferred. With no `epochs` it is left out."""

    epochs: Epochs
    rows: Rows
    rate: Rate
    beta: Annotated[float, Field(gt=0, le=100)]
    sigmoid: Weight
    sft: Weight
    alike: Annotated[float, Field(ge=0, le=1)]


@dataclass(frozen=True, kw_only=True, slots=True, config=_STRICT)
class Checkpoint:
    """After how many steps or seconds, whichever comes first, one is kept."""

    steps: Annotated[int, Field(ge=1)]
    seconds: Annotated[float, Field(ge=0)]


@dataclass(frozen=True, kw_only=True, slots=True, config=_STRICT)
class Recipe:
    """All of it; `recipe.yml` says what each value is, and why it is what it is."""

    length: Annotated[int, Field(ge=16)]
    rows_at_once: Rows
    warm: Share
    clip: Annotated[float, Field(gt=0)]
    width: Annotated[int, Field(ge=1)]
    lora: Lora
    sft: Sft
    dpo: Dpo
    checkpoint: Checkpoint

    @model_validator(mode="after")
    def _teaches(self) -> Self:
        if not self.sft.epochs and not self.dpo.epochs:
            raise ValueError("sft.epochs or dpo.epochs has to be more than 0")
        return self

    @classmethod
    def read(cls, path: Path = RECIPE) -> "Recipe":
        """Reads a recipe's file.

        Raises:
            ConfigError: it cannot be read, or values are wrong; lists all faults.
        """
        try:
            values = yaml.safe_load(path.read_text("utf-8"))
        except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
            raise ConfigError([f"{path} is no readable YAML file"]) from error
        return cls.of(values)

    @classmethod
    def of(cls, values: object) -> "Recipe":
        """Makes a recipe of JSON values, all of which have to be there.

        Raises:
            ConfigError: values are wrong; lists all faults.
        """
        try:
            # As JSON, since lists are tuples there without numbers being words.
            return _RECIPE.validate_json(json.dumps(values, default=str))
        except ValidationError as error:
            raise ConfigError([_fault(one) for one in error.errors()]) from error

    def json(self) -> dict[str, Any]:
        """Returns the values, as `of` takes them."""
        values = asdict(self)
        values["sft"]["forms"] = list(self.sft.forms)
        return values


_RECIPE = TypeAdapter(Recipe)


def _fault(error: Any) -> str:
    place = ".".join(map(str, error["loc"]))
    return f"recipe: {place}: {error['msg']}" if place else f"recipe: {error['msg']}"
