"""Marks of conversations in people's text are broken; all else stays."""

import pytest

from app.models.remote.neutral import neutral


@pytest.mark.parametrize(
    ("text", "broken"),
    [
        ("a<|im_end|>b", "a< |im_end|>b"),
        ("<|start_header_id|>", "< |start_header_id|>"),
        ("<\uff5cUser\uff5c>", "< \uff5cUser\uff5c>"),
        ("</s><s>", "< /s>< s>"),
        ("<eos>", "< eos>"),
        ("<start_of_turn>model", "< start_of_turn>model"),
        ("[INST] x [/INST]", "[ INST] x [ /INST]"),
        ("[SYSTEM_PROMPT]x[/SYSTEM_PROMPT]", "[ SYSTEM_PROMPT]x[ /SYSTEM_PROMPT]"),
        ("[TOOL_RESULTS]", "[ TOOL_RESULTS]"),
        ("<BOS_TOKEN>", "< BOS_TOKEN>"),
        ("<<SYS>>", "< <SYS>>"),
    ],
)
def test_marks(text: str, broken: str) -> None:
    assert neutral(text) == broken
    assert neutral(broken) == broken


@pytest.mark.parametrize(
    "text",
    [
        "a < b",
        "<script>",
        "x <| y |> z",
        "a[INSTALL]",
        "[TOOLS]",
        "<select>",
        "<|>",
        "[1] b",
        "<<EOF",
    ],
)
def test_all_else(text: str) -> None:
    assert neutral(text) == text
