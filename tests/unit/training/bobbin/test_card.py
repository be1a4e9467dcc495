import json
from dataclasses import asdict
from pathlib import Path

import pytest

from app.training.bobbin.card import CARD, FIGURES, card, figures, write
from app.training.bobbin.kept import Entry
from app.training.bobbin.measures import GROUPS
from app.training.bobbin.shares import Share
from app.training.bobbin.train import Recipe

SHIPPED = Path(__file__).parents[4] / "app" / "models" / "bobbin"
NAMES = [measure.name for group in GROUPS for measure in group.measures]
SHARES = {name: Share(hits=at, total=50) for at, name in enumerate(NAMES)}


def entry(name: str, licence: str, sentences: int) -> Entry:
    return Entry(
        name=name,
        version="1",
        licence=licence,
        files=1,
        documents=1,
        sentences=sentences,
        sha256="0" * 64,
    )


@pytest.fixture
def folder(tmp_path):
    config = {
        "num_hidden_layers": 5,
        "hidden_size": 256,
        "num_attention_heads": 4,
        "vocab_size": 4096,
    }
    training = {
        "step": 1600,
        "minutes": 70.4,
        "tokens": 16_543_210,
        "recipe": {"seed": 3, "length": 448, "steps": 1100, "longer": 500},
    }
    (tmp_path / "config.json").write_text(json.dumps(config), "utf-8")
    (tmp_path / "training.json").write_text(json.dumps(training), "utf-8")
    (tmp_path / "model.safetensors").write_bytes(bytes(7_678_408))
    return tmp_path


@pytest.fixture
def found(folder):
    entries = [entry("one", "MIT", 900), entry("two", "MIT", 200), entry("three", "ISC", 1500)]
    return figures(folder, entries, SHARES, parameters=3_838_976, style_seconds=43.6)


def test_figures_are_gathered(found):
    assert found["model"]["megabytes"] == 7.7
    assert found["training"]["step"] == 1600
    assert found["corpus"]["licences"] == {
        "ISC": {"packages": 1, "sentences": 1500},
        "MIT": {"packages": 2, "sentences": 1100},
    }
    assert list(found["measures"]) == NAMES
    assert found["style_seconds"] == 44


@pytest.mark.parametrize(
    "said",
    [
        "---\nlicense: apache-2.0\nlanguage: en\nlibrary_name: transformers\n",
        "3.84 million parameters",
        "16.5 million tokens in 1600 steps and 70\nminutes, seed 3.",
        "is 2,600 sentences",
        "of 3 packages",
        "| ISC | 1 | 1,500 |\n| MIT | 2 | 1,100 |",
        "It is a demonstration model.",
        "TREADLE_MODEL=<a causal model's id",
        "[1] The server listens on port 8080.\n[2] Set `HOST` to listen on another address.",
        "Question: where does it listen?\nAnswer:\n[1] The server listens on port 8080.\n```",
        "\nCheck: Does the answer quote the sources?\nyes\n```",
        # 0 of 50 by Wilson: 0 to z^2 / (50 + z^2).
        "| right sentence, word for word | 0.000 | 0.00-0.07 | 0.90 | 50 |",
    ],
)
def test_card_says_what_the_figures_say(found, said):
    assert said in card(found)


def test_card_leaves_no_slot_open(found):
    assert "{{" not in card(found)


def test_every_figure_changes_the_card(found):
    plain = card(found)
    for name in NAMES:
        other = {**found["measures"], name: Share(hits=49, total=50).figures()}
        assert (card({**found, "measures": other}) == plain) is (SHARES[name].hits == 49)
    assert card({**found, "style_seconds": 45}) != plain


def test_written_card_is_that_of_the_written_figures(folder, found):
    write(folder, found)
    kept = json.loads((folder / FIGURES).read_text("utf-8"))
    assert (folder / CARD).read_text("utf-8") == card(kept)


def test_the_shipped_card_is_that_of_the_shipped_figures():
    """Fails until `python -m bench.bobbin --write` has measured what is shipped."""
    kept = json.loads((SHIPPED / FIGURES).read_text("utf-8"))
    assert (SHIPPED / CARD).read_text("utf-8") == card(kept)
    weights = (SHIPPED / "model.safetensors").stat().st_size
    assert kept["model"]["megabytes"] == round(weights / 1e6, 1)
    assert kept["training"] == json.loads((SHIPPED / "training.json").read_text("utf-8"))


def test_what_is_shipped_was_trained_by_the_recipe_as_it_is():
    told = json.loads((SHIPPED / "training.json").read_text("utf-8"))
    assert told["recipe"] == json.loads(json.dumps(asdict(Recipe())))
    assert told["step"] == Recipe().end
