"""The remote back end against a real server with a real model, number by number."""

import math
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain import Prompt, Question
from app.errors import TooLong
from app.models.remote import RemoteModel, RemoteSpec, Sampling
from tests.integration.models.openai_server import Plain, serving
from tests.tiny_models import TEMPLATE, save_adapter, save_model

PROMPT = Prompt(
    text="The server listens on port 8080.\n",
    opening="Answer:",
    question=Question(text="?"),
    sources=(),
)
START = PROMPT.text + PROMPT.opening
ANSWER = " Set HOST to listen."
ASKED = "\nThe answer is"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_model(tmp_path_factory.mktemp("model"), template=TEMPLATE)


@pytest.fixture(scope="module")
def plain(folder: Path) -> Plain:
    return Plain(folder, likely=("yes", "no"))


@pytest.fixture(scope="module")
def url(plain: Plain) -> Iterator[str]:
    with serving(plain) as address:
        yield address


@pytest.fixture
def remote(url: str) -> Iterator[RemoteModel]:
    model = made(url)
    yield model
    model.close()


def made(url: str, mode: str = "auto") -> RemoteModel:
    sampling = Sampling(temperature=0.7, top_p=1.0, piece_tokens=6, answer_tokens=12)
    return RemoteModel(RemoteSpec(url=url, model="base", mode=mode, sampling=sampling, parallel=2))


def whole_logprob(plain: Plain, model: str, text: str) -> float:
    """The log-probability of a text and its end after the prompt, by one forward pass."""
    before = len(plain.tokenizer.encode(START))
    ids = [*plain.tokenizer.encode(START + text), plain.tokenizer.eos_token_id]
    rows = plain.logprobs(model, ids)
    return sum(float(rows[at - 1][ids[at]]) for at in range(before, len(ids)))


def odds(plain: Plain, ids: list[int]) -> float:
    """The log-odds of yes by one forward pass and the words of the whole vocabulary."""
    row = plain.logprobs("base", ids)[-1]
    sums = {"yes": 0.0, "no": 0.0}
    for token in range(len(row)):
        word = plain.tokenizer.decode([token]).strip().lower()
        if word in sums:
            sums[word] += math.exp(float(row[token]))
    return math.log(sums["yes"] / sums["no"])


def test_what_the_server_gives_is_found_out(remote: RemoteModel) -> None:
    assert str(remote.describe()) == "base: completions, with log-probabilities"


def test_a_pieces_log_probability_is_that_of_a_forward_pass(
    remote: RemoteModel, plain: Plain
) -> None:
    found = remote.session(PROMPT, seed=1).expand(["", ANSWER], [3, 3])

    measured = {}
    for before, new in plain.sampled:
        rows = plain.logprobs("base", before + new)
        told = sum(float(rows[len(before) + at - 1][one]) for at, one in enumerate(new))
        measured[plain.text(before), plain.text(new)] = told
    checked = 0
    for prefix, pieces in zip(["", ANSWER], found, strict=True):
        assert len({piece.text for piece in pieces}) > 1
        for piece in pieces:
            # A piece that would end inside a character is shorter than what was sampled.
            if (START + prefix, piece.text) in measured:
                told = measured[START + prefix, piece.text]
                assert piece.logprob == pytest.approx(told, abs=1e-4)
                checked += 1
    assert checked > 1


def test_the_same_seed_gives_the_same_pieces(url: str) -> None:
    def drawn(seed: int) -> object:
        model = made(url)
        session = model.session(PROMPT, seed=seed)
        found = session.expand(["", " a"], [2, 2]), session.expand([""], [2])
        model.close()
        return found

    assert drawn(3) == drawn(3)
    assert drawn(3) != drawn(4)


def test_a_texts_log_probability_is_that_of_a_forward_pass(
    remote: RemoteModel, plain: Plain, monkeypatch: pytest.MonkeyPatch
) -> None:
    likely = plain.bias.clone()
    likely[plain.tokenizer.eos_token_id] = 12.0
    monkeypatch.setattr(plain, "bias", likely)

    told = remote.session(PROMPT).logprob([ANSWER, " no"])

    known = [whole_logprob(plain, "base", text) for text in (ANSWER, " no")]
    assert told == pytest.approx(known, abs=1e-3)


def test_an_improbable_end_has_at_least_its_probability(remote: RemoteModel, plain: Plain) -> None:
    told = remote.session(PROMPT).logprob([ANSWER])

    assert told is not None
    assert whole_logprob(plain, "base", ANSWER) - 1e-3 <= told[0] < 0


def test_the_odds_of_yes_are_those_of_a_forward_pass(remote: RemoteModel, plain: Plain) -> None:
    (told,) = remote.session(PROMPT).yes_no([ANSWER], ASKED)

    known = odds(plain, plain.tokenizer.encode(START + ANSWER + ASKED))
    assert told == pytest.approx(known, abs=1e-3)


def test_chat_gives_whole_answers_and_odds(url: str, plain: Plain) -> None:
    model = made(url, "chat")
    session = model.session(PROMPT, seed=1)

    assert session.whole
    answers, none = session.expand(["", " a"], [3, 1])
    (told,) = session.yes_no([ANSWER], ASKED)
    model.close()

    assert len(answers) == 3
    assert none == []
    assert all(piece.logprob < 0 for piece in answers)
    assert math.isfinite(told)


def test_an_adapter_changes_what_is_said_and_nothing_else(
    remote: RemoteModel, plain: Plain, folder: Path, tmp_path: Path
) -> None:
    adapter = save_adapter(tmp_path / "adapter", folder, seed=1)
    remote.add_adapter("loom-1", adapter)
    remote.add_adapter("loom-1", adapter)

    told = {
        name: remote.session(PROMPT, adapter=name).yes_no([ANSWER], ASKED)
        for name in ("", "loom-1")
    }
    assert told[""] != told["loom-1"]
    assert told[""] == remote.session(PROMPT).yes_no([ANSWER], ASKED)

    # As after a restart of the server: what it lost is loaded again.
    del plain.models["loom-1"]
    assert remote.session(PROMPT, adapter="loom-1").yes_no([ANSWER], ASKED) == told["loom-1"]

    remote.remove_adapter("loom-1")
    assert "loom-1" not in plain.models


def test_a_prompt_that_is_too_long_names_the_setting(remote: RemoteModel) -> None:
    long = Prompt(text="port " * 2000, question=Question(text="?"), sources=())

    with pytest.raises(TooLong, match="TREADLE_MODEL_PROMPT_TOKENS"):
        remote.session(long).expand([""], [2])


def test_tokens_are_counted_as_the_server_does(remote: RemoteModel, plain: Plain) -> None:
    session = remote.session(PROMPT)

    (pieces,) = session.expand([""], [2])

    assert session.usage.read == len(plain.tokenizer.encode(START))
    assert 0 < session.usage.written <= 12
    assert len(pieces) <= 2
