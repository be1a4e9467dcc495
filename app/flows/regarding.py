"""What votes say of passages, put beside a dictionary for an answer."""

from dataclasses import replace
from datetime import datetime

from app.domain import Dictionary
from app.feedback.regards import faded
from app.store import Store


def regarded(store: Store, dictionary: Dictionary, at: datetime, *, but: int = 0) -> Dictionary:
    """Returns a dictionary with what votes say of passages, as they count at a time.

    Args:
        store: where votes are kept.
        dictionary: of the repository.
        at: the time; what was said later is left out.
        but: a reply whose votes are left out, for they came after it.
    """
    found = store.regards.of(dictionary.repository_id)
    known = [one for one in found if one.at <= at and one.reply_id != but]
    return replace(dictionary, regards=tuple(faded(known, at)))
