"""How long it takes to tell what a person changed in a comment as long as GitHub lets it be.

    python -m bench.edits

Texts of 60,000 characters of this repository's documents, with 1, 60 and 600 words changed, with
every paragraph moved, and laid out anew (each paragraph on one line, each list with other markers);
and one paragraph of 60,000 characters with 60 words changed. Beside the changes of `feedback.edits`
stand the runs of characters that are equal in both texts and what lies between these, by
`rapidfuzz`'s Levenshtein opcodes of the whole texts. *Changes* are how many each tells. All times
are milliseconds of the processor, the best of some rounds.
"""

import argparse
import json
import random
import re
import sys
from collections.abc import Mapping
from pathlib import Path

from rapidfuzz.distance import Levenshtein
from rich.console import Console

from app.feedback.edits import changes
from bench.dictionary import rounded, show
from bench.timing import best, load
from bench.village import ROOT

RESULTS = Path(__file__).resolve().parent / "results" / "edits.json"
LENGTH = 60_000
MOST = 100.0


def document() -> str:
    """Returns the beginning of all documents after one another."""
    found = [path.read_text("utf-8") for path in sorted((ROOT / "docs").rglob("*.md"))]
    return "\n\n".join(found)[:LENGTH]


def changed(text: str, count: int, chance: random.Random) -> str:
    """Puts another word in the place of some."""
    words = list(re.finditer(r"\b[a-z]{4,}\b", text))
    for word in sorted(chance.sample(words, count), key=lambda word: -word.start()):
        text = text[: word.start()] + "otherwise" + text[word.end() :]
    return text


def moved(text: str, chance: random.Random) -> str:
    """Puts the paragraphs in another order; code blocks stay whole."""
    parts = re.split(r"\n\n(?=\S)", text.replace("```", "~"))
    chance.shuffle(parts)
    return "\n\n".join(parts)


def laid_out(text: str) -> str:
    """Joins the lines of paragraphs and gives lists other markers; code stays as it is."""
    parts = re.split(r"(?s)(```.*?(?:```|\Z))", text)
    for place in range(0, len(parts), 2):
        joined = re.sub(r"(?<=[\w,.;])\n *(?=[A-Za-z])", " ", parts[place])
        parts[place] = re.sub(r"^- ", "* ", joined, flags=re.MULTILINE)
    return "".join(parts)


def cases() -> Mapping[str, tuple[str, str]]:
    """Returns the pairs of texts."""
    chance = random.Random(1)
    text = document()
    plain = text.replace("```", "~")
    one = " ".join(re.findall(r"\w+[.,]?", " ".join([text] * 2)))[:LENGTH]
    return {
        **{
            f"{count} {'word' if count == 1 else 'words'}": (text, changed(text, count, chance))
            for count in (1, 60, 600)
        },
        "one paragraph, 60 words": (one, changed(one, 60, chance)),
        "paragraphs moved": (plain, moved(text, chance)),
        "laid out anew": (text, laid_out(text)),
    }


def characters(before: str, after: str) -> int:
    """Counts the runs of characters that differ."""
    runs = 0
    equal = True
    for code in Levenshtein.opcodes(before, after):
        runs += equal and code.tag != "equal"
        equal = code.tag == "equal"
    return runs


def measure(before: str, after: str) -> Mapping[str, float]:
    """Measures one pair of texts both ways."""
    return {
        "characters": len(before),
        "changes": len(changes(before, after)),
        "ms": best(lambda: changes(before, after)),
        "changes, by characters": characters(before, after),
        "ms, by characters": best(lambda: characters(before, after), 1),
    }


def main() -> None:
    """Measures, prints, writes; exit status 1 where a comparison takes too long."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--no-write", action="store_true", help="print only")
    options = parser.parse_args()
    rows = {name: measure(*pair) for name, pair in cases().items()}
    found = rounded({"load": load(), "rows": rows})
    show("What changed", [{"": name, **row} for name, row in rows.items()], Console(width=120))
    if not options.no_write:
        RESULTS.write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    if slow := [name for name, row in rows.items() if row["ms"] >= MOST]:
        sys.exit(f"{MOST:g} ms and more: {', '.join(slow)}")


if __name__ == "__main__":
    main()
