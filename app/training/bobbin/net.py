"""A Llama's forward pass for training: plain matrix products, and chosen heads in the open.

At these sizes it is faster on a CPU than the library's, and pointer losses need the scores of
single attention heads. A test holds it equal to the library's own pass.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import rms_norm, silu
from transformers import LlamaConfig, LlamaForCausalLM


@dataclass(frozen=True, kw_only=True, slots=True)
class Head:
    """An attention head, by layer and place in it, both from 0."""

    layer: int
    place: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Size:
    """The size of the network. The defaults make 3.8 million parameters, 7.7 MB in bfloat16."""

    vocabulary: int = 4096
    width: int = 256
    layers: int = 5
    heads: int = 4
    inner: int = 384
    context: int = 2048


def new(size: Size, seed: int, *, end: int, padding: int) -> LlamaForCausalLM:
    """Makes an untrained network, the same for the same seed."""
    torch.manual_seed(seed)
    config = LlamaConfig(
        vocab_size=size.vocabulary,
        hidden_size=size.width,
        intermediate_size=size.inner,
        num_hidden_layers=size.layers,
        num_attention_heads=size.heads,
        num_key_value_heads=size.heads,
        max_position_embeddings=size.context,
        tie_word_embeddings=True,
        rms_norm_eps=1e-5,
        bos_token_id=None,
        eos_token_id=end,
        pad_token_id=padding,
    )
    return LlamaForCausalLM(config)


def hidden(
    model: LlamaForCausalLM, ids: Tensor, heads: Sequence[Head]
) -> tuple[Tensor, list[Tensor]]:
    """Runs the network over sequences that begin at position 0.

    Args:
        model: a Llama without grouped heads.
        ids: token ids, (batch, length).
        heads: whose scores to return.

    Returns:
        The last hidden states, normalised, (batch, length, width), and for each head its
        attention's scores before the softmax, (batch, length, length), masked to the past.
    """
    config = model.config
    count = config.num_attention_heads
    depth = config.hidden_size // count
    batch, length = ids.shape
    theta = model.model.rotary_emb.config.rope_parameters["rope_theta"]
    cos, sin = _rotation(length, depth, theta, ids.device)
    future = torch.ones(length, length, dtype=torch.bool, device=ids.device).triu(1)
    opened: dict[tuple[int, int], Tensor] = {}
    x = model.model.embed_tokens(ids)
    eps = config.rms_norm_eps
    for at, layer in enumerate(model.model.layers):
        h = rms_norm(x, (x.shape[-1],), layer.input_layernorm.weight, eps)
        own = layer.self_attn
        q, k, v = (
            part(h).view(batch, length, count, depth).transpose(1, 2)
            for part in (own.q_proj, own.k_proj, own.v_proj)
        )
        q, k = _rotate(q, cos, sin), _rotate(k, cos, sin)
        scores = (q @ k.transpose(2, 3)).float() / math.sqrt(depth)
        scores = scores.masked_fill(future, -torch.inf)
        for head in heads:
            if head.layer == at:
                opened[at, head.place] = scores[:, head.place]
        mixed = (torch.softmax(scores, -1).to(v.dtype) @ v).transpose(1, 2)
        x = x + own.o_proj(mixed.reshape(batch, length, count * depth))
        h = rms_norm(x, (x.shape[-1],), layer.post_attention_layernorm.weight, eps)
        x = x + layer.mlp.down_proj(silu(layer.mlp.gate_proj(h)) * layer.mlp.up_proj(h))
    x = rms_norm(x, (x.shape[-1],), model.model.norm.weight, eps)
    return x, [opened[head.layer, head.place] for head in heads]


def _rotation(length: int, depth: int, theta: float, device: torch.device) -> tuple[Tensor, Tensor]:
    steps = torch.arange(0, depth, 2, dtype=torch.float32, device=device) / depth
    angles = torch.arange(length, dtype=torch.float32, device=device)[:, None] / theta**steps
    both = torch.cat((angles, angles), -1)
    return both.cos(), both.sin()


def _rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Rotary position embedding, halves paired (Su et al. 2021, arXiv 2104.09864)."""
    left, right = x.chunk(2, -1)
    turned = torch.cat((-right, left), -1)
    return (x * cos + turned * sin).to(x.dtype)
