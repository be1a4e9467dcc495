"""Prompts laid out from the files in `prompts/`; what is filled in can never change the layout."""

from collections.abc import Sequence

from app.domain import Dictionary, Facts, Memory, Passage, PhraseWeight, Prompt, Question
from app.layouts.templates import CHARACTERS_PER_TOKEN, fill, foreign, template
from app.text.safe import cut


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
        sources: passages, best first; those that do not fit the budget are left out of the text.
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
        "question": foreign(f"{thread}\n\n{asked}" if thread else asked),
    }
    page = template("answer")
    left = budget * CHARACTERS_PER_TOKEN - len(page) - sum(len(value) for value in fixed.values())
    texts: list[str] = []
    for number, source in enumerate(sources, 1):
        place = source.path or f"a correction by {source.author}"
        text = f"[{number}] {place}: {source.title}\n{foreign(source.text)}"
        if len(text) > left:
            break
        texts.append(text)
        left -= len(text)
    return Prompt(
        text=fill(page, {**fixed, "sources": "\n\n".join(texts) or "none"}),
        question=question,
        sources=tuple(sources),
        examples=tuple(shown),
        hints=tuple(hints),
    )


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
