"""The addresses of the pages about the dictionary, and of the buttons on them.

```
GET  /repositories/ID/phrases/NUMBER   a version of the dictionary beside the one before it
GET  /repositories/ID/audit?page=N     who did what, the newest first
POST /repositories/ID/phrases/ACT      pin, forbid, delete, free, rollback or resume
POST /repositories/ID/memory/ACT       veto or restore
```

A button leads back to the page that it is on. Whoever has the dashboard's token is the operator.
"""

from collections.abc import Callable, Mapping
from typing import Annotated

from fastapi import FastAPI, HTTPException, Query
from fastapi.responses import RedirectResponse, Response

from app.domain import OPERATOR, Repository, RulingKind, RulingWhat
from app.errors import UserError
from app.flows.deciding import By, Deciding
from app.flows.phrase_verbs import RULINGS
from app.flows.preferring import Preferring
from app.store import Store
from app.web import dictionary
from app.web.forms import Form, required
from app.web.site import Site

BY = By(person=OPERATOR)
LAST_PAGE = 1_000_000

Act = Callable[[Repository, Mapping[str, str]], object]


def add_dictionary(
    app: FastAPI, site: Site, store: Store, deciding: Deciding, preferring: Preferring
) -> None:
    """Adds the pages to the dashboard."""
    acts = {"phrases": _of_phrases(deciding), "memory": _of_memories(store, deciding, preferring)}

    @app.get("/repositories/{repository_id:id}/phrases/{number:id}")
    def version(repository_id: int, number: int) -> Response:
        repository = site.repository(repository_id)
        try:
            values = dictionary.version(store, repository, number)
        except UserError as error:
            raise HTTPException(404, str(error)) from error
        return site.tab(repository, "phrases", values, "version.html")

    @app.get("/repositories/{repository_id:id}/audit")
    def audit(repository_id: int, page: Annotated[int, Query(ge=1, le=LAST_PAGE)] = 1) -> Response:
        repository = site.repository(repository_id)
        return site.tab(repository, "audit", dictionary.audit(store, repository, page))

    @app.post("/repositories/{repository_id:id}/{tab}/{act}")
    def do(repository_id: int, tab: str, act: str, form: Form) -> Response:
        repository = site.repository(repository_id)
        home = f"/repositories/{repository.id}/{tab}"
        if act not in acts.get(tab, {}):
            raise HTTPException(404, "There is no such button.")
        try:
            acts[tab][act](repository, form)
        except UserError as error:
            return site.refuse(409, str(error), home)
        return RedirectResponse(home, status_code=303)


def _of_phrases(deciding: Deciding) -> Mapping[str, Act]:
    def rule(what: RulingWhat) -> Act:
        return lambda repository, form: deciding.phrase(
            repository.id, required(form, "phrase"), what, BY
        )

    return {
        **{verb: rule(what) for verb, what in RULINGS.items()},
        "free": lambda repository, form: deciding.free_phrase(
            repository.id, required(form, "phrase"), BY
        ),
        "rollback": lambda repository, form: deciding.roll_back(
            repository.id, _number(form, "version"), BY
        ),
        "resume": lambda repository, _: deciding.resume(repository.id, BY),
    }


def _of_memories(store: Store, deciding: Deciding, preferring: Preferring) -> Mapping[str, Act]:
    kind = RulingKind.MEMORY

    def veto(repository: Repository, form: Mapping[str, str]) -> None:
        key = required(form, "memory")
        if not store.preference_rows.remembered_as(repository.id, [key]):
            raise UserError("This is not remembered any more.")
        deciding.rule(repository.id, kind, key, RulingWhat.VETOED, BY)

    return {
        "veto": veto,
        "restore": lambda repository, form: deciding.free(
            repository.id, kind, required(form, "memory"), BY
        ),
        "say": lambda repository, form: preferring.put(
            repository.id, _number(form, "number"), form.get("preference", ""), BY
        ),
    }


def _number(form: Mapping[str, str], name: str) -> int:
    value = required(form, name)
    if not (value.isascii() and value.isdigit() and len(value) < 10):
        raise HTTPException(400, f"The field `{name}` is no number: load the page again.")
    return int(value)
