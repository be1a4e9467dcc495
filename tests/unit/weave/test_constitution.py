"""Constitutions: what their files may say, and what is told of faulty ones."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import ConfigError
from app.layouts.templates import FOLDER, template
from app.weave.calibration import Vote, fit
from app.weave.constitution import STANDARD, Extent, parse, standing
from app.weave.principles import Constitution, Principle, soft_minimum

FILE = "principles.md"
WHOLE = """\
# Ours

weight: 7 says nothing here, above the first principle.

## Addresses the question ##
- weight: 2
- answer: yes

Does the answer address the question?

## Blames
answer: NO
* Weight: 0.5
Does {{answer}} blame who asked {{question}}?
It may be {blunt}, 100 %s.

Weight: this line is of the question, for a question has begun.

# Notes

For people again.

## Short
Is it short?
"""
MINIHF = """\
==[PREAMBLE]==
Answer yes or no and only yes or no.
The bot is called {Treadle}.

==[Principle: Kind: to all; and brief; Weight: 0.7; Answer: no]==
{preamble}

Is the following rude?

=== Begin Response ===
{response}
=== End Response ===

==[principle: Uses {braces}]==
Does this answer "{prompt}", as {{json}} and 100 %?
"""


def constitution(text: str | bytes, **extent: int) -> Constitution:
    data = text.encode() if isinstance(text, str) else text
    found = parse(data, file=FILE, extent=Extent(**extent))
    assert isinstance(found, Constitution), [str(fault) for fault in found]
    return found


def faults(text: str | bytes, **extent: int) -> list[str]:
    data = text.encode() if isinstance(text, str) else text
    found = parse(data, file=FILE, extent=Extent(**extent))
    assert not isinstance(found, Constitution)
    return [str(fault).removeprefix(f"`{FILE}`") for fault in found]


def test_reads_what_people_write() -> None:
    assert constitution(WHOLE).principles == (
        Principle(
            name="Addresses the question",
            question="Does the answer address the question?",
            weight=2.0,
        ),
        Principle(
            name="Blames",
            question=(
                "Does {{answer}} blame who asked {{question}}?\nIt may be {blunt}, 100 %s.\n\n"
                "Weight: this line is of the question, for a question has begun."
            ),
            weight=0.5,
            expected=False,
        ),
        Principle(name="Short", question="Is it short?"),
    )


def test_reads_files_of_minihf() -> None:
    assert constitution(MINIHF).principles == (
        Principle(
            name="Kind: to all; and brief",
            question=(
                "Answer yes or no and only yes or no.\nThe bot is called {Treadle}.\n\n"
                "Is the following rude?\n\n"
                "=== Begin Response ===\n{{answer}}\n=== End Response ==="
            ),
            weight=0.7,
            expected=False,
        ),
        Principle(
            name="Uses {braces}",
            question='Does this answer "{{question}}", as {{json}} and 100 %?',
        ),
    )
    asked = constitution(MINIHF).principles[1].asked("why?")
    assert 'Does this answer "why?", as {{json}} and 100 %?' in asked


@pytest.mark.parametrize(
    ("heading", "name"),
    [("## C", "C"), ("##\tC  ", "C"), ("## C ##", "C"), ("## C# ", "C#"), ("## C# #", "C#")],
)
def test_headings_are_those_of_markdown(heading: str, name: str) -> None:
    assert constitution(f"{heading}\nIs it?").principles[0].name == name
    assert len(constitution(f"{heading}\nIs it\n### so\n#really?").principles) == 1


@pytest.mark.parametrize(
    ("opened", "closed"), [("```md", "```"), ("~~~~", "~~~~~"), ("   ```", " ``` ")]
)
def test_headings_in_a_fence_are_text(opened: str, closed: str) -> None:
    fenced = f"{opened}\n## Steps\n- weight: 3\n``\n{closed}\n"
    text = f"## Form\n\nIs it like this?\n{fenced}\n## Next\n\nWell?\n"
    found = parse(text.encode(), file="a.md")
    assert isinstance(found, Constitution)
    assert [one.name for one in found.principles] == ["Form", "Next"]
    assert "## Steps\n- weight: 3" in found.principles[0].question


def test_an_inline_triple_is_no_fence() -> None:
    text = "## A\n\nIs it ``` like ``` this?\n``` x ```\n\n## B\n\nWell?\n"
    found = parse(text.encode(), file="a.md")
    assert isinstance(found, Constitution)
    assert len(found.principles) == 2


def test_a_preamble_is_no_template() -> None:
    text = "==[PREAMBLE]==\n{prompt} {preamble}\n==[Principle: a]==\n{preamble} Is it?\n"
    (one,) = constitution(text).principles
    assert one.question == "{prompt} {preamble} Is it?"


@pytest.mark.parametrize("ends", ["\r\n", "\r"])
def test_line_ends_of_others_are_read(ends: str) -> None:
    assert constitution("\ufeff" + WHOLE.replace("\n", ends)) == constitution(WHOLE)


def test_strangers_constitutions_are_marked() -> None:
    found = parse(b"## A\nIs it?", file=FILE, fenced=True)
    assert isinstance(found, Constitution) and found.fenced
    assert not constitution("## A\nIs it?").fenced


A = "## A\nIs it?\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", ": it has no principle; each begins with a line `## Its name`"),
        ("# A\nIs it?", ": it has no principle; each begins with a line `## Its name`"),
        ("\n##\nIs it?", ", line 2: a principle needs a name"),
        ("\n## ##\nIs it?", ", line 2: a principle needs a name"),
        ("##A\nIs it?", ", line 1: a heading has a space behind its `##`"),
        (f"## {'a' * 81}\nIs it?", ", line 1: a name has at most 80 characters"),
        (f"{A}## a\nWas it?", ", line 3: the principle of line 1 has the same name"),
        (f"{A}## B\nIs it?", ", line 3: the principle of line 1 asks the same"),
        ("## A\n- weight: 2\n", ", line 1: a principle needs a question, to be answered with "),
        ("## A\n- weight: -1\n\nIs it?", ", line 2: `weight` is a number from 0 to 100; where "),
        ("## A\n- weight: 101\n\nIs it?", ", line 2: `weight` is a number from 0 to 100; "),
        ("## A\n- weight: nan\n\nIs it?", ", line 2: `weight` is a number from 0 to 100; "),
        ("## A\n- weight: inf\n\nIs it?", ", line 2: `weight` is a number from 0 to 100; "),
        ("## A\n- weight:\n\nIs it?", ", line 2: `weight` is a number from 0 to 100; "),
        ("## A\n- answer: maybe\n\nIs it?", ", line 2: `answer` is `yes` or `no`: "),
        ("## A\n- weight: 1\n- weight: 2\nIs it?", ", line 3: `weight` stands here twice"),
        ("## A\n- colour: red\nIs it?", ", line 2: there is no such option; there are `weight`"),
        ("## A\nIs it?\n- answer: no", ", line 3: `answer` stands above the question, not below"),
        ("## A\nIs {{it}}?", ", line 1: its question has a slot that is not known; there are "),
        ("## A\nIs {{ answer }}?", ", line 1: its question has a slot that is not known; "),
        ("## A\n- weight: 0\nIs it?", ": no principle has any weight"),
        ("==[PREAMBLE]==\nhi\n", ": it has no principle"),
        ("==[Principle: a]==\nA?\n==[x]==\nB?", ", line 3: a section begins with `==[Principle:`"),
        ("==[Principle: a; Weight: x]==\nA?", ", line 1: `weight` is a number from 0 to 100; "),
        ("==[Principle:]==\nA?", ", line 1: a principle needs a name"),
        ("==[Principle: a; Answer: 1]==\nA?", ", line 1: `answer` is `yes` or `no`: "),
    ],
)
def test_a_fault_is_told_with_its_place(text: str, told: str) -> None:
    (found,) = faults(text)
    assert found.startswith(told)


def test_all_faults_are_told_at_once_by_their_lines() -> None:
    text = "##A\n- weight: x\n- answer: x\n\n## B\n- answer: x\nIs it?\n- weight: 1\n## b\n"
    lines = [int(found[1]) for one in faults(text) if (found := re.match(r", line (\d+)", one))]
    assert lines == [1, 1, 2, 3, 6, 8, 9, 9]


def test_of_many_faults_20_are_told() -> None:
    assert len(faults("".join(f"## {at}\n" for at in range(40)), principles=99)) == 20


def test_what_is_told_quotes_nothing() -> None:
    evil = "@octo/all <img>"
    text = f"## {evil}\n- weight: {evil}\n- {evil}: 1\n- x: {evil}\n{{{{{evil}}}}}\n## {evil}\n"
    assert not any("octo" in one or "<img" in one for one in faults(text))


def test_is_read_within_bounds() -> None:
    many = "".join(f"## {at}\nIs it {at}?\n" for at in range(5))
    assert len(constitution(many, principles=5).principles) == 5
    assert faults(many, principles=4) == [", line 9: at most 4 principles are read"]
    long = f"## A\n{'x' * 50}"
    assert constitution(long, characters=50)
    assert faults(long, characters=49) == [", line 1: a question has at most 49 characters"]
    assert constitution(long, size=len(long))
    assert faults(long, size=len(long) - 1) == [f": it is larger than {len(long) - 1} bytes"]


def test_a_preamble_counts_with_each_question() -> None:
    text = f"==[PREAMBLE]==\n{'x' * 30}\n==[Principle: a]==\n{{preamble}} Is it?"
    assert constitution(text, characters=37)
    assert faults(text, characters=36)


def test_bytes_that_are_no_text_are_a_fault() -> None:
    assert faults(b"## A\nIs \xff it?") == [", line 2: this is not UTF-8 text"]


@pytest.mark.parametrize(
    ("head", "unit", "tail"),
    [
        ("## ", "#", "x"),
        ("## a", " \t", "x"),
        ("## a\n- ", "\t", ":"),
        ("## a\nweight:", " ", "x"),
        ("## a\n", "b\n", ""),
        ("==[Principle:", ";weight:", ";x]==\n"),
        ("==[", "]==", "x"),
    ],
)
def test_a_strangers_longest_line_takes_no_time_to_speak_of(
    head: str, unit: str, tail: str
) -> None:
    """Without a limit of time: what backtracks takes minutes here."""
    text = head + unit * ((16 * 1024 - len(head + tail)) // len(unit)) + tail
    assert parse(text.encode(), file=FILE)


@given(st.text(alphabet="#=[]:;{}- \n\tPrincipleweightanswer1\u2028\x00é", max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    found = parse(text.encode(), file=FILE)
    if isinstance(found, Constitution):
        assert found.principles and all(one.name and one.question for one in found.principles)
        assert found.questions("why?")
    else:
        assert found and all(str(fault) for fault in found)


@given(
    st.lists(
        st.builds(
            Principle,
            name=st.from_regex(r"[A-Za-z][a-z:;]{0,20}", fullmatch=True),
            question=st.from_regex(r"(Is|Does) [a-z%{} ]{1,40}\?", fullmatch=True),
            weight=st.integers(1, 1000).map(lambda tenths: tenths / 10),
            expected=st.booleans(),
        ),
        min_size=1,
        max_size=12,
        unique_by=(lambda one: one.name.casefold(), lambda one: one.question),
    ).filter(lambda all: not any("{{" in one.question for one in all))
)
def test_what_is_written_is_read_in_both_formats(principles: list[Principle]) -> None:
    answer = {True: "yes", False: "no"}
    ours = "\n\n".join(
        f"## {one.name}\n- weight: {one.weight}\n- answer: {answer[one.expected]}\n\n{one.question}"
        for one in principles
    )
    theirs = "\n\n".join(
        f"==[Principle: {one.name}; Weight: {one.weight}; Answer: {answer[one.expected]}]==\n"
        f"{one.question}"
        for one in principles
    )
    assert constitution(ours).principles == tuple(principles)
    assert constitution(theirs).principles == tuple(principles)


class TestStanding:
    def test_every_file_of_the_folder_is_one(self) -> None:
        names = [path.stem for path in (FOLDER / "constitution").glob("*.md")]
        assert {"default", "careful"} <= set(names)
        assert all(standing(name).principles for name in names)
        assert not any(standing(name).fenced for name in names)

    def test_the_usual_one_asks_what_models_were_always_asked(self) -> None:
        assert [(one.question, one.weight) for one in standing(STANDARD).principles] == [
            (template("judge/addresses"), 1.0),
            (template("judge/supported"), 1.0),
        ]

    def test_one_of_elsewhere_is_named_by_its_path(self, tmp_path: Path) -> None:
        path = tmp_path / "ours.txt"
        path.write_text(MINIHF, "utf-8")
        assert standing(str(path)) == constitution(MINIHF)

    def test_one_may_be_larger_than_what_strangers_write(self, tmp_path: Path) -> None:
        path = tmp_path / "ours.md"
        path.write_text("".join(f"## {at}\n\nIs it {at}?\n" for at in range(50)), "utf-8")
        assert len(standing(str(path)).principles) == 50

    def test_one_that_is_not_there_names_those_that_are(self) -> None:
        with pytest.raises(ConfigError, match="`careful`, `default`") as raised:
            standing("nothing")
        assert raised.value.faults[0].startswith("TREADLE_CONSTITUTION: ")

    def test_all_faults_of_one_are_told(self, tmp_path: Path) -> None:
        path = tmp_path / "ours.md"
        path.write_text("## A\n## B\n", "utf-8")
        with pytest.raises(ConfigError) as raised:
            standing(str(path))
        assert len(raised.value.faults) == 2
        assert all(str(path) in fault for fault in raised.value.faults)


class TestPage:
    PAGE = (FOLDER.parent / "docs" / "constitution.md").read_text("utf-8")

    def test_its_example_is_one(self) -> None:
        example = self.PAGE.split("```markdown\n")[1].split("```")[0]
        read = constitution(example).principles
        assert [(one.weight, one.expected) for one in read] == [(2, True), (2, True), (1, False)]

    def test_its_table_of_soft_minima_is_right(self) -> None:
        rows = re.findall(
            r"^\| ([-\d., ]*\d) \| ([-\d.]+) \| ([-\d.]+) \| ([-\d]+) \|$", self.PAGE, re.MULTILINE
        )
        assert len(rows) == 5
        for listed, mean, soft, least in rows:
            scores = [float(one) for one in listed.split(",")]
            assert float(mean) == sum(scores) / len(scores)
            assert float(soft) == round(soft_minimum(scores, [1.0] * len(scores)), 2)
            assert float(least) == min(scores)

    def test_its_table_of_calibrations_is_right(self) -> None:
        rows = re.findall(r"^\| (\d+) \| ([\d.]+) \| ([\d.]+) \|$", self.PAGE, re.MULTILINE)
        assert len(rows) == 4
        for count, temperature, offset in rows:
            found = fit([Vote(odds=-3.0, liked=True, weight=1.0)] * int(count))
            assert float(temperature) == round(found.temperature, 2)
            assert float(offset) == round(found.offset, 2)
