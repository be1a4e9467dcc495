"""What the bot made of people's judgements, read from its own records."""

import functools
from collections.abc import Sequence

from app.bootstrap.bot import Bot
from app.demo.exam import Result
from app.demo.people import LinkBroken
from app.demo.screen import console, escape, say, short
from app.demo.story import Lesson
from app.demo.waiting import Waiting
from app.domain import Dictionary, Reply, RowKind, Signal, SignalKind
from app.inspection import print_why
from app.store import Store


def check_learned(store: Store, taught: Sequence[tuple[Lesson, Reply]], *, waiting: Waiting) -> int:
    """Waits for the sweep and shows what it learned; returns the repository's id.

    Args:
        store: the bot's records.
        taught: what people judged, with the reply that they judged.
        waiting: how long each link may take.

    Raises:
        LinkBroken: something that was taught did not arrive.
    """
    repository_id = taught[0][1].repository_id
    for lesson, reply in taught:
        _show_signal(store, lesson, reply, waiting)
    waiting.until(
        "evidence from the sweep",
        lambda: len({row.reply_id for row in store.evidence.rows(repository_id)}) >= len(taught),
    )
    dictionary = waiting.until(
        "phrase weights of both signs", functools.partial(_weights, store, repository_id)
    )
    memories = store.evidence.memories(repository_id)
    for memory in memories:
        author = memory.author or "somebody with triage access"
        say(f"  memory: {memory.kind.value} by {author}: {short(memory.after)}")
    strongest = sorted(dictionary.weights.values(), key=lambda weight: weight.z)
    for weight in [*strongest[:3], *strongest[-3:]]:
        say(f"  phrase: {weight.z:+.1f}  {escape(weight.phrase)}")
    rows = store.evidence.rows(repository_id)
    counts = {kind.value: sum(row.kind is kind for row in rows) for kind in RowKind}
    say("  rows: " + ", ".join(f"{count} {kind}" for kind, count in counts.items()))
    if not memories or not all(counts.values()):
        raise LinkBroken("memory or a kind of preference row is missing")
    return repository_id


def explain(bot: Bot, results: Sequence[Result], repository_id: int) -> None:
    """Shows why one answer changed, as `treadle why` does.

    Raises:
        LinkBroken: nothing is said to have changed it.
    """
    changed = max(results, key=lambda result: result.gain)
    say("\n[bold]6. Why one answer changed[/]  (treadle why " + changed.after.url + ")")
    # In this process, beside the worker's.
    bot.model.load()
    why = bot.why.reply(changed.after.url)
    print_why(console, why)
    if not (why.by_memory.causes or why.by_dictionary.causes):
        raise LinkBroken(f"repository {repository_id}: a changed answer has no cause")


def _show_signal(store: Store, lesson: Lesson, reply: Reply, waiting: Waiting) -> None:
    kind = _kind(lesson)
    signal = waiting.until(
        f"the {kind.value} on “{lesson.question}” being swept",
        functools.partial(_signal, store, reply.id, kind),
    )
    who = signal.person.login or "somebody with triage access"
    what = "" if kind is SignalKind.EDIT else f" {signal.content}"
    say(f"  {kind.value}{what} by {who}: trust {signal.trust:.2f}, value {signal.value:+.2f}")


def _signal(store: Store, reply_id: int, kind: SignalKind) -> Signal | None:
    found = store.signals.of_reply(reply_id)
    return next((signal for signal in found if signal.kind is kind), None)


def _weights(store: Store, repository_id: int) -> Dictionary | None:
    dictionary = store.weights.latest(repository_id)
    signs = {weight.z > 0 for weight in dictionary.weights.values()}
    return dictionary if signs == {True, False} else None


def _kind(lesson: Lesson) -> SignalKind:
    if lesson.edit:
        return SignalKind.EDIT
    return SignalKind.REACTION if lesson.vote else SignalKind.HIDE
