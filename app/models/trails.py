"""What is remembered of each ask: tokens of its prompt and of what was sampled after it.

A text that was sampled goes on with its own tokens, since cutting a text and reading it anew
often gives others; a text that never was is read by the tokenizer.
"""

from collections import OrderedDict
from dataclasses import dataclass, field

from app.layouts.chat import Chat
from app.layouts.wording import Wording
from app.models.jobs import Context

MOST = 512
"""How many asks are remembered that nobody said to forget."""


@dataclass(kw_only=True, slots=True)
class Trail:
    """One ask's memory.

    Attributes:
        ids: the prompt's tokens.
        texts: the tokens of each text that was sampled.
        drawn: how many samples were drawn after the tokens of a text.
    """

    ids: tuple[int, ...]
    texts: dict[str, tuple[int, ...]] = field(default_factory=lambda: {"": ()})
    drawn: dict[tuple[int, ...], int] = field(default_factory=dict)


class Trails:
    """The memories of asks, by their contexts."""

    def __init__(self, wording: Wording, chat: Chat) -> None:
        self._wording = wording
        self._chat = chat
        self._trails: OrderedDict[Context, Trail] = OrderedDict()

    def of(self, context: Context) -> Trail:
        """Returns an ask's memory, made when it is first met."""
        trail = self._trails.get(context)
        if trail is None:
            trail = self._trails[context] = Trail(
                ids=self._chat.prompt(context.prompt, context.opening)
            )
            if len(self._trails) > MOST:
                self._trails.popitem(last=False)
        self._trails.move_to_end(context)
        return trail

    def ids(self, trail: Trail, text: str) -> tuple[int, ...]:
        """Returns the tokens of a draft."""
        known = trail.texts.get(text)
        return self._wording.after(text) if known is None else known

    def forget(self, context: Context) -> tuple[int, ...] | None:
        """Forgets an ask; returns its prompt's tokens if no other ask under the adapter has
        the same."""
        trail = self._trails.pop(context, None)
        if trail is None:
            return None
        shared = any(
            kept.ids == trail.ids
            for other, kept in self._trails.items()
            if other.adapter == context.adapter
        )
        return None if shared else trail.ids

    def forget_adapter(self, adapter: str) -> None:
        """Forgets all asks under an adapter."""
        for context in [context for context in self._trails if context.adapter == adapter]:
            del self._trails[context]
