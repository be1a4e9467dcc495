"""The model as a whole: laziness, settings, and what doctor is told."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.errors import TransientError, UserError
from app.models.metering import Prices
from app.models.remote import Description, RemoteSpec, Sampling, spec
from app.ports.models import Model, ModelSession
from app.settings import load
from tests.unit.models.remote.fakes import (
    KEY,
    PRIVATE,
    PROMPT,
    Hub,
    chat,
    error,
    model,
    ok,
    plain,
    vllm,
)


def test_it_is_a_model() -> None:
    remote: Model = model(Hub(completions=vllm))
    session: ModelSession = remote.session(PROMPT, adapter="", seed=1)

    assert remote.name == "tiny"
    assert not session.whole
    session.close()
    remote.close()


def test_nothing_is_sent_before_it_is_needed() -> None:
    hub = Hub(completions=vllm)

    model(hub).session(PROMPT)

    assert hub.sent == []


def test_the_dialect_is_found_out_once_by_one_thread() -> None:
    start = threading.Barrier(4, timeout=5)
    hub = Hub(completions=vllm)
    remote = model(hub)

    def ask() -> bool:
        start.wait()
        return remote.session(PROMPT).whole

    with ThreadPoolExecutor(4) as pool:
        assert [future.result() for future in [pool.submit(ask) for _ in range(4)]] == [False] * 4
    assert len(hub.sent) == 1


def test_a_server_that_was_down_is_asked_again() -> None:
    hub = Hub(completions=[error(503), vllm({"n": 2, "logprobs": 1})])
    remote = model(hub, attempts=1)

    with pytest.raises(TransientError):
        remote.session(PROMPT).whole  # noqa: B018
    assert not remote.session(PROMPT).whole


def test_the_settings_are_followed() -> None:
    given = load(
        {
            "TREADLE_MODEL": "org/tiny",
            "TREADLE_MODEL_URL": "http://127.0.0.1:9/v1/",
            "TREADLE_MODEL_API_KEY": KEY,
            "TREADLE_MODEL_MODE": "chat",
            "TREADLE_MODEL_TIMEOUT": "7",
            "TREADLE_MODEL_ATTEMPTS": "4",
            "TREADLE_MODEL_TEMPERATURE": "0.5",
            "TREADLE_MODEL_TOP_P": "0.6",
            "TREADLE_MODEL_PIECE_TOKENS": "9",
            "TREADLE_MODEL_PRICE_READ": "1",
            "TREADLE_MODEL_PRICE_WRITTEN": "2",
            "TREADLE_MODEL_MAX_TOKENS": "300",
            "TREADLE_MODEL_MAX_COST": "0.5",
        }
    )

    assert spec(given) == RemoteSpec(
        url="http://127.0.0.1:9/v1/",
        model="org/tiny",
        key=KEY,
        mode="chat",
        timeout=7.0,
        attempts=4,
        sampling=Sampling(temperature=0.5, top_p=0.6, piece_tokens=9),
        prices=Prices(read=1.0, written=2.0),
        max_tokens=300,
        max_cost=0.5,
    )


def test_the_key_is_not_shown() -> None:
    assert KEY not in repr(RemoteSpec(url="http://127.0.0.1/v1", model="tiny", key=KEY))


@pytest.mark.parametrize(
    ("hub", "said"),
    [
        (Hub(completions=vllm), "tiny: completions, with log-probabilities"),
        (
            Hub(completions=plain, chat__completions=chat),
            "tiny: chat, whole answers alone, without log-probabilities",
        ),
        (
            Hub(completions=vllm, models=lambda _: ok({"data": [{"id": "other"}]})),
            "tiny: completions, with log-probabilities, not in its list",
        ),
        # `transformers serve` fails so where nothing was ever downloaded.
        (
            Hub(completions=vllm, models=lambda _: error(500)),
            "tiny: completions, with log-probabilities",
        ),
        (
            Hub(completions=vllm, models=lambda _: error(404)),
            "tiny: completions, with log-probabilities",
        ),
        (
            Hub(completions=vllm, models=lambda _: ok({"data": 3})),
            "tiny: completions, with log-probabilities",
        ),
    ],
)
def test_what_doctor_is_told(hub: Hub, said: str) -> None:
    assert str(model(hub).describe()) == said


def test_the_models_of_the_server_are_listed() -> None:
    def models(_: dict[str, Any]) -> httpx.Response:
        return ok({"data": [{"id": "tiny"}, {"id": "tiny-lora"}, {"name": "x"}, 3]})

    assert model(Hub(completions=vllm, models=models)).describe() == Description(
        model="tiny",
        models=("tiny", "tiny-lora"),
        mode="completions",
        logprobs=True,
        several=True,
    )


@pytest.mark.parametrize(
    ("listed", "context"),
    [
        (
            ok(
                {
                    "data": [
                        {"id": "other", "max_model_len": 9},
                        {"id": "tiny", "max_model_len": 4096},
                    ]
                }
            ),
            4096,
        ),
        (ok({"data": [{"id": "tiny"}]}), 0),
        (ok({"data": [{"id": "tiny", "max_model_len": "4096"}]}), 0),
        (ok({"data": [{"id": "tiny", "max_model_len": -1}]}), 0),
        (ok({"data": ["tiny"]}), 0),
        (ok({"data": None}), 0),
        (error(404), 0),
        (error(500), 0),
    ],
)
def test_what_the_model_can_read_is_asked_once(listed: httpx.Response, context: int) -> None:
    hub = Hub(models=lambda _: listed)
    remote = model(hub, attempts=1)

    assert [remote.context(), remote.context()] == [context, context]
    assert [path for path, _ in hub.sent] == ["models"]


def test_a_server_that_is_away_is_asked_again_what_the_model_can_read() -> None:
    listed = ok({"data": [{"id": "tiny", "max_model_len": 4096}]})
    answers = [httpx.ConnectError("away"), listed]
    remote = model(Hub(models=answers), attempts=1)

    with pytest.raises(TransientError, match="cannot be reached"):
        remote.context()
    assert remote.context() == 4096


def test_a_wrong_key_is_told_when_the_models_are_asked_for() -> None:
    with pytest.raises(UserError, match="TREADLE_MODEL_API_KEY"):
        model(Hub(models=lambda _: error(401))).context()


def test_doctor_is_told_of_a_wrong_key() -> None:
    with pytest.raises(UserError, match="TREADLE_MODEL_API_KEY"):
        model(Hub(completions=lambda _: error(401))).describe()


@pytest.mark.parametrize("known", [False, True])
@pytest.mark.parametrize("texts", [["one"], ["one", "two"]])
def test_a_closed_model_takes_no_more_work(known: bool, texts: list[str]) -> None:
    remote = model(Hub(completions=vllm))
    session = remote.session(PROMPT)
    if known:
        # Else finding out what the server understands is what comes too late.
        assert session.yes_no(["before"], "Is it so?")

    remote.close()

    with pytest.raises(TransientError, match="closed"):
        session.yes_no(texts, "Is it so?")
    with pytest.raises(TransientError, match="closed"):
        remote.add_adapter("a1", Path("/srv/a1"))


def test_what_waits_when_a_model_is_closed_is_given_up() -> None:
    begun, closed = threading.Event(), threading.Event()

    def completions(body: dict[str, Any]) -> httpx.Response:
        if PRIVATE in body["prompt"]:
            begun.set()
            assert closed.wait(10)
        return vllm(body)

    remote = model(Hub(completions=completions), parallel=1)
    session = remote.session(PROMPT)
    found: list[Exception] = []

    def ask() -> None:
        try:
            session.yes_no(["one", "two", "three"], "Is it so?")
        except TransientError as error:
            found.append(error)

    asking = threading.Thread(target=ask)
    asking.start()
    assert begun.wait(10)
    remote.close()
    closed.set()
    asking.join(10)

    assert [str(error) for error in found] == ["the model is closed, as this process is ending"]
