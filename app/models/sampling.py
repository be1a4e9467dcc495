"""Drawing the next token, the same for a row whatever else is in the batch.

A row has a key, and each draw's number comes from the key and the token's place. The nucleus
of top-p is sampled without sorting: a token drawn from all is taken if the more probable ones
have less than `top_p` together; else it and all that are not more probable are ruled out, and
one is drawn from the rest.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

import torch
from torch import Tensor

from app.models.jobs import ModelSpec


def key(seed: int, ids: Sequence[int], index: int) -> bytes:
    """Returns the key of a row: its seed, the tokens before it, which sample after them it is."""
    return blake2b(repr((seed, tuple(ids), index)).encode(), digest_size=16).digest()


def uniform(row: bytes, step: int, attempt: int) -> float:
    """Returns a number in [0, 1) of 53 bits."""
    place = step.to_bytes(4, "big") + attempt.to_bytes(4, "big")
    bits = int.from_bytes(blake2b(place, key=row, digest_size=8).digest(), "big") >> 11
    return bits / (1 << 53)


@dataclass(frozen=True, kw_only=True, slots=True)
class Sampler:
    """Draws tokens at a temperature (0 takes the likeliest) out of the nucleus of top-p."""

    temperature: float
    top_p: float

    @classmethod
    def of(cls, spec: ModelSpec) -> "Sampler":
        """Returns the sampler that a specification asks for."""
        return cls(temperature=spec.temperature, top_p=spec.top_p)

    def draw(
        self, logits: Tensor, keys: Sequence[bytes], step: int
    ) -> tuple[list[int], list[float]]:
        """Draws one token a row.

        Args:
            logits: [rows, vocabulary], float32.
            keys: one a row.
            step: the token's place in its piece.

        Returns:
            The tokens, and their log-probabilities in nats at temperature 1.
        """
        if self.temperature > 0:
            chosen = self._sample(torch.softmax(logits / self.temperature, -1), keys, step)
        else:
            chosen = logits.argmax(-1)
        said = logits.gather(-1, chosen[:, None])[:, 0] - logits.logsumexp(-1)
        return chosen.tolist(), said.tolist()

    def _sample(self, weights: Tensor, keys: Sequence[bytes], step: int) -> Tensor:
        """Returns the tokens drawn from weights that sum to 1, [rows]."""
        exact = torch.float32 if weights.device.type == "mps" else torch.float64
        chosen = torch.zeros(len(keys), dtype=torch.long, device=weights.device)
        left = torch.arange(len(keys), device=weights.device)
        open_to = weights
        attempt = 0
        while len(left):
            sums = open_to.cumsum(-1, dtype=exact)
            draws = [uniform(keys[row], step, attempt) for row in left.tolist()]
            wanted = torch.tensor(draws, dtype=exact, device=weights.device)[:, None]
            # The first token whose sum is above the number: never one of weight 0.
            found = torch.searchsorted(sums, wanted * sums[:, -1:], right=True)
            found = found.clamp(max=weights.shape[-1] - 1)
            chosen[left] = found[:, 0]
            if self.top_p >= 1:
                break
            limit = weights.gather(-1, found)
            above = torch.where(weights > limit, weights, 0.0).sum(-1)
            outside = (above >= self.top_p).nonzero()[:, 0]
            left, weights = left[outside], weights[outside]
            open_to = torch.where(weights > limit[outside], open_to[outside], 0.0)
            attempt += 1
        return chosen
