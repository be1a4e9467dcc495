"""What makes two memories, or two preference rows, the same one."""

import hashlib

from app.domain import Memory, PreferenceRow
from app.store.types import storable


def memory_digest(memory: Memory) -> str:
    """Names a memory by what makes it the same one: kind, texts and author."""
    return _named(memory.kind.value, memory.before, memory.after, memory.author)


def row_digest(row: PreferenceRow) -> str:
    """Names a preference row by what it trains on, whoever is behind it."""
    return _named(row.kind.value, row.form, row.prompt, row.chosen, row.rejected, row.text)


def _named(*parts: str) -> str:
    return hashlib.sha256("\0".join(storable(part) for part in parts).encode()).hexdigest()
