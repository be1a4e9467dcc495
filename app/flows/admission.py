"""Who may ask, and how often. A person who may not is told once, not at every try."""

from dataclasses import dataclass
from datetime import timedelta

from app.domain import Ask, Comment, Permission, Repository
from app.flows.people import People
from app.flows.policy import Policy
from app.store import Store

HELP, RETRAIN = "help", "retrain"
HELPS_PER_DAY = 5
WINDOW = timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Refusal:
    """Why a question is not answered; `tell` is False where the person was told already."""

    reason: str
    tell: bool


class Admission:
    """Judges asks by what the same person asked earlier in the same repository.

    Everything asked counts, refused or not, in the order in which it came: so it does not
    matter which of several workers judges first, and asking on does not help.
    """

    def __init__(self, store: Store, people: People) -> None:
        self._store = store
        self._people = people

    def judge(
        self, ask: Ask, comment: Comment, repository: Repository, policy: Policy
    ) -> Refusal | None:
        """Returns why an ask is to be refused, or None.

        Where another answer is wanted, who wants it counts and not who asked.
        """
        who = ask.asker if ask.again and ask.asker is not None else comment.author
        if ask.command == RETRAIN:
            return self._of_maintainers(comment, repository)
        helping = ask.command == HELP
        earlier = self._store.asks.earlier(ask, since=ask.created_at - WINDOW, helping=helping)
        if helping:
            # Help is for everybody; it is only not to be a way to flood a thread.
            return Refusal(reason="", tell=False) if earlier >= HELPS_PER_DAY else None
        needed = policy.may_ask
        if needed > Permission.NONE:
            permission = self._people.permission(repository, who)
            if permission < needed:
                reason = (
                    f"In this repository `/{policy.command}` is for people with "
                    f"{needed.name.lower()} access or more."
                )
                return Refusal(reason=reason, tell=earlier == 0)
        limit = policy.per_person_per_day
        if earlier < limit:
            return None
        many = "question" if limit == 1 else "questions"
        reason = (
            f"{limit} {many} of one person are answered here in 24 hours. Please ask again later."
        )
        return Refusal(reason=reason, tell=earlier == limit)

    def _of_maintainers(self, comment: Comment, repository: Repository) -> Refusal | None:
        """Refuses what others than maintainers want; told to those who look after threads."""
        permission = self._people.permission(repository, comment.author)
        if permission >= Permission.MAINTAIN:
            return None
        reason = f"`/{RETRAIN}` is for people with maintain permission or more in this repository."
        return Refusal(reason=reason, tell=permission >= Permission.TRIAGE)
