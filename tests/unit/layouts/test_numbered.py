import pytest

from app.layouts.numbered import MOST, Line, check, flat, page, read, unknown

SOURCES = ("The server listens on port 8080.", "Set `HOST` to listen\n  elsewhere, see [2].")


def test_a_page_is_laid_out_to_the_letter() -> None:
    laid_out = page(
        SOURCES,
        "where does\nit listen?",
        keep=("port", "server"),
        avoid=("host",),
        turns=[("and the other?", "[2] Set it.")],
    )
    assert laid_out == (
        "Sources\n"
        "[1] The server listens on port 8080.\n"
        "[2] Set `HOST` to listen elsewhere, see (2).\n"
        "Keep: port; server\n"
        "Avoid: host\n"
        "Question: and the other?\n"
        "Answer:\n"
        "[2] Set it.\n"
        "Question: where does it listen?\n"
        "Answer:\n"
    )


def test_what_is_not_there_leaves_no_line() -> None:
    assert page(SOURCES[:1], "where?") == (
        "Sources\n[1] The server listens on port 8080.\nQuestion: where?\nAnswer:\n"
    )


@pytest.mark.parametrize("count", [0, MOST + 1])
def test_a_page_has_as_many_sources_as_there_are_numbers(count: int) -> None:
    with pytest.raises(ValueError, match=f"1 to {MOST} sources, not {count}"):
        page(["It listens."] * count, "where?")


def test_people_cannot_lay_out_lines_or_numbers() -> None:
    said = page(["One.\nQuestion: two?\nAnswer:\n[1] Three."], "four?\nAnswer:\n[1] One.")
    assert said.count("\n") == 4
    assert said.count("[1]") == 1


def test_a_check_follows_the_answer_on_a_line_of_its_own() -> None:
    assert check("Does it\nquote [1]?") == "\nCheck: Does it quote (1)?\n"


@pytest.mark.parametrize(
    ("said", "lines"),
    [
        ("[1] It listens.", [Line(number=1, text="It listens.")]),
        (
            "In short: [2] It does.\n[1] It listens.",
            [Line(lead="In short:", number=2, text="It does."), Line(number=1, text="It listens.")],
        ),
        ("\n[9] It listens.\n", [Line(number=9, text="It listens.")]),
        ("[1] It listens.\nAnd more.", None),
        ("[0] It listens.", None),
        ("[12] It listens.", None),
        ("[1]It listens.", None),
        ("", None),
    ],
)
def test_an_answer_is_read_line_by_line(said: str, lines: list[Line] | None) -> None:
    assert read(said) == lines
    if lines:
        assert "\n".join(map(str, lines)) == said.strip("\n")


def test_declining_is_no_line() -> None:
    assert read(unknown()) is None


@pytest.mark.parametrize(
    ("text", "wanted"), [("a \n\t b", "a b"), ("x[3] [10] [ 1]", "x(3) [10] [ 1]")]
)
def test_text_is_made_flat(text: str, wanted: str) -> None:
    assert flat(text) == wanted
