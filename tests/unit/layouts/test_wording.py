from types import SimpleNamespace

import pytest
from tokenizers import Tokenizer, decoders, models, normalizers, processors
from transformers import PreTrainedTokenizerFast

from app.layouts.wording import Wording
from tests.tiny_models import tokenizer


def model(eos: object = None, generation: object = None) -> SimpleNamespace:
    return SimpleNamespace(
        config=SimpleNamespace(eos_token_id=eos),
        generation_config=SimpleNamespace(eos_token_id=generation),
    )


def pieces() -> PreTrainedTokenizerFast:
    """A tokenizer in the manner of SentencePiece: spaces are letters, texts begin with one."""
    letters = ["<unk>", "<s>", "</s>", "\u2581", "a", "b", "\n", "\u2581a", "ab"]
    made = Tokenizer(
        models.BPE(
            vocab={letter: at for at, letter in enumerate(letters)},
            merges=[("\u2581", "a"), ("a", "b")],
            unk_token="<unk>",
        )
    )
    made.normalizer = normalizers.Sequence(
        [normalizers.Prepend("\u2581"), normalizers.Replace(" ", "\u2581")]
    )
    made.decoder = decoders.Sequence(
        [decoders.Replace("\u2581", " "), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
    )
    made.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 1), ("</s>", 2)]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=made, bos_token="<s>", eos_token="</s>", unk_token="<unk>"
    )


@pytest.mark.parametrize(
    ("eos", "generation", "wanted"),
    [(None, [5, 7], {5, 7}), (3, None, {3}), (3, 4, {4}), (None, None, {0})],
)
def test_finds_all_ends(eos: object, generation: object, wanted: set[int]) -> None:
    words = tokenizer()
    assert words.eos_token_id == 0
    assert Wording(words, model(eos, generation)).ends == wanted


def test_a_prompt_begins_as_the_tokenizer_begins_and_does_not_end() -> None:
    wording = Wording(pieces(), model())
    # "▁a" and "b", after the beginning and without the end.
    assert wording.whole("ab") == (1, 7, 5)
    assert wording.whole("") == (1,)


def test_what_follows_has_no_space_that_nobody_wrote() -> None:
    wording = Wording(pieces(), model())
    assert wording.after("ab") == (8,)
    assert wording.after(" a") == (7,)


def test_a_first_token_keeps_its_space() -> None:
    wording = Wording(pieces(), model())
    assert wording.tokenizer.decode([7]) == "a"
    assert wording.said((1, 7, 5), (7, 5)) == " ab"


def test_special_tokens_are_no_text() -> None:
    words = tokenizer()
    wording = Wording(words, model())
    user = words.convert_tokens_to_ids("<|user|>")
    assert wording.said(wording.after("one"), (*wording.after(" two"), user)) == " two"


def test_an_empty_prompt_has_a_token() -> None:
    assert Wording(tokenizer(), model()).whole("") == (0,)
