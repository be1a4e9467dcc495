"""What people have to decide about feedback: contradictions, held signals, contrary writers."""

import json
from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table

from app.bootstrap.offline import offline_for
from app.feedback.assessment import Assessment, contrary_words
from app.feedback.contradictions import contradictions
from app.flows.assessing import Assessing
from app.settings import Settings
from app.store import Store

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "contradictions": ("reply", "text", "liked by", "disliked by"),
    "held": ("person", "said", "reply", "state", "reason"),
    "writers": ("person", "reason"),
}
TITLES: Mapping[str, str] = {
    "contradictions": "Trusted people disagree on these: they teach nothing until they agree",
    "held": "Held: these teach nothing so far",
    "writers": "Writers who disagree with the others; trust.vouched, or their permission, decides",
}


def show_contradictions(
    settings: Settings, full_name: str, *, console: Console, as_json: bool
) -> None:
    """Prints what of a repository's feedback needs somebody to look at it.

    Raises:
        UserError: the repository is not known here.
    """
    with offline_for(settings, full_name) as (bot, repository):
        assessing = Assessing(bot.store, bot.policies, bot.context.clock)
        found = rows(bot.store, assessing.repository(repository.id))
    if as_json:
        console.out(json.dumps(found, ensure_ascii=False, indent=2), highlight=False)
        return
    for part, columns in COLUMNS.items():
        if found[part]:
            table = Table(title=TITLES[part], show_lines=True)
            for column in columns:
                table.add_column(column)
            for row in found[part]:
                table.add_row(*(row[column] for column in columns))
            console.print(table, markup=False)
    if not any(found.values()):
        console.print(f"{full_name}: nothing to decide; no signal is held.", markup=False)


def rows(store: Store, assessment: Assessment) -> dict[str, list[dict[str, Any]]]:
    """Returns all of it in words, the newest held signals first."""

    def url(reply_id: int) -> str:
        reply = store.replies.by_id(reply_id)
        return "" if reply is None else reply.url

    held = sorted(
        (one for one in assessment.signals if one.hold is not None),
        key=lambda one: one.signal.first_seen,
        reverse=True,
    )
    return {
        "contradictions": [
            {
                "reply": url(one.reply_id),
                "text": "people's" if one.edited else "the bot's",
                "liked by": ", ".join(one.liked_by),
                "disliked by": ", ".join(one.disliked_by),
            }
            for one in contradictions([item.signal for item in assessment.signals])
        ],
        "held": [
            {
                "person": one.signal.person.login,
                "said": one.signal.content,
                "reply": one.signal.url,
                "state": one.hold.value if one.hold else "",
                "reason": one.why,
            }
            for one in held
        ],
        "writers": [
            {"person": one.person.login, "reason": contrary_words(one)}
            for one in assessment.contrary
        ],
    }
