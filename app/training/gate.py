"""Whether an adapter may be used: rules over what was measured, each with its reason in words.

An adapter has to earn its place: it must prefer what people prefer on threads that it did not
see, must not pay for that with what answers say, and must be worth more than memory and weights
are without it. What could not be measured does not pass. Nothing is read or computed here but
numbers.

Pairs of one thread are alike, and a test that takes them for independent proves too easily. So
the preference has to be shown twice: over pairs, where many pairs of one thread count for many,
and over threads, where each has one vote, that of its pairs weighted by trust. A thread whose
pairs are divided evenly votes against.
"""

from collections.abc import Mapping, Sequence

from app.domain import Finding, Verdict
from app.training.columns import Columns, Way
from app.training.exact import lower, sign_test, signed_rank, upper
from app.training.harm import harm
from app.training.measured import Measured, PairMeasure
from app.training.rules import Rules
from app.training.saying import chance, share

__all__ = ["Columns", "Measured", "Rules", "judge"]


def judge(
    measured: Sequence[Measured], *, rules: Rules | None = None, columns: Columns | None = None
) -> Verdict:
    """Judges an adapter.

    Args:
        measured: one for each held-out part, and for the adapter that is kept where that is
            another one. Pairs are pooled; of what is general the worst one counts.
        rules: the limits.
        columns: held-out questions answered in four ways; None where that was not measured.

    Raises:
        ValueError: a thread was held out twice, so that its pairs would count twice.
    """
    rules = rules or Rules()
    _check(measured)
    pairs = [pair for one in measured for pair in one.pairs]
    found = [
        *_enough(pairs, rules),
        *_preference(pairs, rules),
        *harm(measured, rules),
    ]
    if columns is not None or rules.columns:
        found += _worth(columns, rules)
    return Verdict(findings=tuple(found))


def _check(measured: Sequence[Measured]) -> None:
    seen: set[int] = set()
    for one in measured:
        threads = {pair.thread for pair in one.pairs}
        if twice := seen & threads:
            raise ValueError(f"thread {min(twice)} was held out twice")
        seen |= threads


def _enough(pairs: Sequence[PairMeasure], rules: Rules) -> list[Finding]:
    threads = len({pair.thread for pair in pairs})
    return [
        Finding(
            name="pairs",
            value=len(pairs),
            wanted=f"at least {rules.least_pairs}",
            passed=len(pairs) >= rules.least_pairs,
            about=f"{len(pairs)} pairs were held out, where fewer than {rules.least_pairs} say too "
            "little.",
        ),
        Finding(
            name="threads",
            value=threads,
            wanted=f"at least {rules.least_threads}",
            passed=threads >= rules.least_threads,
            about=f"They come from {threads} threads, where fewer than {rules.least_threads} are "
            "too much alike.",
        ),
    ]


def _preference(pairs: Sequence[PairMeasure], rules: Rules) -> list[Finding]:
    votes: dict[int, float] = {}
    for pair in pairs:
        votes.setdefault(pair.thread, 0.0)
        votes[pair.thread] += pair.weight if pair.gain > 0 else -pair.weight
    before = sum(pair.base_margin > 0 for pair in pairs)
    after = sum(pair.margin > 0 for pair in pairs)
    return [
        _won(
            "preference", "held-out pairs", sum(pair.gain > 0 for pair in pairs), len(pairs), rules
        ),
        _won(
            "votes", "held-out threads", sum(one > 0 for one in votes.values()), len(votes), rules
        ),
        Finding(
            name="ranking",
            value=after / len(pairs) if pairs else None,
            wanted="no fewer than before",
            passed=bool(pairs) and after >= before,
            about=f"What people chose is the likelier text in {after} of {len(pairs)} pairs with "
            f"the adapter, and in {before} without.",
        ),
    ]


def _won(name: str, what: str, wins: int, total: int, rules: Rules) -> Finding:
    wanted = f"more than half, p < {rules.level:g}"
    if not total:
        return Finding(
            name=name, value=None, wanted=wanted, passed=False, about=f"There are no {what}."
        )
    p = sign_test(wins, total)
    low, high = lower(wins, total, rules.level / 2), upper(wins, total, rules.level / 2)
    return Finding(
        name=name,
        value=wins / total,
        wanted=wanted,
        passed=p < rules.level,
        about=f"The adapter moves towards what people chose in {wins} of {total} {what} "
        f"({share(wins / total)}, between {share(low)} and {share(high)}); by chance alone that "
        f"comes up with p = {chance(p)}.",
    )


def _worth(columns: Columns | None, rules: Rules) -> list[Finding]:
    """Compares columns of the table by a signed-rank test over threads.

    What people would get with all is compared with what memory and weights give them without
    the adapter: that is what a promotion changes. That the adapter alone is better than
    nothing learned shows that it is the adapter that did it.
    """
    wanted = f"less left to edit, p < {rules.level:g}, and no fewer as taught"
    if columns is None or not columns.asked:
        said = "Whether the adapter is worth more than memory and weights alone was not measured."
        return [Finding(name="worth", value=None, wanted=wanted, passed=False, about=said)]
    found = []
    for name, one, other in _COMPARED:
        p = signed_rank(columns.saved(one, other))
        saved = columns.cost(one) - columns.cost(other)
        held, came = columns.satisfied(one), columns.satisfied(other)
        passed = p < rules.level and saved > 0 and came >= held
        about = (
            f"Of {len(columns.asked)} questions that were not taught, {came} are answered as "
            f"taught with {_NAMES[other]} and {held} with {_NAMES[one]}; what is left to edit is "
            f"{share(columns.cost(other))} and {share(columns.cost(one))} (p = {chance(p)})."
        )
        if name == "worth" and not passed:
            about = f"Training is not worth it here yet. {about}"
        found.append(Finding(name=name, value=saved, wanted=wanted, passed=passed, about=about))
    return found


_COMPARED: Sequence[tuple[str, Way, Way]] = (
    ("worth", "learned", "everything"),
    ("alone", "before", "adapter"),
)
_NAMES: Mapping[Way, str] = {
    "before": "nothing learned",
    "learned": "memory and weights alone",
    "adapter": "the adapter alone",
    "everything": "all of it",
}
