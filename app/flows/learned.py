"""The issue "What Treadle learned": opened, kept up to date, its ticks taken in.

Each look reads the issue first, then decides what people ticked, and only then writes. What a
write covers before it was read stands in the edit history, and the next look finds it there.
"""

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import structlog

from app.domain import (
    SOMEONE,
    Issue,
    IssueEdit,
    Job,
    LearnedIssue,
    LearnedState,
    Repository,
)
from app.errors import GoneError, LackingError, TransientError, UserError
from app.feedback import learned
from app.feedback.learned_ticks import Mark, Ticks, flips, mark_of, read
from app.flows.context import Context
from app.flows.learned_lines import lines
from app.flows.learned_ticks import Ticking
from app.flows.policies import Policies
from app.flows.policy import PATH, Policy
from app.queue.names import LEARNED

log = structlog.get_logger()

IDLE = timedelta(days=1)
"""Time between looks at an issue that is closed, gone or refused."""
AGAIN = timedelta(hours=1)
"""Time until the next look where one came to no end, or GitHub let the bot see nothing."""
LASTS = timedelta(minutes=5)
"""Time after which a look that did not end is taken for dead."""


class Learned:
    """Looks after the issues of all repositories. Two looks at one never cross."""

    def __init__(
        self, context: Context, policies: Policies, ticking: Ticking, pause: timedelta
    ) -> None:
        """Prepares looks; `pause` is the least time between two writes of an issue."""
        self._context = context
        self._policies = policies
        self._ticking = ticking
        self._pause = pause

    def ask(self, repository: Repository) -> LearnedIssue:
        """Opens the issue for somebody who asks for it, or finds the one that there is.

        Raises:
            UserError: the configuration file says that there is none, or GitHub takes none.
            TransientError: a look is under way, or GitHub could not be asked.
        """
        policy = self._policies.current(repository)
        if "learned" in policy.given and not policy.learned:
            raise UserError(
                f"The configuration file `{PATH}`, of this repository or its organisation, says "
                "`learned: false`: take that out first."
            )
        store, now = self._context.store.learned, self._context.clock()
        with self._held(repository.id):
            known = store.get(repository.id)
            if known is None or known.state in {LearnedState.GONE, LearnedState.REFUSED}:
                known = LearnedIssue(
                    repository_id=repository.id, state=LearnedState.WANTED, due_at=now
                )
            store.save(replace(known, asked=True))
            self._look(repository)
            issue = store.get(repository.id)
        if issue is None or issue.state is LearnedState.REFUSED:
            raise UserError(
                "GitHub takes no issue here: issues are off in this repository's settings, or it "
                "is archived. Ask again once that is changed."
            )
        return issue

    def due(self) -> Sequence[Job]:
        """Returns the looks whose time has come, each put off until it had time to be done."""
        store, now = self._context.store, self._context.clock()
        known = {issue.repository_id: issue for issue in store.learned.all()}
        jobs = []
        for repository in store.repositories.all():
            issue = known.get(repository.id)
            if issue is None and not self._policies.kept(repository.id).learned:
                continue
            if issue is not None and issue.due_at > now:
                continue
            if not store.repositories.active(repository.id):
                continue
            if issue is None:
                wanted = LearnedState.WANTED
                issue = LearnedIssue(repository_id=repository.id, state=wanted, due_at=now)
                store.learned.save(issue)
            store.learned.put_off(repository.id, now + AGAIN)
            key = f"{LEARNED}:{repository.id}:{now:%Y%m%dT%H%M%S}"
            jobs.append(Job(name=LEARNED, key=key, args=(repository.id,)))
        return jobs

    def look(self, repository_id: int) -> None:
        """Takes in what people ticked in one repository, and writes what changed.

        Raises:
            TransientError: GitHub could not be asked, or a look is under way; trying again works.
        """
        store = self._context.store
        repository = store.repositories.get(repository_id)
        if repository is None or not store.repositories.active(repository_id):
            return
        with self._held(repository_id):
            try:
                self._look(repository)
            except GoneError:
                log.info("learned.unreachable", repository=repository_id)
                store.learned.put_off(repository_id, self._context.clock() + AGAIN)

    # --- parts of a look ------------------------------------------------------------------

    def _look(self, repository: Repository) -> None:
        store, now = self._context.store.learned, self._context.clock()
        policy = self._policies.current(repository)
        issue = store.get(repository.id)
        asked = issue is not None and issue.asked and "learned" not in policy.given
        if not (policy.learned or asked):
            if issue is not None:
                store.drop(repository.id)
                log.info("learned.dropped", repository=repository.id)
            return
        if issue is None:
            issue = LearnedIssue(repository_id=repository.id, state=LearnedState.WANTED, due_at=now)
        if issue.state is LearnedState.GONE:
            self._moved(issue, LearnedState.GONE)
            return
        if not issue.number:
            found = self._found(repository)
            if found is None:
                self._open(repository, issue, policy)
                return
            wrote = read(found.body)
            issue = replace(
                issue,
                number=found.number,
                node_id=found.node_id,
                url=found.url,
                write=wrote.write,
                ticked=wrote.ticked,
            )
            log.info("learned.found", repository=repository.id, number=found.number)
        self._tend(repository, issue, policy)

    def _found(self, repository: Repository) -> Issue | None:
        """Returns the issue that was opened and not recorded, or left aside earlier."""
        mark = learned.mark(repository.id)
        own = self._context.github.own_issues(repository)
        return next((issue for issue in own if mark in issue.body), None)

    def _open(self, repository: Repository, issue: LearnedIssue, policy: Policy) -> None:
        now = self._context.clock()
        body = self._text(repository, issue, policy, write=1)
        try:
            opened = self._context.github.open_issue(
                repository, f"What {policy.name} learned", body
            )
        except GoneError:
            # Raises where it is the repository that cannot be seen.
            self._context.github.repository(repository.owner, repository.name)
            self._moved(issue, LearnedState.REFUSED)
            return
        self._context.store.learned.save(
            replace(
                issue,
                state=LearnedState.OPEN,
                number=opened.number,
                node_id=opened.node_id,
                url=opened.url,
                write=1,
                ticked=read(body).ticked,
                written_at=now,
                due_at=now + self._pause,
            )
        )
        log.info("learned.opened", repository=repository.id, number=opened.number)

    def _tend(self, repository: Repository, issue: LearnedIssue, policy: Policy) -> None:
        shown = self._shown(repository, issue)
        if shown is None:
            self._moved(replace(issue, number=0, node_id=""), LearnedState.GONE)
            return
        issue = replace(issue, url=shown.url)
        since = Mark(edit=issue.edit, at=issue.edit_at)
        before = Ticks(write=issue.write, ticked=issue.ticked)
        found = flips(shown.edits, since=since, before=before)
        self._ticking.take(repository, found, shown.url)
        mark = mark_of(shown.edits, since)
        issue = replace(issue, edit=mark.edit, edit_at=mark.at)
        if shown.closed:
            self._moved(issue, LearnedState.CLOSED)
            return
        self._write(repository, issue, shown.body, policy)

    def _shown(self, repository: Repository, issue: LearnedIssue) -> Issue | None:
        """Reads the issue; None where it was deleted or transferred."""
        github = self._context.github
        try:
            return github.issue(repository, issue.node_id, issue.edit)
        except LackingError:
            own = github.own_issues(repository)
            found = next((one for one in own if one.number == issue.number), None)
            return None if found is None else self._as_if_told(found)
        except GoneError:
            # To who has lost access everything looks deleted; this raises where that is so.
            github.repository(repository.owner, repository.name)
            return None

    def _as_if_told(self, shown: Issue) -> Issue:
        """Takes a text without its history for the edit of somebody: who may is a writer."""
        now = self._context.clock()
        edit = IssueEdit(id=now.isoformat(), body=shown.body, by=SOMEONE, at=now)
        return replace(shown, edits=(edit,))

    def _write(
        self, repository: Repository, issue: LearnedIssue, body: str, policy: Policy
    ) -> None:
        """Writes the lines of now, where they differ and the last write is long enough ago."""
        now, wrote = self._context.clock(), read(body).write
        next_write = now if issue.written_at is None else issue.written_at + self._pause
        if _same(self._text(repository, issue, policy, write=wrote), body):
            due = now + self._pause
        elif next_write > now:
            due = next_write
        else:
            # More than any that was seen: a write may not have been recorded.
            write = max(issue.write, wrote) + 1
            text = self._text(repository, issue, policy, write=write)
            try:
                self._context.github.write_issue(repository, issue.number, text)
            except GoneError:
                self._context.github.repository(repository.owner, repository.name)
                self._moved(issue, LearnedState.REFUSED)
                return
            issue = replace(issue, write=write, ticked=read(text).ticked, written_at=now)
            due = now + self._pause
            log.info("learned.written", repository=repository.id, number=issue.number)
        self._context.store.learned.save(replace(issue, state=LearnedState.OPEN, due_at=due))

    def _text(
        self, repository: Repository, issue: LearnedIssue, policy: Policy, *, write: int
    ) -> str:
        context = self._context
        return learned.render(
            lines(context.store, repository, issue_url=issue.url, web_url=context.web_url),
            repository=(repository.id, repository.full_name),
            write=write,
            introduction=learned.introduction(policy.name, self._pause),
        )

    def _moved(self, issue: LearnedIssue, state: LearnedState) -> None:
        """Keeps an issue that nothing is written to; says so once."""
        if issue.state is not state:
            log.warning(f"learned.{state.value}", repository=issue.repository_id)
        due = self._context.clock() + IDLE
        self._context.store.learned.save(replace(issue, state=state, due_at=due))

    @contextmanager
    def _held(self, repository_id: int) -> Iterator[None]:
        """Lets one look at a repository's issue go on at a time, in whichever process."""
        workers, now = self._context.store.workers, self._context.clock()
        name, holder = f"learned:{repository_id}", uuid.uuid4().hex
        if not workers.lease(name, holder, now, now + LASTS):
            raise TransientError("another look at the issue is under way")
        try:
            yield
        finally:
            workers.release(name, holder)


def _same(wanted: str, body: str) -> bool:
    """Compares texts but for line ends and blank space at the ends, which browsers change."""
    return _plain(wanted) == _plain(body)


def _plain(text: str) -> list[str]:
    return [line.rstrip() for line in text.replace("\r\n", "\n").rstrip().split("\n")]
