import pytest
import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast

from app.errors import UserError
from app.models.spellings import Spellings


def tokenizer(*words: str, bytes_too: str = "") -> PreTrainedTokenizerFast:
    vocabulary = {word: at for at, word in enumerate([*bytes_too, *words])}
    merges = []
    for word in words:
        # Each listed word is the one before it with a letter more.
        merges.append((word[:-1], word[-1]))
    made = Tokenizer(models.BPE(vocab=vocabulary, merges=merges))
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    return PreTrainedTokenizerFast(tokenizer_object=made)


LETTERS = "yesnoYESNOĠt"
MARKS = '"yesnob.-'


def texts(words: PreTrainedTokenizerFast, ids: tuple[int, ...]) -> set[str]:
    return {words.decode([one]) for one in ids}


def test_finds_all_single_tokens() -> None:
    words = tokenizer(
        "Ġn", "Ġno", "Ġnot", "No", "Ġy", "Ġye", "Ġyes", "YE", "YES", bytes_too=LETTERS
    )
    found = Spellings.of(words)
    assert texts(words, found.yes) == {" yes", "YES"}
    assert texts(words, found.no) == {" no", "No"}


def test_marks_around_a_word_are_no_other_word() -> None:
    words = tokenizer('"y', '"ye', '"yes', "ye", "yes", "yes-", "no", "no.", "nob", bytes_too=MARKS)
    found = Spellings.of(words)
    assert texts(words, found.yes) == {'"yes', "yes"}
    assert texts(words, found.no) == {"no", "no."}


def test_takes_first_tokens_where_a_word_has_no_token() -> None:
    words = tokenizer("Ġn", "Ġno", bytes_too=LETTERS)
    found = Spellings.of(words)
    assert texts(words, found.no) == {" no"}
    assert texts(words, found.yes) == {"y", "Y"}


def test_log_odds_add_up_each_side() -> None:
    spellings = Spellings(yes=(0, 1), no=(2,))
    logits = torch.tensor([[0.1, 0.2, 0.4, 0.3]]).log()
    # (.1 + .2) / .4
    assert spellings.odds(logits) == pytest.approx([torch.tensor(0.75).log().item()])


def test_a_missing_side_is_all_the_rest() -> None:
    logits = torch.tensor([[0.1, 0.2, 0.4, 0.3]]).log()
    # .1 against .9, and the other way round.
    nine = torch.tensor(9.0).log().item()
    assert Spellings(yes=(0,), no=()).odds(logits) == pytest.approx([-nine])
    assert Spellings(yes=(), no=(0,)).odds(logits) == pytest.approx([nine])


def test_says_that_a_model_can_say_neither() -> None:
    with pytest.raises(UserError, match="yes or no"):
        Spellings(yes=(), no=()).odds(torch.zeros(1, 4))
