import pytest

from app.weave.gist import gist


@pytest.mark.parametrize(
    ("text", "most", "left"),
    [
        ("", 300, ""),
        ("How do I run it?", 300, "How do I run it?"),
        ("One two.\nHow  do I?", 300, "One two. How do I?"),
        ("One two. How do I? Thanks.", 18, "One two. How do I?"),
        ("One two. How do I? Thanks.", 17, "How do I? Thanks."),
        ("One two. How do I? Thanks.", 9, "How do I?"),
        ("Why? Far too long to fit. And how?", 10, "And how?"),
        ("Tell me of it. Then more.", 14, "Tell me of it."),
        ("Tell me all of it.", 10, "Tell me"),
        ("What is it, and why is it so?", 12, "is it so?"),
        ("x" * 50 + "?", 10, "x" * 9 + "?"),
    ],
)
def test_keeps_what_is_asked(text: str, most: int, left: str) -> None:
    assert gist(text, most) == left
    assert len(gist(text, most)) <= most
