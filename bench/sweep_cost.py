"""What looking at replies costs, and how soon a reaction is seen: a day of 10,000 replies.

    python -m bench.sweep_cost

Replies of the last 30 days stand on a playground, spread evenly over the time, and new ones come
at the same pace. People react to each new reply within its first hour, and to older ones now and
then. The product's own sweep looks at them by real queries, every 20 seconds of a clock that the
bench moves on; points are what the playground takes by GitHub's formula. Beside it two that look
at everything each three minutes, so that nothing is seen later than that: by queries of 100, and
by REST, a comment at a time. One round of each is measured on the same replies.
"""

import argparse
import json
import logging
import random
import statistics
import tempfile
from collections import deque
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import structlog
from rich.console import Console
from rich.progress import track
from rich.table import Table

from app.domain import Reply
from app.flows.sweep import BATCH, aligned, interval
from bench.sweep_town import Town, founded

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "bench" / "results" / "sweep_cost.json"
MONTH = timedelta(days=30)
STEP = timedelta(seconds=20)
"""Time between two looks for what is due, as `TREADLE_SWEEP_SECONDS` has it."""
ROUND = timedelta(minutes=3)
"""Time between two rounds of those that look at everything."""
LATER = 300
"""Reactions in a day to replies that are older than an hour."""
SAMPLE = 100
"""Replies that are read one by one to count what REST takes for each."""


def grown(town: Town, count: int) -> list[Reply]:
    """Posts the replies of a month, each due when its age says, as if it was always swept."""
    begin = town.clock.at - MONTH
    youngest = timedelta(seconds=60)
    replies = []
    for number in track(range(count), "a month of replies", transient=True):
        at = begin + MONTH * ((number + 0.5) / count)
        now = begin + MONTH
        wait = interval(now - at, youngest) * town.rng.random()
        town.clock.at = at
        replies.append(town.post(at, aligned(now + wait, youngest)))
    town.clock.at = begin + MONTH
    return replies


def lived(town: Town, replies: Sequence[Reply], hours: int) -> dict[int, datetime]:
    """Lives through some hours; returns when people reacted to each reply first."""
    start = town.clock.at
    end = start + timedelta(hours=hours)
    pause = MONTH / len(replies)
    posts = deque(start + pause * (number + 0.5) for number in range(int((end - start) / pause)))
    reactions: list[tuple[datetime, Reply]] = [
        (start + (end - start) * town.rng.random(), reply)
        for reply in town.rng.sample(list(replies), min(len(replies), LATER * hours // 24))
    ]
    reactions.sort(key=lambda one: one[0], reverse=True)
    reacted: dict[int, datetime] = {}
    for number in track(range(int((end - start) / STEP)), "swept", transient=True):
        now = start + STEP * (number + 1)
        while posts and posts[0] <= now:
            town.clock.at = posts.popleft()
            reply = town.post(town.clock.at)
            at = town.clock.at + timedelta(hours=1) * town.rng.random()
            reactions.append((at, reply))
            reactions.sort(key=lambda one: one[0], reverse=True)
        while reactions and reactions[-1][0] <= now:
            town.clock.at, reply = reactions.pop()
            town.react(reply)
            reacted[reply.id] = town.clock.at
        town.clock.at = now
        town.bot.sweep.due()
    return reacted


def lags(town: Town, reacted: dict[int, datetime]) -> dict[str, dict[str, float]]:
    """Returns how long reactions stood before they were seen, by the age of their reply then."""
    found: dict[str, list[float]] = {"first hour": [], "older": []}
    unseen = dict.fromkeys(found, 0)
    for reply_id, at in reacted.items():
        reply = town.bot.store.replies.by_id(reply_id)
        assert reply is not None
        age = "first hour" if at - reply.posted_at < timedelta(hours=1) else "older"
        if reply_id in town.seen:
            found[age].append((town.seen[reply_id] - at).total_seconds())
        else:
            unseen[age] += 1
    return {
        age: {
            "reactions": len(times) + unseen[age],
            "not seen by the end": unseen[age],
            "p50_s": round(statistics.median(times), 1),
            "p95_s": round(statistics.quantiles(times, n=20, method="inclusive")[-1], 1),
            "max_s": round(max(times), 1),
        }
        for age, times in found.items()
        if len(times) > 1
    }


def most_in_an_hour(spent: Sequence[tuple[datetime, int]]) -> int:
    """Returns the most points in any span of an hour."""
    most, total, window = 0, 0, deque[tuple[datetime, int]]()
    for at, points in spent:
        window.append((at, points))
        total += points
        while window[0][0] <= at - timedelta(hours=1):
            total -= window.popleft()[1]
        most = max(most, total)
    return most


def everything(town: Town, replies: Sequence[Reply]) -> int:
    """Returns the points of one round of queries that look at all replies."""
    town.points.clear()
    for start in range(0, len(replies), BATCH):
        nodes = [one.comment_node_id for one in replies[start : start + BATCH]]
        town.bot.context.github.snapshots(town.repository, nodes)
    return sum(points for _, points in town.points)


def one_by_one(town: Town, replies: Sequence[Reply]) -> float:
    """Returns the requests of REST that one reply takes, measured on some."""
    town.points.clear()
    town.counted = "core"
    for one in replies[:SAMPLE]:
        town.bot.context.github.snapshot(town.repository, one.comment_id, one.comment_node_id)
    return sum(points for _, points in town.points) / len(replies[:SAMPLE])


def run(count: int, hours: int, seed: int) -> dict[str, object]:
    """Lives through a time, and returns what it cost."""
    rng = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder, founded(Path(folder), rng) as town:
        replies = grown(town, count)
        town.points.clear()
        reacted = lived(town, replies, hours)
        spent = list(town.points)
        per_hour = sum(points for _, points in spent) / hours
        every = everything(town, replies) * (timedelta(hours=1) / ROUND)
        single = one_by_one(town, replies) * count * (timedelta(hours=1) / ROUND)
        return {
            "replies": count,
            "hours": hours,
            "posted meanwhile": len(town.bot.store.replies.ids(town.repository.id)) - count,
            "queries": len(spent),
            "points an hour, mean": round(per_hour, 1),
            "points an hour, most": most_in_an_hour(spent),
            "lag": lags(town, reacted),
            "overdue at the end, s": round(
                max(town.bot.store.sweeps.overdue(town.clock.at).values(), default=0.0)
            ),
            "everything each three minutes, points an hour": round(every),
            "times fewer points": round(every / per_hour, 1),
            "one by one each three minutes, requests an hour": round(single),
        }


def tables(found: dict[str, Any]) -> list[Table]:
    """Returns what is printed."""
    cost = Table("", "an hour")
    cost.add_row("points, mean", f"{found['points an hour, mean']:,}")
    cost.add_row("points, most in any hour", f"{found['points an hour, most']:,}")
    for name in (
        "everything each three minutes, points an hour",
        "one by one each three minutes, requests an hour",
    ):
        cost.add_row(name.removesuffix(" an hour"), f"{found[name]:,}")
    lag = Table("reactions to replies", "count", "not seen", "p50, s", "p95, s", "most, s")
    for age, one in found["lag"].items():
        lag.add_row(age, *(f"{value:,}" for value in one.values()))
    return [cost, lag]


def main() -> None:
    """Lives through a day, prints what it cost, and keeps it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--replies", type=int, default=10_000)
    parser.add_argument("--hours", type=int, default=24)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    found = run(options.replies, options.hours, options.seed)
    for table in tables(found):
        Console().print(table)
    if (options.replies, options.hours) == (10_000, 24):
        RESULTS.write_text(json.dumps(found, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
