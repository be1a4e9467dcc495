"""Who ticked what: reading texts that people edited, and histories in which writes cross."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import IssueEdit, Person
from app.feedback.learned_ticks import Flip, Mark, Ticks, flips, mark_of, read

A, B = "a" * 20, "b" * 20
AT = datetime(2026, 5, 4, 12, tzinfo=UTC)
BOT = Person(id=9, login="treadle", is_bot=True)
WALT, MIA = Person(id=1, login="walt"), Person(id=2, login="mia")


def text(write: int, **ticks: bool) -> str:
    names = {"a": A, "b": B}
    lines = [
        f"- [{'x' if ticked else ' '}] `said` <!-- learned {names[name]} -->"
        for name, ticked in ticks.items()
    ]
    return "\n".join([f"<!-- treadle learned 1 write {write} -->", "Words.", *lines])


def edit(number: int, body: str | None, by: Person = BOT) -> IssueEdit:
    return IssueEdit(id=f"E{number}", body=body, by=by, at=AT + timedelta(seconds=number))


GOOD = text(4, a=True, b=False)


@pytest.mark.parametrize(
    ("body", "write", "ticked"),
    [
        (GOOD, 4, {A: True, B: False}),
        (GOOD.replace("\n", "\r\n"), 4, {A: True, B: False}),
        (GOOD.replace("- [x]", "  * [X]"), 4, {A: True, B: False}),
        (GOOD.replace("`said`", "other words, and [x] more"), 4, {A: True, B: False}),
        ("\n".join(reversed(GOOD.split("\n"))), 4, {A: True, B: False}),
        (GOOD.replace("-->", "--> thanks!"), 4, {A: True, B: False}),
        (GOOD.replace("write 4", "write"), 0, {A: True, B: False}),
        (f"{GOOD}\n- [ ] copied <!-- learned {A} -->", 4, {B: False}),
        (f"{GOOD}\n- [x] copied <!-- learned {A} -->", 4, {A: True, B: False}),
        (GOOD.replace("- [x]", "x"), 4, {B: False}),
        (GOOD.replace("- [x]", "- [y]"), 4, {B: False}),
        (GOOD.replace(A, "zzz"), 4, {B: False}),
        ("", 0, {}),
    ],
)
def test_reading(body: str, write: int, ticked: dict[str, bool]) -> None:
    assert read(body) == Ticks(write=write, ticked=ticked)


def found(
    edits: Sequence[IssueEdit], since: Mark | None = None, before: Ticks | None = None
) -> list[tuple[str, bool, str]]:
    mark = since or Mark()
    last = before or Ticks()
    return [
        (one.token[0], one.ticked, one.by.login) for one in flips(edits, since=mark, before=last)
    ]


def test_an_edit_is_who_did_it_and_when() -> None:
    history = [edit(1, text(1, a=True)), edit(2, text(1, a=False), WALT)]
    assert flips(history, since=Mark(), before=Ticks()) == [
        Flip(token=A, ticked=False, by=WALT, at=AT + timedelta(seconds=2))
    ]


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        ([], []),
        ([edit(1, text(1, a=True))], []),
        # Other changes, and new or missing lines, are no ticks.
        ([edit(1, text(1, a=True)), edit(2, text(1, a=True, b=False) + "!", WALT)], []),
        ([edit(1, text(1, a=True, b=True)), edit(2, "gone", WALT)], []),
        # What a bot does is nobody's word.
        ([edit(1, text(1, a=True)), edit(2, text(2, a=False))], []),
        # Two people, one after the other.
        (
            [
                edit(1, text(1, a=True, b=True)),
                edit(2, text(1, a=False, b=True), WALT),
                edit(3, text(1, a=False, b=False), MIA),
            ],
            [("a", False, "walt"), ("b", False, "mia")],
        ),
        # Written over before anybody read it.
        (
            [
                edit(1, text(1, a=True)),
                edit(2, text(1, a=False), WALT),
                edit(3, text(2, a=True)),
            ],
            [("a", False, "walt")],
        ),
        # Made from a text that was written over: only what differs from that one.
        (
            [
                edit(1, text(1, a=True, b=True)),
                edit(2, text(2, a=False, b=True)),
                edit(3, text(1, a=True, b=False), WALT),
            ],
            [("b", False, "walt")],
        ),
        # The first line is gone: compared with what stood there.
        (
            [edit(1, text(1, a=True)), edit(2, text(1, a=False).partition("\n")[2], WALT)],
            [("a", False, "walt")],
        ),
        # A deleted version: what changed then is told by the next one.
        (
            [
                edit(1, text(1, a=True, b=True)),
                edit(2, None, WALT),
                edit(3, text(1, a=False, b=True), MIA),
            ],
            [("a", False, "mia")],
        ),
    ],
)
def test_histories(history: list[IssueEdit], expected: list[tuple[str, bool, str]]) -> None:
    assert found(history) == expected


def test_what_was_read_is_not_read_again() -> None:
    history = [edit(1, text(1, a=True)), edit(2, text(1, a=False), WALT)]
    mark = mark_of(history, Mark())
    assert mark == Mark(edit="E2", at=AT + timedelta(seconds=2))
    assert found(history, mark) == []
    # In the same second, and after the version read last was no longer shown.
    later = IssueEdit(id="E3", body=text(1, a=True), by=MIA, at=mark.at or AT)
    assert found([*history, later], mark) == [("a", True, "mia")]
    assert found([edit(3, text(1, a=True), MIA)], mark, Ticks(write=1, ticked={A: False})) == [
        ("a", True, "mia")
    ]
    assert mark_of([], mark) == mark


def test_where_versions_are_not_shown_the_last_write_is_what_was_before() -> None:
    history = [edit(1, None), edit(2, None, WALT), edit(3, text(7, a=False), WALT)]
    assert found(history, before=Ticks(write=7, ticked={A: True})) == [("a", False, "walt")]


@dataclass
class Page:
    """An issue's text on a GitHub where edits of several cross, and what people meant."""

    history: list[IssueEdit] = field(default_factory=list)
    meant: list[tuple[str, bool, str]] = field(default_factory=list)
    mark: Mark = field(default_factory=Mark)
    before: Ticks = field(default_factory=Ticks)
    taken: list[tuple[str, bool, str]] = field(default_factory=list)
    state: dict[str, bool] = field(default_factory=lambda: {A: True, B: True})
    write: int = 0

    def save(self, body: str, by: Person) -> None:
        self.history.append(edit(len(self.history) + 1, body, by))

    def look(self) -> None:
        """The bot reads."""
        for one in flips(self.history, since=self.mark, before=self.before):
            self.taken.append((one.token, one.ticked, one.by.login))
            self.state[one.token] = one.ticked
        self.mark = mark_of(self.history, self.mark)

    def update(self) -> None:
        """The bot writes what it knew when it last read."""
        self.write += 1
        body = text(self.write, a=self.state[A], b=self.state[B])
        self.save(body, BOT)
        self.before = read(body)

    def tick(self, token: str, by: Person) -> None:
        """A person ticks or unticks a line of what stands there."""
        body = self.history[-1].body or ""
        ticked = not read(body).ticked[token]
        old, new = ("[ ]", "[x]") if ticked else ("[x]", "[ ]")
        line = next(one for one in body.split("\n") if token in one)
        self.save(body.replace(line, line.replace(old, new)), by)
        self.meant.append((token, ticked, by.login))


@given(
    st.lists(
        st.one_of(
            st.just("look"),
            st.just("update"),
            st.tuples(st.sampled_from([A, B]), st.sampled_from([WALT, MIA])),
        ),
        max_size=40,
    )
)
def test_no_tick_is_lost_however_reads_and_writes_of_bot_and_people_cross(
    steps: list[str | tuple[str, Person]],
) -> None:
    page = Page()
    page.update()
    for step in steps:
        if step == "look":
            page.look()
        elif step == "update":
            page.update()
        elif not isinstance(step, str):
            page.tick(*step)
    page.look()
    assert page.taken == page.meant
