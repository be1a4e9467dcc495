"""What servers answer, read into values."""

import json
import math
from typing import Any

import pytest

from app.domain import Usage
from app.errors import TransientError
from app.models.remote.replies import Choice, Reply, Token, reply
from tests.unit.models.remote.fakes import described, listed


def completion(**fields: object) -> dict[str, Any]:
    return {"choices": [{"text": "a", "finish_reason": "stop", **fields}]}


def test_completions_side_by_side() -> None:
    body = completion(logprobs=listed((" a", -0.5), top={" a": -0.5, " b": -1.0}))

    found = reply(body, chat=False).choices[0]

    token = Token(text=" a", logprob=-0.5, top=((" a", -0.5), (" b", -1.0)))
    assert found == Choice(text="a", reason="stop", tokens=(token,))


def test_a_sampled_token_joins_the_most_probable_ones() -> None:
    body = completion(logprobs=listed((" z", -5.0), top={" a": -0.5}))

    tokens = reply(body, chat=False).choices[0].tokens

    assert tokens is not None
    assert tokens[0].top == ((" a", -0.5), (" z", -5.0))


def test_completions_as_of_llama_cpp() -> None:
    body = completion(logprobs=described((" a", -0.5), ("b", -0.25)))

    tokens = reply(body, chat=False).choices[0].tokens

    assert tokens is not None
    assert [(token.text, token.logprob) for token in tokens] == [(" a", -0.5), ("b", -0.25)]


def test_the_first_token_of_a_repeated_prompt_has_no_number() -> None:
    logprobs = {
        "tokens": ["<s>", "a"],
        "token_logprobs": [None, -1.0],
        "top_logprobs": [None, {"a": -1.0}],
    }

    tokens = reply(completion(logprobs=logprobs), chat=False).choices[0].tokens

    assert tokens is not None
    assert (tokens[0].logprob, tokens[0].top) == (None, ())
    assert tokens[1].logprob == -1.0


@pytest.mark.parametrize("logprobs", [None, {}, [], {"tokens": None}])
def test_without_numbers(logprobs: object) -> None:
    assert reply(completion(logprobs=logprobs), chat=False).choices[0].tokens is None


def test_choices_come_in_order() -> None:
    body = {"choices": [{"index": 1, "text": "b"}, {"index": 0, "text": "a"}]}

    assert [choice.text for choice in reply(body, chat=False).choices] == ["a", "b"]


def test_chat_without_text_is_left_out() -> None:
    body = {
        "choices": [
            {"message": {"content": None}, "finish_reason": "length"},
            {"message": {"content": "hi"}, "finish_reason": "stop"},
        ]
    }

    assert reply(body, chat=True) == Reply(choices=(Choice(text="hi", reason="stop"),), usage=None)


@pytest.mark.parametrize(
    ("usage", "read"),
    [
        ({"prompt_tokens": 3, "completion_tokens": 2}, Usage(read=3, written=2)),
        ({"prompt_tokens": 3}, Usage(read=3)),
        (
            {"prompt_tokens": 3, "prompt_tokens_details": {"cached_tokens": 2}},
            Usage(read=3, cached=2),
        ),
        (
            {"prompt_tokens": 3, "prompt_tokens_details": {"cached_tokens": 9}},
            Usage(read=3, cached=3),
        ),
        ({"prompt_tokens": 3, "prompt_tokens_details": None}, Usage(read=3)),
        ({"prompt_tokens": -1}, None),
        ({"prompt_tokens": 10**9, "completion_tokens": 10**9}, Usage(read=10**9, written=10**9)),
        ({"prompt_tokens": 10**400}, None),
        ({"prompt_tokens": 3, "completion_tokens": 10**400}, None),
        ({"prompt_tokens": 3, "prompt_tokens_details": {"cached_tokens": 10**400}}, Usage(read=3)),
        ({"prompt_tokens": True}, None),
        ({"prompt_tokens": "3"}, None),
        ({}, None),
        (None, None),
        ([], None),
    ],
)
def test_usage(usage: object, read: Usage | None) -> None:
    assert reply({"choices": [], "usage": usage}, chat=False).usage == read


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"choices": None},
        {"choices": ["a"]},
        {"choices": [{"text": None}]},
        {"choices": [{"text": 3}]},
        completion(logprobs={"tokens": ["a"], "token_logprobs": []}),
        completion(logprobs={"tokens": ["a"], "token_logprobs": ["x"]}),
        completion(logprobs={"tokens": [1], "token_logprobs": [-1.0]}),
        completion(logprobs={"tokens": ["a"], "token_logprobs": [math.nan]}),
        completion(logprobs={"tokens": ["a"], "token_logprobs": [-1.0], "top_logprobs": [3]}),
        completion(logprobs={"tokens": ["a"], "token_logprobs": [-1.0], "top_logprobs": "x"}),
        completion(logprobs={"content": [3]}),
        completion(logprobs={"content": [{"token": "a"}]}),
        completion(logprobs={"content": [{"token": "a", "logprob": -1, "top_logprobs": [1]}]}),
    ],
)
def test_other_forms_are_faults_that_may_pass(body: dict[str, Any]) -> None:
    with pytest.raises(TransientError, match="unknown form"):
        reply(body, chat=False)


def test_chat_without_a_message_is_a_fault() -> None:
    with pytest.raises(TransientError, match="unknown form"):
        reply({"choices": [{"text": "a"}]}, chat=True)


def test_probabilities_of_nothing_and_rounded_ones_become_numbers_in_range() -> None:
    values = f"[-Infinity, 1e-9, -1{'0' * 400}, 1{'0' * 400}]"
    logprobs = json.loads(f'{{"tokens": ["a", "b", "c", "d"], "token_logprobs": {values}}}')

    tokens = reply(completion(logprobs=logprobs), chat=False).choices[0].tokens

    assert tokens is not None
    assert [token.logprob for token in tokens] == [-9999.0, 0.0, -9999.0, 0.0]


def test_texts_are_fit_for_every_library_inside() -> None:
    body = {"choices": [{"text": json.loads('"a\\ud800\\u0000b"')}]}

    assert reply(body, chat=False).choices[0].text == "a\ufffdb"
