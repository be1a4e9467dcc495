import pytest
import torch

from app.training.bobbin.heldout import prompt
from app.training.bobbin.pages import Page, Turn
from app.training.bobbin.probe import Probe
from app.training.bobbin.style import StyleConfig, measure, pairs, teach, unled

from .tiny import model, tokenizer

PAGES = [
    Page(
        sources=("It listens on port 8080.", f"Logs go to file {number}."),
        turns=(Turn(question="where does it listen?", gold=(0,)),),
    )
    for number in range(4)
]


@pytest.fixture
def base(tmp_path):
    words = tokenizer()
    model(words).save_pretrained(tmp_path / "base")
    words.save_pretrained(tmp_path / "base")
    return tmp_path / "base"


def test_pairs_differ_by_the_lead_alone():
    (row,) = pairs(PAGES[:1])
    assert row == {
        "prompt": prompt(PAGES[0]),
        "chosen": "Short answer: [1] It listens on port 8080.",
        "rejected": "[1] It listens on port 8080.",
    }


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("Short answer: [1] Yes.", "[1] Yes."),
        ("Short answer: Short answer: [1] Yes.", "Short answer: [1] Yes."),
        ("[1] Yes.", "[1] Yes."),
    ],
)
def test_a_lead_is_taken_off_once(said, left):
    assert unled(said) == left


def test_an_adapter_makes_the_lead_likelier(base, tmp_path):
    from peft import PeftModel

    rows = pairs(PAGES)
    seconds = teach(base, rows, tmp_path / "adapter", StyleConfig(epochs=4, rows=2, rank=4))
    assert seconds > 0
    plain = Probe.load(base)
    led = PeftModel.from_pretrained(Probe.load(base).model, tmp_path / "adapter")
    taught = Probe(led.merge_and_unload(), plain.tokenizer)
    prompts, texts = [rows[0]["prompt"]], [[rows[0]["chosen"]]]
    assert taught.logprobs(prompts, texts)[0][0] > plain.logprobs(prompts, texts)[0][0] + 1


def test_measuring_leaves_the_base_as_it_was(base):
    before = Probe.load(base).model.state_dict()
    found = measure(base, PAGES, PAGES[:2], StyleConfig(epochs=1, rows=2, rank=2))
    assert (found.pairs, found.led.total, found.before.total) == (4, 2, 2)
    assert found.before.hits == 0
    after = Probe.load(base).model.state_dict()
    assert all(torch.equal(before[name], after[name]) for name in before)
