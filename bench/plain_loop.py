"""The straightforward way to write and judge with a model: what the engine is measured against."""

from pathlib import Path

import torch
from transformers import AutoModelForCausalLM

from bench.full_pieces import PIECE_TOKENS, TEMPERATURE, TOP_P


class Plain:
    """The straightforward loop."""

    def __init__(self, source: Path, dtype: str) -> None:
        self.model = AutoModelForCausalLM.from_pretrained(source, dtype=getattr(torch, dtype))
        self.model.eval()
        # As in the engine here: the end is a token like any other.
        self.model.generation_config.eos_token_id = None

    @torch.inference_mode()
    def generate(self, ids: tuple[int, ...], count: int, *, greedy: bool = False) -> list[int]:
        """Continues a text by `count` samples; returns the first one's new tokens."""
        tokens = torch.tensor([ids])
        options = (
            {"do_sample": False}
            if greedy
            else {"do_sample": True, "temperature": TEMPERATURE, "top_p": TOP_P, "top_k": 0}
        )
        out = self.model.generate(
            input_ids=tokens,
            attention_mask=torch.ones_like(tokens),
            max_new_tokens=PIECE_TOKENS,
            num_return_sequences=count,
            pad_token_id=0,
            **options,
        )
        found: list[int] = out[0, len(ids) :].tolist()
        return found

    @torch.inference_mode()
    def last(self, ids: tuple[int, ...]) -> torch.Tensor:
        """Returns the logits after a text, [1, vocabulary]."""
        logits: torch.Tensor = self.model(
            input_ids=torch.tensor([ids]), use_cache=False, logits_to_keep=1
        ).logits
        return logits[:, -1]

    @torch.inference_mode()
    def logprob(self, ids: tuple[int, ...], own: int) -> float:
        """Returns the log-probability of a text's last `own` tokens."""
        tokens = torch.tensor([ids])
        said = self.model(input_ids=tokens, use_cache=False).logits[0].log_softmax(-1)
        return float(said[-own - 1 : -1].gather(-1, tokens[0, -own:, None]).sum())
