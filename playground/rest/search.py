"""Searching threads. https://docs.github.com/en/rest/search/search"""

from typing import Any

from playground.payloads import threads as shapes
from playground.rest.call import Call, Reply, Routes
from playground.search import search_threads
from playground.values import Issue

routes = Routes()


@routes.add("GET", "/search/issues")
def search_issues(call: Call) -> Reply:
    """Threads that fit a query."""
    found = search_threads(call.world, call.actor, call.query.get("q", ""))
    if call.query.get("sort") == "created":
        found.sort(key=lambda issue: (issue.created_at, issue.id), reverse=True)
    if call.query.get("sort") in ("created", "updated") and call.query.get("order") == "asc":
        found.reverse()

    def shape(issue: Issue) -> dict[str, Any]:
        # The description of search, unlike that of issues, knows no issue without a body.
        return {**shapes.issue(call.world, issue), "body": issue.body or "", "score": 1.0}

    items, link = call.page(found, shape)
    content = {
        "total_count": len(found),
        "incomplete_results": False,
        "search_type": "lexical",
        "items": items,
    }
    return Reply(content=content, headers={"Link": link} if link else {})
