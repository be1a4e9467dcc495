import pytest

from app.weave.blocks import imitates, read


def shown(text: str, *, finished: bool = True) -> list[tuple[str, list[str]]]:
    return [
        (block.prefix, [one.text for one in block.sentences])
        for block in read(text, finished=finished)
    ]


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        ("", []),
        ("One.\nTwo. Three.", [("", ["One.", "Two.", "Three."])]),
        ("One.\n\nTwo.", [("", ["One."]), ("", ["Two."])]),
        ("- One.\n  Two.\n- Three", [("- ", ["One.", "Two."]), ("- ", ["Three"])]),
        ("# Head\nOne.", [("# ", ["Head"]), ("", ["One."])]),
        ("| a. b |\n|---|\nOne.", [("", ["| a. b |"]), ("", ["|---|"]), ("", ["One."])]),
        ("> One.\n> Two.", [("> ", ["One."]), ("> ", ["Two."])]),
        ("1. One.\n   - Two.", [("1. ", ["One."]), ("   - ", ["Two."])]),
        (
            "One:\n```sh\na. b\n```\nTwo.",
            [("", ["One:"]), ("", ["```sh\na. b\n```"]), ("", ["Two."])],
        ),
        ("````\n```\n````", [("", ["````\n```\n````"])]),
        ("One <!-- two\n\nthree --> four.", [("", ["One four."])]),
        ("One.\n\nSources:\n- a", [("", ["One."])]),
        ("Sources are good.", [("", ["Sources are good."])]),
    ],
)
def test_takes_markdown_apart(text: str, blocks: list[tuple[str, list[str]]]) -> None:
    assert shown(text) == blocks


@pytest.mark.parametrize(
    ("text", "cites"),
    [
        ("One. [1] Two. [2]", [(1,), (2,)]),
        ("[1] One. [2] Two.", [(1,), (2,)]),
        ("One [1]. Two [2][3].", [(1,), (2, 3)]),
        ("One [1; 2] two [2].", [(1, 2)]),
        ("One.\n\n[4]", [(4,)]),
        ("See [1](https://x.example).", [()]),
        ("Use `a[1]`.", [()]),
        ("[5]", []),
    ],
)
def test_marks_belong_to_sentences(text: str, cites: list[tuple[int, ...]]) -> None:
    found = [one.cites for block in read(text, finished=True) for one in block.sentences]
    assert found == cites


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        ("One. Tw", [("", ["One."])]),
        ("One. Two.", [("", ["One.", "Two."])]),
        ("One.\n\n- Tw", [("", ["One."])]),
        ("One.\n\n```\ncode", [("", ["One."])]),
        ("One.\n\n```\ncode\n```\n", [("", ["One."]), ("", ["```\ncode\n```"])]),
        ("On", []),
    ],
)
def test_an_unfinished_end_goes(text: str, blocks: list[tuple[str, list[str]]]) -> None:
    assert shown(text, finished=False) == blocks


@pytest.mark.parametrize(
    ("code", "imitation"),
    [("make", False), ("<!-- treadle {}", True), ("  <sub>x</sub>", True), ("**Sources**", True)],
)
def test_a_fence_may_not_imitate_the_reply(code: str, imitation: bool) -> None:
    (block,) = read(f"```\n{code}\n```", finished=True)
    assert imitates(block) is imitation
