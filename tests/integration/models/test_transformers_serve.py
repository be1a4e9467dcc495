"""The remote back end against `transformers serve`, with models of a few thousand weights."""

import json
import math
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
import torch
from transformers import AutoModelForCausalLM

from app.domain import Prompt, Question
from app.local import free_port
from app.models.remote import RemoteModel, RemoteSpec, Sampling
from tests.tiny_models import TEMPLATE, save_model, tokenizer

PATIENCE = 300.0
"""Seconds in which the server is to answer, on a machine that is busy with other things."""
PROMPT = Prompt(
    text="The server listens on port 8080.\n",
    opening="Answer:",
    question=Question(text="?"),
    sources=(),
)
Make = Callable[..., RemoteModel]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Models: one that chats, one that only goes on with a text, one that always says yes."""
    folder = tmp_path_factory.mktemp("models")
    save_model(folder / "chats", template=TEMPLATE)
    config = folder / "chats" / "generation_config.json"
    config.write_text(json.dumps({**json.loads(config.read_text("utf-8")), "do_sample": True}))
    save_model(folder / "goes-on")
    agreeing = AutoModelForCausalLM.from_pretrained(
        save_model(folder / "agrees", "gpt2", template=TEMPLATE)
    )
    with torch.no_grad():
        agreeing.transformer.ln_f.weight.zero_()
        words = tokenizer()
        agreeing.transformer.ln_f.bias.copy_(
            10.0 * agreeing.transformer.wte.weight[words.convert_tokens_to_ids("Ġyes")]
        )
    agreeing.save_pretrained(folder / "agrees")
    return folder


@pytest.fixture(scope="module")
def url(folder: Path) -> Iterator[str]:
    port = free_port()
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "transformers.cli.transformers", "serve"),
                *("--host", "127.0.0.1", "--port", str(port), "--device", "cpu"),
            ],
            env=os.environ | {"HF_HUB_OFFLINE": "1", "HF_HOME": str(folder / "hub")},
            stdout=log,
            stderr=log,
        )
    try:
        until = time.monotonic() + PATIENCE
        while not _healthy(f"http://127.0.0.1:{port}/health"):
            assert process.poll() is None, (folder / "log").read_text("utf-8")
            assert time.monotonic() < until, "the server did not start"
            time.sleep(0.2)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        process.kill()
        process.wait()


def _healthy(url: str) -> bool:
    try:
        return httpx.get(url).is_success
    except httpx.TransportError:
        return False


@pytest.fixture
def make(url: str, folder: Path) -> Iterator[Make]:
    made: list[RemoteModel] = []

    def make(name: str, mode: str = "auto") -> RemoteModel:
        sampling = Sampling(temperature=0.9, top_p=1.0, piece_tokens=6, answer_tokens=12)
        given = RemoteSpec(
            url=url,
            model=str(folder / name),
            mode=mode,
            timeout=PATIENCE,
            sampling=sampling,
            # The seed is one for all requests that run at the same time.
            parallel=1,
        )
        made.append(RemoteModel(given))
        return made[-1]

    yield make
    for model in made:
        model.close()


@pytest.mark.parametrize(
    ("name", "mode", "found"),
    [
        ("chats", "auto", "chat, whole answers alone, without log-probabilities"),
        ("chats", "completions", "completions, without log-probabilities"),
        ("goes-on", "auto", "completions, without log-probabilities"),
    ],
)
def test_what_the_server_gives_is_found_out(make: Make, name: str, mode: str, found: str) -> None:
    model = make(name, mode)
    told = model.describe()
    assert str(told).split(": ")[1] == found
    assert not told.several
    assert model.context() == 0, "without a hub it lists no models"


def test_chat_gives_whole_answers(make: Make) -> None:
    session = make("chats").session(PROMPT, seed=1)
    answers, none = session.expand(["", " a"], [3, 1])
    assert session.whole and none == []
    assert len({piece.text for piece in answers}) == 3
    # Three requests, each with the same prompt; an answer has 12 tokens at most.
    assert session.usage.read % 3 == 0 and 3 <= session.usage.written <= 36


def test_the_same_seed_gives_the_same_answers(make: Make) -> None:
    found = [make("chats").session(PROMPT, seed=seed).expand([""], [2]) for seed in (3, 3, 4)]
    assert found[0] == found[1] != found[2]


def test_completions_go_on_from_any_beginning(make: Make) -> None:
    session = make("goes-on").session(PROMPT, seed=1)
    found = session.expand(["", " It does."], [1, 2])
    assert [len(pieces) for pieces in found] == [1, 2]
    assert not session.whole
    assert session.logprob([" It does."]) is None
    assert session.usage.written <= 18


@pytest.mark.parametrize("mode", ["chat", "completions"])
def test_yes_is_counted(make: Make, mode: str) -> None:
    odds = make("agrees", mode).session(PROMPT).yes_no(["It does."], "Does it?")
    # Five answers, all yes, and half an answer more for each word.
    assert odds == [pytest.approx(math.log(5.5 / 0.5))]
