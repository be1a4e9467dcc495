"""The bot's own processes with the built-in model, and without any."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.demo.people import Posted, Someone
from app.feedback import metadata
from app.local import Processes, bot_environment, free_port
from app.models.catalogue import BOBBIN
from app.models.present import NOTE
from playground.server import Playground

FILES = {"README.md": b"# Loom\n\nRun the tests with `make check`.\nThe loom needs Python 3.11.\n"}
QUESTION = "/ask How do I run the tests?"
PATIENCE = 90.0
Ask = Callable[[str], Posted]


@contextmanager
def bot(data: Path, model: str) -> Iterator[Ask]:
    """Runs the web process and a worker beside a playground; gives what asks there."""
    web = free_port()
    with Playground(hook_url=f"http://127.0.0.1:{web}/webhooks") as playground:
        token = playground.world.create_user("wren")
        playground.world.create_repository("olivia", "loom", files=FILES)
        playground.install("olivia")
        settings = bot_environment(
            playground,
            data=data,
            port=web,
            admin_port=free_port(),
            admin_token="unused-here",
            model=model,
        )
        wren = Someone(
            login="wren", token=token, api_url=playground.api_url, full_name="olivia/loom"
        )

        def ask(question: str) -> Posted:
            number = wren.open_issue("Tests", "")
            return wren.reply_to(number, wren.comment(number, question), seconds=PATIENCE)[0]

        try:
            more = {"SIGNING_KEYS": f"k1:{'k' * 24}", "MODEL_TIMEOUT": "600"}
            settings |= {f"TREADLE_{name}": value for name, value in more.items()}
            with Processes(settings, data):
                yield ask
        finally:
            wren.close()


def test_a_delivery_is_answered_by_bobbin_in_a_process_of_its_own(tmp_path: Path) -> None:
    with bot(tmp_path, BOBBIN) as ask:
        reply = ask(QUESTION)
    assert "Run the tests with `make check`." in reply.body
    assert f"{NOTE}</sub>" in reply.body
    block = metadata.read(reply.body, keys={"k1": "k" * 24})
    assert isinstance(block, metadata.Block)
    assert block.values["model"] == BOBBIN
    said = (tmp_path / "worker.log").read_text("utf-8")
    # It was begun ahead of the question, and ended with the worker.
    assert said.index("model.loading") < said.index("ask.acknowledged")
    assert said.count('"model.loaded"') == said.count('"model.ended"') == 1
    assert "model.loading" not in (tmp_path / "web.log").read_text("utf-8")


def test_without_a_model_torch_is_never_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "packages" / "torch"
    package.mkdir(parents=True)
    trap, sprung = package / "__init__.py", tmp_path / "sprung"
    trap.write_text(f"import pathlib\npathlib.Path({str(sprung)!r}).touch()\n")
    monkeypatch.setenv("PYTHONPATH", str(package.parent))
    with bot(tmp_path / "data", "extract") as ask:
        reply = ask(QUESTION)
    assert "make check" in reply.body and "demonstration" not in reply.body
    assert not sprung.exists()
