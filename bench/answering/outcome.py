"""What came of a question: the facts that its answer states, and what it cost."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain import Answer, Passage
from app.ports.knowledge import Corpus
from app.text.layout import without_citations
from app.weave.claimed import claims
from app.weave.grounding import Grounding
from bench.questions.facts import Inquiry, share


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """A question's outcome with one way to its answer.

    `facts` is the share in [0, 1] of the needed facts that the answer states, 0 where it was
    `withheld`. Of the `claims` of an answer, names and quotations, `grounded` are found.
    `written`, `read` and `cached` are tokens, the last of those read; `words` are the answer's.
    """

    group: str
    id: str
    package: str
    way: str
    facts: float
    withheld: bool
    claims: int
    grounded: int
    words: int
    written: int
    read: int
    cached: int
    seconds: float


def outcome(
    inquiry: Inquiry, answer: Answer, corpus: Corpus, *, group: str, way: str, seconds: float
) -> Outcome:
    """Measures an answer.

    Args:
        inquiry: what was asked.
        answer: what came of it.
        corpus: the package's text.
        group: which questions it is of, by name.
        way: how the answer was searched for.
        seconds: what it took.
    """
    text = without_citations(answer.text)
    named, missing = claimed(text, corpus, answer.sources)
    return Outcome(
        group=group,
        id=inquiry.id,
        package=inquiry.package,
        way=way,
        facts=share(said(answer), inquiry.facts),
        withheld=answer.abstained,
        claims=named,
        grounded=named - missing,
        words=len(text.split()),
        written=answer.usage.written,
        read=answer.usage.read,
        cached=answer.usage.cached,
        seconds=round(seconds, 3),
    )


def claimed(text: str, corpus: Corpus, sources: Sequence[Passage]) -> tuple[int, int]:
    """Counts the names and quotations of a text, each once, and those that exist nowhere."""
    grounding = Grounding.of(corpus, sources)
    return len({(one.kind, one.text) for one in claims(text)}), len(grounding.ungrounded(text))


def said(answer: Answer) -> str:
    """Returns what an answer says: its text, and its quotations as they stand in the sources."""
    return "\n".join([without_citations(answer.text), *(quote.text for quote in answer.quotes)])
