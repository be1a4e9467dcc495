"""Prompts laid out from the files in `prompts/`; what is filled in can never change the layout."""

from collections.abc import Sequence

from app.domain import Dictionary, Facts, Memory, Passage, PhraseWeight, Prompt, Question
from app.layouts import OPENINGS, Layout
from app.layouts.numbered import unknown
from app.layouts.templates import CHARACTERS_PER_TOKEN, fill, foreign, template
from app.text.safe import cut

LEAST = 200
"""Characters of a source that are worth reading; less room is left empty."""


def lay_out(
    question: Question,
    sources: Sequence[Passage],
    *,
    facts: Facts,
    examples: Sequence[Memory],
    dictionary: Dictionary,
    budget: int,
) -> Prompt:
    """Lays out the prompt for an answer.

    Args:
        question: what is asked, with the thread it is asked in.
        sources: passages, best first; the first that does not fit the budget is cut, those
            after it are left out of the text.
        facts: what is certain of the repository.
        examples: earlier questions with what people made of the answers, most similar first.
        dictionary: the phrase weights; only the strongest few become hints.
        budget: tokens that the text may have.
    """
    hints = strongest(dictionary, 6)
    shown = examples[:3]
    asked = cut(question.text, budget * CHARACTERS_PER_TOKEN // 4)
    thread = cut(f"{question.title}\n{question.body}".strip(), 2000)
    fixed = {
        "facts": "\n".join([*facts.statements, ", ".join(facts.languages)]).strip() or "none",
        "examples": "\n".join(_example(memory) for memory in shown) or "none",
        "hints": "\n".join(f"{'+' if hint.z > 0 else '-'} {hint.phrase}" for hint in hints)
        or "none",
        "unknown": unknown().strip(),
        "question": foreign(f"{thread}\n\n{asked}" if thread else asked),
    }
    page = template("answer")
    left = budget * CHARACTERS_PER_TOKEN - len(page) - sum(len(value) for value in fixed.values())
    texts = _listed(sources, left)
    return Prompt(
        text=fill(page, {**fixed, "sources": "\n\n".join(texts) or "none"}),
        opening=OPENINGS[Layout.PASSAGES],
        shown=len(texts),
        question=question,
        sources=tuple(sources),
        examples=tuple(shown),
        hints=tuple(hints),
    )


def _listed(sources: Sequence[Passage], room: int) -> list[str]:
    """Lays sources out with their numbers, in so many characters together."""
    texts: list[str] = []
    for number, source in enumerate(sources, 1):
        place = source.path or f"a correction by {source.author}"
        head = f"[{number}] {place}: {source.title}\n"
        whole = head + foreign(source.text) + "\n\n"
        if len(whole) <= room:
            texts.append(whole.rstrip("\n"))
            room -= len(whole)
            continue
        left = room - len(head + foreign("")) - 2
        if left >= LEAST:
            texts.append(head + foreign(cut(source.text, left)))
        break
    return texts


def strongest(dictionary: Dictionary, count: int) -> list[PhraseWeight]:
    """Returns the phrases with the largest |z| of at least 2, of each sign at most `count` / 2."""
    weights = sorted(
        dictionary.weights.values(), key=lambda weight: (-abs(weight.z), weight.phrase)
    )
    strong = [weight for weight in weights if abs(weight.z) >= 2]
    liked = [weight for weight in strong if weight.z > 0][: count // 2]
    return liked + [weight for weight in strong if weight.z < 0][: count // 2]


def _example(memory: Memory) -> str:
    return f"({memory.kind.value})\n" + foreign(
        cut(f"{memory.question}\n\nbefore: {memory.before}\n\nafter: {memory.after}", 1500)
    )
