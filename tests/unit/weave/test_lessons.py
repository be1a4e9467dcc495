from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.domain import (
    Lesson,
    Passage,
    Person,
    PreferenceRow,
    Question,
    Reply,
    RowKind,
    SourceKind,
)
from app.layouts import Layout, numbered
from app.text.layout import without_citations
from app.text.safe import neutralise
from app.weave.drafting import ComposerConfig
from app.weave.lessons import NoLesson, lesson, opinion
from app.weave.lines import Lines
from tests.unit.weave.made import NOW, corpus

PORT = "The server listens on port 8080 by default."
CHANGE = "Set `LOOM_PORT` to change the port of the server."
CHECK = "Run the tests with `make check`."
NETWORK = "They need no network."
WHERE = "On which port does the server listen?"
SOURCE = Passage(
    path="docs/port.md", start_line=1, end_line=3, title="Port", text=f"# Port\n\n{PORT} {CHANGE}\n"
)
LATER = datetime(2026, 2, 1, tzinfo=UTC)


def reply(answer: str = f"{PORT} [1]", question: str = WHERE, **more: object) -> Reply:
    values: dict[str, object] = {
        "id": 7,
        "repository_id": 1,
        "number": 12,
        "comment_id": 30,
        "comment_node_id": "IC_30",
        "url": "https://github.com/o/r/issues/12#issuecomment-30",
        "trigger_comment_id": 29,
        "trigger_node_id": "IC_29",
        "asker": Person(id=2, login="ann"),
        "body": answer,
        "block": {},
        "sources": (SOURCE,),
        "posted_at": NOW,
    }
    return Reply(question=question, answer=answer, **{**values, **more})  # type: ignore[arg-type]


def row(chosen: str = "", rejected: str = "", **more: object) -> PreferenceRow:
    values: dict[str, object] = {
        "kind": RowKind.PAIR if chosen and rejected else RowKind.UNPAIRED,
        "repository_id": 1,
        "reply_id": 7,
        "number": 12,
        "prompt": WHERE,
        "weight": 0.5,
        "people": ("wim",),
        "urls": ("https://github.com/o/r/issues/12#issuecomment-30",),
        "created_at": NOW,
    }
    return PreferenceRow(chosen=chosen, rejected=rejected, **{**values, **more})  # type: ignore[arg-type]


def told(
    *rows: PreferenceRow,
    layout: Layout = Layout.NUMBERED,
    files: dict[str, str] | None = None,
    config: ComposerConfig | None = None,
    **more: object,
) -> Lesson | NoLesson:
    return lesson(
        reply(**more),  # type: ignore[arg-type]
        rows,
        corpus=corpus(files),
        layout=layout,
        config=config,
    )


def taught(*rows: PreferenceRow, **more: object) -> Lesson:
    found = told(*rows, **more)  # type: ignore[arg-type]
    assert isinstance(found, Lesson), found
    return found


def reason(*rows: PreferenceRow, **more: object) -> str:
    found = told(*rows, **more)  # type: ignore[arg-type]
    assert isinstance(found, NoLesson)
    return found.reason


def sources(found: Lesson) -> list[str]:
    lines = found.prompt.split("\n")
    assert lines[0] == "Sources"
    listed = [line for line in lines if line.startswith("[")]
    assert [line[:4] for line in listed] == [f"[{at}] " for at in range(1, len(listed) + 1)]
    return [line[4:] for line in listed]


def lines(found: Lesson, answer: str) -> list[numbered.Line]:
    read = numbered.read(answer)
    assert read is not None
    listed = sources(found)
    assert all(listed[line.number - 1] == line.text for line in read)
    return read


def test_words_before_a_sentence_are_all_that_differs() -> None:
    found = taught(row(f"In short: {PORT}", PORT))

    at = sources(found).index(PORT) + 1
    assert found.chosen == f"In short: [{at}] {PORT}"
    assert found.rejected == f"[{at}] {PORT}"
    assert found.prompt.endswith(f"Question: {WHERE}\nAnswer:\n")
    assert found.is_pair and found.wanted == f"In short: {PORT}"
    assert (found.thread, found.reply_id, found.weight) == (12, 7, 0.5)


@pytest.mark.parametrize(
    "text",
    [
        f"**In short:** {PORT}",
        f"**In short**: {PORT}",
        f"_In short:_ {PORT}",
        f"In short:\n\n{PORT}",
        f"In short:\n{PORT}",
        f"- In short: {PORT}",
        f"In short: {PORT.replace('The', 'the')}",
        f"> In short: {PORT}",
        f"In short: {PORT} {PORT}",
    ],
)
def test_how_people_lay_a_lead_out_does_not_matter(text: str) -> None:
    assert taught(row(text, PORT)).chosen == taught(row(f"In short: {PORT}", PORT)).chosen


def test_the_page_is_that_of_an_answer() -> None:
    found = taught(row(f"In short: {PORT}", PORT))
    other = taught(row("", CHANGE), answer=f"{CHANGE} [1]")
    assert found.prompt == other.prompt
    assert set(sources(found)) >= {PORT, CHANGE}
    assert len(sources(found)) <= 8


def test_every_sentence_that_is_said_stands_on_the_page() -> None:
    found = taught(row(f"{CHECK} {PORT}", f"{PORT} {CHANGE}"), config=ComposerConfig(retrieved=2))
    assert [line.text for line in lines(found, found.chosen)] == [CHECK]
    assert [line.text for line in lines(found, found.rejected)] == [PORT]


@pytest.mark.parametrize(
    ("chosen", "rejected", "good", "bad"),
    [
        (f"{PORT} {CHANGE}", f"{PORT} {CHECK}", CHANGE, CHECK),
        (f"In short: {PORT} {CHANGE}", f"{PORT} {CHECK}", PORT, PORT),
        # What was put in, and what was struck out.
        (f"{PORT} {CHANGE}", PORT, CHANGE, ""),
        (PORT, f"{PORT} {CHANGE}", PORT, CHANGE),
        (f"{PORT} {CHANGE}", "", PORT, ""),
        ("", f"{PORT} {CHANGE}", "", PORT),
    ],
)
def test_a_lesson_is_of_the_first_sentence_that_was_changed(
    chosen: str, rejected: str, good: str, bad: str
) -> None:
    found = taught(row(chosen, rejected))
    for answer, said in ((found.chosen, good), (found.rejected, bad)):
        assert [line.text for line in lines(found, answer)] == [said] if said else not answer


def test_an_answer_that_a_model_said_can_be_read_by_answering() -> None:
    found = taught(row(f"In short: {PORT} {CHANGE}", PORT))
    read = numbered.read(found.chosen)
    assert read is not None and [line.lead for line in read] == ["In short:"]


def test_a_sentence_of_peoples_becomes_a_source() -> None:
    own = "It is port 9090 since the second version."
    found = taught(row(own, PORT))
    assert own in sources(found) and PORT in sources(found)
    assert [line.text for line in lines(found, found.chosen)] == [own]


def test_a_lead_before_a_sentence_of_peoples_is_a_lead() -> None:
    found = taught(row("In short: It is port 9090 since then.", PORT))
    (line,) = lines(found, found.chosen)
    assert (line.lead, line.text) == ("In short:", "It is port 9090 since then.")


MANY = {
    "docs/ports.md": "# Ports\n\n"
    + "".join(f"The port of server {word} is found in its own file. " for word in "abcdefghijkl")
}


def test_where_peoples_sentence_stands_says_nothing() -> None:
    own = "It is port 9090 since the second version."
    found = [taught(row(own), files=MANY, sources=(), id=number) for number in range(1, 201)]
    places = [sources(one).index(own) for one in found]
    # 200 lots over 8 places, 25 each with a deviation of 4.7: these are three away.
    assert all(11 <= places.count(place) <= 39 for place in range(8))
    assert found[0] == taught(row(own), files=MANY, sources=(), id=1)


def test_the_page_gets_no_longer_by_what_people_wrote() -> None:
    own = "It is port 9090 since the second version."
    assert len(sources(taught(row("", PORT), files=MANY))) == 8
    assert len(sources(taught(row(own, PORT), files=MANY))) == 8


def test_no_other_source_is_nearly_what_people_wrote() -> None:
    near = PORT.replace("8080", "8081")
    found = taught(row(near), answer="I could not find this.", sources=())
    assert near in sources(found) and PORT not in sources(found)
    assert {PORT, near} <= set(sources(taught(row(near, PORT)))), "unless both are said"


def test_a_sentence_that_is_not_there_any_more_stands_where_it_stood() -> None:
    gone = Passage(path="docs/a.md", start_line=5, end_line=5, title="", text="It was port 70.")
    found = taught(row("It was port 70.", ""), sources=(gone,), answer="It was port 70. [1]")
    assert sources(found).index("It was port 70.") == sum(
        text in (CHECK, NETWORK) for text in sources(found)
    ), "behind CONTRIBUTING.md and before the other documents"


def test_what_was_made_safe_to_post_is_the_sentence_that_it_was() -> None:
    text = "Ask @olga about #12 on port 80."
    files = {"docs/port.md": f"# Port\n\n{text}\n"}
    posted = neutralise(text)
    assert posted != text
    found = taught(row(f"In short: {posted}", posted), files=files, sources=())
    assert sources(found) == [text]
    assert found.chosen == f"In short: [1] {text}"


def test_an_item_of_two_sentences_is_one_source() -> None:
    item = "The port is 80. It cannot be changed."
    files = {"docs/port.md": f"# Port\n\n- {item}\n- The host is up.\n"}
    found = taught(row(f"In short: {item}", item), files=files, sources=())
    at = sources(found).index(item) + 1
    assert (found.chosen, found.rejected) == (f"In short: [{at}] {item}", f"[{at}] {item}")


def test_code_is_said_with_the_sentence_before_it() -> None:
    code = "Start the server on a port by this:\n\n```sh\nloom serve\n```"
    files = {"docs/port.md": f"# Port\n\n{code}\n"}
    found = taught(row(f"Short answer:\n\n{code}", code), files=files, sources=())
    flat = numbered.flat(code)
    at = sources(found).index(flat) + 1
    assert found.rejected == f"[{at}] {flat}"
    assert found.chosen == f"Short answer: [{at}] {flat}"


def test_a_colon_of_the_source_leads_nothing_in() -> None:
    text = "Default port: it is 8080 here."
    found = taught(row(text), files={"docs/port.md": f"# Port\n\n{text}\n"}, sources=())
    assert found.chosen == f"[1] {text}"


@pytest.mark.parametrize(
    ("chosen", "rejected", "expected"),
    [
        (f"*{PORT}*", PORT, "it was changed only in ways that the model cannot write"),
        ("", "", "nobody who is trusted said anything of it"),
        ("🎉", PORT, "a text of it has no sentence"),
        ("In short:", PORT, "a text of it has no sentence"),
        (" ".join(f"It is number {n}." for n in "12345"), PORT, "it says more sentences than an"),
        (f"A{'n a' * 350}.", PORT, "what it says does not fit on one page"),
        (" ".join(f"{w * 300}." for w in "bcd"), "d" * 200, "what it says does not fit on one"),
    ],
)
def test_what_cannot_be_laid_out_is_told(chosen: str, rejected: str, expected: str) -> None:
    assert reason(row(chosen, rejected)).startswith(expected)


def test_a_question_without_words_gives_none() -> None:
    assert reason(row(PORT), question=" \n") == "the question has no words"


def test_a_vague_question_is_read_with_its_thread() -> None:
    found = lesson(
        reply(question="How do I fix this?"),
        [row(PORT)],
        corpus=corpus(),
        layout=Layout.NUMBERED,
        question=Question(text="How do I fix this?", title="The port of the server is taken"),
    )
    assert isinstance(found, Lesson)
    assert "Question: How do I fix this? The port of the server is taken" in found.prompt


def test_a_vote_alone_is_half_a_lesson() -> None:
    liked, disliked = taught(row(PORT)), taught(row("", PORT))
    assert (liked.rejected, disliked.chosen, disliked.wanted) == ("", "", "")
    assert liked.chosen == disliked.rejected != ""
    assert not liked.is_pair


def test_what_people_say_together_is_the_weight() -> None:
    held = opinion(
        [
            row(CHANGE, PORT, weight=0.5),
            row(CHANGE, weight=0.25, people=("ada",), urls=("http://h/2",), created_at=LATER),
            row(kind=RowKind.COH, text="…", form="p", weight=1.0, people=("bob",)),
        ]
    )
    assert not isinstance(held, NoLesson)
    assert (held.chosen, held.rejected, held.weight) == (CHANGE, PORT, 0.75)
    assert (list(held.people), held.created_at) == (["ada", "wim"], LATER)
    assert held.urls == (row().urls[0], "http://h/2")


def test_votes_against_what_people_left_leave_nothing() -> None:
    assert opinion([row(CHANGE, PORT), row("", CHANGE)]) == NoLesson("people disagree about it")
    assert opinion([row(CHANGE, PORT), row(PORT)]) == NoLesson("people disagree about it")


def test_the_strongest_vote_counts_where_texts_differ() -> None:
    held = opinion([row("", PORT, weight=0.5), row("", CHANGE, weight=1.0)])
    assert not isinstance(held, NoLesson)
    assert (held.rejected, held.weight) == (CHANGE, 1.0)


def test_order_of_rows_does_not_matter() -> None:
    rows: Sequence[PreferenceRow] = [row(CHANGE, PORT), row("", PORT, weight=1.0), row(CHANGE)]
    assert taught(*rows) == taught(*reversed(rows))


# Texts that cite passages.


def text(found: Lesson, number: int) -> str:
    """The source of that number in a prompt of passages."""
    listed = found.prompt.partition("# Sources\n")[2]
    return listed.split(f"[{number}]", 1)[1].split("=" * 8)[1]


def test_marks_of_sources_are_put_back() -> None:
    answer = f"The server is at 8080 by default. [1] {CHANGE} [1]"
    edited = f"In short, the server is at 8080 by default. {CHANGE}"
    found = taught(row(edited, without_citations(answer)), answer=answer, layout=Layout.PASSAGES)
    (mark,) = {part.split("]")[0] for part in found.rejected.split("[")[1:]}
    assert PORT in text(found, int(mark))
    assert found.chosen == (
        f"In short, the server is at 8080 by default. [{mark}] {CHANGE} [{mark}]"
    )
    assert found.rejected == f"The server is at 8080 by default. [{mark}] {CHANGE} [{mark}]"
    assert found.wanted == edited


def test_a_text_keeps_its_lines() -> None:
    edited = f"It is this:\n\n- {PORT}\n- Set `LOOM_PORT` to\n  change the port of the server.\n"
    found = taught(row(edited, PORT), layout=Layout.PASSAGES)
    number = found.rejected.rpartition("[")[2].rstrip("]")
    assert f"- {PORT} [{number}]\n- Set `LOOM_PORT` to\n  change the port" in found.chosen


def test_what_is_new_is_a_source_and_is_cited() -> None:
    new = "Since version 2.4 it listens on 9090."
    found = taught(row(f"{PORT} {new}", PORT), layout=Layout.PASSAGES)
    number = int(found.chosen.rpartition("[")[2].rstrip("]"))
    assert new in text(found, number) and "a correction by wim" in found.prompt
    assert PORT not in text(found, number)


def test_another_wording_is_no_source() -> None:
    found = taught(
        row("By default, the server listens on port 8080.", PORT), layout=Layout.PASSAGES
    )
    assert "a correction by" not in found.prompt


def test_a_passage_that_is_not_found_any_more_is_shown() -> None:
    gone = Passage(path="old.md", start_line=1, end_line=1, title="", text="Zebras eat hay.")
    found = taught(
        row("Zebras eat hay."),
        answer="Zebras eat hay. [1]",
        sources=(gone,),
        layout=Layout.PASSAGES,
    )
    number = int(found.chosen.rpartition("[")[2].rstrip("]"))
    assert "Zebras eat hay." in text(found, number)


def test_a_correction_that_was_cited_is_shown_again() -> None:
    learned = replace(
        SOURCE, path="", kind=SourceKind.CORRECTION, text="Use 70.", author="ada", memory_id=3
    )
    found = taught(row("Use 70."), answer="Use 70. [1]", sources=(learned,), layout=Layout.PASSAGES)
    assert "a correction by ada" in found.prompt


def test_texts_that_cite_nothing_give_none() -> None:
    said = "nothing that can be found today is cited in a text of it"
    assert (
        reason(row("Server, port.", PORT), layout=Layout.PASSAGES, answer="x", sources=()) == said
    )


def test_lines_agree_with_what_answering_reads() -> None:
    found = taught(row(f"In short: {PORT} {CHANGE}", PORT))
    known = Lines.__new__(Lines)
    known.texts = tuple(sources(found))
    known._numbers = {said: at for at, said in enumerate(known.texts, 1)}
    reading = known.read(found.chosen)
    assert reading is not None
    assert (reading.lead, reading.texts) == ("In short:", (PORT,))
