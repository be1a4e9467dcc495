"""How fast the dictionary takes in what changed, and how fast a text is looked up in it.

    python -m bench.dictionary

*Update*: evidence of so many phrases, 56 of every answer's own and 30 drawn from common ones by
Zipf's law, one to five votes an answer by 20 writers and 20 readers in 300 days. One answer gets
one vote more. *Anew* weighs all phrases of all evidence, as for one that is not there yet; what
the update gives is held against it, phrase by phrase. *Taken in* is the part that goes into the
sums, *weighed* the part that makes z-scores and the list of what is kept of these; *saved* is that
list as a version in the database. *A day* is the update when a day has passed.

*Scoring*: a draft of 4,000 characters and so many phrases with an effect, runs of one to four words
of this repository's documents first, made-up ones after that. *Loop* looks for each phrase in each
sentence, and finds the same ones; *alternation* is one regular expression of all of them, and finds
only what does not overlap. All times are milliseconds of the processor, the best of some rounds.
"""

import argparse
import json
import random
import re
import sqlite3
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from app.domain import Dictionary, PhraseMass, PhraseWeight, Repository, SignalKind
from app.feedback.caps import Source
from app.feedback.ledger import Ledger
from app.feedback.phrases import phrases as phrases_of
from app.feedback.weights import dictionary, weigh
from app.settings import load as load_settings
from app.store import migrate, open_store
from app.store.weights import LEAST_Z
from app.text.sentences import sentences
from app.text.words import phrase_tokens
from app.weave.phrase_score import PhraseScore
from bench.timing import best, load
from bench.village import ROOT, prose

RESULTS = Path(__file__).resolve().parent / "results" / "dictionary.json"
SIZES = (1_000, 10_000, 100_000)
NOW = datetime(2026, 5, 4, tzinfo=UTC)
WRITERS = [f"writer{n}" for n in range(20)]
READERS = [f"reader{n}" for n in range(20)]
OWN, SHARED = 56, 30
DRAFT = 4_000
MOST_SCORING = 2.0

Taught = dict[int, list[PhraseMass]]
"""Masses by reply."""


def taught(count: int, chance: random.Random) -> Taught:
    """Makes evidence of about so many phrases."""
    common = [f"common phrase {n}" for n in range(count // 10)]
    shares = [1 / (n + 1) for n in range(len(common))]
    found: Taught = {}
    for reply_id in range(round(0.9 * count / OWN)):
        inside = [f"phrase {reply_id} {n}" for n in range(OWN)]
        inside += dict.fromkeys(chance.choices(common, shares, k=SHARED))
        posted = NOW - timedelta(days=chance.uniform(3, 300))
        people = chance.sample(WRITERS + READERS, chance.choice((1, 1, 2, 3, 5)))
        found[reply_id] = [
            mass
            for person in people
            for mass in vote(reply_id, inside, person, posted + timedelta(hours=chance.random()))
        ]
    return found


def vote(reply_id: int, inside: Sequence[str], person: str, at: datetime) -> list[PhraseMass]:
    """Makes what a vote for an answer says of its phrases."""
    one = PhraseMass(
        repository_id=1,
        reply_id=reply_id,
        phrase="",
        mass=1 / len(inside),
        at=at,
        person=person,
        url="",
        kind=SignalKind.REACTION,
    )
    return [replace(one, phrase=phrase) for phrase in inside]


def writers_of(found: Taught) -> set[Source]:
    """Returns where writers' masses come from."""
    return {(reply_id, person, SignalKind.REACTION) for reply_id in found for person in WRITERS}


def update(count: int) -> Mapping[str, float]:
    """Measures one answer's new vote, taken in beside all phrases weighed anew."""
    found = taught(count, random.Random(1))
    writers = writers_of(found)
    ledger = Ledger(NOW, writers)
    for reply_id, masses in found.items():
        ledger.replace(reply_id, masses)
    weigh(ledger)
    place = len(found) // 2
    before = found[place]
    inside = list(dict.fromkeys(mass.phrase for mass in before))
    after = [*before, *vote(place, inside, "writer99", NOW)]
    writers.add((place, "writer99", SignalKind.REACTION))
    ledger.recognise(writers)

    def take() -> None:
        ledger.replace(place, after)

    def take_and_back() -> None:
        take()
        ledger.replace(place, before)

    def weighed() -> list[PhraseWeight]:
        return weigh(ledger, least=LEAST_Z)

    taken = best(take_and_back, 20) / 2
    take()
    first = best(weighed, 1)
    rest = best(weighed)
    everything = [mass for masses in {**found, place: after}.values() for mass in masses]
    anew = best(lambda: dictionary(everything, NOW, writers=writers), 3)
    if weigh(ledger) != dictionary(everything, NOW, writers=writers):
        sys.exit("an update gives other weights than all evidence anew")
    kept = weighed()
    ledger.advance(NOW + timedelta(days=1))
    day = best(lambda: ledger.advance(ledger.now + timedelta(days=1)), 3)
    return {
        "phrases": len({mass.phrase for mass in everything}),
        "answers": len(found),
        "masses": len(everything),
        "anew": anew,
        "taken in": taken,
        "weighed": min(first, rest),
        "times faster": anew / (taken + min(first, rest)),
        "a day": day,
        "kept": len(kept),
        **saved(kept),
    }


def saved(kept: Sequence[PhraseWeight]) -> Mapping[str, float]:
    """Measures a version's way into an empty database."""
    with tempfile.TemporaryDirectory() as folder:
        settings = load_settings({}, data_dir=Path(folder))
        migrate(settings)
        store = open_store(settings)
        store.repositories.save(Repository(id=1, owner="o", name="r", installation_id=1))
        took = best(lambda: store.weights.save(1, kept, NOW), 1)
        store.close()
        file = Path(folder) / "treadle.db"
        with closing(sqlite3.connect(file)) as database:
            ((size,),) = database.execute("SELECT length(weights) FROM dictionary")
    return {"saved": took, "kilobytes": size / 1000}


def words(count: int) -> list[str]:
    """Returns phrases with an effect: of the documents first, then made-up ones."""
    found: dict[str, None] = {}
    for path in sorted((ROOT / "docs").rglob("*.md")):
        found |= dict.fromkeys(phrases_of(path.read_text("utf-8")))
        if len(found) >= count:
            break
    found |= {f"made-up phrase {n}": None for n in range(count - len(found))}
    return list(found)[:count]


def draft() -> str:
    """Returns a text of the documents' sentences."""
    text = ""
    for sentence in prose():
        if len(text) + len(sentence) + 1 > DRAFT:
            break
        text += sentence + " "
    return text.ljust(DRAFT, ".")


def scoring(count: int) -> Mapping[str, float]:
    """Measures how long a draft takes."""
    known = words(count)
    weights = {
        one: PhraseWeight(phrase=one, z=3.0 if n % 2 else -3.0, liked=1, disliked=1)
        for n, one in enumerate(known)
    }
    text = draft()
    said = [f" {' '.join(phrase_tokens(sentence))} " for sentence in sentences(text)]
    whole = Dictionary(repository_id=1, version=1, weights=weights)
    score = PhraseScore(whole)

    def loop() -> set[str]:
        return {one for one in known for sentence in said if f" {one} " in sentence}

    pattern = re.compile("|".join(rf"(?<= ){re.escape(one)}(?= )" for one in known))
    used = {use.phrase for use in score.uses(text)}
    if not used or not used <= loop():
        sys.exit("phrases are found that are not there, or none")
    return {
        "phrases": count,
        "found": len(used),
        "made ready": best(lambda: PhraseScore(whole), 1),
        "score": best(lambda: score.uses(text), 20),
        "loop": best(loop, 1),
        "alternation": best(lambda: [pattern.findall(one) for one in said], 1),
    }


def show(title: str, rows: Sequence[Mapping[str, object]], console: Console) -> None:
    """Prints a table."""
    table = Table(title=title)
    for head in rows[0]:
        table.add_column(head, justify="right")
    for row in rows:
        table.add_row(
            *(f"{one:,.2f}" if isinstance(one, float) else str(one) for one in row.values())
        )
    console.print(table)


def main() -> None:
    """Measures, prints, writes; exit status 1 where scoring takes too long."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--no-write", action="store_true", help="print only")
    options = parser.parse_args()
    found: dict[str, Any] = {"load": load()}
    found["update"] = [update(size) for size in SIZES]
    found["scoring"] = [scoring(size) for size in SIZES]
    console = Console(width=120)
    show("One vote more, ms", found["update"], console)
    show(f"A draft of {DRAFT:,} characters, ms", found["scoring"], console)
    if not options.no_write:
        RESULTS.write_text(json.dumps(rounded(found), indent=1) + "\n", "utf-8")
    if found["scoring"][-1]["score"] >= MOST_SCORING:
        sys.exit(f"a draft takes {MOST_SCORING} ms and more")


def rounded(value: Any) -> Any:
    """Rounds all numbers to three digits behind the point."""
    if isinstance(value, Mapping):
        return {key: rounded(one) for key, one in value.items()}
    if isinstance(value, list):
        return [rounded(one) for one in value]
    return round(value, 3) if isinstance(value, float) else value


if __name__ == "__main__":
    main()
