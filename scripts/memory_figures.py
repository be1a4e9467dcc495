"""The section of `docs/figures.md` about memory."""

from typing import Any

from scripts.weave_figures import table

PAGE = """
## Memory

After one correction by a writer: the share of questions in other words whose answer carries the
corrected fact (*told*), of other questions about the same package that it comes into (*touched*),
and of questions written to be near it, about the same thing but asking something else (*near*).
Recall was tuned on the half *dev*; the corrections *held out* are about other packages, and were
written without a look at recall, which was not tuned on them. *Together*: all corrections of a
package are remembered at once. 95 % intervals in brackets, by drawing corrections anew. Wanted are
.85 and .03 on what is held out; how far that is reached is what the table says.
`python -m bench.memory`

{table}
"""


def section(found: dict[str, Any]) -> str:
    """Returns the section from the bench's results."""
    lines = [
        [name, row["half"], row["way"], *(_share(row[one]) for one in ("told", "touched", "near"))]
        for name, figures in found.items()
        for row in figures["rows"]
    ]
    return PAGE.format(table=table(["", "half", "memory", "told", "touched", "near"], lines))


def _share(part: dict[str, Any]) -> str:
    if not part["asked"]:
        return "–"
    low, high = part["interval"]
    return f"{part['share']:.2f} ({low:.2f}–{high:.2f}), {part['questions']} questions"
