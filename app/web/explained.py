"""One reply: what people made of it, and why it says what it says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from app.domain import Answer, Reply, ask_key
from app.errors import TreadleError
from app.flows.assessing import Assessing
from app.flows.why import Why
from app.store import Store
from app.web.bot import Bot
from app.web.compare import Span, spans
from app.web.links import tried_path
from app.web.views import judgement, remembered


@dataclass(frozen=True, kw_only=True, slots=True)
class Other:
    """What an answer would have been without something; `spans` lead from there to the answer."""

    name: str
    answer: Answer
    same: bool
    spans: Sequence[Span]


@dataclass(frozen=True, kw_only=True, slots=True)
class Explanation:
    """Why a reply says what it says, or `trouble`: why that cannot be computed."""

    why: Why | None
    others: Sequence[Other] = ()
    trouble: str = ""


def reply(bot: Bot, value: Reply, now: datetime) -> dict[str, Any]:
    """A reply, what people made of it, and why it says what it says.

    The last, which a model takes its time for, is computed when the page comes to it.
    """
    store = bot.store
    found = Assessing(store, bot.policies, lambda: now).repository(value.repository_id)
    return {
        "reply": value,
        "commit": str(value.block.get("commit", "")),
        "abstained": value.abstained,
        "refused": value.refused,
        "tried": tried(store, value),
        "judgements": [judgement(one, value, found) for one in store.signals.of_reply(value.id)],
        "fault": bot.blocks.fault(value),
        "revisions": store.revisions.of_reply(value.id),
        "taught": [remembered(one) for one in store.evidence.of_reply(value.id).memories],
        "explain": partial(explain, bot, value),
        "made": made(value.block, _place(bot, value)),
    }


def tried(store: Store, value: Reply) -> str:
    """Returns the path of the page of what was tried for a reply; empty where nothing is kept."""
    if not store.trees.known([ask_key(value.trigger_node_id, value.command_key)]):
        return ""
    return tried_path(value.repository_id, value.trigger_comment_id, value.command_key)


def explain(bot: Bot, value: Reply) -> Explanation:
    """Computes an answer anew, with and without what was learned."""
    try:
        why = bot.why.reply(value.url)
    except (TreadleError, LookupError) as error:
        return Explanation(why=None, trouble=str(error))
    return Explanation(why=why, others=_others(why))


def made(block: Mapping[str, object], place: str) -> str:
    """Says which model drafted a reply and what that cost; empty where the block does not.

    Args:
        block: of the reply, of this version or an older one.
        place: where the model ran; empty where that is not known.
    """
    name = block.get("model")
    if not isinstance(name, str) or not name:
        return ""
    adapter = block.get("adapter")
    words = [f"Drafted by {name}", f"adapter {adapter}" if adapter else "", place]
    if without := block.get("without"):
        words.append(f"without the adapter {without}, which could not be used")
    usage = block.get("usage")
    if isinstance(usage, dict) and (read := _number(usage, "read")):
        words.append(
            f"{read:,.0f} tokens read, {_number(usage, 'cached'):,.0f} of them again; "
            f"{_number(usage, 'written'):,.0f} written"
        )
        if cost := _number(usage, "cost"):
            words.append(f"cost {cost:.4g}")
    return ", ".join(filter(None, words)) + "."


def _number(usage: Mapping[str, object], name: str) -> float:
    value = usage.get(name)
    return value if isinstance(value, int | float) else 0


def _place(bot: Bot, value: Reply) -> str:
    """Returns where the model of a reply ran, as was noted with its draft."""
    draft = bot.store.asks.draft(ask_key(value.trigger_node_id, value.command_key))
    return "" if draft is None else str(draft.details.get("place", ""))


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
            same=_said(answer) == _said(why.now),
            spans=spans(why.now.text, answer.text),
        )
        for name, answer in named
    ]


def _said(answer: Answer) -> tuple[object, ...]:
    """Returns what people are told by an answer."""
    return answer.text, answer.abstained, answer.refused
