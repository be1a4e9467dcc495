"""How the issue that shows a repository what was learned stands, on the configuration page."""

from collections.abc import Mapping
from typing import Any

from app.domain import LearnedState, Repository
from app.store import Store

NONE = "No issue shows it: “learned: true” or a writer's “/treadle learned” has one opened."
WORDS: Mapping[LearnedState, str] = {
    LearnedState.WANTED: "An issue for it is about to be opened.",
    LearnedState.OPEN: "is kept up to date.",
    LearnedState.CLOSED: "is closed, and left as it is until it is reopened.",
    LearnedState.GONE: (
        "The issue for it was deleted or transferred; “/treadle learned” has another opened."
    ),
    LearnedState.REFUSED: (
        "GitHub takes no issue for it: issues are off in the repository's settings, or it is "
        "archived. It is tried again once a day."
    ),
}
"""What is said of an issue; of one that is there, behind its number."""


def standing(store: Store, repository: Repository) -> dict[str, Any]:
    """Returns the issue of a repository, where there is one to link to, and how it stands."""
    issue = store.learned.get(repository.id)
    there = issue is not None and issue.state in {LearnedState.OPEN, LearnedState.CLOSED}
    return {
        "learned": issue if there else None,
        "learned_words": NONE if issue is None else WORDS[issue.state],
    }
