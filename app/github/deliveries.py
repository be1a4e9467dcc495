"""The webhooks that GitHub sent to the App: which arrived, and sending one again.

https://docs.github.com/en/rest/apps/webhooks
"""

from collections.abc import Iterator
from datetime import datetime

import httpx
import structlog

from app.domain import HookDelivery
from app.errors import TransientError
from app.github import read
from app.github.connection import Connection, json_of
from app.github.errors_of import lacking

log = structlog.get_logger()

PLACE = "/app/hook/deliveries"
MAX_PAGES = 100
"""Pages of 100 that are read at most; what lies behind them is left out and logged."""


def deliveries(
    connection: Connection, since: datetime, *, failed: bool = False
) -> Iterator[HookDelivery]:
    """Reads the attempts from a time on, newest first; each page when it is come to.

    Those that failed are few where all is well: asked for alone, they are one page.

    https://docs.github.com/en/rest/apps/webhooks#list-deliveries-for-an-app-webhook
    """
    chosen: dict[str, str | int] = {"status": "failure"} if failed else {}
    with lacking():
        response = connection.app("GET", PLACE, params={"per_page": 100, **chosen})
    for page in range(1, MAX_PAGES + 1):
        content = json_of(response)
        if not isinstance(content, list):
            raise TransientError(f"{PLACE}: not a list")
        for row in content:
            found = read.hook_delivery(row)
            if found.delivered_at < since:
                return
            if not (failed and found.succeeded):
                yield found
        link = response.raw_response.links.get("next", {}).get("url", "")
        if not link:
            return
        if not connection.is_ours(httpx.URL(link)):
            raise TransientError(f"{PLACE}: the next page is somewhere else")
        if page == MAX_PAGES:
            log.warning("list.cut", list="deliveries", pages=MAX_PAGES)
            return
        response = connection.app("GET", link)


def redeliver(connection: Connection, delivery_id: int) -> None:
    """Asks GitHub to send a delivery once more, under its GUID.

    https://docs.github.com/en/rest/apps/webhooks#redeliver-a-delivery-for-an-app-webhook
    """
    connection.app("POST", f"{PLACE}/{delivery_id}/attempts")
