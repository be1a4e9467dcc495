"""Deliveries on their way into the durable queue: kept before GitHub is told that they came."""

from dataclasses import asdict, fields
from typing import Any

from app import domain
from app.domain import Delivery
from app.queue.names import DELIVERY
from app.queue.work_queue import WorkQueue
from app.settings import Settings

_LISTS = ("commands", "added", "removed")


class DurableInbox:
    """The `Inbox` port: deliveries by their GUID."""

    def __init__(self, settings: Settings) -> None:
        self._queue = WorkQueue(settings)

    def accept(self, delivery: Delivery) -> bool:
        """Keeps a delivery; False where it was known and needs no more work.

        A known one is put to work again where it failed, or where something did that came
        of it.

        Raises:
            TransientError: the queue's database cannot be reached.
        """
        if self._queue.put(DELIVERY, delivery.guid, [facts(delivery)]):
            return True
        asks = self._queue.revive("ask", [ask_key(delivery, key) for key in delivery.commands])
        return self._queue.revive_of(delivery.guid) or asks

    def ready(self) -> bool:
        """Tells whether deliveries can be kept."""
        return self._queue.ready()

    def close(self) -> None:
        """Closes all connections."""
        self._queue.close()


def ask_key(delivery: Delivery, command_key: str) -> str:
    """Returns the key of the ask that one command of a delivery makes, as `Ask.key`."""
    return domain.ask_key(delivery.comment_node_id, command_key)


def facts(delivery: Delivery) -> dict[str, Any]:
    """Writes a delivery as JSON values."""
    lists = {name: list(getattr(delivery, name)) for name in _LISTS}
    return {**asdict(delivery), **lists}


def delivery_of(values: dict[str, Any]) -> Delivery:
    """Reads what `facts` wrote, by this version or another one."""
    names = {field.name for field in fields(Delivery)}
    known = {name: value for name, value in values.items() if name in names}
    return Delivery(**{**known, **{name: tuple(known.get(name, ())) for name in _LISTS}})
