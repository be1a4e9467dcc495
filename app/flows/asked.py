"""What a reply answers, as it was known when it was drafted."""

from app.domain import Question, Reply, ask_key, first_of
from app.domain.work import is_another
from app.store import Store


def question_of(store: Store, reply: Reply) -> Question:
    """Returns a reply's question with what was known of its thread."""
    draft = store.asks.draft(ask_key(reply.trigger_node_id, reply.command_key))
    details = draft.details if draft is not None else {}
    return Question(
        text=reply.question,
        title=str(details.get("title", "")),
        body=str(details.get("body", "")),
        unhelpful=unhelpful(store, reply.trigger_node_id, reply.command_key),
    )


def unhelpful(store: Store, trigger_node_id: str, command_key: str) -> str:
    """Returns the answer that did not help, where another one was wanted; else nothing."""
    if not is_another(command_key):
        return ""
    first = store.replies.by_trigger(trigger_node_id, first_of(command_key))
    return "" if first is None else first.answer
