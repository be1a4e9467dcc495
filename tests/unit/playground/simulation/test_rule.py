"""The rule as a table, and on replies as the bot really lays them out."""

import pytest

from app.domain import Quote
from app.text.layout import SOURCES_HEADING, answer_part, lay_out
from app.weave.reply import compose
from playground.simulation.rule import (
    OPENING,
    RULE,
    Edit,
    Judgement,
    LeaveAlone,
    Vote,
    follows,
    judge,
)

SOURCES = "\n\n**Sources**\n\n1. `README.md:1-4`\n\n<sub>Quiet.</sub>\n\n<!-- treadle {} k1 0 -->"


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("Run it. [1]", Edit(body=f"In short: Run it. [1]{SOURCES}")),
        ("`make test` runs it. [1]", Edit(body=f"In short: `make test` runs it. [1]{SOURCES}")),
        ("\n  Run it. [1]", Edit(body=f"\n  In short: Run it. [1]{SOURCES}")),
        ("**Never.** [1]", Edit(body=f"In short: **Never.** [1]{SOURCES}")),
        ("[Here](x) it is. [1]", Edit(body=f"In short: [Here](x) it is. [1]{SOURCES}")),
        ("In short: run it. [1]", Vote()),
        ("  IN SHORT: run it. [1]", Vote()),
        ("In shorts: run it. [1]", Edit(body=f"In short: In shorts: run it. [1]{SOURCES}")),
        ("Run it, in short: now. [1]", Edit(body=f"In short: Run it, in short: now. [1]{SOURCES}")),
        ("```\nrun\n```\n\n[1]", LeaveAlone()),
        ("~~~\nrun\n~~~", LeaveAlone()),
        ("    run", LeaveAlone()),
        ("- one\n- two [1]", LeaveAlone()),
        ("1. one\n2. two [1]", LeaveAlone()),
        ("# Title", LeaveAlone()),
        ("| a | b |\n|---|---|", LeaveAlone()),
        ("> quoted", LeaveAlone()),
        ("<details>", LeaveAlone()),
        ("![picture](x)", LeaveAlone()),
        ("", LeaveAlone()),
    ],
)
def test_what_is_done_to_a_reply(answer: str, expected: Judgement) -> None:
    assert judge(answer + SOURCES) == expected


@pytest.mark.parametrize(
    "body",
    [
        "",
        "I could not find this in the repository's text.",
        "Text that speaks of **Sources** in a line.",
        "In short: nothing is known.",
    ],
)
def test_a_reply_that_names_no_sources_is_left_alone(body: str) -> None:
    assert judge(body) == LeaveAlone()


def test_an_edited_reply_follows_the_rule_and_is_edited_no_more() -> None:
    edited = judge("Run it. [1]\r\n\r\n**Sources**\r\n\r\n1. `a`")
    assert isinstance(edited, Edit)
    assert follows(edited.body)
    assert judge(edited.body) == Vote()


def test_it_reads_replies_as_the_bot_lays_them_out() -> None:
    answer = compose([Quote(source=0, text="Run `make check`."), Quote(source=1, text="Wait.")])
    body = lay_out(answer, "1. `README.md`", "Quiet.")
    edited = judge(body)
    assert isinstance(edited, Edit)
    assert answer_part(edited.body) == f"{OPENING} Run `make check`. [1]\n\nWait. [2]"
    assert edited.body.removeprefix(f"{OPENING} ") == body
    # A lead that the model itself wrote stands where the maintainers put theirs.
    led = compose([Quote(source=0, text="Run `make check`.", lead=OPENING)])
    assert judge(lay_out(led, "1. `README.md`")) == Vote()
    assert SOURCES_HEADING in body


def test_the_words_name_what_the_code_does() -> None:
    assert OPENING in RULE and "👍" in RULE and "left alone" in RULE
