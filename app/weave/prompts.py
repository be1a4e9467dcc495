"""Prompts laid out from the files in `prompts/`; what is filled in can never change the layout."""

from collections.abc import Sequence

from app.domain import (
    Dictionary,
    Facts,
    Fault,
    Memory,
    Passage,
    PhraseWeight,
    Prompt,
    Question,
    Reason,
)
from app.layouts import OPENINGS, Layout
from app.layouts.numbered import unknown
from app.layouts.templates import CHARACTERS_PER_TOKEN, fill, foreign, template
from app.text.safe import cut

MEMORY_TOKENS = 750
"""Tokens that examples may have together, where nothing else is set."""
LONGEST_EXAMPLE = 1500
"""Characters of one example."""
LEAST = 200
"""Characters of a source that are worth reading; less room is left empty."""
ANSWER = 600
"""Tokens that a model is to read behind its prompt: an answer, and a question about it."""
LONGEST_REASON = 300
"""Characters of a reason why an earlier draft was not good enough."""
LONGEST_TITLE = 300
"""Characters of a source's path and heading together at most."""


def fitting(wanted: int, context: int) -> int:
    """Returns how many tokens a prompt may have, as `tokens` estimates them.

    A quarter is left for texts that have more tokens than estimated.

    Args:
        wanted: how many it may have where the model reads enough.
        context: how many tokens the model reads, its answer included; 0 where it does not say.
    """
    if not context:
        return wanted
    return min(wanted, (context - min(ANSWER, context // 4)) * 3 // 4)


def lay_out(
    question: Question,
    sources: Sequence[Passage],
    *,
    facts: Facts,
    examples: Sequence[Memory],
    dictionary: Dictionary,
    budget: int,
    memory_tokens: int = MEMORY_TOKENS,
    reasons: Sequence[Reason] = (),
) -> Prompt:
    """Lays out the prompt for an answer.

    Args:
        question: what is asked, with the thread it is asked in.
        sources: passages, best first; the first that does not fit the budget is cut, those
            after it are left out of the text.
        facts: what is certain of the repository.
        examples: earlier questions with what people made of the answers, those that count most
            first.
        dictionary: the phrase weights; only the strongest few become hints.
        budget: tokens that the text may have.
        memory_tokens: tokens of it that examples may have, a quarter of all at most.
        reasons: why earlier drafts of this answer were not good enough. They stand behind all
            else, so that what was computed of the rest serves again where it is the same.
    """
    hints = strongest(dictionary, 6)
    room = budget * CHARACTERS_PER_TOKEN
    shown, told = _shown(examples, min(memory_tokens * CHARACTERS_PER_TOKEN, room // 4))
    asked = cut(question.text, room // 4)
    thread = cut(f"{question.title}\n{question.body}".strip(), min(2000, room // 8))
    fixed = {
        "facts": _fenced([*facts.statements, ", ".join(facts.languages)]),
        "examples": "\n".join(told) or "none",
        "hints": _fenced([f"{'+' if hint.z > 0 else '-'} {hint.phrase}" for hint in hints]),
        "unknown": unknown().strip(),
        "question": foreign(f"{thread}\n\n{asked}" if thread else asked),
    }
    page = template("answer")
    again = _again(reasons, room // 4)
    left = room - len(page) - sum(len(value) for value in fixed.values())
    texts = _listed(sources, left - len(again))
    if again and not texts:
        # Without a source nothing could be said, whatever the reasons.
        again, texts = "", _listed(sources, left)
    return Prompt(
        text=fill(page, {**fixed, "sources": "\n\n".join(texts) or "none"}) + again,
        opening=OPENINGS[Layout.PASSAGES],
        shown=len(texts),
        question=question,
        sources=tuple(sources),
        examples=tuple(shown),
        hints=tuple(hints),
    )


def _again(reasons: Sequence[Reason], room: int) -> str:
    """Says what was wrong with earlier drafts; people's words stand fenced, as all of theirs."""
    if not reasons:
        return ""
    kept: dict[str, str] = {}
    share = room // len(Fault)
    for fault in Fault:
        said = [" ".join(one.what.split()) for one in reasons if one.fault is fault]
        lines = [one[: min(LONGEST_REASON, share)] for one in said]
        while sum(map(len, lines)) > share:
            lines.pop()
        kept[fault.value] = _fenced(lines)
    return fill(template("again"), kept)


def _listed(sources: Sequence[Passage], room: int) -> list[str]:
    """Lays sources out with their numbers, in so many characters together."""
    texts: list[str] = []
    for number, source in enumerate(sources, 1):
        head = f"[{number}]\n"
        about = _about(source)
        whole = head + foreign(f"{about}\n{source.text}") + "\n\n"
        if len(whole) <= room:
            texts.append(whole.rstrip("\n"))
            room -= len(whole)
            continue
        left = room - len(head + foreign(f"{about}\n")) - 3
        if left >= LEAST:
            texts.append(head + foreign(f"{about}\n{cut(source.text, left)}"))
        break
    return texts


def _about(source: Passage) -> str:
    """Says in one line where a source stands; people named its path and its heading."""
    place = source.path or f"a correction by {source.author or 'a maintainer'}"
    return " ".join(f"{place}: {source.title}".split())[:LONGEST_TITLE]


def _fenced(lines: Sequence[str]) -> str:
    """Returns lines of people's words as one text, "none" where there are none."""
    text = "\n".join(lines).strip()
    return foreign(text) if text else "none"


def strongest(dictionary: Dictionary, count: int) -> list[PhraseWeight]:
    """Returns the phrases with the largest |z| of at least 2, of each sign at most `count` / 2."""
    weights = sorted(
        dictionary.weights.values(), key=lambda weight: (-abs(weight.z), weight.phrase)
    )
    strong = [weight for weight in weights if abs(weight.z) >= 2]
    liked = [weight for weight in strong if weight.z > 0][: count // 2]
    return liked + [weight for weight in strong if weight.z < 0][: count // 2]


def _shown(examples: Sequence[Memory], room: int) -> tuple[list[Memory], list[str]]:
    """Returns the first examples that so many characters have room for, and how they are told."""
    shown: list[Memory] = []
    told: list[str] = []
    for memory in examples:
        said = _example(memory, min(LONGEST_EXAMPLE, room // 2))
        if len(said) > room:
            break
        shown.append(memory)
        told.append(said)
        room -= len(said)
    return shown, told


def _example(memory: Memory, most: int) -> str:
    wanted = f"wanted: {memory.preference}\n\n" if memory.preference else ""
    said = f"{memory.question}\n\n{wanted}before: {memory.before}\n\nafter: {memory.after}"
    return f"({memory.kind.value})\n" + foreign(cut(said, most))
