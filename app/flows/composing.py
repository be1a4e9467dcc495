"""One answer from all that a repository taught: memory, phrases, and its adapter."""

from dataclasses import dataclass

from app.domain import Answer, Question
from app.errors import TransientError, UserError
from app.flows.active import Chosen
from app.flows.context import Context
from app.flows.policy import Policy
from app.flows.regarding import regarded
from app.metrics import COMPOSE_SECONDS
from app.ports.knowledge import Corpus


@dataclass(frozen=True, kw_only=True, slots=True)
class Composed:
    """An answer, the version of the dictionary that it used, and with which adapter or not."""

    answer: Answer
    dictionary_version: int
    chosen: Chosen


class Composing:
    """Composes answers with what is known at the time of each."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def answer(
        self, question: Question, *, corpus: Corpus, repository_id: int, policy: Policy
    ) -> Composed:
        """Composes an answer; where the adapter cannot be used, without it.

        Raises:
            UserError: the model cannot be used at all.
            TransientError: it may work later.
        """
        store = self._context.store
        dictionary = regarded(store, store.weights.latest(repository_id), self._context.clock())
        memories = store.evidence.counting_memories(repository_id)

        def composed(chosen: Chosen) -> Composed:
            with COMPOSE_SECONDS.time():
                answer = self._context.answerer(policy, chosen.name).answer(
                    question, corpus=corpus, memories=memories, dictionary=dictionary
                )
            return Composed(answer=answer, dictionary_version=dictionary.version, chosen=chosen)

        chosen = self._context.active.of(repository_id)
        if not chosen.name:
            return composed(chosen)
        try:
            return composed(chosen)
        except (UserError, TransientError) as error:
            # Where it was not the adapter's fault, the same comes of it without one.
            return composed(self._context.active.without(chosen.name, repository_id, error))
