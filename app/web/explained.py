"""One reply: what people made of it, and why it says what it says."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.domain import Answer, Reply
from app.errors import TreadleError
from app.flows.why import Why
from app.web.compare import Span, spans
from app.web.views import Bot, judgement, remembered


@dataclass(frozen=True, kw_only=True, slots=True)
class Other:
    """What an answer would have been without something; `spans` lead from there to the answer."""

    name: str
    answer: Answer
    same: bool
    spans: Sequence[Span]


def reply(bot: Bot, value: Reply) -> dict[str, Any]:
    """A reply, what people made of it, and why it says what it says."""
    store = bot.store
    why, trouble = None, ""
    try:
        why = bot.why.reply(value.url)
    except (TreadleError, LookupError) as error:
        trouble = str(error)
    return {
        "reply": value,
        "commit": str(value.block.get("commit", "")),
        "abstained": value.abstained,
        "judgements": [judgement(one, value) for one in store.signals.of_reply(value.id)],
        "revisions": store.revisions.of_reply(value.id),
        "taught": [remembered(one) for one in store.evidence.of_reply(value.id).memories],
        "why": why,
        "others": [] if why is None else _others(why),
        "trouble": trouble,
    }


def _others(why: Why) -> list[Other]:
    named = (
        ("without memory", why.without_memory),
        ("without the dictionary", why.without_dictionary),
        ("without both", why.without_both),
    )
    return [
        Other(
            name=name,
            answer=answer,
            same=answer.text == why.now.text and answer.abstained == why.now.abstained,
            spans=spans(why.now.text, answer.text),
        )
        for name, answer in named
    ]
