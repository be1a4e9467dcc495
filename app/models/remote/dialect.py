"""What a server understands of the interface, found out once with a harmless request.

| server | completions | chat |
| --- | --- | --- |
| vLLM | log-probabilities, `n`, `seed`, `echo` | log-probabilities, `n`, `seed` |
| llama.cpp | log-probabilities, `n` up to its slots, `seed`; no `echo` | the same |
| `transformers serve` | neither log-probabilities nor `n`, both passed over | the same |

`transformers serve` samples only for a model whose `generation_config.json` says `do_sample`;
for others all its texts are the same, whatever the temperature. Its seed is one for all requests
that run at the same time, so that it repeats nothing then.

All of it is negotiated on a text of our own: an error that quotes it tells nothing of people's.
"""

from collections import deque
from dataclasses import dataclass, replace
from typing import Any, Literal

import structlog

from app.models.remote.faults import Refused, Unwell
from app.models.remote.replies import Reply, reply
from app.models.remote.server import Server

log = structlog.get_logger()

Mode = Literal["completions", "chat"]
Way = Literal["structured_outputs", "guided", "response_format", ""]
"""A way to ask for a format; `app.models.remote.forms` knows them."""
PATHS: dict[Mode, str] = {"completions": "completions", "chat": "chat/completions"}
PROBE = "One, two, three, four,"
_ALTERNATIVES = {20: 5, 5: 0}
"""Next-token alternatives asked for, and what is tried where that is refused."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Dialect:
    """What may be asked of a server.

    `logprobs` is how many alternatives of a token it names at most, 0 where it gives no
    log-probabilities; `several` whether one request may ask for several texts. The other
    fields tell whether the request's field of that name is taken; `limit` is the name of the
    one that limits the tokens written.
    """

    mode: Mode
    logprobs: int = 20
    several: bool = True
    seed: bool = True
    top_p: bool = True
    temperature: bool = True
    limit: str = "max_tokens"

    @property
    def chat(self) -> bool:
        """Whether texts are sent as messages; then only whole answers can be sampled."""
        return self.mode == "chat"

    @property
    def path(self) -> str:
        return PATHS[self.mode]


@dataclass(frozen=True, kw_only=True, slots=True)
class Ask:
    """One request: its text or messages, and how to sample from what may follow.

    `count` texts of at most `tokens` tokens; `logprobs` alternatives of each token, 0 for no
    log-probabilities at all. `more` are further fields of the request with their
    values.
    """

    text: str | tuple[tuple[str, str], ...]
    count: int = 1
    tokens: int = 1
    temperature: float = 1.0
    top_p: float = 1.0
    seed: int = 0
    logprobs: int = 0
    more: tuple[tuple[str, Any], ...] = ()


def body(ask: Ask, dialect: Dialect, model: str) -> dict[str, Any]:
    """Lays a request out as the server understands it."""
    made: dict[str, Any] = {"model": model, dialect.limit: ask.tokens}
    if isinstance(ask.text, str):
        made["prompt"] = ask.text
    else:
        made["messages"] = [{"role": role, "content": content} for role, content in ask.text]
    if dialect.temperature:
        made["temperature"] = ask.temperature
    if dialect.top_p and ask.top_p < 1.0:
        made["top_p"] = ask.top_p
    if dialect.seed:
        made["seed"] = ask.seed
    if dialect.several and ask.count > 1:
        made["n"] = ask.count
    alternatives = min(ask.logprobs, dialect.logprobs)
    if alternatives and dialect.chat:
        made |= {"logprobs": True, "top_logprobs": alternatives}
    elif alternatives:
        made["logprobs"] = alternatives
    return made | dict(ask.more)


def find(server: Server, model: str, mode: str) -> Dialect:
    """Finds out how to speak with a server.

    Args:
        server: where to ask.
        model: the name of a model there.
        mode: `completions`, `chat`, or `auto`: completions if they come with
            log-probabilities, else chat, else completions without.

    Raises:
        UserError: nothing of it is understood.
        TransientError: the server cannot be asked now.
    """
    if mode == "chat":
        found = _negotiated(server, model, "chat")
    elif mode == "completions":
        found = _negotiated(server, model, "completions")
    else:
        found = _best(server, model)
    log.info(
        "model.dialect",
        model=model,
        mode=found.mode,
        logprobs=found.logprobs,
        several=found.several,
        seed=found.seed,
    )
    return found


def _best(server: Server, model: str) -> Dialect:
    plain: Dialect | None = None
    try:
        plain = _negotiated(server, model, "completions")
    except Refused as error:
        log.info("model.refused", mode="completions", status=error.status, code=error.code)
    if plain is not None and plain.logprobs:
        return plain
    try:
        return _negotiated(server, model, "chat")
    except Refused as error:
        if plain is None:
            raise
        log.info("model.refused", mode="chat", status=error.status, code=error.code)
    except Unwell as error:
        # `transformers serve` fails so for a model without a chat template.
        if plain is None or error.status != 500:
            raise
        log.warning("model.refused", mode="chat", status=error.status)
    return plain


def _negotiated(server: Server, model: str, mode: Mode) -> Dialect:
    text = PROBE if mode == "completions" else (("user", PROBE),)
    ask = Ask(text=text, count=2, tokens=4, top_p=0.9, logprobs=20)
    most = Dialect(mode=mode)
    left = deque([most])
    while True:
        dialect = left.popleft()
        try:
            answer = server.post(dialect.path, body(ask, dialect, model))
        except Refused as error:
            if error.status not in {400, 422}:
                raise
            if error.field:
                less = _without(dialect, error.field)
                left = deque([less] if less else [])
            elif dialect == most:
                left.extend(_narrower(most))
            if not left:
                raise
        else:
            return _confirmed(dialect, reply(answer, chat=dialect.chat))


def _confirmed(dialect: Dialect, answer: Reply) -> Dialect:
    given = any(choice.tokens for choice in answer.choices)
    return replace(
        dialect,
        logprobs=dialect.logprobs if given else 0,
        several=dialect.several and len(answer.choices) > 1,
    )


def _narrower(dialect: Dialect) -> list[Dialect]:
    """Returns dialects without one thing each, then ones without ever more of them."""
    fields = ("n", "seed", "top_p", "logprobs", "logprobs", "temperature")
    narrower = [less for field in dict.fromkeys(fields) if (less := _without(dialect, field))]
    for field in fields:
        dialect = _without(dialect, field) or dialect
        narrower.append(dialect)
    return narrower


def _without(dialect: Dialect, field: str) -> Dialect | None:
    """Returns a dialect without a field of requests, or with less of it; None where that is
    all that can be done."""
    if field in {"logprobs", "top_logprobs"} and dialect.logprobs:
        return replace(dialect, logprobs=_ALTERNATIVES[dialect.logprobs])
    if field in {"n", "n_cmpl"} and dialect.several:
        return replace(dialect, several=False)
    if field == "seed" and dialect.seed:
        return replace(dialect, seed=False)
    if field == "top_p" and dialect.top_p:
        return replace(dialect, top_p=False)
    if field == "temperature" and dialect.temperature:
        return replace(dialect, temperature=False)
    if field == "max_tokens" and dialect.limit == "max_tokens":
        return replace(dialect, limit="max_completion_tokens")
    return None
