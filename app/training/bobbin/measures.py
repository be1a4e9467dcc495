"""The measures of a model: their names, what they are, and what is wanted of each."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Measure:
    """One share that is measured; `wanted` is the least that will do, None where none is set."""

    name: str
    label: str
    wanted: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """Measures of one kind, with what they are about."""

    title: str
    about: str
    measures: tuple[Measure, ...]


GROUPS = (
    Group(
        title="Synthetic questions",
        about="made by rules, 5 to 7 sources, which lexical overlap gets right by construction",
        measures=(
            Measure(name="synthetic_exact", label="right sentence, word for word", wanted=0.90),
            Measure(name="synthetic_source", label="right source", wanted=0.95),
            Measure(
                name="synthetic_restricted",
                label="right source, where only whole sources can be said",
                wanted=0.97,
            ),
            Measure(name="synthetic_refused", label="refused, though there is an answer"),
        ),
    ),
    Group(
        title="Synthetic questions, far",
        about="the same with questions that keep fewer words",
        measures=(
            Measure(name="far_exact", label="right sentence, word for word"),
            Measure(name="far_source", label="right source"),
            Measure(
                name="far_restricted", label="right source, where only whole sources can be said"
            ),
            Measure(name="far_lexical", label="right source by lexical overlap, without a model"),
            Measure(name="far_refused", label="refused, though there is an answer"),
        ),
    ),
    Group(
        title="Hand-written questions",
        about="4 sources: the answer and 3 other sentences of its file",
        measures=(
            Measure(name="hand_exact", label="right sentence, word for word", wanted=0.70),
            Measure(name="hand_source", label="right source"),
            Measure(
                name="hand_restricted", label="right source, where only whole sources can be said"
            ),
            Measure(name="hand_lexical", label="right source by lexical overlap, without a model"),
            Measure(name="hand_refused", label="refused, though there is an answer"),
        ),
    ),
    Group(
        title="Hand-written questions, hard sources",
        about="the 3 others are those that share most words with the question",
        measures=(
            Measure(name="hard_exact", label="right sentence, word for word"),
            Measure(name="hard_source", label="right source"),
            Measure(
                name="hard_restricted", label="right source, where only whole sources can be said"
            ),
            Measure(name="hard_lexical", label="right source by lexical overlap, without a model"),
            Measure(name="hard_refused", label="refused, though there is an answer"),
        ),
    ),
    Group(
        title="Judging",
        about="as many answers that do as answers that do not",
        measures=(
            Measure(name="quotes", label="does the answer quote the sources?", wanted=0.97),
            Measure(name="addresses", label="does the answer address the question?"),
        ),
    ),
    Group(
        title="Other tasks",
        about="made by rules",
        measures=(
            Measure(name="two", label="two answers, both said in order"),
            Measure(name="unknown", label="no answer in the sources, and says so"),
            Measure(name="hints", label="kept and struck-out phrases decide between sources"),
            Measure(name="leads", label="right sentence after a given beginning"),
        ),
    ),
    Group(
        title="A style taught by 64 pairs",
        about="LoRA on preference pairs; answers are to begin with `Short answer:`",
        measures=(
            Measure(name="style_led", label="begins so", wanted=0.90),
            Measure(name="style_before", label="right sentence before"),
            Measure(name="style_after", label="right sentence after"),
        ),
    ),
)
LOST = 0.10
"""The most of its content that a model may lose to a style, and by which it may stay below
lexical overlap on hand-written questions."""


def shortfalls(shares: dict[str, float]) -> list[str]:
    """Says in words which measures are not what is wanted; empty where all are."""
    found = [
        f"{group.title}: {measure.label}: {shares[measure.name]:.3f}, wanted {measure.wanted:.2f}"
        for group in GROUPS
        for measure in group.measures
        if measure.wanted is not None and shares[measure.name] < measure.wanted
    ]
    for less, more, said in (
        ("hand_exact", "hand_lexical", "below lexical overlap"),
        ("style_after", "style_before", "of content lost to a style"),
    ):
        lost = round(shares[more] - shares[less], 4)
        if lost > LOST:
            found.append(f"{lost:.3f} {said}, at most {LOST:.2f} wanted")
    return found
