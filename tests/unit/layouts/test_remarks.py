import pytest

from app.layouts.remarks import remark, without_remarks


@pytest.mark.parametrize("names", [(), ("`a`",), ("`a b`", "`--c`")])
@pytest.mark.parametrize("text", ["See `x`{}.", "```\nx\n```\n\n{}", "{}", "a {} b {} c"])
def test_remarks_can_be_taken_out_again(text: str, names: tuple[str, ...]) -> None:
    plain = without_remarks(text.format(*[f" {remark(names)}"] * 2))
    assert "could not find" not in plain
    assert plain.split() == text.replace("{}", "").split()


@pytest.mark.parametrize("text", ["", "I could not find this.", "(I could not find it anywhere)"])
def test_other_text_stays(text: str) -> None:
    assert without_remarks(text) == text


@pytest.mark.parametrize("space", [" ", "\n", "\u2003"])
def test_long_gaps_are_read_in_linear_time(space: str) -> None:
    """As long as a comment may be; what is quadratic takes a minute."""
    text = f"(I could not find {space * 65_000}x"
    assert without_remarks(text) == text
    assert without_remarks(f"x{space * 3}{remark()}.") == "x."
