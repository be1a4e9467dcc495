"""What the first attempt of another try goes by: what the answer before it said is ruled out."""

from app.domain import Fault, Reason
from app.weave.drafting import Task
from app.weave.limit import REASONS, Again
from app.weave.repeated import plain
from app.weave.wording import sentences_of


def anew(task: Task) -> Again:
    """Returns the sentences of an answer that did not help, as reasons and as bans.

    A model that writes is told the first few of them. Nothing where no answer was tried before.
    """
    before = plain(task.question.unhelpful)
    said = [one.text for one in sentences_of(before, finished=True)] if before else []
    return Again(
        reasons=[Reason(fault=Fault.UNHELPFUL, what=one, odds=0.0) for one in said[:REASONS]],
        banned=frozenset([*said, *task.found.repeated]),
    )
