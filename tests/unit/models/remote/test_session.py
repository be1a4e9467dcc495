"""Pieces, judgements and log-probabilities through a fake server."""

import json
import math
import threading
from dataclasses import replace
from typing import Any

import httpx
import pytest

from app.domain import Piece, Usage
from app.errors import TooLong, TransientError, UserError
from app.models.metering import Prices
from app.models.remote import Sampling
from tests.unit.models.remote.fakes import (
    PRIVATE,
    PROMPT,
    Hub,
    chat,
    described,
    error,
    listed,
    messages,
    model,
    plain,
    texts,
    vllm,
)

BEGINNING = PROMPT.text + PROMPT.opening


def test_a_prefix_is_continued_by_several_texts_of_one_request() -> None:
    hub = Hub(completions=vllm)

    (pieces,) = model(hub).session(PROMPT).expand([" so"], [3])

    assert pieces == [Piece(text=f" a{at}", finished=False, logprob=-0.5) for at in range(3)]
    (sent,) = hub.bodies("completions")
    assert sent["prompt"] == BEGINNING + " so"
    assert (
        sent["n"],
        sent["max_tokens"],
        sent["temperature"],
        sent["top_p"],
        sent["logprobs"],
    ) == (
        3,
        8,
        0.8,
        0.9,
        1,
    )


def test_each_distinct_prefix_is_one_request() -> None:
    hub = Hub(completions=vllm)

    found = model(hub).session(PROMPT).expand(["", " b", ""], [2, 1, 3])

    assert [len(pieces) for pieces in found] == [2, 1, 3]
    assert [piece.text for piece in found[0] + found[2]] == [" a0", " a1", " a2", " a3", " a4"]
    sent = {body["prompt"]: body.get("n", 1) for body in hub.bodies("completions")}
    assert sent == {BEGINNING: 5, BEGINNING + " b": 1}


def test_nothing_wanted_is_nothing_asked() -> None:
    hub = Hub(completions=vllm)

    assert model(hub).session(PROMPT).expand(["", " b"], [0, 0]) == [[], []]
    assert hub.bodies("completions") == []


def test_requests_run_at_the_same_time() -> None:
    both = threading.Barrier(2, timeout=5)

    def answer(sent: dict[str, Any]) -> httpx.Response:
        if "One, two" not in sent["prompt"]:
            both.wait()
        return vllm(sent)

    found = model(Hub(completions=answer)).session(PROMPT).expand([" b", " c"], [1, 1])

    assert [len(pieces) for pieces in found] == [1, 1]


def test_a_fault_of_one_request_is_that_of_all() -> None:
    def answer(sent: dict[str, Any]) -> httpx.Response:
        return error(503) if sent["prompt"].endswith(" c") else vllm(sent)

    with pytest.raises(TransientError, match="503"):
        model(Hub(completions=answer)).session(PROMPT).expand([" b", " c"], [1, 1])


def test_seeds_differ_by_prefix_index_and_seed_and_repeat() -> None:
    def seeds(seed: int) -> list[int]:
        hub = Hub(completions=vllm)
        session = model(hub, parallel=1).session(PROMPT, seed=seed)
        session.expand(["", " b"], [2, 2])
        session.expand([""], [2])
        return [body["seed"] for body in hub.bodies("completions")]

    assert seeds(1) == seeds(1)
    assert len({*seeds(1), *seeds(2)}) == 6
    assert all(0 <= seed < 2**31 for seed in seeds(1))


def test_a_server_without_n_is_asked_for_one_text_at_a_time() -> None:
    hub = Hub(completions=plain)

    (pieces,) = model(hub, mode="completions").session(PROMPT).expand([""], [3])

    assert pieces == [Piece(text=" yes", finished=False, logprob=0.0)] * 3
    sent = hub.bodies("completions")
    assert len({body["seed"] for body in sent}) == 3
    assert not any("n" in body or "logprobs" in body for body in sent)


def test_a_limit_of_n_is_learned() -> None:
    def answer(sent: dict[str, Any]) -> httpx.Response:
        return error(400, "too many") if sent.get("n", 1) > 2 else vllm(sent)

    hub = Hub(completions=answer)
    remote = model(hub, parallel=1)

    (pieces,) = remote.session(PROMPT).expand([""], [8])
    assert len(pieces) == 8
    assert [body.get("n", 1) for body in hub.bodies("completions")] == [8, 4, 2, 2, 4, 2, 2]

    (pieces,) = remote.session(PROMPT).expand([""], [5])
    assert len(pieces) == 5
    assert [body.get("n", 1) for body in hub.bodies("completions")][7:] == [2, 2, 1]


def test_a_refusal_for_another_reason_is_no_limit_of_n() -> None:
    hub = Hub(completions=lambda sent: error(400, "bad") if "nan" in sent["prompt"] else vllm(sent))
    remote = model(hub)

    with pytest.raises(UserError):
        remote.session(PROMPT).expand([" nan"], [4])
    remote.session(PROMPT).expand([""], [4])

    assert hub.bodies("completions")[-1]["n"] == 4


def test_more_texts_than_asked_for_are_left() -> None:
    hub = Hub(completions=lambda sent: texts(" a", " b", " c", logprobs=listed((" a", -1.0))))

    (pieces,) = model(hub).session(PROMPT).expand([""], [2])

    assert [piece.text for piece in pieces] == [" a", " b"]


def test_a_prompt_that_is_too_long_names_the_setting() -> None:
    long = error(400, f"maximum context length is 512 tokens: {PRIVATE}", type="BadRequestError")

    def answer(sent: dict[str, Any]) -> httpx.Response:
        return long if PRIVATE in sent["prompt"] else vllm(sent)

    hub = Hub(completions=answer)
    with pytest.raises(TooLong, match="TREADLE_MODEL_PROMPT_TOKENS") as caught:
        model(hub).session(PROMPT).expand([""], [8])

    assert PRIVATE not in str(caught.value)
    assert len(hub.bodies("completions")) == 1


def test_chat_gives_whole_answers_at_the_root_alone() -> None:
    def answer(sent: dict[str, Any]) -> httpx.Response:
        return messages(
            *["An answer."] * sent.get("n", 1), logprobs=described(("An", -0.5), (" a", -0.25))
        )

    hub = Hub(chat__completions=answer)
    session = model(hub, sampling=Sampling(answer_tokens=99)).session(PROMPT)

    assert session.whole
    assert session.expand(["", " b"], [2, 3]) == [
        [Piece(text="An answer.", finished=True, logprob=-0.75)] * 2,
        [],
    ]
    (sent,) = hub.bodies("chat/completions")
    assert sent["messages"] == [{"role": "user", "content": PROMPT.text}]
    assert (sent["n"], sent["max_tokens"]) == (2, 99)


def test_an_answer_cut_short_is_not_finished() -> None:
    hub = Hub(chat__completions=lambda _: messages("An ans", reason="length"))

    (pieces,) = model(hub).session(PROMPT).expand([""], [1])

    assert pieces == [Piece(text="An ans", finished=False, logprob=0.0)]


def test_an_answer_without_text_is_none() -> None:
    hub = Hub(chat__completions=lambda _: messages(None, reason="length"))

    assert model(hub).session(PROMPT).expand([""], [1]) == [[]]


def test_completions_continue() -> None:
    assert not model(Hub(completions=vllm)).session(PROMPT).whole


def test_yes_and_no_are_read_off_the_distribution() -> None:
    def answer(sent: dict[str, Any]) -> httpx.Response:
        yes = 0.6 if "good" in sent["prompt"] else 0.2
        top = {" Yes": math.log(yes), " yes": math.log(0.1), " no": math.log(0.1)}
        return texts(" Yes", logprobs=listed((" Yes", math.log(yes)), top=top))

    hub = Hub(completions=answer)

    odds = model(hub).session(PROMPT).yes_no([" good", " bad"], "Is it?")

    # (0.6 + 0.1) / 0.1 and (0.2 + 0.1) / 0.1
    assert odds == pytest.approx([math.log(7), math.log(3)])
    sent = {body["prompt"]: body for body in hub.bodies("completions")}
    body = sent[BEGINNING + " good\n\nA question about the answer above: Is it?\nYes or no:"]
    assert (body["max_tokens"], body["logprobs"], body["temperature"]) == (1, 20, 1.0)
    assert "top_p" not in body


def test_a_question_that_is_laid_out_already_follows_as_it_is() -> None:
    hub = Hub(completions=vllm)

    model(hub).session(PROMPT).yes_no(["a"], "\nCheck: ?\n")

    assert hub.bodies("completions")[0]["prompt"] == BEGINNING + "a\nCheck: ?\n"


def test_nobody_but_the_layout_begins_or_ends_a_turn() -> None:
    prompt = replace(PROMPT, text="Say <|im_end|> or </s>.\n")
    for mode in ("completions", "chat"):
        hub = Hub(completions=echoing, chat__completions=chat)
        session = model(hub, mode=mode).session(prompt)
        session.expand(["", "a <|im_end|>"], [1, 1])
        session.yes_no(["a <|im_end|>"], "Is it <|im_end|>?")
        session.logprob(["a <|im_end|>"])

        sent = json.dumps(hub.bodies("completions") + hub.bodies("chat/completions"))
        assert "< |im_end|> or < /s>" in sent
        assert "a < |im_end|>" in sent and "Is it < |im_end|>?" in sent
        assert "<|im_end|>" not in sent


def test_an_answer_that_ends_at_once_is_neither_yes_nor_no() -> None:
    def answer(sent: dict[str, Any]) -> httpx.Response:
        if "One, two" in sent["prompt"]:
            return vllm(sent)
        return texts("", reason="stop", logprobs=listed())

    assert model(Hub(completions=answer)).session(PROMPT).yes_no(["a"], "?") == [0.0]


def test_in_chat_the_draft_is_the_models_own_turn() -> None:
    def answer(sent: dict[str, Any]) -> httpx.Response:
        top = {"Yes": math.log(0.8), "No": math.log(0.1)}
        return messages("Yes", logprobs=described(("Yes", math.log(0.8)), top=top))

    hub = Hub(chat__completions=answer)

    (odds,) = model(hub).session(PROMPT).yes_no(["A draft."], "Is it?")

    assert odds == pytest.approx(math.log(8))
    assert hub.bodies("chat/completions")[0]["messages"] == [
        {"role": "user", "content": PROMPT.text},
        {"role": "assistant", "content": "A draft."},
        {
            "role": "user",
            "content": "A question about your answer: Is it?\nReply with one word, yes or no.",
        },
    ]


@pytest.mark.parametrize("mode", ["completions", "chat"])
def test_without_log_probabilities_answers_are_counted(mode: str) -> None:
    hub = Hub(completions=plain, chat__completions=chat)

    odds = model(hub, mode=mode).session(PROMPT).yes_no(["A draft."], "Is it?")

    # five times yes: (5 + 0.5) / (0 + 0.5)
    assert odds == pytest.approx([math.log(11)])
    sent = hub.bodies("completions" if mode == "completions" else "chat/completions")
    assert len({body["seed"] for body in sent}) == 5
    assert {body["temperature"] for body in sent} == {1.0}


def echoing(sent: dict[str, Any]) -> httpx.Response:
    """As vLLM: one token a word, -1 each after the first; the end has a probability of 0.5."""
    if not sent.get("echo"):
        return vllm(sent)
    words = sent["prompt"].split(" ")
    given = ["<s>", *(f" {word}" for word in words), " more"]
    end = {" more": math.log(0.4), "</s>": math.log(0.5)}
    logprobs = {
        "tokens": given,
        "token_logprobs": [None, *[-1.0] * len(words), math.log(0.4)],
        "top_logprobs": [None, *[{word: -1.0} for word in given[1:-1]], end],
    }
    usage = {"prompt_tokens": len(given) - 1, "completion_tokens": 1}
    return texts(sent["prompt"] + " more", logprobs=logprobs, usage=usage)


def test_a_texts_log_probability_has_its_end() -> None:
    hub = Hub(completions=echoing)
    session = model(hub).session(PROMPT)

    # two and one words of -1, and the end
    assert session.logprob([" one two", " one"]) == pytest.approx(
        [-2 + math.log(0.5), -1 + math.log(0.5)]
    )
    assert session.logprob([" one"]) == pytest.approx([-1 + math.log(0.5)])
    prompts = [body["prompt"] for body in hub.bodies("completions")]
    assert prompts.count(BEGINNING) == 1
    assert all(body["max_tokens"] == 1 for body in hub.bodies("completions"))


def test_a_token_over_the_seam_is_made_good() -> None:
    hub = Hub(completions=echoing)

    # "Answer:" becomes "Answer:s": one word of -1 less in the prompt, two more in the whole
    assert model(hub).session(PROMPT).logprob(["s it"]) == pytest.approx([-1 + math.log(0.5)])


def test_an_end_that_the_model_chose_has_its_own_number() -> None:
    def answer(sent: dict[str, Any]) -> httpx.Response:
        body = json.loads(echoing(sent).content)
        body["choices"][0]["finish_reason"] = "stop"
        return httpx.Response(200, json=body)

    found = model(Hub(completions=answer)).session(PROMPT).logprob([" one"])

    assert found == pytest.approx([-1 + math.log(0.4)])


def test_an_end_that_is_not_named_has_at_most_what_is_left_over() -> None:
    def answer(sent: dict[str, Any]) -> httpx.Response:
        return httpx.Response(
            200, json=json.loads(echoing(sent).content.replace(b"</s>", b" thing"))
        )

    found = model(Hub(completions=answer)).session(PROMPT).logprob([" one"])

    # given are 0.4 and 0.5
    assert found == pytest.approx([-1 + math.log(0.1)])


def test_a_server_that_refuses_echo_is_asked_once() -> None:
    hub = Hub(
        completions=lambda sent: (
            error(400, "Only no echo is supported") if "echo" in sent else vllm(sent)
        )
    )
    remote = model(hub)

    assert remote.session(PROMPT).logprob([" one"]) is None
    assert remote.session(PROMPT).logprob([" one"]) is None
    assert sum("echo" in body for _, body in hub.sent) == 1


@pytest.mark.parametrize("handler", [vllm, plain])
def test_a_server_that_passes_over_echo_cannot_tell(handler: Any) -> None:
    hub = Hub(completions=handler)

    assert model(hub, mode="completions").session(PROMPT).logprob([" one"]) is None


def test_chat_cannot_tell() -> None:
    hub = Hub(chat__completions=chat)

    assert model(hub).session(PROMPT).logprob([" one"]) is None
    assert not any("echo" in body for _, body in hub.sent)


def test_tokens_and_cost_are_counted() -> None:
    session = model(Hub(completions=vllm), prices=Prices(read=1000.0, written=10_000.0)).session(
        PROMPT
    )

    session.expand(["", " b"], [1, 1])

    # (20 * 1,000 + 4 * 10,000) / 1,000,000
    assert session.usage == Usage(read=20, written=4, cost=pytest.approx(0.06))


def test_tokens_are_estimated_where_the_server_does_not_count() -> None:
    def answer(sent: dict[str, Any]) -> httpx.Response:
        if "One, two" in sent["prompt"]:
            return vllm(sent)
        return texts(" 12345678")

    session = model(Hub(completions=answer)).session(PROMPT)

    session.expand([""], [1])

    # 4 characters a token: 34 and 9, rounded up
    assert len(BEGINNING) == 34
    assert session.usage == Usage(read=9, written=3)


def test_a_limit_ends_drafting_and_not_judging() -> None:
    hub = Hub(completions=vllm)
    session = model(hub, max_tokens=12).session(PROMPT)

    assert len(session.expand([""], [2])[0]) == 2
    assert session.expand(["", " b"], [2, 2]) == [[], []]
    assert len(session.yes_no([" a"], "?")) == 1
    assert len(hub.bodies("completions")) == 2


def test_each_ask_has_a_meter_of_its_own() -> None:
    remote = model(Hub(completions=vllm), max_tokens=12)
    remote.session(PROMPT).expand([""], [1])

    assert len(remote.session(PROMPT).expand([""], [1])[0]) == 1


def test_another_prompt_of_the_same_ask_counts_on_the_same_meter() -> None:
    hub = Hub(completions=vllm)
    first = model(hub, max_tokens=12).session(PROMPT)
    second = first.again(replace(PROMPT, text="Say it otherwise.\n"))

    assert len(second.expand([""], [2])[0]) == 2
    assert hub.bodies("completions")[-1]["prompt"].startswith("Say it otherwise.")
    assert first.usage == second.usage != Usage()
    assert first.expand([""], [2]) == [[]], "the limit holds for both together"
