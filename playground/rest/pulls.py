"""Pull requests and review comments. https://docs.github.com/en/rest/pulls"""

from playground.errors import Invalid, NotFound
from playground.payloads import pulls as shapes
from playground.rest import issues
from playground.rest.call import Call, Reply, Routes
from playground.rest.comments import of_path
from playground.values import Issue

routes = Routes()
BASE = "/repos/{owner}/{repo}/pulls"


def _pull(call: Call) -> Issue:
    issue = issues.thread(call)
    if issue.pull is None:
        raise NotFound
    return issue


@routes.add("GET", BASE)
def list_pulls(call: Call) -> Reply:
    """Pull requests, newest first; open ones unless asked otherwise."""
    found, state = call.repository("pull_requests"), call.query.get("state", "open")
    chosen = [
        issue
        for issue in reversed(call.world.issues.of(found.id))
        if issue.pull is not None and state in ("all", issue.state)
    ]
    return call.paged(chosen, lambda issue: shapes.pull_request(call.world, issue))


@routes.add("POST", BASE)
def create_pull(call: Call) -> Reply:
    """Opens a pull request between two branches of the repository."""
    found = call.repository()
    for name in ("head", "base"):
        if call.text(name) not in found.branches:
            raise Invalid(
                "Validation Failed",
                errors=[{"resource": "PullRequest", "field": name, "code": "invalid"}],
            )
    issue = call.world.create_pull(
        call.actor,
        found,
        call.text("title"),
        head=call.text("head"),
        base=call.text("base"),
        body=call.optional_text("body"),
    )
    return Reply(status=201, content=shapes.pull_request(call.world, issue))


@routes.add("GET", BASE + "/{number:int}")
def get_pull(call: Call) -> Reply:
    """A pull request."""
    return Reply(content=shapes.pull_request(call.world, _pull(call)))


@routes.add("PATCH", BASE + "/{number:int}")
def update_pull(call: Call) -> Reply:
    """Changes title, body or state."""
    _pull(call)
    issues.update_issue(call)
    return get_pull(call)


@routes.add("GET", BASE + "/{number:int}/files")
def list_files(call: Call) -> Reply:
    """The files that a pull request changes."""
    return call.paged(shapes.files(call.world, _pull(call)), lambda row: row)


@routes.add("GET", BASE + "/{number:int}/comments")
def list_review_comments(call: Call) -> Reply:
    """The comments on lines of a pull request."""
    found = [c for c in call.world.comments.of(_pull(call).id) if c.anchor is not None]
    return call.paged(found, lambda comment: shapes.review_comment(call.world, comment))


@routes.add("POST", BASE + "/{number:int}/comments")
def create_review_comment(call: Call) -> Reply:
    """Comments on a line of a pull request, or on a file of it."""
    issue = _pull(call)
    line = call.body.get("line")
    if line is not None and not isinstance(line, int):
        raise Invalid("Invalid request.\n\nFor 'properties/line', not an integer.")
    comment = call.world.create_review_comment(
        call.actor,
        issue,
        call.text("body"),
        path=call.text("path"),
        commit_sha=call.text("commit_id"),
        line=line,
    )
    return Reply(status=201, content=shapes.review_comment(call.world, comment))


@routes.add("POST", BASE + "/{number:int}/comments/{comment_id:int}/replies")
def reply(call: Call) -> Reply:
    """Answers a review comment."""
    issue, top = _pull(call), of_path(call, review=True)
    if top.issue_id != issue.id:
        raise NotFound
    comment = call.world.reply_to_review_comment(call.actor, top, call.text("body"))
    return Reply(status=201, content=shapes.review_comment(call.world, comment))


@routes.add("GET", BASE + "/comments/{comment_id:int}")
def get_review_comment(call: Call) -> Reply:
    """A review comment."""
    return Reply(content=shapes.review_comment(call.world, of_path(call, review=True)))


@routes.add("PATCH", BASE + "/comments/{comment_id:int}")
def update_review_comment(call: Call) -> Reply:
    """Replaces a review comment's body."""
    comment = call.world.edit_comment(call.actor, of_path(call, review=True), call.text("body"))
    return Reply(content=shapes.review_comment(call.world, comment))


@routes.add("DELETE", BASE + "/comments/{comment_id:int}")
def delete_review_comment(call: Call) -> Reply:
    """Deletes a review comment."""
    call.world.delete_comment(call.actor, of_path(call, review=True))
    return Reply(status=204)
