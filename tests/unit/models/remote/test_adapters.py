"""Adapters are loaded while the server runs, once, under names that never change."""

from pathlib import Path

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


def adapters(hub: Hub) -> Adapters:
    return Adapters(Server(URL, transport=httpx.MockTransport(hub), sleep=Naps(), attempts=2))


def done(_: object = None) -> httpx.Response:
    return httpx.Response(200, text="Success: LoRA adapter 'a' added successfully.")


def test_an_adapter_is_loaded_by_name_and_folder() -> None:
    hub = Hub(load_lora_adapter=[done()])
    known = adapters(hub)

    known.add("octo-loom-7", "/adapters/7")
    known.ensure("octo-loom-7")

    sent = {"lora_name": "octo-loom-7", "lora_path": "/adapters/7"}
    assert hub.sent == [("load_lora_adapter", sent)]


def test_an_adapter_that_is_there_already_is_fine() -> None:
    said = "The lora adapter 'a' has already been loaded. If you want ..."
    hub = Hub(load_lora_adapter=lambda _: error(400, said, type="InvalidUserInput"))
    known = adapters(hub)

    known.add("a", "/adapters/a")
    known.add("a", "/adapters/a")
    known.ensure("a")

    assert len(hub.sent) == 2


def test_a_name_is_never_used_for_another_version() -> None:
    known = adapters(Hub(load_lora_adapter=done, unload_lora_adapter=done))
    known.add("a", "/adapters/1")
    known.remove("a")

    with pytest.raises(UserError, match="from another folder"):
        known.add("a", "/adapters/2")

    known.add("a", "/adapters/1")


@pytest.mark.parametrize("name", ["", "a.b", "../a", "a b", "-a", "a" * 200])
def test_a_name_is_plain(name: str) -> None:
    with pytest.raises(ValueError, match="letters"):
        adapters(Hub()).add(name, "/adapters/a")


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

    with pytest.raises(UserError, match=said):
        known.add("a", "/adapters/a")
    with pytest.raises(UserError, match=said):
        known.ensure("a")


def test_a_server_that_is_down_is_tried_later() -> None:
    known = adapters(Hub(load_lora_adapter=[error(503), error(503), done()]))

    with pytest.raises(TransientError):
        known.add("a", "/adapters/a")
    known.ensure("a")


@pytest.mark.parametrize("gone", [False, True])
def test_a_retired_adapter_is_unloaded(gone: bool) -> None:
    answer = error(404, "The lora adapter 'a' cannot be found.") if gone else done()
    hub = Hub(unload_lora_adapter=[answer])

    adapters(hub).remove("a")

    assert hub.sent == [("unload_lora_adapter", {"lora_name": "a"})]


def test_a_server_that_cannot_unload_is_told_of() -> None:
    with pytest.raises(UserError, match="VLLM_ALLOW_RUNTIME_LORA_UPDATING"):
        adapters(Hub()).remove("a")


def test_requests_under_an_adapter_name_it_as_their_model() -> None:
    hub = Hub(completions=vllm, load_lora_adapter=done)
    remote = model(hub)
    remote.add_adapter("a", Path("/adapters/a"))

    remote.session(PROMPT, adapter="a").expand([""], [1])
    remote.session(PROMPT).expand([""], [1])

    assert [sent["model"] for sent in hub.bodies("completions")] == ["a", "tiny"]


def test_a_removed_adapter_is_taken_off_the_server() -> None:
    hub = Hub(load_lora_adapter=done, unload_lora_adapter=done)
    remote = model(hub)
    remote.add_adapter("a", Path("/adapters/a"))

    remote.remove_adapter("a")

    assert hub.sent[-1] == ("unload_lora_adapter", {"lora_name": "a"})


def test_an_adapter_that_a_restarted_server_lost_is_loaded_again() -> None:
    lost = error(404, "The model `a` does not exist.", type="NotFoundError")
    found = [vllm({"n": 2, "logprobs": 1}), lost, texts(" a", reason="stop")]
    hub = Hub(load_lora_adapter=done, completions=found)
    remote = model(hub)
    remote.add_adapter("a", Path("/adapters/a"))

    (pieces,) = remote.session(PROMPT, adapter="a").expand([""], [1])

    assert [piece.text for piece in pieces] == [" a"]
    assert [path for path, _ in hub.sent].count("load_lora_adapter") == 2


def test_an_adapter_that_the_server_was_started_with_needs_no_loading() -> None:
    hub = Hub(completions=vllm)

    assert model(hub).session(PROMPT, adapter="a").expand([""], [1]) != [[]]


def test_an_adapter_that_the_server_lacks_is_a_fault() -> None:
    unknown = error(404, "The model `a` does not exist.")
    hub = Hub(completions=[vllm({"n": 2, "logprobs": 1}), unknown, unknown])

    with pytest.raises(UserError, match="no model of that name"):
        model(hub).session(PROMPT, adapter="a").expand([""], [1])
    assert "load_lora_adapter" not in [path for path, _ in hub.sent]
