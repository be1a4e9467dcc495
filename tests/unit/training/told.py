"""Lessons to try training on; what a test is about is given."""

from datetime import UTC, datetime, timedelta

from app.domain import Lesson

TOLD = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
# Few letters in common, so that none is nearly another.
WORDS = [
    "quilt",
    "amber",
    "fjord",
    "zebra",
    "mocha",
    "pylon",
    "husky",
    "vivid",
    "gnome",
    "crypt",
    "jazzy",
    "blitz",
]


def lesson(
    thread: int,
    *,
    question: str = "",
    chosen: str | None = None,
    rejected: str | None = None,
    **more: object,
) -> Lesson:
    """Makes a pair of a thread, alike no other thread's unless texts are given."""
    name = named(thread)
    values: dict[str, object] = {
        "repository_id": 1,
        "reply_id": thread * 100,
        "weight": 1.0,
        "people": ("ann",),
        "urls": (f"http://h/o/r/issues/{thread}#issuecomment-{thread}",),
        "created_at": TOLD + timedelta(minutes=thread),
        "wanted": "",
    }
    return Lesson(
        thread=thread,
        question=question or f"Where is {name}?",
        prompt=f"Sources\n[1] {name}\nQuestion: {question or name}\nAnswer:\n",
        chosen=f"In short: [1] {name}" if chosen is None else chosen,
        rejected=f"[1] {name}" if rejected is None else rejected,
        **{**values, **more},  # type: ignore[arg-type]
    )


def named(number: int) -> str:
    """Returns words that tell one number from all others."""
    first, rest = number % len(WORDS), number // len(WORDS)
    return f"{WORDS[first]} {WORDS[(first + rest + 1) % len(WORDS)] * (rest + 1)}"
