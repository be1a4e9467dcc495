"""Times as people say them."""

from datetime import datetime

from playground.clock import stamp

STEPS = ((60, 1, "s"), (3600, 60, "min"), (86_400, 3600, "h"), (86_400 * 60, 86_400, "d"))


def age(at: datetime, now: datetime) -> str:
    """How long ago something was: "now", "40 s ago", "3 h ago"; the day once it is long ago."""
    seconds = int((now - at).total_seconds())
    if seconds < 5:
        return "now"
    for below, unit, word in STEPS:
        if seconds < below:
            return f"{seconds // unit} {word} ago"
    return stamp(at)[:10]
