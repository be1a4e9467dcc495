"""Causal models of a few thousand random parameters, saved as folders."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig, get_peft_model
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import AutoConfig, AutoModelForCausalLM, PreTrainedTokenizerFast

TEXT = (
    "The server listens on port 8080. Set HOST to listen on another address. Yes, it does; no, "
    "it does not. YES or NO? Yes or No. The answer is yes. The answer is no. "
) * 4
TEMPLATE = (
    "{% for message in messages %}<|{{ message.role }}|>{{ message.content }}<eos>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
HIDDEN: Mapping[str, Any] = {
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "max_position_embeddings": 512,
    "initializer_range": 0.4,
}
KINDS: Mapping[str, Mapping[str, Any]] = {
    "llama": {**HIDDEN, "num_key_value_heads": 4},
    "llama-grouped": {**HIDDEN, "num_key_value_heads": 2},
    "qwen2": {**HIDDEN, "num_key_value_heads": 1},
    "gpt2": {"n_embd": 32, "n_layer": 2, "n_head": 2, "n_positions": 512, "initializer_range": 0.4},
    "gpt_neox": {**HIDDEN, "initializer_range": 0.4},
    "mistral": {**HIDDEN, "num_key_value_heads": 2, "sliding_window": 16},
    "gemma2": {
        **HIDDEN,
        "num_key_value_heads": 2,
        "head_dim": 8,
        "sliding_window": 16,
        "query_pre_attn_scalar": 8,
    },
    "bloom": {"hidden_size": 32, "n_layer": 2, "n_head": 2, "initializer_range": 0.4},
    "mamba": {"hidden_size": 32, "num_hidden_layers": 2, "state_size": 4, "initializer_range": 0.4},
}


def tokenizer(*, template: str = "", every_byte: bool = False) -> PreTrainedTokenizerFast:
    """Returns a byte-level tokenizer trained on a little text, with printable ASCII alone or
    with every byte, so that single tokens may be parts of characters."""
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    specials = ["<eos>", "<|user|>", "<|assistant|>"]
    trainer = trainers.BpeTrainer(
        vocab_size=320 if every_byte else 160,
        special_tokens=specials,
        initial_alphabet=[one for one in alphabet if every_byte or one.isascii() or one in "ĠĊ"],
        show_progress=False,
    )
    made.train_from_iterator([TEXT], trainer)
    fast = PreTrainedTokenizerFast(
        tokenizer_object=made, eos_token="<eos>", additional_special_tokens=specials[1:]
    )
    fast.chat_template = template or None
    return fast


def save_model(
    folder: Path, kind: str = "llama", *, template: str = "", every_byte: bool = False
) -> Path:
    """Saves a random model with its tokenizer; returns the folder."""
    words = tokenizer(template=template, every_byte=every_byte)
    config = AutoConfig.for_model(
        kind.split("-")[0],
        **KINDS[kind],
        vocab_size=len(words),
        eos_token_id=words.eos_token_id,
        bos_token_id=None,
        pad_token_id=None,
    )
    torch.manual_seed(0)
    model = AutoModelForCausalLM.from_config(config)
    model.generation_config.eos_token_id = words.eos_token_id
    model.save_pretrained(folder)
    words.save_pretrained(folder)
    return folder


def save_adapter(folder: Path, base: Path, *, seed: int, scale: float = 0.3) -> Path:
    """Saves a random adapter on a saved model; one of scale 0 changes nothing."""
    torch.manual_seed(seed)
    plain = AutoModelForCausalLM.from_pretrained(base)
    config = LoraConfig(
        r=4,
        target_modules="all-linear",
        task_type="CAUSAL_LM",
        # GPT-2 keeps linear weights the other way round.
        fan_in_fan_out=plain.config.model_type == "gpt2",
    )
    model = get_peft_model(plain, config)
    for name, weight in model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(weight, std=scale)
    model.save_pretrained(folder)
    return folder
