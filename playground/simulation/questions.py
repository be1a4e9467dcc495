"""What simulated people ask about the sample repository.

`questions.jsonl` has one question a line with the sentence of the sample that answers it. No
two have the same sentence, and they are ordered so that the first few already come from
every document.
"""

import functools
import json
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).parent / "questions.jsonl"


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """A question, and the sentence that answers it, word for word."""

    question: str
    sentence: str


@functools.cache
def questions() -> tuple[Question, ...]:
    """Returns all questions in the order in which they are asked."""
    lines = FILE.read_text("utf-8").splitlines()
    return tuple(Question(**json.loads(line)) for line in lines)
