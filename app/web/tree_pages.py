"""The address of the page of what was tried for one ask.

```
GET /repositories/ID/asks/COMMENT/COMMAND    by the comment that asked, and its command's key
```
"""

from fastapi import FastAPI, HTTPException
from fastapi.responses import Response

from app.store import Store
from app.web import trees
from app.web.site import Site

GONE = (
    "Nothing is kept of what was tried for this ask: nothing had to be tried, or it was longer "
    "ago than `TREADLE_KEEP_TREES_DAYS`."
)


def add_trees(app: FastAPI, site: Site, store: Store) -> None:
    """Adds the page to the dashboard."""

    @app.get("/repositories/{repository_id:id}/asks/{comment_id:id}/{command_key}")
    def tried(repository_id: int, comment_id: int, command_key: str) -> Response:
        repository = site.repository(repository_id)
        ask = store.asks.of_comment(repository.id, comment_id, command_key)
        tree = None if ask is None else store.trees.get(ask.key)
        if ask is None or tree is None:
            raise HTTPException(404, GONE)
        reply = store.replies.by_trigger(ask.comment_node_id, ask.command_key)
        values = {"ask": ask, **trees.page(tree, reply)}
        return site.tab(repository, "asks", values, "tree.html")
