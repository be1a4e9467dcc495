"""Holds texts to a format while they are written, token by token, by llguidance.

A format becomes a grammar over the bytes of texts; after each token the grammar says which
tokens may be next, and the others are ruled out before one is drawn. Chosen over outlines-core,
whose JSON schemas are regular expressions and so cannot nest freely, and xgrammar, which brings
its own kernels: this one is a single wheel that knows all three kinds.
https://github.com/guidance-ai/llguidance
"""

import json
from collections import OrderedDict
from collections.abc import Iterable
from functools import cached_property

import structlog
import torch
from llguidance import LLMatcher, LLTokenizer
from torch import Tensor
from transformers import PreTrainedTokenizerBase, PreTrainedTokenizerFast

from app.errors import UserError
from app.layouts.formats import Format

log = structlog.get_logger()

MOST = 32
"""Grammars that are kept ready."""


class Guide:
    """Says which tokens may be next in a text."""

    def __init__(self, matcher: LLMatcher) -> None:
        self._matcher = matcher

    def anew(self) -> "Guide":
        """Returns a guide of its own for a text that begins where this one is."""
        return Guide(self._matcher.deep_copy())

    def hold(self, logits: Tensor) -> None:
        """Rules out, in place, the tokens that cannot be next; `logits` is [vocabulary]."""
        bits = torch.frombuffer(bytearray(self._matcher.compute_bitmask()), dtype=torch.uint8)
        places = torch.arange(8, dtype=torch.uint8)
        allowed = ((bits[:, None] >> places) & 1).flatten().bool()[: len(logits)]
        logits[: len(allowed)].masked_fill_(~allowed.to(logits.device), -torch.inf)
        logits[len(allowed) :] = -torch.inf

    def take(self, token: int) -> bool:
        """Goes on by a token that was allowed; True where nothing can follow it."""
        if not self._matcher.consume_token(token):
            raise RuntimeError("a token was drawn that the format does not allow")
        return self._matcher.is_stopped()


class Guides:
    """Makes guides for one tokenizer."""

    def __init__(
        self, tokenizer: PreTrainedTokenizerBase, ends: Iterable[int], vocabulary: int
    ) -> None:
        """Reads nothing before the first use, which takes about a second for a large tokenizer.

        Args:
            tokenizer: the model's.
            ends: tokens that end a text.
            vocabulary: how many tokens the model has logits for.
        """
        self._given = tokenizer
        self._ends = sorted(ends)
        self._vocabulary = vocabulary
        self._ready: OrderedDict[Format, LLMatcher] = OrderedDict()

    def guide(self, wanted: Format) -> Guide | None:
        """Returns a guide that each text takes its own from; None where the library cannot read
        the tokenizer.

        Raises:
            UserError: the library knows no such format.
        """
        if self._tokenizer is None:
            return None
        matcher = self._ready.get(wanted)
        if matcher is None:
            matcher = LLMatcher(self._tokenizer, _grammar(wanted), log_level=0)
            if matcher.is_error():
                raise UserError(
                    f"No text can be held to this {wanted.kind}: {_line(matcher.get_error())}."
                )
            self._ready[wanted] = matcher
            if len(self._ready) > MOST:
                self._ready.popitem(last=False)
        self._ready.move_to_end(wanted)
        return Guide(matcher)

    @cached_property
    def _tokenizer(self) -> LLTokenizer | None:
        """The tokenizer as the library reads it; it reads those alone that are written in Rust."""
        if not isinstance(self._given, PreTrainedTokenizerFast) or not self._ends:
            log.warning("model.unguided", cause="its tokenizer or the end of its texts is unknown")
            return None
        # A copy: the tokenizer that all else uses must stay as it is.
        spelled = type(self._given.backend_tokenizer).from_str(
            self._given.backend_tokenizer.to_str()
        )
        spelled.no_padding()
        spelled.no_truncation()
        try:
            return LLTokenizer(spelled.to_str(), n_vocab=self._vocabulary, eos_token=self._ends)
        except ValueError as error:
            log.warning("model.unguided", cause=_line(str(error)))
            return None


def _grammar(wanted: Format) -> str:
    if wanted.kind == "schema":
        # Without this a model may write spaces between two marks for ever.
        return LLMatcher.grammar_from_json_schema(
            wanted.spec, overrides={"whitespace_flexible": False}
        )
    if wanted.kind == "regex":
        return LLMatcher.grammar_from_regex(wanted.spec)
    spelled = " | ".join(json.dumps(text, ensure_ascii=False) for text in json.loads(wanted.spec))
    return LLMatcher.grammar_from_lark(f"start: {spelled}")


def _line(said: str) -> str:
    """Returns the first line of a library's message, cut to one sentence's length."""
    return (said.strip().splitlines() or ["no reason given"])[0].rstrip(".:")[:200]
