"""Comments of threads. https://docs.github.com/en/rest/issues/comments"""

from playground.clock import stamp
from playground.payloads import threads as shapes
from playground.permissions import scope_of
from playground.rest.call import Call, Reply, Routes
from playground.rest.issues import BASE, thread
from playground.values import Comment

routes = Routes()


def of_path(call: Call, *, review: bool = False) -> Comment:
    """The comment of the path, which the actor may read."""
    found = call.repository()
    comment = call.world.comment(call.params["comment_id"], review=review)
    if comment.repository_id != found.id:
        # An id of another repository says nothing here.
        return call.world.comment(-1)
    scope = scope_of(call.world.issues[comment.issue_id])
    call.world.require_read(call.actor, found, scope)
    return comment


@routes.add("GET", BASE + "/comments")
def list_repository_comments(call: Call) -> Reply:
    """All comments of a repository's threads."""
    found = call.repository("issues")
    comments = [c for c in call.world.comments if c.repository_id == found.id and c.anchor is None]
    if call.query.get("sort") in ("created", "updated"):
        by = call.query["sort"]
        comments.sort(key=lambda c: (c.updated_at if by == "updated" else c.created_at, c.id))
        if call.query.get("direction") == "desc":
            comments.reverse()
    return _listed(call, comments)


@routes.add("GET", BASE + "/{number:int}/comments")
def list_comments(call: Call) -> Reply:
    """The comments of a thread, oldest first."""
    return _listed(call, [c for c in call.world.comments.of(thread(call).id) if c.anchor is None])


def _listed(call: Call, comments: list[Comment]) -> Reply:
    since = call.query.get("since", "")
    comments = [c for c in comments if stamp(c.updated_at) >= since]
    return call.paged(comments, lambda comment: shapes.comment(call.world, comment))


@routes.add("POST", BASE + "/{number:int}/comments")
def create_comment(call: Call) -> Reply:
    """Writes a comment."""
    comment = call.world.create_comment(call.actor, thread(call), call.text("body"))
    content = shapes.comment(call.world, comment)
    return Reply(status=201, content=content, headers={"Location": content["url"]})


@routes.add("GET", BASE + "/comments/{comment_id:int}")
def get_comment(call: Call) -> Reply:
    """A comment."""
    return Reply(content=shapes.comment(call.world, of_path(call)))


@routes.add("PATCH", BASE + "/comments/{comment_id:int}")
def update_comment(call: Call) -> Reply:
    """Replaces a comment's body."""
    comment = call.world.edit_comment(call.actor, of_path(call), call.text("body"))
    return Reply(content=shapes.comment(call.world, comment))


@routes.add("DELETE", BASE + "/comments/{comment_id:int}")
def delete_comment(call: Call) -> Reply:
    """Deletes a comment."""
    call.world.delete_comment(call.actor, of_path(call))
    return Reply(status=204)
