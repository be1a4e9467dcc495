"""The guides to real models name settings, ranks and addresses that are those of the code."""

import re
from pathlib import Path

import pytest

from app import secret_files
from app.models.remote import adapters
from app.settings import PREFIX, Settings, load
from app.training.recipe import Recipe

ROOT = Path(__file__).resolve().parents[2]
GUIDES = sorted((ROOT / "docs/models").glob("*.md"))


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.name)
def test_settings_are_there_and_can_be_set_so(guide: Path) -> None:
    text = guide.read_text("utf-8")
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    known |= {secret_files.variable(name, PREFIX) for name in secret_files.NAMES}
    assert set(re.findall(r"\bTREADLE_[A-Z_]+[A-Z]\b", text)) <= known
    exported = dict(re.findall(r"^export (TREADLE_\w+)=(\S+)", text, flags=re.MULTILINE))
    assert exported
    load(exported)


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.name)
def test_a_guide_says_what_was_not_tried_and_is_linked(guide: Path) -> None:
    assert "## What was tried here, and what was not" in guide.read_text("utf-8")
    assert f"](models/{guide.name})" in (ROOT / "docs/models.md").read_text("utf-8")


def test_vllm_takes_adapters_of_our_rank() -> None:
    text = (ROOT / "docs/models/vllm.md").read_text("utf-8")
    (rank,) = re.findall(r"--max-lora-rank (\d+)", text)
    assert int(rank) >= Recipe.read().lora.rank


def test_vllm_is_asked_as_the_guide_says() -> None:
    text = (ROOT / "docs/models/vllm.md").read_text("utf-8")
    code = Path(adapters.__file__).read_text("utf-8")
    for name in ("load_lora_adapter", "unload_lora_adapter"):
        assert f"/v1/{name}" in text
        assert f'"{name}"' in code
