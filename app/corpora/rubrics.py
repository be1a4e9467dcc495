"""Rubrics: yes/no items that tell good answers to one question from bad ones, by a model.

The way is RetroInstruct's (https://github.com/JD-P/RetroInstruct): a question becomes ten items,
each of which can be judged by itself. The model writes them as a checklist that is held to its
format (`app.layouts.formats`); items that say the same are taken once, and what is missing is
asked for again, some times at most. Each item is a principle of the evaluator.
"""

import json
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from app.domain import Prompt, Question
from app.errors import UserError
from app.layouts import OPENINGS, Layout
from app.layouts.formats import checklist
from app.layouts.templates import fill, foreign, template
from app.ports.models import Model
from app.text.clean import clean
from app.text.safe import cut
from app.weave.constitution import parse
from app.weave.principles import Constitution, Principle

ITEMS = 10
ROUNDS = 3
"""Times that a model is asked for what is missing."""
KIND = "rubric"
TOKENS = 120
"""Tokens that one item may have, as JSON, in a language that takes many."""
_LONGEST = 4000
_NAME = 60


@dataclass(frozen=True, kw_only=True, slots=True)
class Rubric:
    """A question with its items, of which there may be fewer than were `wanted`."""

    asked: str
    items: tuple[Principle, ...]
    wanted: int

    @property
    def complete(self) -> bool:
        """Whether there are as many items as were wanted."""
        return len(self.items) >= self.wanted

    def values(self) -> dict[str, Any]:
        """Returns the rubric as JSON values, a row of a corpus."""
        items = [
            {
                "question": item.question,
                "answer": "yes" if item.expected else "no",
                "weight": item.weight,
            }
            for item in self.items
        ]
        return {"kind": KIND, "asked": self.asked, "items": items}

    def constitution(self) -> str:
        """Returns the rubric as a constitution's file (`app.weave.constitution`)."""
        said = [_section(number, item) for number, item in enumerate(self.items, 1)]
        return "".join([f"# {' '.join(self.asked.split())}\n", *said])


def make(model: Model, asked: str, *, count: int = ITEMS, seed: int = 0) -> Rubric:
    """Has a model write a rubric.

    Args:
        model: one that writes free text.
        asked: the question whose answers are to be judged; people's text.
        count: items wanted.
        seed: of the sampling.

    Raises:
        UserError: there is not one item; says what the model wrote.
        TransientError: a later try may work.
    """
    found = written(
        model,
        "rubric/items",
        asked,
        count=count,
        seed=seed,
    )
    return Rubric(asked=asked, items=found, wanted=count)


def written(
    model: Model,
    page: str,
    asked: str,
    *,
    count: int,
    seed: int,
) -> tuple[Principle, ...]:
    """Has a model write a checklist, and what is missing of it again.

    Args:
        model: one that writes free text.
        page: the template of the prompt for so many items beside those that are known.
        asked: what the checklist is about.
        count: items wanted.
        seed: of the sampling.

    Returns:
        At least one item and at most `count`, no two of them the same question.

    Raises:
        UserError: there is not one item.
    """
    found: dict[str, Principle] = {}
    fault: UserError | None = None
    for again in range(ROUNDS):
        missing = count - len(found)
        if not missing:
            break
        text = fill(
            template(page),
            {
                "count": str(missing),
                "question": foreign(cut(asked, _LONGEST)),
                "known": "\n".join(f"- {item.question}" for item in found.values()) or "none",
            },
        )
        prompt = Prompt(
            text=text,
            opening=OPENINGS[Layout.PASSAGES],
            question=Question(text=asked),
            sources=(),
        )
        with closing(model.session(prompt, seed=seed + again)) as session:
            try:
                said = session.form(checklist(missing), tokens=TOKENS * missing + TOKENS)
            except UserError as error:
                fault = error
                continue
        for item in filter(_stands, items(said)):
            found.setdefault(item.question.casefold(), item)
    if not found:
        raise fault or UserError("The model wrote no item of a checklist.")
    return tuple(found.values())


def items(text: str) -> list[Principle]:
    """Reads the items of a checklist that has its format."""
    listed: Sequence[Mapping[str, Any]] = json.loads(text)["items"]
    found = []
    for item in listed:
        question = " ".join(clean(item["question"]).replace("{{", "{ {").split())
        found.append(
            Principle(
                name=_name(question),
                question=question,
                weight=float(item["weight"]),
                expected=item["answer"] == "yes",
            )
        )
    return found


def _section(number: int, item: Principle) -> str:
    return (
        f"\n## {number}. {item.name}\n\n- weight: {item.weight:g}\n"
        f"- answer: {'yes' if item.expected else 'no'}\n\n{item.question}\n"
    )


def _stands(item: Principle) -> bool:
    """Tells whether a model's question stays one in a constitution, and is no heading there."""
    read = parse(_section(1, item).encode(), file="")
    return isinstance(read, Constitution) and read.principles[0].question == item.question


def _name(question: str) -> str:
    """Returns what an item is called: the beginning of its question."""
    said = question.rstrip("?")
    return said if len(said) <= _NAME else f"{said[: _NAME - 1].rstrip()}…"
