"""What a tokenizer makes of texts, and what texts its tokens make."""

from collections.abc import Sequence
from typing import Any

Tokenizer = Any
"""A tokenizer of transformers, which nothing here imports: what lays texts out does without."""
Model = Any
"""A model of transformers, or what has a `config` like one."""
BROKEN = "\ufffd"
"""What stands for bytes that are no whole character."""
_DUMMY = "\u2581"
"""What some tokenizers put before a text."""
ANCHOR = 8
"""How many tokens before a piece are decoded with it, since a first token may lose its space."""


class Wording:
    """A tokenizer, seen as what continues texts.

    Attributes:
        ends: tokens that end a text.
    """

    def __init__(self, tokenizer: Tokenizer, model: Model) -> None:
        self.tokenizer = tokenizer
        self.ends = _ends(tokenizer, model)
        self._specials = _specials(tokenizer)
        self._first = self._begins()
        self._dummy = str(tokenizer.convert_ids_to_tokens(self._plain("a"))[0]).startswith(_DUMMY)

    def neutral(self, text: str) -> str:
        """Breaks in people's text what the tokenizer would read as its special tokens."""
        for special in self._specials:
            text = text.replace(special, f"{special[0]} {special[1:]}")
        return text

    def whole(self, text: str) -> tuple[int, ...]:
        """Returns a text's tokens where nothing stands before it."""
        ids = (*self._first, *self._plain(self.neutral(text)))
        return ids or self._nothing()

    def rendered(self, text: str) -> tuple[int, ...]:
        """Returns the tokens of what a chat template made, which writes its special tokens."""
        return tuple(self._plain(text)) or self._nothing()

    def after(self, text: str) -> tuple[int, ...]:
        """Returns the tokens of a text that follows another."""
        text = self.neutral(text)
        if self._dummy:
            line = self._plain("\n")
            both = self._plain(f"\n{text}")
            if both[: len(line)] == line:
                return tuple(both[len(line) :])
        return tuple(self._plain(text))

    def said(self, before: Sequence[int], ids: Sequence[int]) -> str:
        """Returns the text of tokens that follow others."""
        anchor = list(before[-ANCHOR:])
        return self._text([*anchor, *ids])[len(self._text(anchor)) :]

    def _text(self, ids: list[int]) -> str:
        text = self.tokenizer.decode(
            ids, skip_special_tokens=True, clean_up_tokenization_spaces=False
        )
        assert isinstance(text, str)
        return text

    def _plain(self, text: str) -> list[int]:
        # Whether a text is too long is judged elsewhere, and in words.
        return list(self.tokenizer.encode(text, add_special_tokens=False, verbose=False))

    def _begins(self) -> tuple[int, ...]:
        """Returns what the tokenizer puts before every text; what it puts after is not wanted."""
        with_specials = list(self.tokenizer.encode("a"))
        plain = self._plain("a")
        for at in range(len(with_specials) - len(plain) + 1):
            if with_specials[at : at + len(plain)] == plain:
                return tuple(with_specials[:at])
        return ()

    def _nothing(self) -> tuple[int, ...]:
        """Returns a token to begin with where a prompt has none."""
        first = self.tokenizer.bos_token_id
        if isinstance(first, int):
            return (first,)
        return (min(self.ends),) if self.ends else (0,)


def _ends(tokenizer: Tokenizer, model: Model) -> frozenset[int]:
    """Returns the tokens that end a text, by the first of those that say."""
    asked = (getattr(model, "generation_config", None), model.config, tokenizer)
    for side in asked:
        found = getattr(side, "eos_token_id", None)
        if found is not None:
            return frozenset([found] if isinstance(found, int) else found)
    return frozenset()


def _specials(tokenizer: Tokenizer) -> list[str]:
    """Returns the texts of special tokens, the longest first."""
    added = [str(token) for token in tokenizer.added_tokens_decoder.values() if token.special]
    found = {text for text in (*added, *tokenizer.all_special_tokens) if len(text) > 1}
    return sorted(found, key=lambda text: (-len(text), text))
