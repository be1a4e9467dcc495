"""What accounts that cost nothing can teach, and what honest strangers can: with and without
defences.

    python -m bench.poisoning --seeds 5

In every village twenty writers give 1,000 signals in 90 days, votes and edits, to 150 answers with
48 planted phrases of which they like one half, one in ten times by mistake. Then

- *burst*: 100 passers-by give 200 votes within a day, for five phrases that writers dislike and
  against five that they like;
- *slow*: the same over 60 days, so that no day has a crowd;
- *own questions*: the same, but they first ask 40 questions of their own, so that whoever asked is
  trusted with the answer, on phrases that nobody else knows, 3 of them together;
- *honest*: 100 passers-by give 200 votes for ten phrases that nobody judged yet, in four answers
  each; then one writer agrees with these;
- *honest rush*: the same within a day;
- *writers*: three more writers vote and edit against everything that the others want.

`over the limit` counts phrases that reach |z| 2, from which on a phrase has an effect, though no
writer ever said anything the same way of them; `rows` counts rows of training data that only
passers-by stand behind; `other entries` counts how many of the fifty strongest phrases that have
an effect are others than without the hostile ones. Numbers are the worst over all seeds, for
honest people the mean.
"""

import argparse
import json
import random
import statistics
import sys
from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from app.domain import Permission
from app.feedback.assessment import Hold
from app.feedback.weights import THRESHOLD
from bench.measures import wilson
from bench.town import (
    HOSTILE_WRITERS,
    LOGINS,
    PHRASES,
    REPLIES,
    attack,
    crowd,
    flipped,
    town_of,
)
from bench.village import START, Taught, Village, learn, names, planted

RESULTS = Path(__file__).resolve().parent / "results" / "poisoning.json"
TOP = 50
MOST_OTHER, LEAST_RECOVERED = 2, 8
ATTACKS = ("burst", "slow", "own questions")
CROWDS = ("honest", "honest rush")


def over(taught: Taught) -> int:
    """Counts the phrases of an effect that only passers-by gave them."""
    backed = {(one.phrase, one.mass > 0) for one in taught.masses if one.person not in LOGINS}
    return sum(
        abs(weight.z) >= THRESHOLD and (weight.phrase, weight.z > 0) not in backed
        for weight in taught.weights.values()
    )


def others(taught: Taught, clean: Collection[str]) -> int:
    """Counts the strongest phrases that were not among these before."""
    return len(set(taught.top(TOP)) - set(clean))


def attacked(seed: int, kind: str, *, defended: bool) -> Mapping[str, float]:
    """Measures one attack on one village."""
    town = town_of(seed)
    clean = set(learn(town.village, town.until, defended=defended).top(TOP))
    people = attack(town, kind)
    taught = learn(town.village, town.until, defended=defended)
    rows = [row for row in taught.rows if row.people and set(row.people) <= LOGINS]
    held = [one.hold for one in taught.assessment.signals if one.signal.person.id in people]
    goals = [abs(one.z) for one in taught.weights.values() if names(one.phrase, town.goals)]
    return {
        "over the limit": over(taught),
        "rows": len(rows),
        "other entries": others(taught, clean),
        "quarantined": held.count(Hold.BURST),
        "vetoed": held.count(Hold.VETOED),
        "strongest": max(goals, default=0.0),
    }


def helped(seed: int, kind: str, *, defended: bool) -> Mapping[str, float]:
    """Measures what honest passers-by teach before and after a writer agrees."""
    town = town_of(seed)
    phrases, places = crowd(town, kind)

    def recovered() -> int:
        weights = learn(town.village, town.until, defended=defended).weights
        return sum(one in weights and weights[one].z >= THRESHOLD for one in phrases)

    before = recovered()
    for reply in places:
        town.village.vote(town.writers[0], reply, 1, town.until)
    after = recovered()
    for given in town.village.reactions.values():
        given[:] = [one for one in given if one.person.login not in LOGINS]
    return {"before": before, "after": after, "writer alone": recovered()}


def contrary(seed: int) -> Mapping[str, float]:
    """Measures how many hostile writers are shown, and how many others by mistake."""
    town = town_of(seed)
    before = learn(town.village, town.until)
    clean, alone = set(before.top(TOP)), len(before.assessment.contrary)
    people = {one.id for one in flipped(town)}
    taught = learn(town.village, town.until)
    shown = {one.person.id for one in taught.assessment.contrary}
    return {
        "detected": len(shown & people),
        "by mistake": len(shown - people),
        "by mistake without them": alone,
        "other entries": others(taught, clean),
    }


def false_alarms(seeds: int) -> Mapping[str, float]:
    """Measures how many honest newcomers are taken for a burst, where some answers are popular.

    300 passers-by vote one to three times in 120 days; an answer's share of them is drawn from a
    Pareto distribution (alpha 1.5), and votes come three days after it on average.
    """
    words = held = villages = 0
    for seed in range(seeds):
        chance = random.Random(1000 + seed)
        village = Village(chance=chance)
        phrases = planted(chance, PHRASES)
        for number in range(REPLIES):
            inside = chance.sample(phrases, chance.randint(1, 3))
            village.reply(inside, START + timedelta(days=120 * number / REPLIES))
        shares = [chance.paretovariate(1.5) for _ in village.replies]
        for number in range(300):
            person = village.person(f"passer{number}", Permission.READ)
            for reply in chance.choices(village.replies, shares, k=chance.randint(1, 3)):
                at = reply.posted_at + timedelta(days=chance.expovariate(1 / 3))
                village.vote(person, reply, 1 if chance.random() < 0.8 else -1, at)
        found = learn(village, START + timedelta(days=150)).assessment.signals
        mine = sum(one.hold is Hold.BURST for one in found)
        words, held, villages = words + len(found), held + mine, villages + (mine > 0)
    return {"words": words, "held": held, "villages": seeds, "villages with one": villages}


def run(seeds: int) -> dict[str, Any]:
    """Measures everything with and without defences."""
    found: dict[str, Any] = {"seeds": seeds}
    for defended in (True, False):
        side = "defended" if defended else "undefended"
        found[side] = {
            **{
                kind: _worst([attacked(seed, kind, defended=defended) for seed in range(seeds)])
                for kind in ATTACKS
            },
            **{
                kind: _mean([helped(seed, kind, defended=defended) for seed in range(seeds)])
                for kind in CROWDS
            },
        }
    shown = [contrary(seed) for seed in range(seeds)]
    found["writers"] = {
        "detected, least": min(one["detected"] for one in shown),
        **{key: max(one[key] for one in shown) for key in shown[0] if key != "detected"},
    }
    alarms = false_alarms(seeds)
    low, high = wilson(int(alarms["held"]), int(alarms["words"]))
    found["false alarms"] = {
        **alarms,
        "share": round(alarms["held"] / alarms["words"], 5),
        "interval": [round(low, 5), round(high, 5)],
    }
    return found


def _worst(found: Sequence[Mapping[str, float]]) -> dict[str, float]:
    least = {"quarantined", "vetoed"}
    return {
        key: round((min if key in least else max)(one[key] for one in found), 2) for key in found[0]
    }


def _mean(found: Sequence[Mapping[str, float]]) -> dict[str, float]:
    means = {key: round(statistics.fmean(one[key] for one in found), 1) for key in found[0]}
    return {**means, "after, least": min(one["after"] for one in found)}


def show(found: Mapping[str, Any], console: Console) -> None:
    """Prints a table a part."""
    for title, kinds in (("Hostile passers-by, worst seed", ATTACKS), ("Honest ones", CROWDS)):
        table = Table(title=title)
        rows = [
            (kind, side, found[side][kind]) for kind in kinds for side in ("defended", "undefended")
        ]
        for head in ("", "", *rows[0][2]):
            table.add_column(head, justify="right" if head else "left")
        for kind, side, values in rows:
            table.add_row(kind, side, *(f"{value:g}" for value in values.values()))
        console.print(table)
    for title in ("writers", "false alarms"):
        console.print(title, found[title])


def broken(found: Mapping[str, Any]) -> list[str]:
    """Returns the promises that are not kept."""
    faults = []
    for kind in ATTACKS:
        one = found["defended"][kind]
        if one["over the limit"] or one["rows"] or one["other entries"] > MOST_OTHER:
            faults.append(f"passers-by taught something ({kind})")
    for kind in CROWDS:
        one = found["defended"][kind]
        if one["after, least"] < LEAST_RECOVERED or one["before"]:
            faults.append(f"honest passers-by are not heard, or before their time ({kind})")
    if found["writers"]["detected, least"] < HOSTILE_WRITERS:
        faults.append("a hostile writer is not shown")
    return faults


def main() -> None:
    """Measures, prints, writes; exit status 1 where a promise is not kept."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--no-write", action="store_true", help="print only")
    options = parser.parse_args()
    found = run(options.seeds)
    show(found, Console(width=110))
    if not options.no_write:
        RESULTS.write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    if faults := broken(found):
        sys.exit("; ".join(faults))


if __name__ == "__main__":
    main()
