"""Digests of texts, by which formats name rows and draw what is to look like chance."""

import hashlib


def digest(*texts: str) -> str:
    """Returns 32 hexadecimal digits that depend on all of some texts, and on nothing else."""
    return hashlib.sha256("\0".join(texts).encode("utf-8", "replace")).hexdigest()[:32]
