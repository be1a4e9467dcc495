import hashlib
from collections import Counter
from pathlib import Path

import pytest

from app.corpora import bootstrapped, rows
from app.corpora.checks import CHECKS, Known
from app.corpora.rows import Row
from app.corpora.texts import gather, split
from app.errors import UserError
from app.knowledge.folder import folder_corpus
from tests.unit.corpora.made import PATHS, texts

PAGES = 32


@pytest.fixture(scope="module")
def made() -> list[Row]:
    return bootstrapped.make(texts(), pages=PAGES, seed=1)


def test_each_question_has_as_many_of_yes_as_of_no_in_either_split(made: list[Row]) -> None:
    counts = Counter((row.name, row.split, row.label) for row in made)

    assert len(made) == PAGES * len(CHECKS)
    for name in CHECKS:
        assert counts[name, "train", True] == counts[name, "train", False] == 12
        assert counts[name, "test", True] == counts[name, "test", False] == 4


def test_labels_are_what_the_checks_say(made: list[Row]) -> None:
    for row in made:
        listed = frozenset(path for path in PATHS if f"`{path}`" in row.sources[-1])
        words = [int(word) for word in row.question.split() if word.isdigit()]
        known = Known(
            answer=row.answer,
            sources=row.sources,
            paths=listed,
            words=words[0] if row.name == "short" else 0,
        )
        assert CHECKS[row.name](known) is row.label, row


def test_what_is_tested_on_is_never_trained_on(made: list[Row]) -> None:
    said = {
        name: {text for row in made if row.split == name for text in row.sources[:-1]}
        for name in ("train", "test")
    }

    assert said["train"] and said["test"]
    assert said["train"].isdisjoint(said["test"])


def test_every_number_of_words_is_asked_about_in_either_split(made: list[Row]) -> None:
    asked = {(row.split, row.question) for row in made if row.name == "short"}

    assert len(asked) == 8


def test_a_page_is_shared_by_all_questions(made: list[Row]) -> None:
    assert len({row.page for row in made}) == PAGES


def test_the_same_seed_gives_the_same_bytes_and_another_one_others(tmp_path: Path) -> None:
    digests = [
        rows.write(
            tmp_path / "rows.jsonl",
            map(rows.values, bootstrapped.make(texts(), pages=4, seed=seed)),
        )
        for seed in (5, 5, 6)
    ]

    assert digests[0] == digests[1] != digests[2]
    data = (tmp_path / "rows.jsonl").read_bytes()
    assert hashlib.sha256(data).hexdigest() == digests[2]


def test_texts_are_the_sentences_of_files_each_in_one_split(tmp_path: Path) -> None:
    sentences = {}
    for at in range(16):
        name = f"page{at}.md"
        sentences[name] = [
            f"The loom number {at} weaves row {line} of the cloth." for line in range(8)
        ]
        body = "\n\n".join([*sentences[name], "See docs/other.md for more of the same kind."])
        (tmp_path / name).write_text(f"# Page {at}\n\n{body}\n\n| a | b |\n| - | - |\n| c | d |\n")

    found = gather(folder_corpus(tmp_path))

    for name, listed in sentences.items():
        assert set(listed) <= set(found.sentences[split(name)])
    assert sum(map(len, found.sentences.values())) == 16 * 8
    assert found.paths == tuple(sorted(sentences))


def test_a_folder_with_too_little_text_is_told_so(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("One sentence that is long enough to be used here.\n")

    with pytest.raises(UserError, match="too little text: 1 sentences"):
        gather(folder_corpus(tmp_path))
