"""A causal model read in batches of tokens: its likeliest answers, log-probabilities and logits.

Nothing is sampled and nothing is kept between calls. Batches hold texts of like length, so that
little is padded; numbers differ from those of single texts by rounding alone.
"""

from collections.abc import Iterator, Sequence
from inspect import signature

import torch
from peft import PeftModel
from torch import Tensor
from transformers import GenerationConfig

from app.training.padding import padded

Ids = Sequence[int]
_CELLS = 24_000
"""Tokens of one batch, padding included."""
_LOGITS = 1 << 26
"""Logits that are computed at once: 256 MiB of them."""
_STRIDE = 40
"""Tokens after which answers that have ended leave the batch."""


class Voice:
    """A model with an adapter that can be switched off; in evaluation mode."""

    def __init__(self, model: PeftModel, ends: frozenset[int]) -> None:
        self._model = model
        self._ends = sorted(ends)
        self._vocabulary = model.get_input_embeddings().weight.shape[0]
        self._keeps = "logits_to_keep" in signature(model.get_base_model().forward).parameters

    def answers(self, prompts: Sequence[Ids], limit: int) -> list[tuple[list[int], bool]]:
        """Returns the likeliest next token again and again, and whether the end came.

        Args:
            prompts: what comes before; none may be empty.
            limit: tokens of an answer at most; its end is left out and not counted.
        """
        said: list[list[int]] = [[] for _ in prompts]
        ended = [False] * len(prompts)
        for start in range(0, limit, _STRIDE):
            going = [at for at in range(len(prompts)) if not ended[at]]
            stride = min(_STRIDE, limit - start)
            sizes = [len(prompts[at]) + len(said[at]) + stride for at in going]
            for batch in _batches(sizes, _CELLS):
                rows = [going[at] for at in batch]
                more = self._continue([[*prompts[at], *said[at]] for at in rows], stride)
                for at, ids in zip(rows, more, strict=True):
                    found = next((n for n, one in enumerate(ids) if one in self._ends), None)
                    said[at] += ids[:found]
                    ended[at] = found is not None
        return list(zip(said, ended, strict=True))

    def logprobs(self, texts: Sequence[tuple[Ids, Ids]]) -> list[float]:
        """Returns the summed log-probability in nats of what follows, for each (before, after).

        What comes before may not be empty.
        """
        found = [0.0] * len(texts)
        sizes = [len(before) + len(after) for before, after in texts]
        for batch in _batches(sizes, min(_CELLS, _LOGITS // self._vocabulary)):
            rows = [[*texts[at][0], *texts[at][1]] for at in batch]
            ids, mask = self._padded(rows, left=False)
            first = min(len(texts[at][0]) for at in batch)
            told = self._logits(ids, mask, ids.shape[1] - first + 1)[:, :-1].log_softmax(-1)
            chosen = told.gather(-1, ids[:, first:, None])[..., 0]
            for at, row in zip(batch, chosen, strict=True):
                before, after = texts[at]
                start = len(before) - first
                found[at] = row[start : start + len(after)].sum().item()
        return found

    def change(self, prompts: Sequence[Ids]) -> float | None:
        """Returns the largest change of a next-token logit that the adapter makes.

        Relative to the largest logit of the base after the same prompt; None without prompts.
        """
        largest = []
        for at in range(len(prompts)):
            ids, mask = self._padded([prompts[at]], left=False)
            led = self._logits(ids, mask, 1)[0, -1]
            with self._model.disable_adapter():
                base = self._logits(ids, mask, 1)[0, -1]
            largest.append((led - base).abs().max() / base.abs().max())
        # Not Python's `max`, which may pass over what is no number.
        return torch.stack(largest).max().item() if largest else None

    @torch.inference_mode()
    def _continue(self, rows: Sequence[Ids], most: int) -> list[list[int]]:
        ids, mask = self._padded(rows, left=True)
        wanted = GenerationConfig(  # type: ignore[no-untyped-call]
            max_new_tokens=most,
            do_sample=False,
            num_beams=1,
            # What a model's own settings may ask for, which is not the likeliest token.
            repetition_penalty=1.0,
            no_repeat_ngram_size=0,
            eos_token_id=self._ends or None,
            pad_token_id=self._ends[0] if self._ends else 0,
        )
        told = self._model.generate(  # type: ignore[no-untyped-call]
            input_ids=ids, attention_mask=mask, generation_config=wanted
        )
        found: list[list[int]] = told[:, ids.shape[1] :].tolist()
        return found

    @torch.inference_mode()
    def _logits(self, ids: Tensor, mask: Tensor, last: int) -> Tensor:
        """Returns logits of the last places, (rows, last, vocabulary), in single precision."""
        kept = {"logits_to_keep": last} if self._keeps else {}
        told = self._model(input_ids=ids, attention_mask=mask, use_cache=False, **kept)
        logits: Tensor = told.logits
        return logits[:, -last:].float()

    def _padded(self, rows: Sequence[Ids], *, left: bool) -> tuple[Tensor, Tensor]:
        """Pads rows, on the model's device; as `padding.padded`."""
        ids, mask = padded(rows, left=left)
        return ids.to(self._model.device), mask.to(self._model.device)


def _batches(sizes: Sequence[int], most: int) -> Iterator[list[int]]:
    """Groups places of like sizes, each group at most so large when padded to its largest."""
    batch: list[int] = []
    for at in sorted(range(len(sizes)), key=lambda at: (-sizes[at], at)):
        if batch and sizes[batch[0]] * (len(batch) + 1) > most:
            yield batch
            batch = []
        batch.append(at)
    if batch:
        yield batch
