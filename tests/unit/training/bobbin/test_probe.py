import math

import pytest
import torch

from app.training.bobbin import probe as module
from app.training.bobbin.probe import Probe, restricted

from .tiny import model, tokenizer

PROMPTS = [
    "Sources\n[1] The server listens on port 8080.\nQuestion: where does it listen?\nAnswer:\n",
    "Sources\n[1] No.\nQuestion: where?\nAnswer:\n",
    "Question:",
]
TEXTS = [["[1] The server", "[2] No."], ["yes"], ["no", "", "[1] [1] port 8080"]]


@pytest.fixture(scope="module")
def probe() -> Probe:
    words = tokenizer()
    return Probe(model(words), words)


def plain_logprob(probe: Probe, prompt: str, text: str) -> float:
    before, after = probe.ids(prompt), [*probe.ids(text), probe.end]
    with torch.inference_mode():
        told = probe.model(torch.tensor([before + after])).logits[0].log_softmax(-1)
    return sum(told[len(before) + at - 1, token].item() for at, token in enumerate(after))


@pytest.fixture(params=[24_000, 1])
def cells(request, monkeypatch):
    """All in one batch, and each row alone."""
    monkeypatch.setattr(module, "CELLS", request.param)


@pytest.mark.usefixtures("cells")
def test_answers_are_those_of_generate(probe):
    limits = [12, 3, 0]
    for prompt, most, answer in zip(PROMPTS, limits, probe.answers(PROMPTS, limits), strict=True):
        ids = torch.tensor([probe.ids(prompt)])
        plain = probe.model.generate(
            ids,
            attention_mask=torch.ones_like(ids),
            max_new_tokens=max(1, most),
            do_sample=False,
            pad_token_id=probe.end,
        )[0, ids.shape[1] :]
        said = [token for token in plain.tolist()[:most] if token != probe.end]
        assert answer == probe.tokenizer.decode(said)


@pytest.mark.usefixtures("cells")
def test_log_probabilities_are_those_of_a_plain_forward_pass(probe):
    found = probe.logprobs(PROMPTS, TEXTS)
    for prompt, texts, values in zip(PROMPTS, TEXTS, found, strict=True):
        assert values == pytest.approx([plain_logprob(probe, prompt, t) for t in texts], abs=1e-3)


@pytest.mark.usefixtures("cells")
def test_yes_counts_every_spelling(probe):
    for prompt, value in zip(PROMPTS, probe.yes(PROMPTS), strict=True):
        with torch.inference_mode():
            told = probe.model(torch.tensor([probe.ids(prompt)])).logits[0, -1].softmax(-1)
        yes, no = (
            {probe.ids(text)[0] for word in words for text in (word, f" {word}")}
            for words in (["yes", "Yes", "YES"], ["no", "No", "NO"])
        )
        odds = [sum(told[token].item() for token in tokens) for tokens in (yes - no, no - yes)]
        assert value == pytest.approx(math.log(odds[0] / odds[1]), abs=1e-3)


def test_an_answer_ends_at_the_end_of_text(probe):
    """A model made to say one token and then the end."""
    words = tokenizer()
    ending = model(words)
    with torch.no_grad():
        ending.lm_head.weight.zero_()
        ending.model.norm.weight.fill_(1.0)
    assert Probe(ending, words).answers(["Question:"], [5]) == [""]


def test_nothing_to_score_is_no_error(probe):
    assert probe.answers([], []) == []
    assert probe.logprobs(PROMPTS, [[], ["yes"], []])[::2] == [[], []]


def test_weights_are_measured_in_single_precision(tmp_path, probe):
    probe.model.to(torch.bfloat16).save_pretrained(tmp_path)
    probe.model.float()
    probe.tokenizer.save_pretrained(tmp_path)
    loaded = Probe.load(tmp_path)
    assert loaded.model.dtype == torch.float32
    assert loaded.logprobs(["Question:"], [["yes"]])[0][0] == pytest.approx(
        plain_logprob(loaded, "Question:", "yes"), abs=1e-3
    )


def test_both_are_answers_and_log_probabilities(probe):
    said, told = probe.both(PROMPTS, [4] * 3, TEXTS)
    assert said == probe.answers(PROMPTS, [4] * 3)
    summed = [[sum(tokens) for tokens in group] for group in told]
    for values, alone in zip(summed, probe.logprobs(PROMPTS, TEXTS), strict=True):
        assert values == pytest.approx(alone, abs=1e-4)


@pytest.mark.parametrize(
    ("options", "told", "expected"),
    [
        # The first token decides, however unlikely what follows is.
        ([[1, 7, 7], [2, 7]], [[-0.1, -9, -9], [-2.4, 0]], 0),
        # Where the first is shared, the next one that differs does.
        ([[1, 5, 9], [1, 6, 9], [2, 9]], [[-0.1, -2, 0], [-0.1, -1, -9], [-5, 0]], 1),
        ([[3]], [[-4]], 0),
    ],
)
def test_restricted_decoding_is_greedy_token_by_token(options, told, expected):
    assert restricted(options, told) == expected


def test_restricted_decoding_wants_something_to_say():
    with pytest.raises(ValueError, match="nothing"):
        restricted([], [])
