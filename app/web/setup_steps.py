"""`/setup` once an App is set: the steps to the first answer, and what each of them wants."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response

from app.checks import Finding
from app.web.links import Links
from app.web.site import Frame

RENEW = 4
"""Seconds after which the page is loaded again while something is to be done."""

_ADDRESS = re.compile(r"https?://[^\s]+?(?=[.,;:]?(?:\s|$))")
_CODE = re.compile(r"`([^`]+)`")
_WORDS: Mapping[str, tuple[str, str]] = {
    "ok": ("done", "good"),
    "open": ("to do", ""),
    "fault": ("fault", "bad"),
    "skipped": ("not checked", ""),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class SetUp:
    """What is checked, and what else is to be known.

    Attributes:
        findings: goes through the steps; asked at each load of the page.
        notes: sentences that stand above them.
    """

    findings: Callable[[], Iterable[Finding]]
    notes: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """A part of a sentence: an address, code, or neither."""

    text: str
    href: str = ""
    code: bool = False


def spans(text: str, links: Links) -> Sequence[Span]:
    """Splits a sentence; only addresses of this GitHub lead anywhere."""
    found = []
    place = 0
    for match in sorted(
        (*_ADDRESS.finditer(text), *_CODE.finditer(text)), key=lambda one: one.start()
    ):
        if match.start() < place:
            continue
        found.append(Span(text=text[place : match.start()]))
        if match.re is _CODE:
            found.append(Span(text=match[1], code=True))
        else:
            found.append(Span(text=match[0], href=links.safe(match[0])))
        place = match.end()
    return [span for span in (*found, Span(text=text[place:])) if span.text]


def steps(findings: Iterable[Finding], links: Links) -> dict[str, Any]:
    """Returns what the page shows of the findings."""
    found = list(findings)
    rows = []
    for one in found:
        word, look = _WORDS[one.state]
        rows.append(
            {
                "part": one.part,
                "state": one.state,
                "word": word,
                "look": look,
                "told": spans(one.told, links),
                "remedy": spans(one.remedy, links),
            }
        )
    left = [one for one in found if one.state in ("open", "fault")]
    return {
        "rows": rows,
        "done": sum(one.state == "ok" for one in found),
        "left": len(left),
        "next": _install(left, links),
    }


def _install(left: Sequence[Finding], links: Links) -> str:
    """Returns where the App is installed, if that is what is to be done."""
    for one in left:
        for span in spans(one.remedy, links):
            if one.part == "installed" and span.href.endswith("/installations/new"):
                return span.href
    return ""


def add_setup_steps(app: FastAPI, frame: Frame, set_up: SetUp | None) -> None:
    """Adds the page, and where the browser comes back to that has just made the App."""
    shown = set_up or SetUp(findings=lambda: ())

    @app.get("/setup")
    def check_list(request: Request) -> Response:
        values = steps(shown.findings(), frame.links)
        still = "still" in request.query_params
        renew = RENEW if values["left"] and not still else 0
        return frame.page("setup_steps.html", {**values, "notes": shown.notes, "renew": renew})

    @app.get("/setup/created")
    @app.get("/setup/finish")
    async def made_already() -> Response:
        return RedirectResponse("/setup", status_code=303)
