"""Bobbin's tokenizer: a byte-level BPE of its own, with one token for each source's number."""

import itertools
from collections.abc import Iterable

from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

from app.layouts.numbered import MOST, NO, YES, check, unknown
from app.layouts.templates import template

VOCABULARY = 4096
END = "<eos>"
PADDING = "<pad>"
NUMBERS = tuple(f"[{number}]" for number in range(1, MOST + 1))
_WEIGHT = 2000
"""How often the layout's own words are shown, so that each becomes a token or few."""


def train(texts: Iterable[str], *, vocabulary: int = VOCABULARY) -> PreTrainedTokenizerFast:
    """Trains the tokenizer; the same texts give the same tokenizer.

    Args:
        texts: sentences and questions.
        vocabulary: tokens in all, at least 256 bytes and those with a meaning of their own.
    """
    tokenizer = Tokenizer(models.BPE())
    # Digits alone: numbers are copied figure by figure, and no two differ in their cut.
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Digits(individual_digits=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    own = [AddedToken(text, special=True) for text in (END, PADDING)]
    numbers = [AddedToken(text, special=False, normalized=False) for text in NUMBERS]
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary - len(numbers),
        special_tokens=own,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    layout = _layout()
    shown = itertools.chain.from_iterable(itertools.repeat(layout, _WEIGHT))
    tokenizer.train_from_iterator(itertools.chain(shown, texts), trainer)
    tokenizer.add_tokens(numbers)
    return PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=tokenizer,
        eos_token=END,
        pad_token=PADDING,
        clean_up_tokenization_spaces=False,
        model_max_length=2048,
    )


def own_tokens(tokenizer: PreTrainedTokenizerFast) -> set[int]:
    """Returns the tokens that the layout itself is made of."""
    own = {tokenizer.eos_token_id, tokenizer.pad_token_id}
    for text in (*NUMBERS, *_layout()):
        own |= set(tokenizer.backend_tokenizer.encode(text).ids)
    return own


def _layout() -> list[str]:
    """Lists the words of the layout."""
    checks = [check(template(f"judge/{name}")) for name in ("quotes", "addresses")]
    return [template("bobbin/page"), unknown(), YES, NO, *checks, "Keep: a; b", "Avoid: c"]
