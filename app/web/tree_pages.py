"""The addresses of the page of what was tried for one ask, and of the buttons on it.

```
GET  /repositories/ID/asks/COMMENT/COMMAND            by the comment that asked, its command's key
POST /repositories/ID/asks/COMMENT/COMMAND/pick       the best of the drafts, by `draft`
POST /repositories/ID/asks/COMMENT/COMMAND/take-back  what was picked
```

A button leads back to the page; to the asks where nothing is left to show on it. Whoever has the
dashboard's token is the operator.
"""

from fastapi import FastAPI, HTTPException
from fastapi.responses import RedirectResponse, Response

from app.domain import Ask
from app.errors import UserError
from app.flows.picking import Picking
from app.store import Store
from app.web import trees
from app.web.acting import BY
from app.web.forms import Form, required
from app.web.links import tried_path
from app.web.site import Site

GONE = (
    "Nothing is kept of what was tried for this ask: nothing had to be tried, or it was longer "
    "ago than `TREADLE_KEEP_TREES_DAYS`."
)
PLACE = "/repositories/{repository_id:id}/asks/{comment_id:id}/{command_key}"


def add_trees(app: FastAPI, site: Site, store: Store, picking: Picking) -> None:
    """Adds the page to the dashboard."""

    def asked(repository_id: int, comment_id: int, command_key: str) -> Ask:
        repository = site.repository(repository_id)
        ask = store.asks.of_comment(repository.id, comment_id, command_key)
        if ask is None or not store.trees.known([ask.key]):
            raise HTTPException(404, GONE)
        return ask

    @app.get(PLACE)
    def tried(repository_id: int, comment_id: int, command_key: str) -> Response:
        ask = asked(repository_id, comment_id, command_key)
        reply = store.replies.by_trigger(ask.comment_node_id, ask.command_key)
        choice = picking.choice(ask)
        values = trees.page(ask, store.trees.get(ask.key), reply, choice)
        return site.tab(site.repository(repository_id), "asks", values, "tree.html")

    @app.post(PLACE + "/{act}")
    def do(repository_id: int, comment_id: int, command_key: str, act: str, form: Form) -> Response:
        ask = asked(repository_id, comment_id, command_key)
        home = tried_path(repository_id, comment_id, command_key)
        try:
            if act == "pick":
                picking.pick(ask, required(form, "draft"), BY)
            elif act == "take-back":
                picking.take_back(ask)
            else:
                raise HTTPException(404, "There is no such button.")
        except UserError as error:
            return site.refuse(409, str(error), home)
        left = store.trees.known([ask.key])
        back = f"{home}#drafts" if left else f"/repositories/{repository_id}/asks"
        return RedirectResponse(back, status_code=303)
