"""Whatever people write, it is read as text: prompts keep their layout, replies do no harm."""

import re
from dataclasses import replace

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from app.domain import Answer, Question, Repository
from app.layouts import Layout
from app.layouts.templates import FENCE
from app.text.layout import COMMENT_LIMIT
from app.weave.answer import Composer, ComposerConfig, ModelUse
from app.weave.reply import render
from tests.attacks import Attack, attacks
from tests.unit.weave.made import FILES, ask, corpus, dictionary, memory
from tests.unit.weave.models import Scripted, ask_model, says

ATTACKS = attacks()
INNOCENT = "the loom"
PORT = "Which port does the server use by default?"
OTHER = "Which level do the logs have?"
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
PINGS = re.compile(r"(?<![\w`/.])@[A-Za-z0-9]|(?<![\w&])#\d|\bGH-\d")
HARMLESS = ("http://", "https://", "mailto:", "#", "/", "./", "../")
MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
MARKDOWN.validateLink = lambda url: True  # type: ignore[method-assign]
# In order that the bot says something, whatever the sources are worth.
ALWAYS = ComposerConfig(min_confidence=0.0)


def every(wanted: str = "") -> object:
    return pytest.mark.parametrize(
        "attack",
        [attack for attack in ATTACKS if not wanted or attack.kind == wanted],
        ids=lambda attack: attack.id,
    )


def outside(text: str) -> list[str]:
    """Returns the lines of a prompt that stand between no fences: those that may command."""
    found, inside = [], False
    for line in text.split("\n"):
        if line == FENCE:
            inside = not inside
        elif not inside:
            found.append(line)
    assert not inside
    return found


def prompt_with(text: str) -> str:
    """Lays a prompt out in which a text stands in every place that people can write in."""
    model = Scripted(script=says("It is 8080. [1]"))
    composer = Composer.of(model, ModelUse(layout=Layout.PASSAGES), ALWAYS)
    taught = memory(f"{PORT} {text}", f"It is 9090. {text}", before=text)
    composer.answer(
        Question(text=f"{PORT} {text}", title=text, body=text),
        corpus=corpus({**FILES, "docs/port.md": f"{FILES['docs/port.md']}\n\n{text}\n"}),
        memories=[replace(taught, author="mallory", preference=text)],
        dictionary=dictionary(**{f"port {text}": 4.0}),
    )
    return model.sessions[0].prompt.text


@every()
def test_a_prompt_keeps_its_layout(attack: Attack) -> None:
    def structure(text: str) -> list[str]:
        # How many of the sources fit, and which are near, is not their layout.
        return [line for line in outside(prompt_with(text)) if not re.fullmatch(r"\[\d+\]|", line)]

    assert structure(attack.text) == structure(INNOCENT)


@every()
def test_a_model_that_obeys_does_no_harm(attack: Attack) -> None:
    answer = ask_model(
        Scripted(script=says(f"{attack.text} [1]")), PORT, layout=Layout.PASSAGES, config=ALWAYS
    )
    assert_harmless(answer)


@every()
def test_text_that_is_quoted_does_no_harm(attack: Attack) -> None:
    files = {"docs/port.md": f"# Port\n\nThe server uses the default port. {attack.text}\n"}
    assert_harmless(ask(PORT, files=files, config=ALWAYS))
    taught = memory(PORT, f"The server uses port 9090. {attack.text}", before="It is 8080.")
    assert_harmless(ask(PORT, memories=[taught], config=ALWAYS))


@every()
def test_other_questions_are_answered_as_before(attack: Attack) -> None:
    taught = memory(attack.text, attack.text, before="Other.")
    hostile = {**FILES, "docs/hostile.md": f"# Notes\n\n{attack.text}\n"}
    wanted = ask(OTHER)
    for answer in (ask(OTHER, memories=[taught]), ask(OTHER, files=hostile)):
        assert [quote.text for quote in answer.quotes] == [quote.text for quote in wanted.quotes]


def test_there_are_many_of_each_kind() -> None:
    assert len(ATTACKS) >= 100
    assert len({attack.text for attack in ATTACKS}) == len(ATTACKS)
    kinds = [attack.kind for attack in ATTACKS]
    assert all(kinds.count(kind) >= 8 for kind in kinds)


@pytest.mark.parametrize(
    "body",
    [
        *("ask @bob", "see #4", "<b>x</b>", "![x](http://y/z.png)", "a <!-- b -->", "/retrain"),
        *("[x](javascript:y)", "a\u202eb", "| a |\n| - |\n| @bob |"),
    ],
)
def test_harm_is_noticed(body: str) -> None:
    assert harm(body)


def assert_harmless(answer: Answer) -> None:
    body = render(
        answer,
        repository=Repository(id=1, installation_id=1, owner="o", name="r"),
        commit="c" * 40,
        web_url="https://github.com",
        footer="",
        bot_name="",
        room=COMMENT_LIMIT,
    )
    said, own, rest = body.rpartition("<sub>")
    assert own
    assert harm(said) == []
    assert harm(rest.replace("</sub>", "", 1)) == []


def harm(body: str) -> list[str]:
    """Lists what a comment would do beyond being read."""
    found = [f"control {mark!r}" for mark in CONTROL.findall(body)]
    for token in walk(MARKDOWN.parse(body)):
        if token.type in {"html_block", "html_inline", "image"}:
            found.append(f"{token.type} {token.content}")
        elif token.type == "link_open" and not str(token.attrs["href"]).startswith(HARMLESS):
            found.append(f"link {token.attrs['href']}")
        elif token.type == "text":
            found += [f"ping {ping}" for ping in PINGS.findall(token.content)]
            if re.match(r"/[a-z]", token.content):
                found.append(f"command {token.content}")
    return found


def walk(tokens: list[Token]) -> list[Token]:
    return [one for token in tokens for one in (token, *walk(token.children or []))]
