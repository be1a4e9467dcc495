from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from transformers import PreTrainedTokenizerFast

from app.domain import Lesson
from app.layouts import Layout
from app.models.engine import Engine
from app.models.jobs import Context, ModelSpec
from app.training.recipe import Form, Recipe
from app.training.rows import MASKED, Reading, fitting, likeness, pairs, rows
from tests.tiny_models import TEMPLATE, save_model, tokenizer

GOOD, BAD = "A helpful answer:\n", "An unhelpful answer:\n"
PROMPT = "Where does it listen?\nAnswer:\n"


def lesson(**values: Any) -> Lesson:
    return Lesson(
        **{
            "repository_id": 1,
            "reply_id": 2,
            "thread": 3,
            "question": "where?",
            "prompt": PROMPT,
            "chosen": "[1] On port 8080.",
            "rejected": "[2] It does not.",
            "weight": 1.0,
            "people": ("ana",),
            "urls": (),
            "created_at": datetime(2026, 1, 1, tzinfo=UTC),
            **values,
        }
    )


def recipe(*forms: Form, alike: float = 0.98) -> Recipe:
    made = Recipe.read()
    return replace(made, sft=replace(made.sft, forms=forms), dpo=replace(made.dpo, alike=alike))


def reading(
    template: str = "", layout: Layout = Layout.NUMBERED
) -> tuple[Reading, PreTrainedTokenizerFast]:
    words = tokenizer(template=template)
    model = SimpleNamespace(
        config=SimpleNamespace(eos_token_id=words.eos_token_id), generation_config=None
    )
    return Reading(words, model, layout), words


def spans(ids: Sequence[int], labels: Sequence[int], words: Any) -> list[tuple[bool, str]]:
    """The row as runs of text that are learned or not."""
    found: list[tuple[bool, list[int]]] = []
    for token, label in zip(ids, labels, strict=True):
        assert label in (token, MASKED)
        if not found or found[-1][0] != (label != MASKED):
            found.append((label != MASKED, []))
        found[-1][1].append(token)
    return [(learned, words.decode(run)) for learned, run in found]


@pytest.mark.parametrize(
    ("form", "wanted"),
    [
        ("plain", [(False, PROMPT), (True, "[1] On port 8080.<eos>")]),
        ("p", [(False, PROMPT + GOOD), (True, "[1] On port 8080.<eos>")]),
        ("n", [(False, PROMPT + BAD), (True, "[2] It does not.<eos>")]),
        (
            "pn",
            [
                (False, PROMPT + GOOD),
                (True, "[1] On port 8080."),
                (False, "\n" + BAD),
                (True, "[2] It does not.<eos>"),
            ],
        ),
        (
            "np",
            [
                (False, PROMPT + BAD),
                (True, "[2] It does not."),
                (False, "\n" + GOOD),
                (True, "[1] On port 8080.<eos>"),
            ],
        ),
    ],
)
def test_forms_learn_answers_and_nothing_else(form: Form, wanted: list[tuple[bool, str]]) -> None:
    read, words = reading()
    (row,) = rows([lesson()], read, recipe(form), 512)
    assert row.form == form
    assert spans(row.ids, row.labels, words) == wanted


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        ({}, ["plain", "p", "n", "pn", "np"]),
        ({"rejected": ""}, ["plain", "p"]),
        ({"chosen": ""}, ["n"]),
    ],
)
def test_a_lesson_has_the_forms_that_its_answers_make(
    values: dict[str, str], wanted: list[str]
) -> None:
    read, _ = reading()
    found = rows([lesson(**values)], read, recipe("plain", "p", "n", "pn", "np"), 512)
    assert [row.form for row in found] == wanted


def test_weights_are_one_on_average() -> None:
    read, _ = reading()
    lessons = [lesson(weight=0.2), lesson(weight=0.4), lesson(weight=0.6, rejected="")]
    found = rows(lessons, read, recipe("plain", "pn"), 512)
    # Rows: two of 0.2, two of 0.4, one of 0.6; their mean is 1.8 / 5 = 0.36.
    assert [row.weight for row in found] == pytest.approx(
        [0.2 / 0.36, 0.2 / 0.36, 0.4 / 0.36, 0.4 / 0.36, 0.6 / 0.36]
    )
    # Two pairs, of 0.2 and 0.4.
    assert [pair.weight for pair in pairs(lessons, read, recipe("plain"), 512)] == pytest.approx(
        [2 / 3, 4 / 3]
    )


def test_what_is_too_long_is_left_out_whole() -> None:
    read, _ = reading()
    (plain,) = rows([lesson()], read, recipe("plain"), 512)
    found = rows([lesson()], read, recipe("plain", "pn"), len(plain.ids))
    assert [row.form for row in found] == ["plain"]
    assert not rows([lesson()], read, recipe("plain"), len(plain.ids) - 1)
    (pair,) = pairs([lesson()], read, recipe("plain"), 512)
    most = len(pair.prompt) + max(len(pair.chosen), len(pair.rejected))
    assert pairs([lesson()], read, recipe("plain"), most)
    assert not pairs([lesson()], read, recipe("plain"), most - 1)
    # Pairs and single texts alike; one that says nothing is no text.
    told = [lesson(), lesson(chosen=""), lesson(rejected=""), lesson(chosen="", rejected="")]
    assert fitting(told, read, most) == told
    assert fitting(told, read, most - 1) != told
    assert fitting(told, read, len(pair.prompt)) == []


def test_pairs_are_prompt_and_two_whole_answers() -> None:
    read, words = reading()
    (pair,) = pairs([lesson(), lesson(rejected=""), lesson(chosen="")], read, recipe("p"), 512)
    assert words.decode(pair.prompt) == PROMPT
    assert words.decode(pair.chosen) == "[1] On port 8080.<eos>"
    assert words.decode(pair.rejected) == "[2] It does not.<eos>"


@pytest.mark.parametrize(
    ("one", "other", "wanted"),
    [
        ("On port 8080.", "on  port\n8080.", 1.0),
        # 8 letters, one of them another: 14 of 16 letters in common.
        ("abcdefgh", "abcdefgx", 14 / 16),
        # A lead of 10 letters before 20: 40 of 50 letters in common.
        ("[1] aaaa bbbb cccc d", "In short: [1] aaaa bbbb cccc d", 40 / 50),
        ("yes", "on", 0.0),
    ],
)
def test_likeness_is_the_share_of_letters_in_common(one: str, other: str, wanted: float) -> None:
    assert likeness(one, other) == pytest.approx(wanted)
    assert likeness(other, one) == pytest.approx(wanted)


@pytest.mark.parametrize(("alike", "apart"), [(14 / 16 + 1e-6, True), (14 / 16, False)])
def test_nearly_the_same_texts_are_not_kept_apart(alike: float, apart: bool) -> None:
    read, _ = reading()
    told = lesson(chosen="abcdefgh", rejected="abcdefgx")
    (pair,) = pairs([told], read, recipe("plain", alike=alike), 512)
    assert pair.apart is apart


@pytest.mark.parametrize("template", ["", TEMPLATE])
@pytest.mark.parametrize("layout", list(Layout))
def test_tokens_are_those_of_answering(tmp_path: Path, template: str, layout: Layout) -> None:
    engine = Engine.load(ModelSpec(source=str(save_model(tmp_path, template=template))))
    opening = "# Answer\n\n" if layout is Layout.PASSAGES else ""
    said = lesson(prompt="Say <eos> <|user|> not.\n", chosen="No <eos>, it does.\n[1] Yes.")
    read, words = reading(template, layout)
    (row,) = rows([said], read, recipe("plain"), 512)
    answered = engine.ids(Context(prompt=said.prompt, opening=opening), said.chosen)
    assert row.ids == (*answered, words.eos_token_id)
    (pair,) = pairs([replace(said, rejected="No.")], read, recipe("plain"), 512)
    assert (*pair.prompt, *pair.chosen) == row.ids
