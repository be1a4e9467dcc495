"""`/forget`, and `/treadle opt-out`: what people can have forgotten, and who may.

```
argument = "" | "mine" | address
```
Without an argument it is about the newest reply of the bot in the thread, with the address of a
reply about that one. Who may write has all of a reply forgotten, anybody else what they themselves
said of it. `mine` is all that a person ever said in the repository.
"""

import re
from collections.abc import Mapping

from app.domain import Command, Comment, Permission, Reply, ReplyState, Repository, ask_key
from app.flows.people import People
from app.flows.taking_back import TakingBack
from app.flows.verbs import Told, Verb
from app.store import Store

MINE = "mine"
_COMMENT = re.compile(r"\S*#issuecomment-([0-9]{1,19})")


class ForgetCommand:
    """Understands `/forget`, and orders what a person may have forgotten."""

    def __init__(self, store: Store, people: People, taking_back: TakingBack) -> None:
        self._store = store
        self._people = people
        self._taking_back = taking_back

    def obey(self, command: Command, comment: Comment, number: int, repository: Repository) -> bool:
        """Orders what is asked for; False where there is no such reply, or nothing of theirs.

        Args:
            command: of the comment.
            comment: who asks, and where.
            number: of the thread.
            repository: where it is.
        """
        key, person = ask_key(comment.node_id, command.key), comment.author
        words = command.argument.strip()
        if words.lower() == MINE:
            if self._store.removals.has_words(repository.id, person.id):
                self._taking_back.words(repository, person, key=key)
            return True
        reply = self._meant(words, number, repository)
        if reply is None:
            return False
        if self._people.permission(repository, person) >= Permission.WRITE:
            self._taking_back.reply(reply, by=person, key=key, url=comment.url)
            return True
        if not self._store.removals.has_words(repository.id, person.id, reply.id):
            return False
        self._taking_back.words(repository, person, key=key, reply=reply)
        return True

    def _meant(self, words: str, number: int, repository: Repository) -> Reply | None:
        """Returns the reply that is meant; one that was taken back already is none."""
        if not words:
            found = self._store.replies.on_thread(repository.id, number)
            kept = [one for one in found if one.state is not ReplyState.TAKEN_BACK]
            return kept[-1] if kept else None
        named = _COMMENT.fullmatch(words)
        if named is None:
            return None
        found_one = self._store.replies.by_comment(repository.id, int(named[1]))
        if found_one is None or found_one.state is ReplyState.TAKEN_BACK:
            return None
        return found_one


def opting_verbs(taking_back: TakingBack) -> Mapping[str, Verb]:
    """Returns the verbs by which people opt out and in, each for themselves."""

    def opt_out(told: Told) -> str:
        taking_back.opt_out(told.repository, told.person, key=f"opt-out:{told.url}")
        return (
            "From now on nothing is learned from your words in this repository, and what was "
            "learned from them is being undone. `/treadle opt-in` ends that."
        )

    def opt_in(told: Told) -> str:
        if taking_back.opt_in(told.repository, told.person, key=f"opt-in:{told.url}", url=told.url):
            return "From now on your words count again. What you said before stays forgotten."
        return "Your words count already. `/treadle opt-out` ends that."

    return {
        "opt-out": Verb(usage="opt-out", needed=Permission.NONE, act=opt_out),
        "opt-in": Verb(usage="opt-in", needed=Permission.NONE, act=opt_in),
    }
