"""Checks that GitHub sent a delivery.

https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
"""

import hmac

_PREFIX = "sha256="


def sign(secret: bytes, body: bytes) -> str:
    """Returns the `X-Hub-Signature-256` that belongs to a body.

    Args:
        secret: the webhook's secret, not empty.
        body: the raw bytes as sent, before any decoding.

    Raises:
        ValueError: the secret is empty, which would let anybody sign.
    """
    if not secret:
        raise ValueError("the webhook secret is empty")
    return _PREFIX + hmac.new(secret, body, "sha256").hexdigest()


def verifies(secret: bytes, body: bytes, header: str | None) -> bool:
    """Tells whether a signature header belongs to a body, in time that tells nothing."""
    expected = sign(secret, body)
    if header is None or not header.startswith(_PREFIX):
        return False
    return hmac.compare_digest(expected.encode("ascii"), header.encode("utf-8", "replace"))
