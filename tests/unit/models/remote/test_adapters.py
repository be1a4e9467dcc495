"""Adapters are loaded while the server runs, once, under names that never change."""

import httpx
import pytest

from app.errors import TransientError, UserError
from app.models.remote.adapters import Adapters
from app.models.remote.server import Server
from tests.unit.models.remote.fakes import (
    PROMPT,
    URL,
    Answer,
    Hub,
    Naps,
    error,
    model,
    texts,
    vllm,
)

LOADED = "Success: LoRA adapter 'a' added successfully."


def adapters(hub: Hub, root: str = "/adapters") -> Adapters:
    server = Server(URL, transport=httpx.MockTransport(hub), sleep=Naps(), attempts=2)
    return Adapters(server, lambda name: f"{root}/{name}")


def done() -> httpx.Response:
    return httpx.Response(200, text=LOADED)


def test_an_adapter_is_loaded_once() -> None:
    hub = Hub(load_lora_adapter=[done()])
    known = adapters(hub)

    known.ensure("octo-loom-7")
    known.ensure("octo-loom-7")

    sent = {"lora_name": "octo-loom-7", "lora_path": "/adapters/octo-loom-7"}
    assert hub.sent == [("load_lora_adapter", sent)]


def test_an_adapter_that_is_there_already_is_fine() -> None:
    said = "The lora adapter 'a' has already been loaded. If you want ..."
    hub = Hub(load_lora_adapter=[error(400, said, type="InvalidUserInput")])
    known = adapters(hub)

    known.ensure("a")
    known.ensure("a")

    assert len(hub.sent) == 1


def test_a_name_is_never_used_for_another_version() -> None:
    known = adapters(Hub(load_lora_adapter=lambda _: done(), unload_lora_adapter=[done()]))
    known.load("a", "/adapters/1")
    known.unload("a")

    with pytest.raises(ValueError, match="never used for another version"):
        known.load("a", "/adapters/2")

    known.load("a", "/adapters/1")


@pytest.mark.parametrize("name", ["", "a.b", "../a", "a b", "-a", "a" * 200])
def test_a_name_is_plain(name: str) -> None:
    with pytest.raises(ValueError, match="letters"):
        adapters(Hub()).ensure(name)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (error(404, "Not Found", type="Not Found"), "VLLM_ALLOW_RUNTIME_LORA_UPDATING=True"),
        (httpx.Response(404, json={"detail": "Not Found"}), "VLLM_ALLOW_RUNTIME_LORA_UPDATING"),
        (httpx.Response(405, json={"detail": "Method Not Allowed"}), "VLLM_ALLOW_RUNTIME"),
        (error(404, "Loading lora a failed: No adapter found", type="NotFoundError"), "folder"),
        (
            error(500, "LoRA rank 64 is greater than 16", type="InternalServerError"),
            "max-lora-rank",
        ),
        (error(400, "Both must be provided"), "HTTP 400"),
        (error(401), "TREADLE_MODEL_API_KEY"),
    ],
)
def test_why_an_adapter_cannot_be_loaded(answer: Answer, said: str) -> None:
    known = adapters(Hub(load_lora_adapter=lambda _: answer))

    for _ in range(2):
        with pytest.raises(UserError, match=said):
            known.ensure("a")


def test_a_server_that_is_down_is_tried_later() -> None:
    known = adapters(Hub(load_lora_adapter=[error(503), error(503), done()]))

    with pytest.raises(TransientError):
        known.ensure("a")
    known.ensure("a")


@pytest.mark.parametrize("gone", [False, True])
def test_a_retired_adapter_is_unloaded(gone: bool) -> None:
    answer = error(404, "The lora adapter 'a' cannot be found.") if gone else done()
    hub = Hub(unload_lora_adapter=[answer])

    adapters(hub).unload("a")

    assert hub.sent == [("unload_lora_adapter", {"lora_name": "a"})]


def test_a_server_that_cannot_unload_is_told_of() -> None:
    with pytest.raises(UserError, match="VLLM_ALLOW_RUNTIME_LORA_UPDATING"):
        adapters(Hub()).unload("a")


def test_requests_under_an_adapter_name_it_as_their_model() -> None:
    hub = Hub(completions=vllm, load_lora_adapter=lambda _: done())
    remote = model(hub, folder=lambda name: f"/adapters/{name}")

    remote.session(PROMPT, adapter="a").expand([""], [1])
    remote.session(PROMPT).expand([""], [1])

    assert [sent["model"] for sent in hub.bodies("completions")] == ["a", "tiny"]


def test_an_adapter_that_a_restarted_server_lost_is_loaded_again() -> None:
    lost = error(404, "The model `a` does not exist.", type="NotFoundError")
    hub = Hub(load_lora_adapter=lambda _: done())
    remote = model(hub, mode="completions", folder=lambda name: f"/adapters/{name}")
    hub.handlers["completions"] = [vllm({"n": 2, "logprobs": 1}), lost, texts(" a", reason="stop")]

    (pieces,) = remote.session(PROMPT, adapter="a").expand([""], [1])

    assert [piece.text for piece in pieces] == [" a"]
    assert [path for path, _ in hub.sent].count("load_lora_adapter") == 2


def test_without_folders_an_adapter_that_the_server_lacks_is_a_fault() -> None:
    hub = Hub(completions=[vllm({"n": 2, "logprobs": 1})] + [error(404, "no model `a`")] * 2)

    with pytest.raises(UserError, match="no model of that name"):
        model(hub).session(PROMPT, adapter="a").expand([""], [1])
    assert "load_lora_adapter" not in [path for path, _ in hub.sent]
