"""How prompts and questions about drafts are put to a model, with or without a chat template.

Without one, an answer follows `prompt + opening`, and a question follows the answer. With one,
the prompt is a user's message and the answer the assistant's; a question is a further message
of the user, and yes or no the assistant's next word. What stands between an answer and that
word is found by rendering a conversation around a mark.
"""

from typing import Any

from jinja2 import TemplateError

from app.layouts.templates import fill, template
from app.layouts.wording import Wording

_MARK = "treadle-7d1c-draft"
_THINKING = "enable_thinking"


class Chat:
    """Lays out prompts and questions as tokens."""

    def __init__(self, wording: Wording) -> None:
        self._wording = wording
        self._tokenizer = wording.tokenizer
        self.templated = bool(self._tokenizer.chat_template)
        known = _THINKING in str(self._tokenizer.chat_template)
        self._options: dict[str, Any] = {_THINKING: False} if known else {}

    def prompt(self, text: str, opening: str) -> tuple[int, ...]:
        """Returns the tokens that an answer follows.

        Args:
            text: the prompt.
            opening: what the answer begins with where there is no template.
        """
        if not self.templated:
            return self._wording.whole(text + opening)
        text = self._wording.neutral(text)
        return self._wording.rendered(self._render([("user", text)]))

    def end(self) -> tuple[int, ...]:
        """Returns the token that ends an answer, as training shows it; none where none is known.

        It is the one with which the template ends the assistant's turn, else the tokenizer's.
        """
        ends = self._wording.ends
        if self.templated:
            turns = [("user", "-"), ("assistant", _MARK)]
            after = self._render(turns, opened=False).rpartition(_MARK)[2]
            found = [token for token in self._wording.rendered(after) if token in ends]
            if found:
                return (found[0],)
        own = self._tokenizer.eos_token_id
        return (own,) if own in ends else tuple(sorted(ends)[:1])

    def question(self, text: str) -> tuple[int, ...]:
        """Returns the tokens between a draft and the word that answers a question about it.

        A question that begins on a line of its own is laid out already.
        """
        if self.templated:
            asked = fill(template("judge/reply"), {"question": text.strip()}).strip()
            asked = self._wording.neutral(asked)
            turns = [("user", "-"), ("assistant", _MARK), ("user", asked)]
            try:
                before, mark, after = self._render(turns).rpartition(_MARK)
            except TemplateError:
                # Some templates refuse some conversations; the question then follows as text.
                mark = before = after = ""
            if mark and _MARK not in before and asked in after:
                return tuple(self._wording.rendered(after))
        if not text.startswith("\n"):
            text = fill(template("judge/after"), {"question": text.strip()})
        return self._wording.after(text)

    def _render(self, turns: list[tuple[str, str]], *, opened: bool = True) -> str:
        """Returns a conversation as text, with the assistant's next turn opened or without."""
        text = self._tokenizer.apply_chat_template(
            [{"role": role, "content": said} for role, said in turns],
            tokenize=False,
            add_generation_prompt=opened,
            **self._options,
        )
        assert isinstance(text, str)
        return text
