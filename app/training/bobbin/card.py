"""Bobbin's model card, written from its figures alone."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from app.layouts.numbered import Line, check, page, unknown
from app.layouts.templates import fill, template
from app.training.bobbin.corpus import HELD_OUT
from app.training.bobbin.export import FACTS
from app.training.bobbin.kept import Entry
from app.training.bobbin.measures import GROUPS, Measure
from app.training.bobbin.shares import Share

FIGURES = "figures.json"
CARD = "README.md"
_TEMPLATE = Path(__file__).with_name("card.md")
_SOURCES = ("The server listens on port 8080.", "Set `HOST` to listen on another address.")


def figures(
    folder: Path,
    entries: Iterable[Entry],
    shares: Mapping[str, Share],
    *,
    parameters: int,
    style_seconds: float,
) -> dict[str, Any]:
    """Gathers what the card says, as JSON values.

    Args:
        folder: the model's, with its `config.json` and what was written down of its training.
        entries: what it was trained on.
        shares: by the names of `measures.GROUPS`.
        parameters: the model's.
        style_seconds: how long a style was taught.
    """
    config = json.loads((folder / "config.json").read_text("utf-8"))
    licences: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for entry in entries:
        licences[entry.licence][0] += 1
        licences[entry.licence][1] += entry.sentences
    weights = (folder / "model.safetensors").stat().st_size
    return {
        "model": {
            "parameters": parameters,
            "megabytes": round(weights / 1e6, 1),
            "layers": config["num_hidden_layers"],
            "width": config["hidden_size"],
            "heads": config["num_attention_heads"],
            "vocabulary": config["vocab_size"],
        },
        "training": json.loads((folder / FACTS).read_text("utf-8")),
        "corpus": {
            "licences": {
                name: {"packages": packages, "sentences": sentences}
                for name, (packages, sentences) in sorted(licences.items())
            },
            "held_out": sorted(HELD_OUT),
        },
        "measures": {
            measure.name: shares[measure.name].figures()
            for group in GROUPS
            for measure in group.measures
        },
        "style_seconds": round(style_seconds),
    }


def card(found: Mapping[str, Any]) -> str:
    """Returns the card's text for figures that `figures` gathered."""
    model, training, corpus = found["model"], found["training"], found["corpus"]
    licences = corpus["licences"]
    asked = page(_SOURCES, "where does it listen?", keep=("port", "server"), avoid=("host",))
    answer = str(Line(number=1, text=_SOURCES[0]))
    values = {
        "parameters": f"{model['parameters'] / 1e6:.2f}",
        "megabytes": f"{model['megabytes']:.1f}",
        **{name: str(model[name]) for name in ("layers", "width", "heads", "vocabulary")},
        "tokens": f"{training['tokens'] / 1e6:.1f}",
        "steps": str(training["step"]),
        "first": str(training["recipe"]["steps"]),
        "minutes": f"{training['minutes']:.0f}",
        "device": f" on {training['device']}" if "device" in training else "",
        "seed": str(training["recipe"]["seed"]),
        "length": str(training["recipe"]["length"]),
        "sentences": f"{sum(each['sentences'] for each in licences.values()):,}",
        "packages": str(sum(each["packages"] for each in licences.values())),
        "licences": _licences(licences),
        "held_out": ", ".join(corpus["held_out"]),
        "measures": _measures(found["measures"]),
        "style_seconds": str(found["style_seconds"]),
        "page": asked,
        "answer": answer,
        "unknown": unknown(),
        "check": f"{answer}{check(template('judge/quotes'))}",
    }
    return fill(_TEMPLATE.read_text("utf-8"), values)


def write(folder: Path, found: Mapping[str, Any]) -> None:
    """Writes figures and card into the model's folder."""
    (folder / FIGURES).write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    (folder / CARD).write_text(card(found), "utf-8")


def _licences(licences: Mapping[str, Mapping[str, int]]) -> str:
    rows = ["| licence | packages | sentences |", "| --- | ---: | ---: |"]
    for name, each in sorted(licences.items(), key=lambda pair: -pair[1]["sentences"]):
        rows.append(f"| {name} | {each['packages']} | {each['sentences']:,} |")
    return "\n".join(rows)


def _measures(shares: Mapping[str, Mapping[str, float]]) -> str:
    rows = ["| | share | 95 % | wanted | questions |", "| --- | ---: | ---: | ---: | ---: |"]
    for group in GROUPS:
        rows.append(f"| **{group.title}** ({group.about}) | | | | |")
        rows += [_row(measure, shares[measure.name]) for measure in group.measures]
    return "\n".join(rows)


def _row(measure: Measure, share: Mapping[str, float]) -> str:
    wanted = "" if measure.wanted is None else f"{measure.wanted:.2f}"
    return (
        f"| {measure.label} | {share['value']:.3f} | {share['low']:.2f}-{share['high']:.2f}"
        f" | {wanted} | {share['n']:.0f} |"
    )
