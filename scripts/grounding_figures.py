"""The section of `docs/figures.md` about telling made-up names from true ones."""

from typing import Any

KINDS = ("path", "flag", "command", "setting", "symbol", "link", "quotation", "all")
SECTION = """
## Grounding

Names and quotations in {drafts} built drafts over the trees of installed packages that nothing was
tuned on, in sentences that were not used for tuning either. True ones are taken from the files,
made-up ones are true ones changed until no file has them. Wanted are a precision of
{precision:.2f} and a recall of {recall:.2f}. The baseline: a name has to be a path, or stand in
the sources. A draft is checked in {milliseconds:.0f} ms. 95 % intervals in brackets.
`python -m bench.grounding`

| | made up | true | precision | recall | baseline's |
| --- | --- | --- | --- | --- | --- |
{rows}
"""


def section(found: dict[str, Any]) -> str:
    """The section, of the half that was held out."""
    mine, plain = found["treadle"], found["plain"]["kinds"]
    rows = []
    for kind in KINDS:
        one, other = mine["kinds"][kind], plain[kind]
        shares = [
            "{:.3f} ({:.2f}–{:.2f})".format(*one[measure]) for measure in ("precision", "recall")
        ]
        beside = f"{other['precision'][0]:.2f} and {other['recall'][0]:.2f}"
        rows.append([kind, str(one["made_up"]), str(one["true"]), *shares, beside])
    return SECTION.format(
        drafts=found["drafts"],
        milliseconds=mine["milliseconds"],
        rows="\n".join("| " + " | ".join(row) + " |" for row in rows),
        **found["wanted"],
    )
