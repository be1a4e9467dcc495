import pytest

from app.weave.grammar import things


@pytest.mark.parametrize(
    ("question", "nouns"),
    [
        ("How do I renew the certificates?", {"certif"}),
        ("make it vanish once the loop is through", {"loop"}),
        ("How do I read how busy the GPU is?", {"gpu"}),
        ("Does it run on Windows 11?", {"window", "11"}),
        ("what would be shown on screen", {"screen"}),
        ("drop idle keep-alive connections", {"idl", "keep-alive", "keep", "aliv", "connect"}),
        ("Where is the log file quickly written?", {"log", "file"}),
        ("Is it?", set()),
        ("", set()),
    ],
)
def test_nouns_are_told_by_the_words_before_them(question, nouns):
    assert things(question) == nouns


def test_a_word_is_what_it_is_first():
    # "lock" after "to" is a verb, though the second one is a noun.
    assert things("I want to lock the lock") == frozenset()
    assert things("Which lock can lock a file?") == {"lock", "file"}
