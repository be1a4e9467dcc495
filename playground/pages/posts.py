"""A thread as its page shows it: the opening text and the comments, ready to be laid out."""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from playground.pages.ages import age
from playground.pages.markup import render
from playground.pages.tasks import seen
from playground.pages.visit import Visit, word_of
from playground.permissions import scope_of
from playground.values import CONTENTS, Account, Comment, Issue
from playground.world import subject_node

REACTIONS = {
    "+1": ("👍", "thumbs up"),
    "-1": ("👎", "thumbs down"),
    "laugh": ("😄", "laugh"),
    "confused": ("😕", "confused"),
    "heart": ("❤️", "heart"),
    "hooray": ("🎉", "hooray"),
    "rocket": ("🚀", "rocket"),
    "eyes": ("👀", "eyes"),
}
COMMAND = re.compile(r"^/[a-z][a-z-]*\b", re.MULTILINE)
PATIENCE = timedelta(minutes=3)
"""How long a page waits for the bot."""


@dataclass(frozen=True, kw_only=True)
class Pill:
    """One kind of reaction under a post; `mine` where the visitor gave it."""

    content: str
    sign: str
    name: str
    count: int
    mine: bool
    who: str


@dataclass(frozen=True, kw_only=True)
class Author:
    """Who wrote a post; `hue` colours the letter that stands for a picture."""

    login: str
    word: str
    letter: str
    hue: int
    bot: bool


@dataclass(frozen=True, kw_only=True)
class Post:
    """The opening text (`key` "issue") or a comment (`key` its id).

    `address` is where its forms go; `version` changes with anything that is shown, `seen` with
    its text.
    """

    key: str
    anchor: str
    address: str
    version: str
    author: Author
    raw: str
    html: str
    at: datetime
    ago: str
    edits: int
    edited_by: str
    reactions: tuple[Pill, ...]
    may_edit: bool
    may_react: bool
    opening: bool
    seen: str
    hidden: str = ""
    place: str = ""


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """What the page waits for, in words; "" where for nothing."""

    words: str

    def __bool__(self) -> bool:
        return bool(self.words)


def posts_of(visit: Visit, issue: Issue) -> list[Post]:
    """Returns the opening text and all comments, oldest first."""
    return [
        post_of(visit, issue),
        *(post_of(visit, one) for one in visit.world.comments.of(issue.id)),
    ]


def post_of(visit: Visit, subject: Issue | Comment) -> Post:
    """Returns one post."""
    world = visit.world
    issue = world.thread_of(subject)
    repository = world.repository_of(issue)
    base = visit.base(repository)
    actor = visit.actor
    author = world.accounts[subject.author_id]
    editor = world.accounts[subject.revisions[-1].editor_id].login if subject.revisions else ""
    if isinstance(subject, Issue):
        key, anchor = "issue", "issue"
        address = f"{base}/issues/{issue.number}"
        hidden = place = ""
        own = actor.account_id == issue.author_id
        least = "read" if own else "write"
        may_edit = world.may_write(actor, repository, scope_of(issue), least)  # type: ignore[arg-type]
    else:
        key = str(subject.id)
        review = subject.anchor
        anchor = f"issuecomment-{key}" if review is None else f"discussion_r{key}"
        address = f"{base}/comments/{key}"
        hidden = "" if subject.minimized is None else subject.minimized.reason
        place = "" if review is None else review.path + (f":{review.line}" if review.line else "")
        may_edit = world.may_edit(actor, subject)
    reactions = _pills(visit, subject)
    body = subject.body or ""
    shown = (body, len(subject.revisions), hidden, reactions, visit.login, may_edit, issue.locked)
    return Post(
        key=key,
        anchor=anchor,
        address=address,
        version=hashlib.sha256(repr(shown).encode()).hexdigest()[:16],
        author=author_of(author, word_of(world, repository, author)),
        raw=body,
        html=render(body, base=base, web=world.web_url, form=f"tasks-{key}" if may_edit else ""),
        seen=seen(body),
        at=subject.created_at,
        ago=age(subject.created_at, world.clock.now()),
        edits=max(0, len(subject.revisions) - 1),
        edited_by=editor,
        reactions=reactions,
        may_edit=may_edit,
        may_react=may_speak(visit, issue),
        opening=isinstance(subject, Issue),
        hidden=hidden,
        place=place,
    )


def author_of(account: Account, word: str = "") -> Author:
    """Returns an account as it is shown beside what it did."""
    return Author(
        login=account.login,
        word=word,
        letter=account.login[:1].upper(),
        hue=account.id % 6,
        bot=account.kind == "Bot",
    )


def may_speak(visit: Visit, issue: Issue) -> bool:
    """Whether the visitor may comment and react in a thread."""
    world, repository = visit.world, visit.world.repository_of(issue)
    least = "write" if issue.locked else "read"
    return world.may_write(visit.actor, repository, scope_of(issue), least)  # type: ignore[arg-type]


def waiting_for(visit: Visit, issue: Issue) -> Waiting:
    """Returns what the bot still owes this thread, as far as a page can tell."""
    world = visit.world
    repository = world.repository_of(issue)
    if not any(world.covers(one, repository) for one in world.installations):
        return Waiting(words="")
    comments = world.comments.of(issue.id)
    since = world.clock.now() - PATIENCE
    asks: list[tuple[datetime, Comment]] = []
    for one in comments:
        at = one.revisions[-1].edited_at if one.revisions else one.created_at
        person = world.accounts[one.author_id].kind == "User"
        if person and at >= since and COMMAND.search(one.body):
            asks.append((at, one))
    if not asks:
        return Waiting(words="")
    first = min(at for at, _ in asks)
    bots = [one for one in comments if world.accounts[one.author_id].kind == "Bot"]
    if sum(one.created_at >= first for one in bots) >= len(asks):
        return Waiting(words="")
    newest = max(asks, key=lambda ask: ask[0])[1]
    seen = any(
        reaction.content == "eyes" and world.accounts[reaction.account_id].kind == "Bot"
        for reaction in world.reactions.of(subject_node(newest))
    )
    if seen:
        return Waiting(words="👀 The bot has seen the question and is writing its answer.")
    return Waiting(words="Sent. Waiting for the bot to see it.")


def _pills(visit: Visit, subject: Issue | Comment) -> tuple[Pill, ...]:
    given = visit.world.reactions.of(subject_node(subject))
    me = visit.actor.account_id
    pills = []
    for content in CONTENTS:
        by = [one.account_id for one in given if one.content == content]
        sign, name = REACTIONS[content]
        who = ", ".join(visit.world.accounts[one].login for one in by)
        pills.append(
            Pill(content=content, sign=sign, name=name, count=len(by), mine=me in by, who=who)
        )
    return tuple(pills)
