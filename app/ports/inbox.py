"""Where deliveries go in."""

from typing import Protocol

from app.domain import Delivery


class Inbox(Protocol):
    """The durable queue that deliveries go into before the 202."""

    def accept(self, delivery: Delivery) -> bool:
        """Keeps a delivery; False where it was known and needs no more work.

        A known delivery whose work failed is put to work again, and that is True.
        """

    def ready(self) -> bool:
        """Tells whether the queue can be reached."""
