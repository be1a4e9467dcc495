"""What an earlier answer said, so that another try does not say it again."""

from app.layouts.remarks import without_remarks
from app.text.clean import clean
from app.text.layout import without_citations
from app.text.safe import neutralise
from app.weave.candidates import Candidate


def plain(answer: str) -> str:
    """Returns the words of an answer, without the marks and remarks that we add."""
    return without_remarks(without_citations(clean(answer)))


class Repeated:
    """What an answer that did not help quoted; nothing where there was none, ""."""

    def __init__(self, answer: str) -> None:
        self._flat = _flat(plain(answer))

    def holds(self, candidate: Candidate) -> bool:
        """Tells whether the answer quoted a sentence."""
        said = _flat(neutralise(candidate.text))
        return bool(said) and said in self._flat


def _flat(text: str) -> str:
    return " ".join(text.split())
