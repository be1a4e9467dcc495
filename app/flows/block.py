"""What a reply's hidden block records of how its answer came about."""

from app.domain import Answer, Ask, Passage
from app.feedback.judgements import PRINCIPLES
from app.feedback.metadata import fitted
from app.weave.principles import spread


def block_for(ask: Ask, details: dict[str, object]) -> dict[str, object]:
    """Returns the values of a block to an ask: what all blocks say, then `details`, cut to fit."""
    return fitted(
        {
            "version": 1,
            "reply_to": ask.comment_id,
            "command": ask.command_key,
            "repository": ask.repository_id,
            "delivery": ask.delivery_guid,
            **details,
        }
    )


def block_of(
    answer: Answer, *, ask: Ask, commit: str, dictionary_version: int, without: str = ""
) -> dict[str, object]:
    """Returns an answer's block: ids, paths, counts, and what the repository says of itself.

    Args:
        answer: what is said.
        ask: what it is said to.
        commit: that of the repository's text.
        dictionary_version: that of the phrases.
        without: the adapter that is in force and could not be used; why is nothing for all.
    """
    details: dict[str, object] = {
        "app": ask.command,
        "model": answer.model,
        "adapter": answer.adapter,
        **({"without": without} if without else {}),
        "template": 1,
        "dictionary": dictionary_version,
        "commit": commit,
        "sources": [_place(source, commit) for source in answer.sources],
        "facts": list(answer.facts),
        "phrases": {use.phrase: round(use.effect, 3) for use in answer.phrases},
        **_judged(answer),
        "examples": list(answer.memories),
        "search": {
            "pieces": answer.pieces,
            "evaluations": answer.evaluations,
            "whole": answer.whole,
            "left_out": answer.left_out,
            "restarts": answer.restarts,
            "score": round(answer.score, 3),
            "confidence": round(answer.confidence, 3),
            "abstained": answer.abstained,
            **({"refused": True} if answer.refused else {}),
        },
        "tokens": answer.tokens,
        "usage": usage_of(answer),
    }
    return block_for(ask, details)


def _judged(answer: Answer) -> dict[str, object]:
    """Returns a model's log-odds by the key of each principle, which votes calibrate."""
    if not answer.opinions:
        return {}
    return {PRINCIPLES: {one.key: round(one.odds, 3) for one in answer.opinions}}


def opinions_of(answer: Answer) -> dict[str, object]:
    """Returns what a model says of its answer, as JSON values; nothing where it was not asked.

    Of each principle `odds` are the model's own and `score` what they count; `spread` is how far
    the scores are apart.
    """
    if not answer.opinions:
        return {}
    return {
        "opinions": [
            {
                "principle": one.principle,
                "weight": one.weight,
                "odds": round(one.odds, 3),
                "score": round(one.score, 3),
            }
            for one in answer.opinions
        ],
        "spread": round(spread(answer.opinions), 3),
    }


def usage_of(answer: Answer) -> dict[str, object]:
    """Returns what an answer cost its model, as JSON values."""
    usage = answer.usage
    return {
        "read": usage.read,
        "cached": usage.cached,
        "written": usage.written,
        "cost": round(usage.cost, 6),
    }


def _place(source: Passage, commit: str) -> str:
    if source.memory_id is not None:
        # Numbers of memories are this database's own; the comment is known to GitHub as well.
        comment = source.url.rpartition("-")[2]
        return f"memory:{source.memory_id}" + (f"@{comment}" if comment.isdecimal() else "")
    return f"{source.path}:{source.start_line}-{source.end_line}@{commit}"
