"""What is done to comments, and to posts of both kinds: writing, editing, reacting, hiding."""

from playground.errors import Invalid, NotFound
from playground.pages.posts import post_of
from playground.pages.tasks import toggled
from playground.pages.threads import thread, thread_page, thread_path, words_of
from playground.pages.visit import Redirect, Result, Visit
from playground.values import Comment, Issue
from playground.world import subject_node


def comment_of(visit: Visit) -> Comment:
    """The comment of the path, in a repository that the visitor sees.

    Raises:
        NotFound: there is none in this repository.
    """
    repository = visit.repository()
    comment = visit.world.comments.get(visit.params["comment_id"])
    if comment is None or comment.repository_id != repository.id:
        raise NotFound("This comment does not exist, or was deleted.")
    return comment


def create_comment(visit: Visit) -> Result:
    """Writes a comment, or shows how it will look."""
    issue = thread(visit)
    body = visit.field("body")
    if visit.field("preview"):
        return thread_page(visit, issue, draft=body)
    try:
        comment = visit.world.create_comment(visit.actor, issue, body)
    except Invalid as error:
        return thread_page(visit, issue, draft=body, fault=words_of(error))
    return _to(visit, comment)


def edit_comment(visit: Visit) -> Result:
    """Changes a comment, or shows how the change will look."""
    comment = comment_of(visit)
    issue = visit.world.thread_of(comment)
    body = visit.field("body")
    if visit.field("preview"):
        return thread_page(visit, issue, draft=body, editing=str(comment.id))
    try:
        comment = visit.world.edit_comment(visit.actor, comment, body)
    except Invalid as error:
        fault = words_of(error)
        return thread_page(visit, issue, draft=body, fault=fault, editing=str(comment.id))
    return _to(visit, comment)


def delete_comment(visit: Visit) -> Result:
    """Deletes a comment for good."""
    comment = comment_of(visit)
    issue = visit.world.thread_of(comment)
    visit.world.delete_comment(visit.actor, comment)
    return Redirect(to=thread_path(visit, issue))


def hide_comment(visit: Visit) -> Result:
    """Hides a comment for a reason."""
    return _to(visit, visit.world.minimize(visit.actor, comment_of(visit), visit.field("reason")))


def show_comment(visit: Visit) -> Result:
    """Shows a hidden comment again."""
    return _to(visit, visit.world.unminimize(visit.actor, comment_of(visit)))


def react_to_comment(visit: Visit) -> Result:
    """Gives a reaction to a comment, or takes it back."""
    return _react(visit, comment_of(visit))


def react_to_issue(visit: Visit) -> Result:
    """Gives a reaction to a thread's opening text, or takes it back."""
    return _react(visit, thread(visit))


def tick_in_comment(visit: Visit) -> Result:
    """Ticks a box of a task list in a comment, or unticks it."""
    comment = comment_of(visit)
    body = toggled(comment.body, visit.field("line"), visit.field("seen"))
    return _to(visit, visit.world.edit_comment(visit.actor, comment, body))


def tick_in_issue(visit: Visit) -> Result:
    """Ticks a box of a task list in a thread's opening text, or unticks it."""
    issue = thread(visit)
    body = toggled(issue.body or "", visit.field("line"), visit.field("seen"))
    return _to(visit, visit.world.edit_issue(visit.actor, issue, body=body))


def _react(visit: Visit, subject: Issue | Comment) -> Result:
    content = visit.field("content")
    present = visit.world.reactions.of(subject_node(subject))
    me = visit.actor.account_id
    if any(one.account_id == me and one.content == content for one in present):
        visit.world.unreact(visit.actor, subject, content)
    else:
        visit.world.react(visit.actor, subject, content)
    return _to(visit, subject)


def _to(visit: Visit, subject: Issue | Comment) -> Redirect:
    post = post_of(visit, subject)
    return Redirect(to=f"{thread_path(visit, visit.world.thread_of(subject))}#{post.anchor}")
