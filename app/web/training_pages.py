"""The addresses of the pages of training, and of the buttons on them.

```
GET  /repositories/ID/training             what there is, what goes on, what came of it
GET  /repositories/ID/training/NUMBER      one version of the adapter
POST /repositories/ID/training/ACT         one of `Acting.acts`; leads back to the page
```
"""

from fastapi import FastAPI, HTTPException
from fastapi.responses import RedirectResponse, Response

from app.errors import TransientError, UserError
from app.ports.clock import Clock
from app.web.acting import Acting
from app.web.bot import Bot
from app.web.forms import Form
from app.web.site import Site
from app.web.training import RENEW_SECONDS, training
from app.web.versions import version

TAB = "training"


def add_training(app: FastAPI, site: Site, bot: Bot, clock: Clock) -> None:
    """Adds the pages to the dashboard."""
    acts = Acting(bot, clock).acts

    @app.get("/repositories/{repository_id:id}/training")
    def page(repository_id: int, still: str = "") -> Response:
        repository = site.repository(repository_id)
        values = training(bot, repository, clock())
        moves = values["run"] is not None and not still
        return site.tab(repository, TAB, {**values, "renew": RENEW_SECONDS if moves else 0})

    @app.get("/repositories/{repository_id:id}/training/{number:id}")
    def adapter(repository_id: int, number: int) -> Response:
        repository = site.repository(repository_id)
        values = version(bot, repository.id, number)
        if values is None:
            raise HTTPException(404, "This repository has no adapter of this number.")
        return site.tab(repository, TAB, values, "adapter.html")

    @app.post("/repositories/{repository_id:id}/training/{act}")
    def do(repository_id: int, act: str, form: Form) -> Response:
        repository = site.repository(repository_id)
        home = f"/repositories/{repository.id}/training"
        if act not in acts:
            raise HTTPException(404, "There is no such button.")
        try:
            acts[act](repository, form)
        except UserError as error:
            return site.refuse(409, str(error), home)
        except TransientError as error:
            return site.refuse(503, f"{error}. Try again in a moment.", home)
        return RedirectResponse(home, status_code=303)
