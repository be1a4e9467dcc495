"""Lists of threads, a thread, and what is done to a thread as a whole."""

import hashlib
from typing import Any

from playground.comments import REASONS
from playground.errors import Invalid
from playground.pages.ages import age
from playground.pages.markup import render
from playground.pages.posts import author_of, may_speak, posts_of, waiting_for
from playground.pages.visit import Empty, Page, Redirect, Result, Visit, number
from playground.payloads import pulls
from playground.permissions import scope_of
from playground.values import Issue

PER_PAGE = 25
EXAMPLE = "/ask How do I run the tests?"


def thread(visit: Visit) -> Issue:
    """The thread of the path."""
    return visit.world.issue(visit.repository(), visit.params["number"])


def thread_path(visit: Visit, issue: Issue) -> str:
    """Where a thread's page is."""
    folder = "issues" if issue.pull is None else "pull"
    return f"{visit.base(visit.world.repository_of(issue))}/{folder}/{issue.number}"


def list_issues(visit: Visit) -> Result:
    """The issues of a repository."""
    return _list(visit, pull=False)


def list_pulls(visit: Visit) -> Result:
    """The pull requests of a repository."""
    return _list(visit, pull=True)


def _list(visit: Visit, *, pull: bool) -> Result:
    repository = visit.repository()
    world = visit.world
    every = [one for one in world.issues.of(repository.id) if (one.pull is not None) == pull]
    state = visit.query.get("state", "open")
    state = state if state in ("open", "closed") else "open"
    fitting = sorted((one for one in every if one.state == state), key=lambda one: -one.number)
    last = max(1, -(-len(fitting) // PER_PAGE))
    page = min(number(visit.query.get("page", "1")), last)
    shown = fitting[(page - 1) * PER_PAGE : page * PER_PAGE]
    rows = [
        {
            "issue": one,
            "path": thread_path(visit, one),
            "author": world.accounts[one.author_id].login,
            "ago": age(one.created_at, world.clock.now()),
            "comments": len(world.comments.of(one.id)),
        }
        for one in shown
    ]
    return Page(
        template="list.html",
        values={
            "repository": repository,
            "rows": rows,
            "state": state,
            "pull": pull,
            "open": sum(one.state == "open" for one in every),
            "closed": sum(one.state == "closed" for one in every),
            "page": page,
            "last": last,
            "example": EXAMPLE,
        },
    )


def new_issue(visit: Visit) -> Result:
    """The form for a new issue."""
    return _new(visit)


def create_issue(visit: Visit) -> Result:
    """Opens an issue, or shows how its text will look."""
    repository = visit.repository()
    if visit.field("preview"):
        return _new(visit)
    try:
        issue = visit.world.create_issue(
            visit.actor, repository, visit.field("title").strip(), visit.field("body") or None
        )
    except Invalid as error:
        return _new(visit, fault=words_of(error))
    return Redirect(to=thread_path(visit, issue))


def _new(visit: Visit, *, fault: str = "") -> Page:
    repository = visit.repository()
    body = visit.field("body")
    values = {
        "repository": repository,
        "title": visit.field("title"),
        "body": body,
        "preview": _preview(visit, body) if visit.field("preview") else None,
        "fault": fault,
        "back": f"{visit.base(repository)}/issues/new",
    }
    return Page(template="new.html", values=values, status=422 if fault else 200)


def show_thread(visit: Visit) -> Result:
    """A thread with its comments."""
    issue = thread(visit)
    if (issue.pull is not None) != (visit.params["kind"] == "pull"):
        return Redirect(to=thread_path(visit, issue))
    return thread_page(visit, issue, draft=visit.query.get("body", ""))


def thread_page(
    visit: Visit, issue: Issue, *, draft: str = "", fault: str = "", editing: str = ""
) -> Page:
    """The page of a thread.

    Args:
        draft: What the comment box or, where one is edited, that post's box holds.
        fault: What is wrong with the draft.
        editing: Which post is being edited: "issue" or a comment's id.
    """
    world, actor = visit.world, visit.actor
    repository = world.repository_of(issue)
    editing = editing or visit.query.get("edit", "")
    own = actor.account_id == issue.author_id
    least: Any = "read" if own else "triage"
    values: dict[str, Any] = {
        **posts_values(visit, issue),
        "issue": issue,
        "repository": repository,
        "author": author_of(world.accounts[issue.author_id]),
        "ago": age(issue.created_at, world.clock.now()),
        "editing": editing,
        "draft": draft,
        "fault": fault,
        "preview": _preview(visit, draft) if visit.field("preview") else None,
        "may_speak": may_speak(visit, issue),
        "may_close": world.may_write(actor, repository, scope_of(issue), least),
        "path": thread_path(visit, issue),
        "back": thread_path(visit, issue),
        "address": f"{visit.base(repository)}/issues/{issue.number}",
        "files": pulls.files(world, issue) if issue.pull else [],
        "example": EXAMPLE,
    }
    return Page(template="thread.html", values=values, status=422 if fault else 200)


def posts_values(visit: Visit, issue: Issue) -> dict[str, Any]:
    """What the list of posts is laid out from."""
    posts = posts_of(visit, issue)
    waiting = waiting_for(visit, issue)
    seen = f"{[(post.key, post.version) for post in posts]}{waiting.words}{issue.state}"
    return {
        "posts": posts,
        "waiting": waiting,
        "reasons": REASONS,
        "version": hashlib.sha256(seen.encode()).hexdigest()[:16],
    }


def show_posts(visit: Visit) -> Result:
    """The list of posts alone, for a page that keeps itself up to date."""
    issue = thread(visit)
    values = posts_values(visit, issue)
    if visit.query.get("version") == values["version"]:
        return Empty()
    path = thread_path(visit, issue)
    return Page(
        template="posts.html",
        values={**values, "issue": issue, "editing": "", "draft": "", "fault": "", "path": path},
    )


def edit_issue(visit: Visit) -> Result:
    """Changes title and text of a thread."""
    issue = thread(visit)
    if visit.field("preview"):
        return thread_page(visit, issue, draft=visit.field("body"), editing="issue")
    title = visit.field("title").strip()
    try:
        visit.world.edit_issue(visit.actor, issue, title=title, body=visit.field("body"))
    except Invalid as error:
        fault = words_of(error)
        return thread_page(visit, issue, draft=visit.field("body"), fault=fault, editing="issue")
    return Redirect(to=f"{thread_path(visit, issue)}#issue")


def set_state(visit: Visit) -> Result:
    """Closes or reopens a thread."""
    issue = thread(visit)
    state = visit.field("state")
    if state not in ("open", "closed"):
        raise Invalid("A thread is either open or closed.")
    visit.world.edit_issue(visit.actor, issue, state=state)  # type: ignore[arg-type]
    return Redirect(to=thread_path(visit, issue))


def words_of(error: Invalid) -> str:
    """An error of a form in words."""
    told = [
        one.get("message") or f"{one.get('field', 'it')} is missing" for one in error.errors or ()
    ]
    return "; ".join(told) or error.message


def preview(visit: Visit) -> Result:
    """Text as it will look, for a page that shows it while one writes."""
    owner, name = visit.field("owner"), visit.field("repo")
    base = f"/{owner}/{name}" if owner and name else ""
    html = render(visit.field("body"), base=base, web=visit.world.web_url)
    return Page(template="preview.html", values={"html": html})


def _preview(visit: Visit, body: str) -> str:
    return render(body, base=visit.base(visit.repository()), web=visit.world.web_url)
