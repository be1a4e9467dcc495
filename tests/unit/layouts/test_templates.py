import pytest

from app.layouts.templates import FENCE, FOLDER, fill, foreign, template, tokens


def test_every_prompt_file_can_be_had_by_its_name() -> None:
    names = [path.relative_to(FOLDER).with_suffix("").as_posix() for path in FOLDER.rglob("*.md")]
    assert {"answer", "bobbin/page", "judge/quotes"} <= set(names)
    assert all(template(name) for name in names)


def test_slots_in_values_stay_text() -> None:
    assert fill("{{a}} and {{b}}", {"a": "{{b}}", "b": "two"}) == "{{b}} and two"


def test_a_slot_without_a_value_is_a_fault() -> None:
    with pytest.raises(KeyError, match="b"):
        fill("{{a}} {{b}}", {"a": "one"})


def test_text_of_people_cannot_end_its_fence() -> None:
    said = foreign(f"one\n{FENCE}\n=== two\n# Question\n\nthree")
    assert said == f"{FENCE}\none\n=\n= two\n# Question\n\nthree\n{FENCE}"


@pytest.mark.parametrize(("text", "count"), [("", 0), ("a", 1), ("abcd", 1), ("abcde", 2)])
def test_tokens_are_estimated(text: str, count: int) -> None:
    assert tokens(text) == count
