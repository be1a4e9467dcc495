"""The sections of `docs/figures.md` about what the search makes of a model's words."""

from typing import Any

Rows = list[list[str]]

ANSWERS = """
## Facts that answers state

Hand-written questions over the text of installed packages, each with the facts that a full answer
has: *single* is answered by one source, *several* by two to four. All ways have {model}, the same
sources and the same scores of drafts; treadle is what a user gets, with at most four sentences.
Best-of-n, greedy and MiniHF's Weave, with the preset of its web page, sample about as many tokens
as treadle wrote for the question; without a model the ranking alone quotes. Where an answer is
withheld, it states nothing. *treadle less it* is paired over questions; a tie is a 95 % interval
that has 0 in it. Packages are divided into halves: the tables of the *reported* half are of those
that nothing was tuned on. *Grounded* is the share of names and quotations that exist. A sample
of bobbin's is one or two sentences long; treadle states more facts because it says more of them,
as *words* tells, and takes them by the same ranking that answers without a model. It has read the
text of some of these packages in its training, as other models may have.
`python -m bench.weave_answers`
"""

SPEED = """
## Where the time of a reply goes

From a comment to the posted reply, in one process with the playground. *Inside the model* is the
time that a draft waits for its process. bobbin is so small that search and ranking weigh; the
random model of its size writes text and is asked about each draft by every principle of the usual
constitution, as any set model is. *Looked up* is what calls had to read and was read before.
`python -m bench.weave_speed`
"""


def answers(found: dict[str, Any]) -> str:
    """The section of facts that answers state: a table for each group of questions."""
    parts = [ANSWERS.format(model=found["model"])]
    for name, selection in found["selections"].items():
        head = [f"{name}, {selection['questions']} questions", "facts", "treadle less it", ""]
        head += ["grounded", "withheld", "words", "tokens written", "s"]
        parts.append(table(head, [_way(way, row) for way, row in selection["ways"].items()]))
    return "\n".join(f"{part}\n" for part in parts)


def _way(way: str, row: dict[str, Any]) -> list[str]:
    return [
        way,
        _interval(row["facts"], ""),
        _interval(row["lead"], "+") if row["lead"] else "",
        row["ours"],
        f"{row['grounded']:.3f}",
        f"{row['withheld']:.2f}",
        f"{row['words']:.0f}",
        f"{row['written']:.0f}",
        f"{row['seconds']:.2f}",
    ]


def _interval(one: dict[str, float], sign: str) -> str:
    low, high = (f"{one[end]:{sign}.2f}" for end in ("low", "high"))
    return f"{one['value']:{sign}.3f} ({low} to {high})"


KINDS = {
    "expand": "sampling",
    "yes_no": "questions about drafts",
    "logprob": "probabilities of sentences",
}


def speed(found: dict[str, Any]) -> str:
    """The section of a reply's time: how much is the model's, and what its calls read."""
    names = list(found)
    rows = [
        ["replies", *(str(found[name]["replies"]) for name in names)],
        ["seconds a reply, median", *(f"{found[name]['seconds']:.2f}" for name in names)],
        ["inside the model, median", *(f"{found[name]['inside']:.0%}" for name in names)],
    ]
    for kind, title in KINDS.items():
        cells = [found[name]["kinds"][kind] for name in names]
        if not any(cell["calls"] for cell in cells):
            continue
        rows += [
            [f"{title}: calls a reply", *(f"{cell['calls']:.1f}" for cell in cells)],
            [f"{title}: tokens to read", *(f"{cell['read']:,.0f}" for cell in cells)],
            [f"{title}: of these looked up", *(_looked_up(cell) for cell in cells)],
        ]
    return f"{SPEED}\n{table(['', *names], rows)}\n"


def _looked_up(cell: dict[str, float]) -> str:
    return f"{1 - cell['computed'] / cell['read']:.1%}" if cell["read"] else ""


def table(head: list[str], rows: Rows) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
