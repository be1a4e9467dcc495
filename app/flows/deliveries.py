"""From a delivery to the work that it asks for. Nothing here takes long or posts a reply."""

from collections.abc import Mapping, Sequence

import structlog

from app.domain import Ask, Command, Comment, Delivery, Job, Permission, Repository, ask_key
from app.errors import GoneError
from app.feedback import metadata
from app.flows.context import Context
from app.flows.forget_command import ForgetCommand
from app.flows.people import People
from app.flows.policies import Policies
from app.queue.names import LEARNED
from app.store.repositories import InstallationState
from app.webhooks.commands import commands

log = structlog.get_logger()

MUTE, UNMUTE, FORGET = "no-ai", "ai", "forget"
COMMANDS = 5
"""Commands of one comment that are carried out; a person writes one or two."""

LOOKS = 5
"""Repositories of an installation that GitHub is asked for before it is taken for silent."""

_SILENT: Mapping[str, InstallationState] = {"suspend": "suspended", "deleted": "removed"}


class Deliveries:
    """Plans the jobs of a delivery; handling the same delivery again plans the same jobs."""

    def __init__(
        self, context: Context, policies: Policies, people: People, forgetful: ForgetCommand
    ) -> None:
        self._context = context
        self._policies = policies
        self._people = people
        self._forgetful = forgetful

    def handle(self, delivery: Delivery) -> Sequence[Job]:
        """Returns the jobs that a delivery asks for, with ids alone in them.

        Raises:
            TransientError: GitHub could not be asked; handling again may work.
        """
        if delivery.event in {"installation", "installation_repositories"}:
            return self._installation(delivery)
        if delivery.repository_id is None:
            return ()
        repository = self._repository(delivery)
        if repository is None:
            return ()
        if delivery.event == "push":
            return self._refresh(delivery, repository)
        if delivery.event != "issue_comment" or delivery.number is None:
            return self._thread(delivery, repository)
        if delivery.own_comment:
            return self._thread(delivery, repository)
        return (*self._commands(delivery, repository), *self._thread(delivery, repository))

    def _installation(self, delivery: Delivery) -> Sequence[Job]:
        """Takes over what GitHub says now: deliveries come late, twice and out of order."""
        repositories, now = self._context.store.repositories, self._context.clock()
        for repository_id in (*delivery.added, *delivery.removed):
            known = repositories.get(repository_id)
            if known is None or (
                repository_id in delivery.added
                and known.installation_id == delivery.installation_id
                and repositories.active(repository_id)
            ):
                continue
            found = self._found(known.id, known.owner, known.name)
            if found is not None:
                # Saving it brings it back.
                repositories.save(found)
                log.info("repository.added", repository=repository_id)
            elif repository_id in delivery.removed:
                repositories.remove(repository_id, now)
                log.info("repository.removed", repository=repository_id)
        if delivery.event == "installation":
            answers = self._answers(delivery.installation_id)
            state = "active" if answers else _SILENT.get(delivery.action)
            if state is not None:
                repositories.set_installation_state(delivery.installation_id, state, now)
                log.info("installation.changed", installation=delivery.installation_id, state=state)
        return ()

    def _answers(self, installation_id: int) -> bool:
        """Tells whether GitHub lets an installation work in any of its first few repositories."""
        for known in self._context.store.repositories.of_installation(installation_id, LOOKS):
            found = self._found(known.id, known.owner, known.name)
            if found is not None and found.installation_id == installation_id:
                return True
        return False

    def _found(self, repository_id: int, owner: str, name: str) -> Repository | None:
        """Asks GitHub for a repository; None where the App may not work in it now."""
        try:
            found = self._context.github.repository(owner, name)
        except GoneError:
            log.info("repository.gone", repository=repository_id)
            return None
        if found.id != repository_id:
            log.info("repository.replaced", repository=repository_id)
            return None
        return found

    def _repository(self, delivery: Delivery) -> Repository | None:
        """Looks up the repository, kept up to date with its newest name and installation."""
        repositories, now = self._context.store.repositories, self._context.clock()
        repository_id = delivery.repository_id or 0
        known = repositories.get(repository_id)
        if (
            known is not None
            and delivery.event != "repository"
            and (known.owner, known.name) == (delivery.owner, delivery.name)
            and known.installation_id == delivery.installation_id
            and repositories.active(known.id)
        ):
            return known
        found = self._found(repository_id, delivery.owner, delivery.name)
        if found is not None:
            repositories.save(found)
            # What GitHub said of it before came out of order, or not at all.
            repositories.set_installation_state(found.installation_id, "active", now)
        elif (delivery.event, delivery.action) == ("repository", "deleted"):
            repositories.remove(repository_id, now)
            log.info("repository.deleted", repository=repository_id)
        return found

    def _refresh(self, delivery: Delivery, repository: Repository) -> Sequence[Job]:
        """A push changes its repository; one to `.github` may change what rules its siblings."""
        changed = [repository]
        if repository.name == ".github":
            changed = [
                sibling
                for sibling in self._context.store.repositories.all()
                if sibling.owner == repository.owner
            ]
        return [
            Job(name="refresh", key=f"refresh:{sibling.id}:{delivery.guid}", args=(sibling.id,))
            for sibling in changed
        ]

    def _thread(self, delivery: Delivery, repository: Repository) -> Sequence[Job]:
        """Activity on a thread with our replies is a reason to look at their feedback now."""
        if delivery.number is None:
            return ()
        if delivery.event == "issues" and (job := self._learned(delivery, repository)):
            return (job,)
        if not self._context.store.replies.on_thread(repository.id, delivery.number):
            return ()
        return (
            Job(
                name="sweep_thread",
                key=f"sweep:{repository.id}:{delivery.number}:{delivery.guid}",
                args=(repository.id, delivery.number),
            ),
        )

    def _learned(self, delivery: Delivery, repository: Repository) -> Job | None:
        """A change of the issue that shows what was learned is a reason to read it now."""
        issue = self._context.store.learned.get(repository.id)
        if issue is None or issue.number != delivery.number:
            return None
        key = f"{LEARNED}:{repository.id}:{delivery.guid}"
        return Job(name=LEARNED, key=key, args=(repository.id,))

    def _commands(self, delivery: Delivery, repository: Repository) -> Sequence[Job]:
        if delivery.action not in {"created", "edited"} or delivery.comment_id is None:
            return ()
        if not delivery.commands:
            return ()
        try:
            comment = self._context.github.comment(repository, delivery.comment_id)
        except GoneError:
            log.info("comment.gone", repository=repository.id, comment=delivery.comment_id)
            return ()
        own = metadata.is_own(comment, app_id=self._context.github.app_id, keys=self._context.keys)
        if comment.author.is_bot or own:
            return ()
        policy = self._policies.current(repository)
        found = commands(comment.body, names=policy.command_names)
        jobs = []
        wanted = [command for command in found if command.key in delivery.commands]
        for command in wanted[:COMMANDS]:
            if command.name in {MUTE, UNMUTE}:
                self._mute(command, comment, delivery, repository)
            elif command.name == FORGET:
                self._forget(command, comment, delivery, repository)
            else:
                jobs.append(self._ask(command, comment, delivery, repository))
        return jobs

    def _ask(
        self, command: Command, comment: Comment, delivery: Delivery, repository: Repository
    ) -> Job:
        key = ask_key(comment.node_id, command.key)
        ask = Ask(
            key=key,
            repository_id=repository.id,
            number=delivery.number or 0,
            comment_id=comment.id,
            comment_node_id=comment.node_id,
            command=command.name,
            command_key=command.key,
            delivery_guid=delivery.guid,
            asker=comment.author,
            created_at=self._context.clock(),
        )
        if self._context.store.asks.open(ask):
            log.info("ask.opened", ask=key, repository=repository.id, delivery=delivery.guid)
        place = self._context.store.asks.waiting(repository.installation_id)
        return Job(name="ask", key=key, args=(key,), place=place)

    def _mute(
        self, command: Command, comment: Comment, delivery: Delivery, repository: Repository
    ) -> None:
        """Silences the bot on a thread for who may: its author, and triage and above."""
        number = delivery.number or 0
        thread = self._context.github.thread(repository, number)
        allowed = comment.author.id == thread.author.id or (
            self._people.permission(repository, comment.author) >= Permission.TRIAGE
        )
        if not allowed:
            self._context.github.react(repository, comment.id, "confused")
            return
        threads = self._context.store.threads
        if command.name == MUTE:
            threads.mute(repository.id, number, comment.author)
        else:
            threads.unmute(repository.id, number)
        self._context.github.react(repository, comment.id, "+1")
        log.info("thread." + command.name, repository=repository.id, number=number)

    def _forget(
        self, command: Command, comment: Comment, delivery: Delivery, repository: Repository
    ) -> None:
        """Forgets what a person may have forgotten; a reaction says whether it is done."""
        understood = self._forgetful.obey(command, comment, delivery.number or 0, repository)
        self._context.github.react(repository, comment.id, "+1" if understood else "confused")
