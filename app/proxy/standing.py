"""How a webhook proxy's client stands, and what the check list says of it."""

from dataclasses import dataclass

from app.checks import Finding
from app.checks.webhook import DELIVERED_PART

PART = DELIVERED_PART
"""The step of the check list that this stands for."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """How a client stands.

    Attributes:
        host: the proxy's host.
        connected: whether it listens.
        fault: why it does not, in words.
        taken: deliveries that were passed on and taken.
        failed: deliveries that were not.
        last_fault: why the last of them was not; "" where the last delivery was taken.
    """

    host: str
    connected: bool = False
    fault: str = ""
    taken: int = 0
    failed: int = 0
    last_fault: str = ""


def finding(standing: Standing, *, worked: bool = False) -> Finding:
    """Tells whether deliveries come through the proxy and verify.

    GitHub cannot tell: it hears of the proxy alone, which takes whatever it sends.

    Args:
        standing: of the client, since this process started.
        worked: whether deliveries are known to have come before that.
    """
    if not standing.connected:
        return Finding(
            part=PART,
            state="fault" if standing.fault else "open",
            told=f"{standing.host} is not connected: {standing.fault or 'connecting'}",
            remedy="it is tried again by itself; a public https address needs no proxy",
        )
    if standing.last_fault:
        return Finding(
            part=PART,
            state="fault",
            told=f"the last delivery by {standing.host} {standing.last_fault}",
            remedy="have it redelivered on the App's page, under Advanced; what fails again "
            "cannot come by a proxy",
        )
    if not standing.taken:
        return Finding(
            part=PART,
            state="ok" if worked else "open",
            told=f"{standing.host} is connected; nothing came since the start",
            remedy="" if worked else "install the App, or open an issue in a repository of it",
        )
    told = f"deliveries by {standing.host} since the start: {standing.taken}, all verified"
    failed = f"; {standing.failed} failed before" if standing.failed else ""
    return Finding(part=PART, state="ok", told=told + failed)
