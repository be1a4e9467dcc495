import pytest

from app.text.terms import FAINT, PART, terms
from app.text.thesaurus import LOOSE, read, related, thesaurus


def test_reads_lines_with_the_first_word_related_to_the_others() -> None:
    found = read(["run execute starts  # a comment", "", "# only a comment", "put_off defers"])
    assert found["run"] == {"execut": 1.0, "start": 1.0}
    assert found["execut"] == {"run": 1.0}
    assert found["put_off"] == {"defer": 1.0}
    assert "defer" not in found


def test_a_word_may_be_related_one_way_and_loosely() -> None:
    found = read(["laggy > latency slow", "slow laggy", "once > single"])
    assert found["laggi"] == {"latenc": LOOSE, "slow": 1.0}
    assert found["slow"] == {"laggi": 1.0}
    assert "latenc" not in found
    assert "singl" not in found


def test_common_words_have_no_relations() -> None:
    assert "the" not in read(["the that", "that thing"])


def test_the_thesaurus_is_large_and_never_relates_a_word_to_itself() -> None:
    assert len(thesaurus()) > 800
    assert all(word not in others for word, others in thesaurus().items())
    assert "execut" in related("run")


@pytest.mark.parametrize(
    ("word", "kin"),
    [
        ("quicker", "quick"),
        ("quicker", "fast"),
        ("bigger", "big"),
        ("unhash", "hash"),
        ("reconnect", "connect"),
        ("connect", "reconnect"),
        ("constructor", "construct"),
    ],
)
def test_words_grown_from_each_other_are_kin(word: str, kin: str) -> None:
    assert related(word)[kin] >= LOOSE**2


def test_short_words_grow_nothing() -> None:
    assert "report" not in related("port")
    assert related("xyzz") == {}


def test_a_turn_of_speech_is_one_term_and_uses_its_words_up() -> None:
    found = {term.word: term.related for term in terms("Can I leave tests out of it?")}
    assert list(found) == ["test", "leav_out"]
    assert "exclud" in found["leav_out"]


def test_a_turn_may_not_be_torn_too_far() -> None:
    words = [term.word for term in terms("leave the many old tests out")]
    assert "leav_out" not in words


def test_words_that_say_little_count_little() -> None:
    shares = {term.word: term.share for term in terms("Wondering about slow caches")}
    assert shares == {"wonder": FAINT, "slow": 1.0, "cach": 1.0}
    assert [term.share for term in terms("7 redirects after 404")] == [FAINT, 1.0, 1.0]


def test_terms_do_not_repeat() -> None:
    assert [term.word for term in terms("test tests testing")] == ["test"]


def test_a_turn_of_speech_is_near_to_its_own_words() -> None:
    (turn,) = [term for term in terms("How do I go back?") if "_" in term.word]
    assert turn.related["back"] == PART
