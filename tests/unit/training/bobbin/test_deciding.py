import pytest

from app.training.bobbin.deciding import decides, scores, whole
from app.training.bobbin.paraphrase import Bit
from app.training.bobbin.questions import Asked
from app.training.bobbin.reading import read

SOURCES = (
    "The server listens on port 8080.",
    "The server writes its log to a file.",
    "Workers share one database connection.",
)


def question(*bits: Bit) -> Asked:
    return Asked("".join(bit.text for bit in bits), (), "keys", bits)


def of(source: int, word: str, said: str = "") -> Bit:
    found = next(each for each in read(SOURCES[source]).words if each.said == word)
    return Bit(said or word, found.start, found.end, found.stems, found.weight)


@pytest.mark.parametrize(
    ("bits", "at", "decided"),
    [
        ((Bit("which "), of(0, "port"), Bit("?")), 0, True),
        ((Bit("which "), of(0, "server")), 0, False),
        ((Bit("my "), of(2, "database", "db")), 2, True),
        ((of(1, "log"), Bit(" port")), 1, True),
        ((Bit("which port"),), 0, False),
    ],
)
def test_decides(bits: tuple[Bit, ...], at: int, decided: bool) -> None:
    assert decides(question(*bits), at, SOURCES) is decided


def test_a_rival_may_share_as_much() -> None:
    sources = (*SOURCES, "The server listens on port 80.")
    asked = question(of(0, "port"))
    assert not decides(asked, 0, sources)
    assert decides(asked, 0, sources, rival=3)


def test_scores_count_rare_words_more() -> None:
    rare, common, none = scores(question(of(0, "port"), Bit(" "), of(1, "server")), SOURCES)
    assert rare > common > 0
    assert none == 0


def test_whole_is_no_less_than_any_score() -> None:
    asked = question(of(0, "port"), Bit(" "), of(0, "server"))
    assert whole(asked, len(SOURCES)) >= max(scores(asked, SOURCES))
