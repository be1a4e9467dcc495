"""A model under test: answers word for word, exact log-probabilities, yes or no; in batches.

Any causal model with a tokenizer, on the CPU in float32, whatever its weights are kept in:
what is measured is the model, not the rounding of a processor. A prompt is read once and its
key-value cache serves the answer and all texts that are scored after it.
"""

import copy
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch
from transformers import (
    AutoModelForCausalLM,
    AutoTokenizer,
    DynamicCache,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)

from app.layouts.numbered import NO, YES
from app.training.padding import padded

CELLS = 24_000
"""The most tokens, padding and copies of prompts included, that one batch holds."""


class Probe:
    """Reads prompts of one model. Without randomness; nothing is kept between calls."""

    def __init__(self, model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase) -> None:
        self.model = model.eval()  # type: ignore[no-untyped-call]
        self.tokenizer = tokenizer
        self.end: int = tokenizer.eos_token_id
        self._yes, self._no = _first_tokens(tokenizer)

    @classmethod
    def load(cls, folder: Path) -> "Probe":
        """Loads a model's folder; no network is used.

        Raises:
            OSError: it is not a whole model's folder.
        """
        model = AutoModelForCausalLM.from_pretrained(
            folder, dtype=torch.float32, local_files_only=True
        )
        return cls(model, AutoTokenizer.from_pretrained(folder, local_files_only=True))

    def ids(self, text: str) -> list[int]:
        """Returns a text's tokens, without any that mark its beginning or end."""
        found: list[int] = self.tokenizer.encode(text, add_special_tokens=False)
        return found

    def answers(self, prompts: Sequence[str], most: Sequence[int]) -> list[str]:
        """Returns the likeliest next token, again and again, after each prompt.

        Ends at the end of text, which is left out, or after so many tokens as `most` says for
        each prompt. The prompt's own text is left out too.
        """
        return self.both(prompts, most, [[]] * len(prompts))[0]

    def logprobs(self, prompts: Sequence[str], texts: Sequence[Sequence[str]]) -> list[list[float]]:
        """Returns log-probabilities in nats of whole answers, the end of text included.

        Args:
            prompts: what comes before.
            texts: for each prompt, the answers to score after it.
        """
        told = self.both(prompts, [0] * len(prompts), texts)[1]
        return [[sum(tokens) for tokens in group] for group in told]

    @torch.inference_mode()
    def both(
        self, prompts: Sequence[str], most: Sequence[int], texts: Sequence[Sequence[str]]
    ) -> tuple[list[str], list[list[list[float]]]]:
        """Returns answers, and log-probabilities in nats [prompt, text, token of the text].

        As `answers` and `logprobs`, with one reading of each prompt.
        """
        rows = [self.ids(prompt) for prompt in prompts]
        scored = [[[*self.ids(text), self.end] for text in group] for group in texts]
        said: list[str] = [""] * len(rows)
        told: list[list[list[float]]] = [[] for _ in rows]
        sizes = [
            max(len(row) + limit, (len(row) + max(map(len, group), default=0)) * len(group))
            for row, limit, group in zip(rows, most, scored, strict=True)
        ]
        for batch in _batches(sizes):
            logits, mask, cache = self._read([rows[at] for at in batch])
            groups = [scored[at] for at in batch]
            flat = iter(self._continuations(groups, logits, mask, copy.deepcopy(cache)))
            answers = self._greedy([most[at] for at in batch], logits, mask, cache)
            for at, group, answer in zip(batch, groups, answers, strict=True):
                told[at] = [next(flat) for _ in group]
                said[at] = str(self.tokenizer.decode(answer, skip_special_tokens=False))
        return said, told

    @torch.inference_mode()
    def yes(self, prompts: Sequence[str]) -> list[float]:
        """Returns log-odds in nats of yes against no as the next word after each prompt.

        All spellings that the tokenizer knows count: `yes`, ` Yes` and so on, by first token.
        """
        rows = [self.ids(prompt) for prompt in prompts]
        found = [0.0] * len(rows)
        for batch in _batches(list(map(len, rows))):
            logits = self._read([rows[at] for at in batch])[0]
            odds = logits[:, self._yes].logsumexp(-1) - logits[:, self._no].logsumexp(-1)
            for at, value in zip(batch, odds.tolist(), strict=True):
                found[at] = value
        return found

    def _read(self, rows: Sequence[list[int]]) -> tuple[torch.Tensor, torch.Tensor, DynamicCache]:
        """Reads prompts: next-token logits [row, token], attended [row, place], the cache."""
        ids, mask = padded(rows, left=True)
        cache = DynamicCache()
        logits = self._forward(ids, mask, cache, logits_to_keep=1)
        return logits[:, -1], mask, cache

    def _forward(
        self, ids: torch.Tensor, mask: torch.Tensor, cache: DynamicCache, **more: Any
    ) -> torch.Tensor:
        """Reads more tokens [row, place] after what the cache has; gives their logits.

        `mask` [row, place] covers the cache's places and the new ones; a token's position is
        the number of places attended before it, so padding does not move it.
        """
        positions = (mask.cumsum(-1) - 1).clamp(min=0)[:, -ids.shape[1] :]
        out = self.model(
            input_ids=ids,
            attention_mask=mask,
            position_ids=positions,
            past_key_values=cache,
            use_cache=True,
            **more,
        )
        logits: torch.Tensor = out.logits.float()
        return logits

    def _greedy(
        self, most: Sequence[int], logits: torch.Tensor, mask: torch.Tensor, cache: DynamicCache
    ) -> list[list[int]]:
        """Goes on after prompts that were read; the cache is changed."""
        said: list[list[int]] = [[] for _ in most]
        going = list(range(len(most)))
        for step in range(max(most)):
            tokens = logits.argmax(-1)
            kept = [
                row
                for row, (at, token) in enumerate(zip(going, tokens.tolist(), strict=True))
                if token != self.end and step < most[at]
            ]
            if not kept:
                break
            if len(kept) < len(going):
                chosen = torch.tensor(kept)
                cache.batch_select_indices(chosen)
                tokens, mask = tokens[chosen], mask[chosen]
                going = [going[row] for row in kept]
            for at, token in zip(going, tokens.tolist(), strict=True):
                said[at].append(token)
            mask = torch.cat([mask, mask.new_ones(len(going), 1)], dim=1)
            logits = self._forward(tokens[:, None], mask, cache)[:, -1]
        return said

    def _continuations(
        self,
        groups: Sequence[Sequence[list[int]]],
        logits: torch.Tensor,
        mask: torch.Tensor,
        cache: DynamicCache,
    ) -> list[list[float]]:
        """Returns the log-probabilities of each continuation's tokens, of each prompt, in order.

        The cache of the prompts that were read is changed.
        """
        owners = torch.tensor([at for at, group in enumerate(groups) for _ in group])
        if not len(owners):
            return []
        ids, real = padded([text for group in groups for text in group], left=False)
        cache.batch_select_indices(owners)
        after = self._forward(ids, torch.cat([mask[owners], real], dim=1), cache)
        before = torch.cat([logits[owners][:, None], after[:, :-1]], dim=1)
        told = before.log_softmax(-1).gather(-1, ids[..., None])[..., 0]
        return [
            row[:length] for row, length in zip(told.tolist(), real.sum(-1).tolist(), strict=True)
        ]


def restricted(options: Sequence[Sequence[int]], told: Sequence[Sequence[float]]) -> int:
    """Returns which option greedy decoding says that may say nothing else.

    Args:
        options: their tokens; none may be there twice, or be the beginning of another.
        told: the log-probability of each token after those before it.

    Raises:
        ValueError: there is no option.
    """
    left = list(range(len(options)))
    at = 0
    while len(left) > 1:
        best = max(left, key=lambda option: told[option][at])
        left = [option for option in left if options[option][at] == options[best][at]]
        at += 1
    if not left:
        raise ValueError("there is nothing that may be said")
    return left[0]


def _batches(sizes: Sequence[int]) -> list[list[int]]:
    """Groups indexes of like size, each group at most `CELLS` when padded to its largest."""
    found: list[list[int]] = []
    for at in sorted((at for at, size in enumerate(sizes) if size), key=lambda at: -sizes[at]):
        if found and sizes[found[-1][0]] * (len(found[-1]) + 1) <= CELLS:
            found[-1].append(at)
        else:
            found.append([at])
    return found


def _first_tokens(tokenizer: PreTrainedTokenizerBase) -> tuple[list[int], list[int]]:
    """Returns the tokens that begin a spelling of yes and of no, and not of the other."""

    def begun(word: str) -> set[int]:
        changes: tuple[Callable[[str], str], ...] = (str.lower, str.capitalize, str.upper)
        spellings = [f"{space}{change(word)}" for space in ("", " ") for change in changes]
        return {tokenizer.encode(text, add_special_tokens=False)[0] for text in spellings}

    yes, no = begun(YES), begun(NO)
    if not yes - no or not no - yes:
        raise ValueError("the tokenizer cannot tell the beginnings of yes and no apart")
    return sorted(yes - no), sorted(no - yes)
