import pytest

from app.domain import Answer, Passage, Quote, Repository, SourceKind
from app.weave.reply import ABSTAINED, FOOTER, LIMIT, compose, render

REPOSITORY = Repository(id=1, owner="o", name="r", installation_id=2)
SOURCE = Passage(path="docs/my file.md", start_line=3, end_line=9, title="A › B", text="x")
TAUGHT = Passage(
    path="",
    start_line=1,
    end_line=1,
    title="q",
    text="x",
    kind=SourceKind.CORRECTION,
    url="https://github.com/o/r/issues/12#issuecomment-3",
    author="ada",
    memory_id=4,
)


def reply(answer: Answer, footer: str = "") -> str:
    return render(
        answer,
        repository=REPOSITORY,
        commit="abc",
        web_url="https://github.com/",
        footer=footer,
        bot_name="treadle",
    )


def answered(text: str = "Do it. [1]", sources: tuple[Passage, ...] = (SOURCE,)) -> Answer:
    quotes = (Quote(text="Do it.", source=0),)
    return Answer(text=text, quotes=quotes, sources=sources, confidence=0.9, score=1.0)


def test_sources_are_permalinks_to_lines() -> None:
    text = reply(answered())
    assert (
        "1. [`docs/my file.md:3-9`](https://github.com/o/r/blob/abc/docs/my%20file.md#L3-L9), A › B"
        in text
    )
    assert text.endswith(f"<sub>treadle: {FOOTER}</sub>")


def test_other_sources_are_named_as_nearby() -> None:
    near = Passage(path="b.md", start_line=1, end_line=2, title="", text="")
    text = reply(answered(sources=(SOURCE, near)))
    assert "See also [`b.md:1-2`](https://github.com/o/r/blob/abc/b.md#L1-L2)" in text
    assert "2. " not in text


def test_a_correction_names_its_author_without_a_ping() -> None:
    text = reply(answered(sources=(TAUGHT,)))
    assert (
        "1. corrected by `@ada` [in `#12`](https://github.com/o/r/issues/12#issuecomment-3)" in text
    )


def test_abstaining_names_the_nearest_files() -> None:
    answer = Answer(text="", confidence=0.1, score=0.0, abstained=True, nearest=("a b.md",))
    text = reply(answer)
    assert text.startswith(ABSTAINED)
    assert "- [`a b.md`](https://github.com/o/r/blob/abc/a%20b.md)" in text
    assert "Sources" not in text


def test_abstaining_with_nothing_near() -> None:
    answer = Answer(text="", confidence=0.0, score=0.0, abstained=True)
    assert reply(answer).startswith(ABSTAINED + "\n\n<sub>")


def test_the_footer_is_the_repositorys_own_and_harmless() -> None:
    assert reply(answered(), "Ask @ada\n<b>").endswith("<sub>treadle: Ask `@ada` &lt;b></sub>")


def test_long_answers_are_cut_at_a_paragraph_and_keep_their_footer() -> None:
    text = reply(answered("Word after word.\n\n" * 9000))
    assert len(text) <= LIMIT
    assert "…" in text and text.endswith("</sub>")


@pytest.mark.parametrize(
    ("quotes", "wanted"),
    [
        ((), ""),
        ((("A.", 0),), "A. [1]"),
        ((("A.", 0), ("B.", 0), ("C.", 1)), "A. B. [1]\n\nC. [2]"),
        ((("Run:\n\n```\nx\n```", 0),), "Run:\n\n```\nx\n```\n\n[1]"),
        ((("```\nx\n```", 0), ("B.", 0)), "```\nx\n```\n\nB. [1]"),
        ((("A.", 0), ("```\nx\n```", 0)), "A.\n\n```\nx\n```\n\n[1]"),
        ((("Tell @bob.", 0),), "Tell `@bob`. [1]"),
    ],
)
def test_compose(quotes: tuple[tuple[str, int], ...], wanted: str) -> None:
    assert compose([Quote(text=text, source=source) for text, source in quotes]) == wanted
