"""Asks that a language model drafts, and what becomes of them where it cannot."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from app.doctor import examine
from app.domain import AskState
from app.errors import TransientError
from app.feedback import metadata
from app.models.catalogue import BOBBIN_FOLDER
from app.models.local import LocalModel
from app.models.present import NOTE
from tests.integration.flows.conftest import FILES, Town, founded
from tests.integration.flows.test_ask import QUESTION, ask_key, state

WORDS = "its maintainers find why with `treadle doctor`"


@pytest.fixture(scope="module")
def loom(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A town whose bot answers with the built-in model, loaded once for all tests."""
    with founded(tmp_path_factory.mktemp("loom"), model="bobbin") as made:
        yield made


@pytest.fixture
def damaged(tmp_path: Path) -> Path:
    """A copy of the built-in model whose weights end too soon."""
    folder = tmp_path / "damaged"
    shutil.copytree(BOBBIN_FOLDER, folder)
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:100_000])
    return folder


def test_bobbin_quotes_the_sources_and_says_what_it_is(loom: Town) -> None:
    number, posted = loom.ask("rae", QUESTION)
    reply = loom.reply(number)
    assert "Run the tests with `make check`." in reply.body
    [footer] = [line for line in reply.body.splitlines() if line.startswith("<sub>")]
    assert footer.endswith(f"{NOTE}</sub>") and "teach me" in footer

    block = metadata.read(reply.body, keys=loom.bot.context.keys, trigger_node_id=posted.node_id)
    assert isinstance(block, metadata.Block) and block.intact
    assert (block.values["model"], block.values["adapter"]) == ("bobbin", "")
    usage = block.values["usage"]
    assert isinstance(usage, dict) and usage["read"] > usage["written"] > 0 and usage["cost"] == 0

    stored = loom.bot.store.replies.by_url(reply.url)
    assert stored is not None
    left = stored.answer
    for sentence in b"".join(FILES.values()).decode().splitlines():
        left = left.replace(sentence, "") if sentence else left
    # Nothing but marks of sources, and at most a few words that lead in.
    assert re.fullmatch(r"(?:[A-Z][\w ]{0,30}:)?[\s\[\]\d]*", left), stored.answer
    draft = loom.bot.store.asks.draft(ask_key(posted.node_id, QUESTION))
    assert draft is not None
    assert draft.details["usage"] == usage
    assert draft.details["place"] == "cpu, float32"


def test_a_footer_of_the_repository_stands_beside_the_note(loom: Town) -> None:
    loom.put(".github/treadle.yml", b"footer: Ask the weavers.\n")
    number, _ = loom.ask("rae", f"{QUESTION} Now?")
    [footer] = [line for line in loom.reply(number).body.splitlines() if "<sub>" in line]
    assert footer == f"<sub>Treadle: Ask the weavers. {NOTE}</sub>"


def test_why_is_computed_by_the_model_too(loom: Town) -> None:
    number, _ = loom.ask("walt", f"{QUESTION} Why?")
    why = loom.bot.why.reply(loom.reply(number).url)
    assert why.repeated
    assert why.now.model == why.without_both.model == "bobbin"
    assert why.now is why.without_both, "nothing is learned yet: one answer serves for all four"


def test_a_model_that_cannot_be_loaded_is_told_once(tmp_path: Path, damaged: Path) -> None:
    with founded(tmp_path / "data", model=str(damaged)) as town:
        with structlog.testing.capture_logs() as logs:
            number, posted = town.ask("rae", QUESTION)
        assert WORDS in town.reply(number).body
        assert state(town, posted.node_id, QUESTION) is AskState.FAILED
        [told] = [line for line in logs if line["event"] == "ask.model_unusable"]
        assert told["log_level"] == "error"
        assert "damaged" in told["reason"]
        key = ask_key(posted.node_id, QUESTION)
        assert town.bot.store.asks.reason(key) == told["reason"]
        # A path of this machine is nothing for a comment.
        assert str(tmp_path) not in town.reply(number).body
        assert not town.bot.ask.draft(key), "and it is not tried for ever"
        assert len(town.replies(number)) == 1


def test_the_doctor_finds_the_damage(tmp_path: Path, damaged: Path) -> None:
    settings = {"TREADLE_MODEL": str(damaged), "TREADLE_DATA_DIR": str(tmp_path / "data")}
    [found] = [one for one in examine(settings) if one.part == "model"]
    assert found.state == "fault"
    assert "damaged" in found.told


def test_a_passing_fault_of_the_model_leaves_the_ask_to_another_try(
    loom: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ended(*_: object, **__: object) -> None:
        raise TransientError("the model's process has just ended")

    number = loom.people["tess"].open_issue("Tests", "")
    posted = loom.people["tess"].comment(number, QUESTION)
    with monkeypatch.context() as patch:
        patch.setattr(LocalModel, "run", ended)
        with pytest.raises(TransientError):
            loom.work()
    assert loom.replies(number) == []
    assert state(loom, posted.node_id, QUESTION) is AskState.QUEUED
    loom.handled.clear()
    loom.work()
    assert "make check" in loom.reply(number).body
