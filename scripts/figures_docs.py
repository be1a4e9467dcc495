"""Writes `docs/figures.md` from `bench/results/*.json`; run `make docs` after `make bench`."""

import json
import statistics
from pathlib import Path
from typing import Any

from app.training.bobbin.measures import GROUPS
from scripts import learning_figures, memory_figures, weave_figures
from scripts.grounding_figures import section as grounding
from scripts.search_figures import search

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "bench" / "results"

PAGE = """\
# Figures

All of them are printed again by `make bench`, which also writes `bench/results/*.json`; this
page is written from those by `make docs`. Absolute times are of one machine with two cores.

## Answers

Questions were written by hand, as people ask, in other words than the text's, over the text of
installed packages. On the packages of *dev* and *more* the ranking was tuned; those of *test*
were held out, and their questions not looked at. The baseline is BM25 over the same passages
and the share of the question's words that a sentence has. 95 % intervals in brackets.

{answers}

*Right sentence said* counts an answer that the bot withheld as a miss. *Declined at 15 %* is the
share of unanswerable questions that are declined where the limit is set so that 15 % of the
answerable ones are declined too; *refused* is with the limit that the product has. What helped
and what did not is in [the log](log.md). `python -m bench.answers`

## Abstaining

Whether the bot says nothing where the text says nothing: *refused* means that it posted no
answer, with the limit that the product has. The unanswerable questions are about the package's
own subject (*near*), about another product, or about no software at all. *abstain* was tuned on,
*abstain_test* was written before that, over other packages, and held out; bobbin has read some of
their text in its training. 95 % intervals in brackets. `python -m bench.abstaining`

{abstaining}

{shortfall}
{models}
{search}
## A reply, end to end

From a person's comment to the bot's reply on the thread, through web process, queue and worker,
against the playground. The echo checks the signature and posts a fixed text at once; bobbin, where
it was measured too, is this bot with its built-in model.
`python -m bench.reply`

{reply}

## The web process

`python -m bench.web`

{web}

## Deliveries

{rate:.0f} a second for {seconds:.0f} seconds, every tenth sent twice, the web process killed
at the end; beside an endpoint that only checks the signature. `python -m bench.deliveries`

{deliveries}

## Index

Of {files:,} files of source code and text; refreshed after {changed} of them changed. The
baseline is tantivy over whole files. `python -m bench.index`

{index}
{trust}"""

BOBBIN = """
## bobbin, the built-in model

On packages held out of its training; its card has the whole recipe. `python -m bench.bobbin`

{table}
"""

SPEED = """
## A local model's speed

One answer of {pieces:.0f} pieces and {questions:.0f} judgements after a prompt of
{prompt_tokens:,.0f} tokens, with {model}, PyTorch's threads: {threads}. Beside it a loop that
calls `generate` for each expansion and runs a full forward pass for each judgement, over the same
drafts. Then three asks under three adapters together, beside one by one.
`python -m bench.local_speed`

{table}
"""

TRUST = """
## What accounts can buy

In simulated villages of twenty writers with 1,000 signals, one in ten wrong, over {seeds} seeds.
100 hostile passers-by add 200 votes: in a burst, slowly, or on questions of their own. 100 honest
ones add 200 votes for ten phrases that nobody judged yet; then one writer agrees with them. Replies
are sentences of this repository's documents with planted phrases; what is learned goes the
product's own way. `python -m bench.poisoning`

{attacks}

*Over the limit* are phrases that get an effect without a writer's word, *rows* those of training
data with passers-by alone behind them, *other entries* how many of the 50 strongest phrases are
others than without the attack; the worst seed.

{crowds}

Of ten phrases, the mean over seeds. Of 3 hostile writers among 23, at least {detected} were shown,
and at most {mistake} others. Of {words} honest newcomers' votes, on answers of which some are far
more popular than others, {held} were taken for a burst ({share:.2%}, {low:.2%} to {high:.2%}).
"""

SWEEPS = """
## Looking at replies

{hours} hours of {replies:,} replies of the last 30 days, spread evenly, while {posted} more come;
simulated clock, real queries against the playground, which takes points by GitHub's formula. The
other two look at everything each three minutes. `python -m bench.sweep_cost`

{cost}

People react to each new reply within its first hour, and to older ones now and then. How long that
stood before it was seen, in seconds; some of the older ones were not looked at before the end.

{lag}
"""

RECOVERY = """
## Planted preferences

Of 40 planted phrases, half liked and half not, after so many reactions and edits of which one in
ten is wrong: the share of the 40 strongest items that name a planted phrase with its sign, over
{seeds} seeds, 95 % intervals in brackets. `python -m bench.recovery`

{table}
"""

SPEEDS = {
    "treadle_seconds": ("seconds an answer", "plain_seconds"),
    "treadle_cpu_seconds": ("processor seconds an answer", "plain_cpu_seconds"),
    "times_faster_seconds": ("times faster", ""),
    "times_faster_cpu_seconds": ("times less of the processor", ""),
    "share_in_model": ("share of the time inside the model", ""),
    "process_seconds": ("seconds an answer from the process that the worker uses", ""),
    "process_equal": ("share of its pieces that are the same", ""),
    "greedy_equal": ("share of likeliest pieces equal to those of `generate`", ""),
    "logprob_gap": ("largest difference of a piece's log-probability, nats", ""),
    "odds_gap": ("largest difference of a judgement, nats", ""),
    "together_seconds": ("seconds for three asks under three adapters", "one_by_one_seconds"),
    "together_cpu_seconds": ("processor seconds for them", "one_by_one_cpu_seconds"),
    "asks_equal": ("share of these asks with the same pieces", ""),
    "mixed_odds_gap": ("largest difference of their judgements, nats", ""),
}

MEASURES = {
    "passage": "right passage among the sources",
    "sentence": "right sentence quoted, at most four",
    "sentence_said": "right sentence said",
    "area": "area under the confidence curve",
    "declined_at_15": "declined at 15 %",
    "refused_wrongly": "refused wrongly",
    "refused_rightly": "refused rightly",
}


def read(name: str) -> Any:
    """Reads one benchmark's results."""
    return json.loads((RESULTS / f"{name}.json").read_text("utf-8"))


def table(head: list[str], rows: list[list[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def answers(found: dict[str, Any]) -> str:
    """The table of answers: a column a set, the baseline beside the held-out one."""
    columns = [(name, "treadle") for name in ("dev", "more", "test") if name in found]
    columns.append(("test", "plain"))
    titles = [f"{name}, baseline" if who == "plain" else name for name, who in columns]
    rows = [
        ["questions", *("{} + {}".format(*found[name][who]["questions"]) for name, who in columns)]
    ]
    for key, title in MEASURES.items():
        cells = []
        for name, who in columns:
            value, low, high = found[name][who][key]
            cells.append(f"{value:.2f} ({low:.2f}–{high:.2f})")
        rows.append([title, *cells])
    seconds = (f"{found[name][who]['seconds']:.3f}" for name, who in columns)
    rows.append(["seconds an answer", *seconds])
    return table(["", *titles], rows)


def interval(values: list[float]) -> str:
    """A share with its interval."""
    value, low, high = values
    return f"{value:.2f} ({low:.2f}–{high:.2f})"


def abstaining(found: dict[str, Any]) -> str:
    """The table of refusals: a column a set and answerer."""
    names = sorted(found)
    rows = [
        ["questions", *("{} + {}".format(*found[name]["questions"]) for name in names), ""],
        *(
            [title, *(interval(found[name][key]) for name in names), wanted]
            for key, title, wanted in (
                ("refused_rightly", "refused, no answer", "0.90"),
                ("refused_wrongly", "refused, answered by the text", "0.05"),
                ("declined_at_5", "refused, no answer, were 5 % refused wrongly", ""),
            )
        ),
        *(
            [
                f"refused, {kind}",
                *(interval(found[name]["kinds"][kind]["refused"]) for name in names),
                "",
            ]
            for kind in found[names[0]]["kinds"]
        ),
        ["right sentence said", *(interval(found[name]["right_said"]) for name in names), ""],
        ["area, all kinds", *(interval(found[name]["area"]) for name in names), ""],
        *(
            [f"area, {kind}", *(interval(found[name]["kinds"][kind]["area"]) for name in names), ""]
            for kind in found[names[0]]["kinds"]
        ),
    ]
    return table(["", *names, "wanted"], rows)


SHORTFALL = """\
What is wanted is not reached: {rightly:.2f} instead of .90. Questions about no software are
refused in {off:.2f}, those about another product in {other:.2f}, near ones in {near:.2f}. A near
question has most of its words in the text ("Can I lock only a range of bytes of a file?" finds a
sentence on locking a byte range), while one in twenty answerable questions has almost none of
them ("grandchildren of a process too" is answered by "all the parent descendants"). No sign that
counts words, nor word vectors, tells these two apart; [the log](log.md) has what was tried."""


def shortfall(found: dict[str, Any]) -> str:
    """What the held-out set says beside what is wanted."""
    figures = found["abstain_test"]
    shares = [
        figures["kinds"][kind]["refused"][0] for kind in ("near", "other product", "off topic")
    ]
    near, other, off = shares
    return SHORTFALL.format(rightly=figures["refused_rightly"][0], near=near, other=other, off=off)


def bobbin(found: dict[str, Any]) -> str:
    """The section of the built-in model: a row a measure, under its group's title."""
    rows = []
    for group in GROUPS:
        rows.append([f"**{group.title}** ({group.about})", "", "", ""])
        for measure in group.measures:
            one = found[measure.name]
            wanted = "" if measure.wanted is None else f"{measure.wanted:.2f}"
            share = f"{one['value']:.3f} ({one['low']:.2f}–{one['high']:.2f})"
            rows.append([measure.label, share, wanted, str(one["n"])])
    return BOBBIN.format(table=table(["", "share", "wanted", "of"], rows))


def local_speed(found: dict[str, Any]) -> str:
    """The section of a local model's speed."""
    rows = [
        [title, f"{found[key]:.3g}", f"{found[other]:.3g}" if other else ""]
        for key, (title, other) in SPEEDS.items()
        if key in found
    ]
    named = {**found, "model": "a random model" if found["model"] == "random" else found["model"]}
    return SPEED.format(**named, table=table(["", "treadle", "plainly"], rows))


def models() -> str:
    """The sections about what language models write, of those benchmarks that were run."""
    sections = []
    if (RESULTS / "grounding.json").exists() and "test" in (found := read("grounding")):
        sections.append(grounding(found["test"]))
    if (RESULTS / "bobbin.json").exists() and "test" in (found := read("bobbin")):
        sections.append(bobbin(found["test"]))
    if (RESULTS / "local_speed.json").exists():
        sections.append(local_speed(read("local_speed")))
    if (RESULTS / "weave_answers.json").exists():
        sections.append(weave_figures.answers(read("weave_answers")))
    if (RESULTS / "weave_speed.json").exists():
        sections.append(weave_figures.speed(read("weave_speed")))
    return "".join(sections)


def reply(found: dict[str, Any]) -> str:
    """The table of replies, and what is our own of one."""
    rows = [
        [name, f"{found[name]['p50_ms']:.0f}", f"{found[name]['p95_ms']:.0f}"]
        for name in ("treadle", "echo", "bobbin")
        if name in found
    ]
    own, ratio = found["own"], found["ratio"]
    return (
        table(["", "p50, ms", "p95, ms"], rows)
        + f"\n\nThe ratio is {ratio['p50']}. Of a reply our own code takes {own['own_ms']:.0f} ms "
        f"({ratio['own_share']:.0%}) and GitHub's answers {own['github_ms']:.0f} ms in "
        f"{own['calls']:.0f} calls; the rest is waiting for the queue."
    )


def web(found: dict[str, Any]) -> str:
    """The table of the web process."""
    rows = [
        [
            name,
            f"{row['seconds']:.2f}",
            f"{row['megabytes']:.0f}",
            ", ".join(row["language models loaded"]) or "none",
        ]
        for name, row in found.items()
    ]
    return table(["", "import, s", "memory, MB", "language models loaded"], rows)


def deliveries(found: dict[str, Any]) -> str:
    """The table of deliveries: medians over runs, losses added up."""
    rows = []
    for target in dict.fromkeys(run["target"] for run in found["runs"]):
        runs = [run for run in found["runs"] if run["target"] == target]
        times = [
            f"{statistics.median(run[key] for run in runs):.1f}" for key in ("p50_ms", "p99_ms")
        ]
        counts = [str(sum(run[key] or 0 for run in runs)) for key in ("refused", "lost", "doubled")]
        rows.append([target, *times, *counts])
    return table(["", "p50, ms", "p99, ms", "refused", "lost", "doubled"], rows)


def index(found: dict[str, Any]) -> str:
    """The table of the index."""
    mine, plain = found["treadle"], found["plain"]
    rows = [
        [key.replace("_", " "), f"{value:,.2f}", f"{plain[key]:,.2f}" if key in plain else ""]
        for key, value in mine.items()
    ]
    return table(["", "treadle", "baseline"], rows)


def trust() -> str:
    """The sections about trust and learning, of those benchmarks that were run."""
    sections = []
    if (RESULTS / "poisoning.json").exists():
        sections.append(poisoning(read("poisoning")))
    if (RESULTS / "sweep_cost.json").exists():
        sections.append(sweeps(read("sweep_cost")))
    if (RESULTS / "recovery.json").exists():
        sections.append(recovery(read("recovery")))
    if (RESULTS / "memory.json").exists():
        sections.append(memory_figures.section(read("memory")))
    if (RESULTS / "dictionary.json").exists():
        sections.append(learning_figures.dictionary(read("dictionary")))
    if (RESULTS / "edits.json").exists():
        sections.append(learning_figures.edits(read("edits")))
    return "".join(sections)


def poisoning(found: dict[str, Any]) -> str:
    """The section about hostile and honest passers-by, with defences and without."""

    def rows(measures: tuple[str, ...], kinds: tuple[str, ...]) -> str:
        lines = [
            [kind, side, *(f"{found[side][kind][one]:g}" for one in measures)]
            for kind in kinds
            for side in ("defended", "undefended")
        ]
        return table(["", "", *measures], lines)

    alarms = found["false alarms"]
    return TRUST.format(
        seeds=found["seeds"],
        attacks=rows(
            ("over the limit", "rows", "other entries"),
            ("burst", "slow", "own questions"),
        ),
        crowds=rows(("before", "after", "writer alone"), ("honest", "honest rush")),
        detected=found["writers"]["detected, least"],
        mistake=found["writers"]["by mistake"],
        words=alarms["words"],
        held=alarms["held"],
        share=alarms["share"],
        low=alarms["interval"][0],
        high=alarms["interval"][1],
    )


def sweeps(found: dict[str, Any]) -> str:
    """The section about what looking at replies costs, and how soon it sees a reaction."""
    mean, most = found["points an hour, mean"], found["points an hour, most"]
    every = found["everything each three minutes, points an hour"]
    single = found["one by one each three minutes, requests an hour"]
    cost = [
        ["Treadle", f"{mean:,} points", f"{most:,} points"],
        ["everything, 100 a query", f"{every:,} points", ""],
        ["everything, one by one by REST", f"{single:,} requests", ""],
    ]
    lag = [[age, *(f"{value:,}" for value in one.values())] for age, one in found["lag"].items()]
    return SWEEPS.format(
        hours=found["hours"],
        replies=found["replies"],
        posted=found["posted meanwhile"],
        cost=table(["", "an hour", "most in any hour"], cost),
        lag=table(["reply's age", "reactions", "not seen", "p50", "p95", "most"], lag),
    )


def recovery(found: dict[str, Any]) -> str:
    """The section about planted preferences: a row a way, a column a number of signals."""
    points = list(dict.fromkeys(row["signals"] for row in found["rows"]))
    cells = {(row["way"], row["signals"]): row for row in found["rows"]}
    lines = []
    for way in dict.fromkeys(row["way"] for row in found["rows"]):
        shown = [cells[way, point] for point in points]
        lines.append(
            [way]
            + ["{:.2f} ({:.2f}–{:.2f})".format(one["precision"], *one["interval"]) for one in shown]
        )
    head = ["", *(f"{point} signals" for point in points)]
    return RECOVERY.format(seeds=found["seeds"], table=table(head, lines))


def page() -> str:
    """The whole page."""
    sent, indexed = read("deliveries"), read("index")
    return PAGE.format(
        answers=answers(read("answers")),
        abstaining=abstaining(read("abstaining")),
        shortfall=shortfall(read("abstaining")),
        models=models(),
        search=search(read("weave_quality")),
        reply=reply(read("reply")),
        web=web(read("web")),
        rate=sent["rate"],
        seconds=sent["seconds"],
        deliveries=deliveries(sent),
        files=indexed["files"],
        changed=indexed.get("changed", 50),
        index=index(indexed),
        trust=trust(),
    )


def main() -> None:
    """Writes the page."""
    (ROOT / "docs" / "figures.md").write_text(page(), "utf-8")
    print("docs/figures.md written")


if __name__ == "__main__":
    main()
