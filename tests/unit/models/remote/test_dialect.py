"""What a server understands is found out once, and asked for accordingly."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import httpx
import pytest
import structlog

from app.errors import TransientError, UserError
from app.models.remote.dialect import Ask, Dialect, body, find
from app.models.remote.server import Server
from tests.unit.models.remote.fakes import (
    URL,
    Hub,
    Naps,
    chat,
    described,
    error,
    messages,
    ok,
    plain,
    texts,
    vllm,
)


def found(hub: Hub, mode: str = "auto") -> Dialect:
    server = Server(URL, transport=httpx.MockTransport(hub), sleep=Naps(), attempts=2)
    return find(server, "tiny", mode)


def test_completions_with_log_probabilities_are_taken_first() -> None:
    hub = Hub(completions=vllm, chat__completions=chat)

    assert found(hub) == Dialect(mode="completions", logprobs=20, several=True)

    assert [path for path, _ in hub.sent] == ["completions"]


def test_llama_cpp_with_one_slot() -> None:
    def completions(sent: dict[str, Any]) -> httpx.Response:
        if sent.get("n", 1) > 1:
            return error(400, "n_cmpl cannot be greater than the number of slots", code=400)
        return texts(" a", logprobs=described((" a", -0.5)))

    assert found(Hub(completions=completions)) == Dialect(mode="completions", several=False)


def test_chat_is_taken_where_completions_have_no_log_probabilities() -> None:
    hub = Hub(completions=plain, chat__completions=chat)

    assert found(hub) == Dialect(mode="chat", logprobs=0, several=False)


def test_chat_is_taken_where_there_are_no_completions() -> None:
    def answers(_: dict[str, Any]) -> httpx.Response:
        return messages("a", "b", logprobs=described(("a", -0.1)))

    dialect = found(Hub(chat__completions=answers))

    assert dialect == Dialect(mode="chat", logprobs=20, several=True)


@pytest.mark.parametrize("status", [400, 404, 500])
def test_a_model_without_a_chat_template_completes_without_log_probabilities(status: int) -> None:
    hub = Hub(completions=plain, chat__completions=lambda _: error(status))

    assert found(hub) == Dialect(mode="completions", logprobs=0, several=False)


def test_a_chat_that_is_down_for_a_while_is_waited_for() -> None:
    hub = Hub(completions=plain, chat__completions=lambda _: error(503))

    with pytest.raises(TransientError):
        found(hub)


def test_completions_alone_may_be_wanted() -> None:
    hub = Hub(completions=plain, chat__completions=chat)

    assert found(hub, "completions").mode == "completions"


def test_chat_alone_may_be_wanted() -> None:
    hub = Hub(completions=vllm, chat__completions=chat)

    assert found(hub, "chat").mode == "chat"
    assert [path for path, _ in hub.sent] == ["chat/completions"]


def refusing(field: str, message: bool = False) -> Callable[[dict[str, Any]], httpx.Response]:
    def answer(sent: dict[str, Any]) -> httpx.Response:
        if field in sent and not (field == "logprobs" and sent[field] == 5):
            said = f"'{field}' is not supported" if message else "no"
            return error(400, said, param=None if message else field)
        return vllm(sent)

    return answer


@pytest.mark.parametrize("message", [False, True])
@pytest.mark.parametrize(
    ("field", "dialect"),
    [
        ("seed", Dialect(mode="completions", seed=False)),
        ("top_p", Dialect(mode="completions", top_p=False)),
        ("temperature", Dialect(mode="completions", temperature=False)),
        ("n", Dialect(mode="completions", several=False)),
        ("max_tokens", Dialect(mode="completions", limit="max_completion_tokens")),
        ("logprobs", Dialect(mode="completions", logprobs=5)),
    ],
)
def test_a_refused_field_is_left_out(field: str, dialect: Dialect, message: bool) -> None:
    assert found(Hub(completions=refusing(field, message)), "completions") == dialect


@pytest.mark.parametrize("field", ["n", "logprobs", "seed", "top_p", "temperature"])
def test_a_field_refused_without_a_reason_is_found(field: str) -> None:
    def answer(sent: dict[str, Any]) -> httpx.Response:
        refused = field in sent and not (field == "logprobs" and sent[field] == 5)
        return error(422) if refused else vllm(sent)

    names = {"n": "several", "logprobs": "logprobs"}
    narrowed = {"logprobs": 5}.get(field, False)

    dialect = found(Hub(completions=answer), "completions")

    assert dialect == replace(Dialect(mode="completions"), **{names.get(field, field): narrowed})


def test_a_fault_that_no_field_of_ours_has_is_told_at_once() -> None:
    hub = Hub(completions=lambda _: error(400, "no", param="model"))

    with pytest.raises(UserError):
        found(hub, "completions")
    assert len(hub.sent) == 1


def test_a_server_that_refuses_without_a_reason_is_asked_for_ever_less() -> None:
    def answer(sent: dict[str, Any]) -> httpx.Response:
        return error(422) if {"n", "logprobs", "seed", "top_p"} & set(sent) else plain(sent)

    dialect = found(Hub(completions=answer), "completions")

    assert dialect == Dialect(
        mode="completions", logprobs=0, several=False, seed=False, top_p=False
    )


def test_a_server_that_refuses_everything_is_told_of() -> None:
    hub = Hub(completions=lambda _: error(400), chat__completions=lambda _: error(400))

    with pytest.raises(UserError, match="HTTP 400"):
        found(hub)


def test_no_such_model() -> None:
    unknown = "The model `tiny` does not exist."
    hub = Hub(
        completions=lambda _: error(404, unknown), chat__completions=lambda _: error(404, unknown)
    )

    with pytest.raises(UserError, match="no model of that name: check TREADLE_MODEL"):
        found(hub)


def test_no_such_address() -> None:
    with pytest.raises(UserError, match="TREADLE_MODEL_URL should end"):
        found(Hub())


def test_a_wrong_key_ends_the_search() -> None:
    hub = Hub(completions=lambda _: error(401), chat__completions=chat)

    with pytest.raises(UserError, match="TREADLE_MODEL_API_KEY"):
        found(hub)
    assert len(hub.sent) == 1


def test_what_was_found_is_logged() -> None:
    with structlog.testing.capture_logs() as logs:
        found(Hub(completions=vllm))

    assert logs[-1] == {
        "event": "model.dialect",
        "log_level": "info",
        "model": "tiny",
        "mode": "completions",
        "logprobs": 20,
        "several": True,
        "seed": True,
    }


def test_an_unreadable_answer_is_not_taken_for_no() -> None:
    with pytest.raises(TransientError, match="unknown form"):
        found(Hub(completions=lambda _: ok({})))


def test_a_completion_is_laid_out() -> None:
    ask = Ask(text="a", count=3, tokens=8, temperature=0.8, top_p=0.9, seed=7, logprobs=1)

    assert body(ask, Dialect(mode="completions"), "tiny") == {
        "model": "tiny",
        "prompt": "a",
        "max_tokens": 8,
        "temperature": 0.8,
        "top_p": 0.9,
        "seed": 7,
        "n": 3,
        "logprobs": 1,
    }


def test_a_chat_is_laid_out() -> None:
    ask = Ask(text=(("user", "a"),), logprobs=20)

    assert body(ask, Dialect(mode="chat", logprobs=5), "tiny") == {
        "model": "tiny",
        "messages": [{"role": "user", "content": "a"}],
        "max_tokens": 1,
        "temperature": 1.0,
        "seed": 0,
        "logprobs": True,
        "top_logprobs": 5,
    }


def test_what_is_not_understood_is_not_asked() -> None:
    dialect = Dialect(
        mode="chat",
        logprobs=0,
        several=False,
        seed=False,
        top_p=False,
        temperature=False,
        limit="max_completion_tokens",
    )
    ask = Ask(text=(), count=3, tokens=8, temperature=0.8, top_p=0.9, seed=7, logprobs=1)

    assert body(ask, dialect, "tiny") == {
        "model": "tiny",
        "messages": [],
        "max_completion_tokens": 8,
    }
