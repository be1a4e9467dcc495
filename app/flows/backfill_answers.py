"""Takes in the App's answers of old, by what GitHub shows of them and by the rules of a sweep."""

from collections.abc import Sequence
from functools import partial

from app.domain import Reply, Repository, Snapshot, ask_key
from app.domain.backfill import Lost, PostedAt
from app.errors import LackingError
from app.flows.backfill_asking import Asking
from app.flows.backfill_posted import Posted, posted, rebuilt
from app.flows.backfill_sources import Cutting, Lines, named, passage
from app.flows.context import Context
from app.flows.intake import Intake
from app.flows.posting import FINAL
from app.flows.sweep import interval
from app.ports.github import History

SECOND_REPLY = "the question that it answers has another answer, which counts"
FILE_GONE = "the file {path} at {commit}, which it quotes, is not shown any more"
VERSION_GONE = "the text of a version of it was deleted from its history"


class PastAnswers:
    """Keeps replies as they were kept when they were posted."""

    def __init__(self, context: Context, intake: Intake, asking: Asking) -> None:
        self._context = context
        self._intake = intake
        self._asked = asking

    def take(
        self, repository: Repository, batch: Sequence[PostedAt], history: History
    ) -> tuple[int, list[Lost]]:
        """Takes in what comments of the App's show, and keeps the answers among them.

        Args:
            repository: where they stand.
            batch: at most 100 comments.
            history: of the repository.

        Returns:
            How many answers are kept, and what is not shown of the others.

        Raises:
            GoneError: the App may not read the repository any more.
            TransientError: GitHub does not answer.
        """
        snapshots = self._asked(lambda: self._look(repository, batch))
        if not all(one.exists for one in snapshots):
            # To who has lost access, everything looks deleted; this raises where that is so.
            self._asked(lambda: self._context.github.repository(repository.owner, repository.name))
        lost: list[Lost] = []
        answers: list[tuple[Posted, Snapshot]] = []
        for at, snapshot in zip(batch, snapshots, strict=True):
            found = posted(at, snapshot, keys=self._context.keys, repository_id=repository.id)
            if isinstance(found, Lost):
                lost.append(found)
            elif found is not None and not self._in_course(found):
                answers.append((found, snapshot))
        replies = self._rebuilt(repository, [one for one, _ in answers], history)
        count = 0
        for (_, snapshot), (reply, missing) in zip(answers, replies, strict=True):
            lost += missing
            if reply is None:
                continue
            count += 1
            lost += self._asked(partial(self._keep, repository, reply, snapshot))
        return count, lost

    def _look(self, repository: Repository, batch: Sequence[PostedAt]) -> Sequence[Snapshot]:
        github = self._context.github
        try:
            return github.snapshots(repository, [at.node_id for at in batch])
        except LackingError:
            return [github.snapshot(repository, at.comment_id, at.node_id) for at in batch]

    def _in_course(self, found: Posted) -> bool:
        """Tells whether a worker has the answer in hand, and will keep it itself."""
        ask = self._context.store.asks.get(ask_key(found.trigger[1], found.command_key))
        return ask is not None and ask.state not in FINAL

    def _rebuilt(
        self, repository: Repository, answers: Sequence[Posted], history: History
    ) -> list[tuple[Reply | None, list[Lost]]]:
        """Makes the replies that answers were, with what is missing of each."""
        questions = self._asked(lambda: history.questions([one.trigger for one in answers]))
        sources = [named(one.block.values) for one in answers]
        places = [one.at for some in sources for one in some if isinstance(one, Lines)]
        texts = self._asked(lambda: history.files(places))
        cut = Cutting(texts)
        found: list[tuple[Reply | None, list[Lost]]] = []
        for answer, question, some in zip(answers, questions, sources, strict=True):
            reply = rebuilt(
                answer,
                question,
                repository_id=repository.id,
                sources=[passage(one, texts, cut) for one in some],
            )
            if isinstance(reply, Lost):
                found.append((None, [reply]))
                continue
            gone = {one.at for one in some if isinstance(one, Lines) and one.at not in texts}
            missing = [
                Lost(url=reply.url, what=FILE_GONE.format(path=one.path, commit=one.commit))
                for one in sorted(gone)
            ]
            found.append((reply, missing))
        return found

    def _keep(self, repository: Repository, reply: Reply, snapshot: Snapshot) -> list[Lost]:
        """Keeps a reply, unless it is kept already, and what people made of it."""
        now = self._context.clock()
        # Not at once: a worker's sweep would read again what was just read.
        later = now + interval(now - reply.posted_at, self._context.sweep_youngest)
        kept = self._context.store.replies.add(reply, next_sweep=later)
        if kept.comment_id != reply.comment_id:
            return [Lost(url=reply.url, what=SECOND_REPLY)]
        self._intake.absorb(repository, kept, snapshot)
        deleted = any(one.deleted for one in snapshot.revisions)
        return [Lost(url=reply.url, what=VERSION_GONE)] if deleted else []
