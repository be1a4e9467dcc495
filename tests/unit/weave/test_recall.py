import pytest

from app.domain import MemoryKind, Question
from app.weave.question import take_apart
from app.weave.recall import (
    ALIKE,
    DISLIKED,
    KEPT,
    LIKED,
    STRUCK,
    TAUGHT,
    effect,
    normal,
    recall,
    similarity,
)
from tests.unit.weave.made import memory


def rarity(word: str) -> float:
    return {"\0": 6.0, "run": 2.0}.get(word, 4.0)


def alike(first: str, second: str) -> float:
    return similarity(*(take_apart(Question(text=text), rarity) for text in (first, second)))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("How do I run the tests?", "how to run tests"),
        ("How do I run the tests?", "Which command executes the test suite?"),
        ("What is the default port?", "Which port is the default one?"),
        ("Where do the logs go?", "Where are logs written?"),
    ],
)
def test_paraphrases_are_alike(first: str, second: str) -> None:
    assert alike(first, second) >= ALIKE
    assert alike(first, second) == pytest.approx(alike(second, first))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("How do I run the tests?", "How do I run the server on another port?"),
        ("How do I run the tests?", "How do I install it?"),
        ("What is the default port?", "What is the default encoding of files?"),
        ("How do I run the tests?", ""),
        ("", ""),
    ],
)
def test_other_questions_are_not(first: str, second: str) -> None:
    assert alike(first, second) < ALIKE


def test_the_same_question_is_fully_alike() -> None:
    assert alike("How do I run the tests?", "How do I run the tests?") == pytest.approx(1.0)


def test_recall_tells_what_was_added_removed_and_kept() -> None:
    asked = take_apart(Question(text="How do I run the tests?"), rarity)
    taught = memory(
        "How do I run the tests?", "Use tox. It is quick.", before="Use make. It is quick."
    )
    far = memory("Where do the logs go?", "To the disk.", number=6)
    (found,) = recall(asked, [far, taught], rarity)
    assert (found.added, found.removed, found.kept) == (["use tox"], ["use make"], ["it is quick"])
    assert found.strength == pytest.approx(1.0)
    assert found.passage.memory_id == 5


@pytest.mark.parametrize(
    ("said", "score", "memory_id", "wanted"),
    [
        ("Use tox.", -3.0, 5, 5.0 + TAUGHT),
        ("Use tox.", 2.0, 5, TAUGHT),
        ("Use tox.", 2.0, None, 0.0),
        ("Use make.", 2.0, None, STRUCK),
        ("Use make.", 0.0, None, 2.0 + STRUCK),
        ("Use make.", -9.0, None, 0.0),
        ("It is quick.", 0.0, 5, KEPT),
        ("Something else entirely.", 0.0, None, 0.0),
    ],
)
@pytest.mark.parametrize("weight", [1.0, 0.5, 0.0])
def test_effects_of_a_correction_grow_with_its_weight(
    said: str, score: float, memory_id: int | None, wanted: float, weight: float
) -> None:
    asked = take_apart(Question(text="How do I run the tests?"), rarity)
    before, after = "Use make. It is quick.", "Use tox. It is quick."
    taught = memory("How do I run the tests?", after, before=before, weight=weight)
    recalled = recall(asked, [taught], rarity)
    found = effect(normal(said), score, 2.0, recalled, memory_id)
    assert found == pytest.approx(wanted * weight)


@pytest.mark.parametrize(("kind", "wanted"), [(MemoryKind.GOOD, LIKED), (MemoryKind.BAD, DISLIKED)])
def test_effects_of_examples_grow_with_their_weight(kind: MemoryKind, wanted: float) -> None:
    asked = take_apart(Question(text="How do I run the tests?"), rarity)
    recalled = recall(
        asked, [memory("How do I run the tests?", "Use make.", kind=kind, weight=0.5)], rarity
    )
    assert effect(normal("Use make."), 0.0, 2.0, recalled, None) == pytest.approx(wanted / 2)


OLD = "The server listens on port 8080 by default."
NEW = "The server listens on port 9090 by default."
OTHER = "How many workers does the server start with?"


def test_a_corrected_sentence_is_replaced_whatever_is_asked() -> None:
    asked = take_apart(Question(text=OTHER), rarity)
    taught = memory("What is the default port?", NEW, before=OLD)
    standing = {normal(OLD): 1.5, normal("It starts four workers."): 3.0}
    (found,) = recall(asked, [taught], rarity, standing)
    assert found.similarity == 0.0
    assert found.inherited == {normal(NEW): 1.5}
    assert effect(normal(OLD), 1.5, 3.0, [found], None) == pytest.approx(3.0 - 1.5 + STRUCK)
    assert effect(normal(NEW), 1.5, 3.0, [found], 5) == 0.0


@pytest.mark.parametrize(
    ("before", "after", "standing"),
    [
        (OLD, NEW, {normal("It starts four workers."): 3.0}),
        (OLD, "Yarn is dyed red in the cellar.", {normal(OLD): 1.5}),
    ],
    ids=["the sentence is not offered", "the new text is no version of it"],
)
def test_elsewhere_it_does_not_bear_on_other_questions(
    before: str, after: str, standing: dict[str, float]
) -> None:
    asked = take_apart(Question(text=OTHER), rarity)
    taught = memory("What is the default port?", after, before=before)
    assert recall(asked, [taught], rarity, standing) == []


def test_a_sentence_about_something_else_is_not_struck_for_looking_alike() -> None:
    struck = "To wind yarn with the old wheel, run `wheel wind`."
    alike = "To spin yarn with the old wheel, run `wheel spin`."
    asked = take_apart(Question(text="How do I wind yarn?"), rarity)
    taught = memory("How do I wind yarn?", "To wind yarn, run `jenny wind`.", before=struck)
    recalled = recall(asked, [taught], rarity)
    assert effect(normal(struck), 0.0, 2.0, recalled, None) < 0
    assert effect(normal(alike), 0.0, 2.0, recalled, None) == 0.0


@pytest.mark.parametrize(
    "text",
    [
        "Who uses the loom?",
        "How fast is the loom?",
        "What is the loom written in?",
        "What does the loom weave?",
    ],
)
def test_the_name_of_what_a_repository_is_about_makes_no_questions_alike(text: str) -> None:
    def common(word: str) -> float:
        return {"\0": 2.1, "loom": 0.3}.get(word, 1.0)

    asked = take_apart(Question(text=text), common)
    taught = memory(
        "Where does the loom read its settings from?",
        "The loom reads its settings from `.weave.yml` in the root.",
        before="The loom reads its settings from `.loom.yml` in the root.",
    )
    assert recall(asked, [taught], common) == []


@pytest.mark.parametrize(
    "text",
    [
        "How do I run the tests of the server locally?",
        "How can I run the tests of the server on my machine?",
    ],
)
def test_words_in_common_count_no_less_than_their_kin(text: str) -> None:
    def alike(word: str) -> float:
        return 4.0

    # Nothing is looked up here, as in a repository of a few passages.
    taught = memory("How do I run the tests of the server?", "Use tox.", before="Use make.")
    asked, kin = (
        take_apart(Question(text=one), alike) for one in (text, text.replace("run", "execute"))
    )
    (found,) = recall(asked, [taught], alike)
    assert [one.similarity for one in recall(kin, [taught], alike)] <= [found.similarity]
