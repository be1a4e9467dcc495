"""A model of a few thousand parameters that knows nothing, and its tokenizer."""

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

TEXT = (
    "Sources [1] The server listens on port 8080. Question: where does it listen? Answer:",
    "Check: Does the answer address the question? yes no Yes No Keep: Avoid: Short answer:",
)
MARKS = [f"[{number}]" for number in range(1, 10)]


def tokenizer() -> PreTrainedTokenizerFast:
    """Returns a byte-level tokenizer in which `[1]` to `[9]`, yes and no are single tokens."""
    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=320,
        special_tokens=["<eos>", *MARKS],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    made.train_from_iterator(TEXT * 4, trainer)
    return PreTrainedTokenizerFast(
        tokenizer_object=made, eos_token="<eos>", clean_up_tokenization_spaces=False
    )


def model(words: PreTrainedTokenizerFast, seed: int = 0) -> LlamaForCausalLM:
    """Returns a model of random weights."""
    torch.manual_seed(seed)
    config = LlamaConfig(
        vocab_size=len(words),
        hidden_size=16,
        intermediate_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=2,
        max_position_embeddings=512,
        tie_word_embeddings=True,
        bos_token_id=None,
        eos_token_id=words.eos_token_id,
        initializer_range=0.4,
    )
    return LlamaForCausalLM(config).eval()
