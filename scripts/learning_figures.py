"""The sections of `docs/figures.md` about the speed of the dictionary and of edits."""

from collections.abc import Sequence
from typing import Any

DICTIONARY = """
## The dictionary

One vote more on one answer, by how many phrases a repository's evidence has; milliseconds of the
processor. The baseline, *anew*, weighs all evidence from the beginning, as when a process starts.
*Taken in* is what changed going into the sums, *weighed* z-scores and the list of the phrases to
keep, *saved* that list as a version. `python -m bench.dictionary`

{update}

A draft of 4,000 characters against phrases with an effect, many of which stand in it. The baselines
look for each phrase in each sentence, and for one regular expression of them all.

{scoring}
"""

EDITS = """
## What an edit changed

Texts of 60,000 characters, nearly as much as a comment on GitHub can have; milliseconds of the
processor. The baseline compares the characters of the whole texts by `rapidfuzz`.
`python -m bench.edits`

{rows}
"""


def dictionary(found: dict[str, Any]) -> str:
    """The section about an update and about scoring."""
    update = [
        [
            f"{row['phrases']:,}",
            f"{row['masses']:,}",
            *(f"{row[key]:,.2f}" for key in ("anew", "taken in", "weighed", "saved")),
            f"{row['times faster']:.0f}",
            f"{row['kept']:,} in {row['kilobytes']:.0f} kB",
        ]
        for row in found["update"]
    ]
    scoring = [
        [
            f"{row['phrases']:,}",
            str(row["found"]),
            *(f"{row[key]:,.2f}" for key in ("score", "loop", "alternation")),
        ]
        for row in found["scoring"]
    ]
    return DICTIONARY.format(
        update=_table(
            ["phrases", "masses", "anew", "taken in", "weighed", "saved", "times faster", "kept"],
            update,
        ),
        scoring=_table(["phrases", "found", "treadle", "loop", "one expression"], scoring),
    )


def edits(found: dict[str, Any]) -> str:
    """The section about edits: a row a kind."""
    rows = [
        [
            name,
            str(row["changes"]),
            f"{row['ms']:.0f}",
            f"{row['changes, by characters']:,}",
            f"{row['ms, by characters']:.0f}",
        ]
        for name, row in found["rows"].items()
    ]
    return EDITS.format(rows=_table(["", "changes", "ms", "baseline's changes", "ms"], rows))


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    marks = ["---" if place == 0 else "---:" for place in range(len(head))]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in (head, marks, *rows))
