"""From a comment of the App's, as GitHub shows it now, to the reply that was posted. No I/O.

What was posted is told by the signed block: it holds the hash of the visible text. So the text
may be found among the versions of a comment, whatever people made of it since, and nobody can
pass off another one as the App's.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.domain import Passage, Reply, Snapshot
from app.domain.backfill import Lost, PostedAt
from app.domain.history import PastQuestion
from app.feedback import metadata
from app.feedback.metadata import Block, Tampered
from app.text.layout import answer_part
from app.webhooks.commands import commands

NO_BLOCK = "its hidden block is gone, and no version of it is shown that has one"
NOT_AS_POSTED = "no version of it is shown that is as it was posted"
UNKNOWN_KEY = (
    "its hidden block was signed with a key that is not known here: TREADLE_SIGNING_KEYS, or the "
    "file signing-keys of the old data folder, has it"
)
BROKEN = "its hidden block is broken or forged"
ELSEWHERE = "its hidden block is that of another place"
NO_QUESTION = "the comment that it answers was deleted"
OTHER_QUESTION = "the question that it answers was edited, and its old text is not shown"


@dataclass(frozen=True, kw_only=True, slots=True)
class Posted:
    """An answer as it was posted: `body` with its `block`."""

    at: PostedAt
    body: str
    block: Block

    @property
    def trigger(self) -> tuple[int, str]:
        """GitHub's id and node id of the comment that it answers."""
        return number_of(self.block.values, "reply_to"), self.block.trigger_node_id

    @property
    def command_key(self) -> str:
        """The key of the command that it answers."""
        return str(self.block.values.get("command", ""))


def is_answer(block: Block) -> bool:
    """Tells an answer from other words of the App's, such as help and apologies."""
    return isinstance(block.values.get("search"), Mapping)


def posted(
    at: PostedAt, snapshot: Snapshot, *, keys: Mapping[str, str], repository_id: int
) -> Posted | Lost | None:
    """Finds what was posted among the versions of a comment.

    Args:
        at: the comment.
        snapshot: what GitHub shows of it now.
        keys: all keys that may have signed, by id.
        repository_id: where it stands.

    Returns:
        The answer; why it cannot be known; or None where the comment was deleted or is none.
    """
    if not snapshot.exists:
        return None
    why = NO_BLOCK
    for body in _bodies(snapshot):
        found = metadata.read(body, keys=keys)
        if isinstance(found, Tampered):
            why = UNKNOWN_KEY if found.reason == "unknown key" else BROKEN
        elif found is not None and not found.intact:
            why = NOT_AS_POSTED
        elif found is not None:
            if not is_answer(found):
                return None
            if found.values.get("repository") != repository_id:
                return Lost(url=at.url, what=ELSEWHERE)
            return Posted(at=at, body=body, block=found)
    return Lost(url=at.url, what=why)


def rebuilt(
    found: Posted,
    question: PastQuestion | None,
    *,
    repository_id: int,
    sources: Sequence[Passage] = (),
) -> Reply | Lost:
    """Makes the reply that was kept of an answer when it was posted.

    Args:
        found: the answer.
        question: the comment that it answers, None where that is gone.
        repository_id: where it stands.
        sources: the passages that its block names.
    """
    if question is None:
        return Lost(url=found.at.url, what=NO_QUESTION)
    if question.number not in (None, found.at.number):
        return Lost(url=found.at.url, what=ELSEWHERE)
    asked = asked_key(found.command_key)
    words = next(
        (one.argument for text in question.texts for one in commands(text) if one.key == asked),
        None,
    )
    if words is None:
        return Lost(url=found.at.url, what=OTHER_QUESTION)
    values = dict(found.block.values)
    search = values.get("search")
    abstained = isinstance(search, Mapping) and search.get("abstained") is True
    comment_id, node_id = found.trigger
    return Reply(
        id=0,
        repository_id=repository_id,
        number=found.at.number,
        comment_id=found.at.comment_id,
        comment_node_id=found.at.node_id,
        url=found.at.url,
        trigger_comment_id=comment_id,
        trigger_node_id=node_id,
        command_key=found.command_key,
        asker=question.author,
        question=words,
        answer="" if abstained else answer_part(found.body),
        body=found.body,
        block=values,
        sources=tuple(sources),
        dictionary_version=number_of(values, "dictionary"),
        posted_at=found.at.at,
    )


def asked_key(command_key: str) -> str:
    """Returns the key of a command as it stands in the comment, also of a second answer to it."""
    return command_key.partition("-")[0]


def number_of(values: Mapping[str, object], name: str) -> int:
    """Reads a whole number of a block; 0 where there is none."""
    found = values.get(name)
    return found if isinstance(found, int) and not isinstance(found, bool) else 0


def _bodies(snapshot: Snapshot) -> Iterator[str]:
    """Yields the versions of a comment, as far as they are shown, the first one first."""
    yield from (one.body for one in snapshot.revisions if one.body)
    yield snapshot.body
