import json
from datetime import UTC, datetime

import pytest
import torch
from peft import PeftModel
from transformers import AutoModelForCausalLM, AutoTokenizer

from app.domain import Lesson
from app.layouts import Layout, numbered
from app.layouts.wording import Wording
from app.training.measured import to_json
from app.training.measures import MeasureConfig, measure
from app.training.probes import lay_out, probes, texts
from app.training.rows import Reading
from app.training.voice import Voice
from tests.tiny_models import TEMPLATE, save_adapter, save_model

SOURCES = ["It listens on port 8080.", "Logs go to a file."]
CONFIG = MeasureConfig(layout=Layout.NUMBERED, questions=0, limit=8)


def adapted(folder, *, scale: float = 0.3, kind: str = "llama", template: str = ""):
    """Returns a tiny model with a random adapter on, and its tokenizer."""
    base = save_model(folder / "base", kind, template=template)
    adapter = save_adapter(folder / "adapter", base, seed=1, scale=scale)
    model = PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(base), adapter)
    return model.eval(), AutoTokenizer.from_pretrained(base)


def lesson(at: int, question: str = "where does it listen?", **changed: object) -> Lesson:
    values = {
        "repository_id": 1,
        "reply_id": 100 + at,
        "thread": at,
        "question": question,
        "prompt": numbered.page(SOURCES, f"{question} {at}"),
        "chosen": "In short: [1] It listens on port 8080.",
        "rejected": "[1] It listens on port 8080.",
        "weight": 0.5,
        "people": ["mona"],
        "urls": ["https://github.example/r/issues/1"],
        "created_at": datetime(2026, 1, 1, tzinfo=UTC),
    }
    return Lesson(**{**values, **changed})


def score(model: torch.nn.Module, before: list[int], after: list[int]) -> float:
    """Adds up log-probabilities one token at a time."""
    total = 0.0
    for at, token in enumerate(after):
        told = model(input_ids=torch.tensor([before + after[:at]])).logits[0, -1]
        total += told.log_softmax(-1)[token].item()
    return total


def greedy(model: torch.nn.Module, prompt: list[int], end: int, limit: int) -> list[int]:
    said: list[int] = []
    while len(said) < limit:
        token = int(model(input_ids=torch.tensor([prompt + said])).logits[0, -1].argmax())
        if token == end:
            break
        said.append(token)
    return said


@torch.inference_mode()
@pytest.mark.parametrize("kind", ["llama", "gpt2"])
def test_a_batch_says_what_single_texts_say(tmp_path, kind):
    model, words = adapted(tmp_path, kind=kind)
    end = words.eos_token_id
    texts = ["Yes, it does.", "The server listens on port 8080. Set HOST.", "No"]
    rows = [words.encode(text) for text in texts]
    voice = Voice(model, frozenset([end]))
    pairs = [(rows[0], rows[1]), (rows[1], rows[2]), (rows[2], rows[0])]
    told = voice.logprobs(pairs)
    # Longer than a stride, after which answers that ended leave.
    said = voice.answers(rows, 45)
    for (before, after), one in zip(pairs, told, strict=True):
        assert one == pytest.approx(score(model, before, after), abs=1e-3)
    for row, (ids, ended) in zip(rows, said, strict=True):
        assert ids == greedy(model, row, end, 45)
        assert ended == (len(ids) < 45)


def test_measures_both_ways(tmp_path):
    model, words = adapted(tmp_path)
    lessons = [lesson(1), lesson(2, rejected="")]
    found = measure(model, words, lessons, CONFIG)
    (pair,) = found.pairs
    assert (pair.reply_id, pair.thread, pair.weight) == (101, 1, 0.5)
    reading = Reading(words, model, Layout.NUMBERED)
    prompt = list(reading.prompt(lessons[0].prompt))
    chosen, rejected = (
        list(reading.answer(text)) for text in (lessons[0].chosen, lessons[0].rejected)
    )
    assert chosen[-1] == words.eos_token_id
    with torch.inference_mode():
        assert pair.chosen == pytest.approx(score(model, prompt, chosen), abs=1e-3)
        assert pair.rejected == pytest.approx(score(model, prompt, rejected), abs=1e-3)
        with model.disable_adapter():
            assert pair.base_chosen == pytest.approx(score(model, prompt, chosen), abs=1e-3)
            assert pair.base_rejected == pytest.approx(score(model, prompt, rejected), abs=1e-3)
    assert [answer.thread for answer in found.answers] == [2, 1]
    assert all(answer.wanted == len(chosen) - 1 for answer in found.answers)
    assert found.change > 0.01
    assert found.texts == ()


def test_an_adapter_that_does_nothing_changes_nothing(tmp_path):
    model, words = adapted(tmp_path, scale=0.0)
    found = measure(model, words, [lesson(1)], CONFIG)
    assert found.change == 0
    assert found.pairs[0].gain == 0
    assert found.answers[0].base == found.answers[0].led


def test_general_questions_and_texts(tmp_path):
    model, words = adapted(tmp_path)
    config = MeasureConfig(layout=Layout.NUMBERED, questions=3, limit=4)
    found = measure(model, words, [], config)
    assert [answer.probe for answer in found.answers] == [one.name for one in probes()[:3]]
    assert all(answer.right is not None and answer.wanted is None for answer in found.answers)
    # A model of numbered pages writes no prose: the sentence that it is to repeat counts.
    assert len(found.texts) == 3 and len(found.prose) == len(texts())
    one = probes()[0]
    number, sentence = one.answer(Layout.NUMBERED).split(" ", 1)
    reading = Reading(words, model, Layout.NUMBERED)
    prompt = list(reading.prompt(lay_out(one, Layout.NUMBERED) + number))
    said = list(reading.answer(f" {sentence}"))
    with torch.inference_mode():
        led = score(model, prompt, said)
    assert found.texts[0].led == pytest.approx(led, abs=1e-3)
    assert found.texts[0].tokens == len(said)
    assert found.pairs == ()


def test_general_text_is_prose_to_a_model_that_writes_prose(tmp_path):
    model, words = adapted(tmp_path)
    config = MeasureConfig(layout=Layout.PASSAGES, questions=1, limit=4)
    found = measure(model, words, [], config)
    assert len(found.texts) == len(texts()) and found.prose == ()
    ids = list(Wording(words, model).whole(texts()[0]))
    with torch.inference_mode():
        led = score(model, ids[:1], ids[1:])
    assert found.texts[0].led == pytest.approx(led, abs=1e-3)
    assert found.texts[0].tokens == len(ids) - 1


def test_passages_through_a_chat_template(tmp_path):
    model, words = adapted(tmp_path, template=TEMPLATE)
    config = MeasureConfig(layout=Layout.PASSAGES, questions=0, limit=4)
    prompt = "# Sources\n\n[1] a.md: A\nIt listens on port 8080.\n\n# Question"
    (answer,) = measure(model, words, [lesson(1, prompt=prompt)], config).answers
    assert answer.base.tokens <= 4


def test_the_same_prompt_is_answered_once(tmp_path):
    model, words = adapted(tmp_path)
    again = lesson(1, reply_id=5, chosen="So: [2] Logs go to a file.")
    found = measure(model, words, [lesson(1), again], CONFIG)
    assert [pair.reply_id for pair in found.pairs] == [101, 5]
    assert [answer.reply_id for answer in found.answers] == [101]


def test_the_model_is_left_as_it_was(tmp_path):
    model, words = adapted(tmp_path)
    before = {name: weight.clone() for name, weight in model.state_dict().items()}
    model.train()
    first = measure(model, words, [lesson(1)], CONFIG)
    assert model.training and model.get_model_status().enabled is True
    assert first == measure(model, words, [lesson(1)], CONFIG)
    assert all(torch.equal(before[name], weight) for name, weight in model.state_dict().items())


def test_no_words_of_people_are_kept(tmp_path):
    model, words = adapted(tmp_path)
    value = json.dumps(to_json(measure(model, words, [lesson(1, question="my secret")], CONFIG)))
    assert "secret" not in value and "mona" not in value and "8080" not in value
