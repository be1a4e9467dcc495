"""`/treadle learned`: who may write asks for the issue of what was learned."""

from collections.abc import Mapping

from app.domain import LearnedState, Permission
from app.flows.learned import Learned
from app.flows.verbs import Told, Verb

LEARNED = "learned"


def learned_verb(learned: Learned) -> Mapping[str, Verb]:
    """Returns the verb, by its name."""

    def act(told: Told) -> str:
        issue = learned.ask(told.repository)
        if issue.state is LearnedState.CLOSED:
            return (
                f"What was learned here stands in [an issue]({issue.url}) that is closed. Reopen "
                "it, and it is kept up to date again."
            )
        return (
            f"What was learned here stands in [an issue]({issue.url}) that is kept up to date: "
            "untick a line and answers stop using it, tick it and they use it again."
        )

    return {LEARNED: Verb(usage=LEARNED, needed=Permission.WRITE, act=act)}
