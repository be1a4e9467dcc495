"""What a reply answers, as it was known when it was drafted."""

from app.domain import Question, Reply, ask_key
from app.store import Store


def question_of(store: Store, reply: Reply) -> Question:
    """Returns a reply's question with what was known of its thread."""
    draft = store.asks.draft(ask_key(reply.trigger_node_id, reply.command_key))
    details = draft.details if draft is not None else {}
    return Question(
        text=reply.question,
        title=str(details.get("title", "")),
        body=str(details.get("body", "")),
    )
