"""What each page of the dashboard says, as values for its template."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from app.domain import (
    Ask,
    Calibration,
    Memory,
    Permission,
    Reply,
    Repository,
    RulingKind,
    Signal,
    SignalKind,
)
from app.feedback.assessment import Assessment, contrary_words
from app.feedback.weights import THRESHOLD
from app.flows.assessing import Assessing
from app.flows.policy import FIELDS, ORGANISATION_WIDE, Policy
from app.store import Store
from app.store.digests import memory_digest
from app.store.figures import Figures
from app.weave.calibration import of_model
from app.weave.constitution import standing
from app.weave.principles import Principle
from app.web.bot import Bot
from app.web.charts import DaysChart, days_chart
from app.web.compare import Span, spans
from app.web.links import tried_path

SHOWN = 100
"""Rows of a list that are shown, the newest first."""
DAYS = 30

REACTIONS: Mapping[str, str] = {
    "+1": "👍 thumbs up",
    "-1": "👎 thumbs down",
    "laugh": "😄 laugh",
    "confused": "😕 confused",
    "heart": "❤️ heart",
    "hooray": "🎉 hooray",
    "rocket": "🚀 rocket",
    "eyes": "👀 eyes",
}
ASKERS = {
    Permission.NONE: "anyone",
    Permission.TRIAGE: "triage",
    Permission.WRITE: "writers",
}
EMPTY = {
    "paths.include": "everything",
    "paths.exclude": "nothing",
    "trust.vouched": "nobody",
    "footer": "the usual one",
}
"""What it means to leave a setting empty."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Overview:
    """A repository on the first page; `version` is that of its dictionary, `adapter` the number
    of the adapter that its answers use, each 0 for none."""

    repository: Repository
    figures: Figures
    version: int
    strong: int
    adapter: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Judged:
    """A principle of the constitution, and its scale where votes taught one."""

    principle: Principle
    scale: Calibration | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Judgement:
    """A signal in words, with the reply that it is about.

    `hold` names why it counts nothing at present, empty where it counts; `why` says more of it.
    """

    signal: Signal
    what: str
    reply: Reply | None
    hold: str = ""
    why: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Remembered:
    """A memory and what its correction changed, word by word.

    `key` is what rulings know it by; `vetoed` tells that it counts nothing.
    """

    memory: Memory
    spans: Sequence[Span]
    key: str
    vetoed: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Setting:
    """One setting of the configuration in force."""

    key: str
    value: str
    given: bool
    organisation_wide: bool


def overview(store: Store, today: date, midnight: Callable[[date], datetime]) -> dict[str, Any]:
    """All repositories with their figures, and the feedback of the last days."""
    rows = []
    for repository in store.repositories.all():
        dictionary = store.weights.latest(repository.id)
        strong = sum(abs(weight.z) >= THRESHOLD for weight in dictionary.weights.values())
        adapter = store.adapters.active(repository.id)
        rows.append(
            Overview(
                repository=repository,
                figures=store.counting.of_repository(repository.id),
                version=dictionary.version,
                strong=strong,
                adapter=0 if adapter is None else adapter.number,
            )
        )
    return {"rows": rows, "chart": _chart(store, today, midnight, None)}


def replies(
    store: Store, repository: Repository, today: date, midnight: Callable[[date], datetime]
) -> dict[str, Any]:
    """A repository's newest replies, each with how many judgements it has."""
    newest = store.replies.recent(repository.id, SHOWN)
    rows = [
        {
            "reply": reply,
            "judgements": sum(s.removed_at is None for s in store.signals.of_reply(reply.id)),
        }
        for reply in newest
    ]
    return {"rows": rows, "chart": _chart(store, today, midnight, repository.id)}


def feedback(bot: Bot, repository: Repository, now: datetime) -> dict[str, Any]:
    """A repository's newest signals, and the writers whom people have to decide about."""
    store = bot.store
    found = Assessing(store, bot.policies, lambda: now).repository(repository.id)
    known: dict[int, Reply | None] = {}
    rows = []
    for signal in store.signals.of_repository(repository.id, SHOWN):
        if signal.reply_id not in known:
            known[signal.reply_id] = store.replies.by_id(signal.reply_id)
        rows.append(judgement(signal, known[signal.reply_id], found))
    contrary = [(one.person.login, contrary_words(one)) for one in found.contrary]
    broken = [
        (store.replies.by_id(reply_id), wrong)
        for reply_id, wrong in bot.blocks.faults(repository.id).items()
    ]
    return {"rows": rows, "contrary": contrary, "broken": broken}


def judgement(signal: Signal, reply: Reply | None, found: Assessment) -> Judgement:
    """Puts a signal into words, with what it counts in the company of all others."""
    words = {
        SignalKind.REACTION: REACTIONS.get(signal.content, signal.content),
        SignalKind.EDIT: "✎ edited the reply",
        SignalKind.HIDE: f"hid it as {signal.content}",
        SignalKind.DELETE: "deleted it",
    }
    now = found.of(signal)
    if now is None:
        return Judgement(signal=signal, what=words[signal.kind], reply=reply)
    return Judgement(
        signal=now.signal,
        what=words[signal.kind],
        reply=reply,
        hold=now.hold.value if now.hold else "",
        why=now.why,
    )


def memory(store: Store, repository: Repository) -> dict[str, Any]:
    """What a repository remembers: corrections, then good and bad examples."""
    newest = store.evidence.newest_memories(repository.id, SHOWN)
    vetoed = {one.key for one in store.rulings.of(repository.id) if one.kind is RulingKind.MEMORY}
    return {
        "rows": [remembered(one, vetoed) for one in newest],
    }


def remembered(value: Memory, vetoed: Collection[str] = ()) -> Remembered:
    """Compares what a correction changed; `vetoed` are the keys of those that count nothing."""
    key = memory_digest(value)
    return Remembered(
        memory=value,
        spans=spans(value.before, value.after) if value.before else (),
        key=key,
        vetoed=key in vetoed,
    )


def preferences(store: Store, repository: Repository) -> dict[str, Any]:
    """Preference rows: how many of each kind, and the newest ones."""
    return {
        "counts": store.counting.of_repository(repository.id).rows,
        "picks": store.picks.count(repository.id),
        "rows": store.evidence.newest_rows(repository.id, SHOWN // 5),
        "shown_rows": SHOWN // 5,
    }


def asks(store: Store, repository: Repository) -> dict[str, Any]:
    """The newest asks with how far they came and why, and where what was tried is shown."""
    newest = store.asks.newest(repository.id, SHOWN)
    known = store.trees.known([ask.key for ask in newest])

    def row(ask: Ask) -> dict[str, Any]:
        reply = store.replies.by_trigger(ask.comment_node_id, ask.command_key)
        place = tried_path(repository.id, ask.comment_id, ask.command_key)
        return {
            "ask": ask,
            "reason": store.asks.reason(ask.key),
            "reply": reply,
            "tried": place if ask.key in known else "",
        }

    return {"rows": [row(ask) for ask in newest]}


def configuration(bot: Bot, repository: Repository) -> dict[str, Any]:
    """The settings in force and what is wrong in the files."""
    policy = bot.policies.kept(repository.id)
    return {
        "settings": [
            Setting(
                key=key,
                value=_words(getattr(policy, name), empty=EMPTY.get(key, "")),
                given=key in policy.given,
                organisation_wide=key in ORGANISATION_WIDE,
            )
            for key, name in FIELDS.items()
        ],
        "faults": bot.policies.faults(repository.id),
        "principles": _principles(bot, repository.id, policy),
        "own": policy.constitution is not None,
        "read": bool(bot.store.repositories.policy(repository.id)),
    }


def _principles(bot: Bot, repository_id: int, policy: Policy) -> list[Judged]:
    """The constitution in force, with what votes taught of the model's word by each principle."""
    scales = of_model(bot.model.name, bot.store.weights.latest(repository_id).calibrations)
    principles = (policy.constitution or standing(bot.settings.constitution)).principles
    return [Judged(principle=one, scale=scales.get(one.key)) for one in principles]


def _chart(
    store: Store, today: date, midnight: Callable[[date], datetime], repository_id: int | None
) -> DaysChart:
    since = midnight(today - timedelta(days=DAYS - 1))
    return days_chart(store.counting.days(since, repository_id), today, DAYS)


def _words(value: object, *, empty: str) -> str:
    """A setting's value as the file would say it."""
    if isinstance(value, Permission):
        return ASKERS.get(value, value.name.lower())
    if isinstance(value, tuple):
        return ", ".join(str(one) for one in value) or empty
    return str(value) or empty
