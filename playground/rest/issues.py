"""Issues and their timeline. https://docs.github.com/en/rest/issues/issues"""

from playground.clock import stamp
from playground.errors import Invalid
from playground.payloads import threads as shapes
from playground.permissions import scope_of
from playground.rest.call import Call, Reply, Routes
from playground.values import Issue

routes = Routes()
BASE = "/repos/{owner}/{repo}/issues"


def thread(call: Call) -> Issue:
    """The thread of the path, which the actor may read."""
    found = call.repository()
    issue = call.world.issue(found, call.params["number"])
    call.world.require_read(call.actor, found, scope_of(issue))
    return issue


@routes.add("GET", BASE)
def list_issues(call: Call) -> Reply:
    """Threads, newest first; open ones unless asked otherwise."""
    found, query = call.repository("issues"), call.query
    state = query.get("state", "open")
    if state not in ("open", "closed", "all"):
        raise Invalid(
            "Validation Failed",
            errors=[{"resource": "Issue", "field": "state", "code": "invalid"}],
        )
    threads = [
        issue
        for issue in call.world.issues.of(found.id)
        if state in ("all", issue.state)
        and ("since" not in query or stamp(issue.updated_at) >= query["since"])
    ]
    if "creator" in query:
        who = call.world.account(query["creator"]).id
        threads = [issue for issue in threads if issue.author_id == who]
    if query.get("sort") == "updated":
        threads.sort(key=lambda issue: (issue.updated_at, issue.number))
    if query.get("direction", "desc") == "desc":
        threads.reverse()
    return call.paged(threads, lambda issue: shapes.issue(call.world, issue))


@routes.add("POST", BASE)
def create_issue(call: Call) -> Reply:
    """Opens an issue."""
    issue = call.world.create_issue(
        call.actor, call.repository(), call.text("title"), call.optional_text("body")
    )
    content = shapes.issue(call.world, issue)
    return Reply(status=201, content=content, headers={"Location": content["url"]})


@routes.add("GET", BASE + "/{number:int}")
def get_issue(call: Call) -> Reply:
    """A thread."""
    return Reply(content=shapes.issue(call.world, thread(call)))


@routes.add("PATCH", BASE + "/{number:int}")
def update_issue(call: Call) -> Reply:
    """Changes title, body or state."""
    state = call.optional_text("state")
    if state not in (None, "open", "closed"):
        raise Invalid(
            "Validation Failed",
            errors=[{"resource": "Issue", "field": "state", "code": "invalid"}],
        )
    issue = call.world.edit_issue(
        call.actor,
        thread(call),
        title=call.optional_text("title"),
        body=call.optional_text("body"),
        state=state,  # type: ignore[arg-type]
        state_reason=call.optional_text("state_reason"),
    )
    return Reply(content=shapes.issue(call.world, issue))


@routes.add("PUT", BASE + "/{number:int}/lock")
def lock_issue(call: Call) -> Reply:
    """Locks a conversation."""
    call.world.lock_issue(call.actor, thread(call))
    return Reply(status=204)


@routes.add("DELETE", BASE + "/{number:int}/lock")
def unlock_issue(call: Call) -> Reply:
    """Unlocks a conversation."""
    call.world.lock_issue(call.actor, thread(call), locked=False)
    return Reply(status=204)


@routes.add("GET", BASE + "/{number:int}/timeline")
def list_timeline(call: Call) -> Reply:
    """The comments of a thread as events."""
    comments = [c for c in call.world.comments.of(thread(call).id) if c.anchor is None]
    return call.paged(comments, lambda comment: shapes.timeline(call.world, comment))
