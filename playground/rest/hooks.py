"""An App's hook: where it is, and what was sent to it.

https://docs.github.com/en/rest/apps/webhooks
"""

import json
from typing import Any
from urllib.parse import urlencode

from playground.addresses import is_web_address
from playground.clock import stamp
from playground.errors import Invalid, NotFound
from playground.rest.call import Call, Reply, Routes
from playground.values import Delivery

routes = Routes()


@routes.add("GET", "/app/hook/config")
def get_hook(call: Call) -> Reply:
    """Where deliveries go."""
    app = call.world.apps[call.require_app()]
    content = {"content_type": "json", "insecure_ssl": "0", "secret": "********"}
    return Reply(content=content if app.hook_url is None else {**content, "url": app.hook_url})


@routes.add("PATCH", "/app/hook/config")
def set_hook(call: Call) -> Reply:
    """Changes where deliveries go."""
    app = call.world.apps[call.require_app()]
    url = call.optional_text("url")
    if url is not None and not is_web_address(url):
        raise Invalid("Url must be a valid URL")
    call.world.set_hook(url or app.hook_url, call.optional_text("secret"), app.slug)
    return get_hook(call)


def _delivery_row(value: Delivery) -> dict[str, Any]:
    return {
        "id": value.id,
        "guid": value.guid,
        "delivered_at": stamp(value.delivered_at),
        "redelivery": value.redelivery,
        "duration": value.duration,
        "status": value.status,
        "status_code": value.status_code,
        "event": value.event,
        "action": value.action,
        "installation_id": value.installation_id,
        "repository_id": value.repository_id,
        "throttled_at": None,
    }


@routes.add("GET", "/app/hook/deliveries")
def list_deliveries(call: Call) -> Reply:
    """What was sent, newest first, page by page with a cursor."""
    app = call.world.apps[call.require_app()]
    cursor, outcome = call.query.get("cursor", ""), call.query.get("status")
    if cursor and not cursor.isdecimal():
        raise Invalid("Invalid cursor")
    found = [
        value
        for value in reversed(call.world.deliveries_of(app))
        if value.status != "pending"
        and (not cursor or value.id < int(cursor))
        and (outcome is None or (value.status == "OK") == (outcome == "success"))
    ]
    size = call.query.get("per_page", "30")
    count = min(max(int(size) if size.isdecimal() else 30, 1), 100)
    chosen = found[:count]
    headers = {}
    if len(found) > count:
        query = urlencode({**call.query, "per_page": count, "cursor": chosen[-1].id})
        headers["Link"] = f'<{call.url}?{query}>; rel="next"'
    return Reply(content=[_delivery_row(value) for value in chosen], headers=headers)


def _delivery(call: Call) -> Delivery:
    app_id = call.require_app()
    found = call.world.deliveries.get(call.params["delivery_id"])
    if found is None or call.world.addressee(found).id != app_id:
        raise NotFound
    return found


@routes.add("GET", "/app/hook/deliveries/{delivery_id:int}")
def get_delivery(call: Call) -> Reply:
    """One delivery with what was sent and what came back."""
    value = _delivery(call)
    content = {
        **_delivery_row(value),
        "url": call.world.addressee(value).hook_url or "",
        "request": {
            "headers": dict(value.request_headers),
            "payload": json.loads(value.payload),
        },
        "response": {"headers": {}, "payload": value.response_body},
    }
    return Reply(content=content)


@routes.add("POST", "/app/hook/deliveries/{delivery_id:int}/attempts")
def redeliver(call: Call) -> Reply:
    """Sends a delivery once more under its GUID."""
    call.world.redeliver(_delivery(call).guid)
    return Reply(status=202, content={})
