"""The edit history of a post: every version, by whom and when, and what each changed."""

from dataclasses import dataclass
from datetime import datetime

from playground.errors import NotFound
from playground.pages.ages import age
from playground.pages.changes import Span, spans
from playground.pages.comments import comment_of
from playground.pages.posts import Author, author_of, post_of
from playground.pages.threads import thread, thread_path
from playground.pages.visit import Page, Redirect, Result, Visit, word_of
from playground.values import Comment, Issue


@dataclass(frozen=True, kw_only=True)
class Version:
    """One entry of a history; `spans` compare it with the one before it.

    `gone` names who removed its content, and is "" where it is there.
    """

    id: int
    editor: Author
    at: datetime
    ago: str
    first: bool
    newest: bool
    spans: tuple[Span, ...]
    gone: str


def issue_history(visit: Visit) -> Result:
    """The history of a thread's opening text."""
    return _page(visit, thread(visit))


def comment_history(visit: Visit) -> Result:
    """The history of a comment."""
    return _page(visit, comment_of(visit))


def delete_version(visit: Visit) -> Result:
    """Removes what one version of a comment said; who edited, and when, stays."""
    comment = comment_of(visit)
    revision = visit.field("revision")
    visit.world.delete_revision(visit.actor, comment, int(revision) if revision.isdecimal() else 0)
    return Redirect(to=visit.path)


def _page(visit: Visit, subject: Issue | Comment) -> Page:
    issue = visit.world.thread_of(subject)
    if not subject.revisions:
        raise NotFound("This was never edited.")
    return Page(
        template="history.html",
        values={
            "repository": visit.world.repository_of(issue),
            "issue": issue,
            "post": post_of(visit, subject),
            "versions": _versions(visit, subject),
            "path": thread_path(visit, issue),
        },
    )


def _versions(visit: Visit, subject: Issue | Comment) -> list[Version]:
    world = visit.world
    repository = world.repository_of(world.thread_of(subject))
    versions: list[Version] = []
    before = ""
    for place, revision in enumerate(subject.revisions):
        editor = world.accounts[revision.editor_id]
        remover = world.accounts.get(revision.deleted_by_id)
        body = revision.body
        versions.append(
            Version(
                id=revision.id,
                editor=author_of(editor, word_of(world, repository, editor)),
                at=revision.edited_at,
                ago=age(revision.edited_at, world.clock.now()),
                first=place == 0,
                newest=place == len(subject.revisions) - 1,
                spans=() if body is None else tuple(_compared(before, body, first=place == 0)),
                gone="" if remover is None else remover.login,
            )
        )
        before = before if body is None else body
    return versions[::-1]


def _compared(before: str, after: str, *, first: bool) -> list[Span]:
    return [Span(kind="same", text=after)] if first else spans(before, after)
