"""A reply with its block fits into a comment, however much there is to say."""

from datetime import UTC, datetime

import pytest

from app.domain import (
    Answer,
    Ask,
    Opinion,
    Passage,
    PhraseUse,
    Quote,
    Repository,
    Usage,
)
from app.feedback import metadata
from app.flows.block import block_for, block_of, opinions_of
from app.text.layout import COMMENT_LIMIT, FOOTER_CLOSE
from app.weave.reply import render

KEYS = {"k1": "the key that signs"}
ASK = Ask(
    key="ask:IC_29:0123456789abcdef",
    repository_id=2**62,
    number=2**30,
    comment_id=2**62,
    comment_node_id="I" * 200,
    command="a" * 31,
    command_key="0123456789abcdef",
    delivery_guid="g" * 36,
    created_at=datetime(2026, 1, 2, tzinfo=UTC),
)
COMMIT = "c" * 40


def sealed(body: str, block: dict[str, object]) -> str:
    return metadata.seal(body, block, keys=KEYS, trigger_node_id=ASK.comment_node_id)


def source(number: int, letter: str) -> Passage:
    path = f"{number}/" + letter * 2000
    return Passage(path=path, start_line=1, end_line=9999, title=letter * 9000, text="")


@pytest.mark.parametrize("letter", ["x", "語", "`", "<", "@"])
@pytest.mark.parametrize("abstained", [False, True])
def test_the_longest_answer_fits_with_its_block(letter: str, abstained: bool) -> None:
    sources = tuple(source(number, letter) for number in range(8))
    answer = Answer(
        text="" if abstained else f"{letter * 500}\n\n" * 200,
        quotes=() if abstained else tuple(Quote(text="x", source=number) for number in range(4)),
        sources=sources,
        nearest=[passage.path for passage in sources] if abstained else (),
        confidence=0.123456,
        score=-12.3456,
        abstained=abstained,
        phrases=[PhraseUse(phrase=letter * 90 + str(n), weight=1, effect=1) for n in range(900)],
        memories=range(10**9, 10**9 + 900),
        facts=[letter * 300] * 90,
    )
    block = block_of(answer, ask=ASK, commit=COMMIT, dictionary_version=3)
    room = COMMENT_LIMIT - len(sealed("", block))
    assert room > COMMENT_LIMIT * 2 / 3
    visible = render(
        answer,
        repository=Repository(id=1, owner="o" * 39, name="r" * 100, installation_id=1),
        commit=COMMIT,
        web_url="https://github.com",
        footer=letter * 300,
        bot_name="Treadle",
        room=room,
    )
    body = sealed(visible, block)
    assert len(body) <= COMMENT_LIMIT
    if not abstained:
        assert len(body) > COMMENT_LIMIT * 2 / 3
    assert visible.endswith(FOOTER_CLOSE)
    found = metadata.read(body, keys=KEYS, trigger_node_id=ASK.comment_node_id)
    assert isinstance(found, metadata.Block)
    assert found.intact
    assert found.values == block
    assert block["cut"] is True
    assert block["command"] == ASK.command_key
    assert block["search"] == {
        "pieces": 0,
        "evaluations": 0,
        "whole": False,
        "left_out": 0,
        "restarts": 0,
        "score": -12.346,
        "confidence": 0.123,
        "abstained": abstained,
    }


def test_an_ordinary_block_is_whole() -> None:
    block = block_for(ASK, {"app": "help"})
    assert block == {
        "version": 1,
        "reply_to": ASK.comment_id,
        "command": ASK.command_key,
        "repository": ASK.repository_id,
        "delivery": ASK.delivery_guid,
        "app": "help",
    }


def test_a_block_says_which_model_answered_and_what_that_cost() -> None:
    usage = Usage(read=900, cached=700, written=31, cost=0.0012345678)
    answer = Answer(
        text="It does. [1]", confidence=0.5, score=1.0, model="big", adapter="a1", usage=usage
    )
    block = block_of(answer, ask=ASK, commit=COMMIT, dictionary_version=3)
    assert (block["model"], block["adapter"]) == ("big", "a1")
    assert block["usage"] == {"read": 900, "cached": 700, "written": 31, "cost": 0.001235}


def test_a_block_says_what_its_model_cannot_do() -> None:
    answer = Answer(
        text="It does. [1]", confidence=0.5, score=1.0, pieces=8, whole=True, left_out=3
    )
    search = block_of(answer, ask=ASK, commit=COMMIT, dictionary_version=3)["search"]
    assert isinstance(search, dict)
    assert (search["pieces"], search["whole"], search["left_out"]) == (8, True, 3)


def test_blocks_of_older_versions_are_read() -> None:
    old = block_for(ASK, {"app": "ask", "model": "extract", "adapter": None, "tokens": 900})
    found = metadata.read(sealed("It does.", old), keys=KEYS, trigger_node_id=ASK.comment_node_id)
    assert isinstance(found, metadata.Block)
    assert found.values["adapter"] is None


def test_what_a_model_says_of_its_answer_is_recorded() -> None:
    told = [("Is short", "k1", 7.12345, 4.0), ("Is kind", "k2", -1.0, -1.5)]
    answer = Answer(
        text="It is so. [1]",
        confidence=0.9,
        score=1.0,
        opinions=[
            Opinion(principle=name, key=key, odds=odds, score=score)
            for name, key, odds, score in told
        ],
    )
    block = block_of(answer, ask=ASK, commit=COMMIT, dictionary_version=3)
    assert block["principles"] == {"k1": 7.123, "k2": -1.0}, "what votes are to calibrate"
    assert opinions_of(answer) == {
        "opinions": [
            {"principle": "Is short", "weight": 1.0, "odds": 7.123, "score": 4.0},
            {"principle": "Is kind", "weight": 1.0, "odds": -1.0, "score": -1.5},
        ],
        "spread": 5.5,
    }


def test_where_nothing_was_asked_nothing_is_recorded() -> None:
    answer = Answer(text="It is so.", confidence=0.9, score=1.0)
    assert "principles" not in block_of(answer, ask=ASK, commit=COMMIT, dictionary_version=3)
    assert opinions_of(answer) == {}


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("http://h/o/r/issues/1#issuecomment-345", "memory:7@345"),
        ("", "memory:7"),
    ],
)
def test_a_correction_is_named_by_its_comment_too(url: str, told: str) -> None:
    passage = Passage(
        path="", start_line=1, end_line=1, title="", text="x", url=url, author="mia", memory_id=7
    )
    answer = Answer(text="x", sources=(passage,), confidence=1.0, score=0.0)
    block = block_of(answer, ask=ASK, commit=COMMIT, dictionary_version=3)
    assert block["sources"] == [told]
