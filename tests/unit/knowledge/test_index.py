from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain import Facts
from app.knowledge.archive import File
from app.knowledge.facts import Survey
from app.knowledge.index import IndexedCorpus, Previous, write
from app.knowledge.names import Names

FILES = [
    File.of("docs/tests.md", b"# Tests\n\nRun the suite with `make check`.\n"),
    File.of("docs/install.md", b"# Install\n\nGet it with pip, then start the server.\n"),
    File.of("src/retry.py", b'def retry_limit():\n    """Says how often to try anew."""\n'),
    File.of("src/other.py", b"def quux():\n    zebra = 1\n    return zebra\n"),
]


def corpus(files: list[File] = FILES) -> IndexedCorpus:
    return IndexedCorpus(
        write(files, folder=None, previous=None),
        commit="abc",
        facts=Facts(),
        paths=frozenset(file.path for file in files),
    )


@pytest.mark.parametrize(
    ("question", "path"),
    [
        ("How do I run the tests?", "docs/tests.md"),
        ("how to execute the suites", "docs/tests.md"),
        ("setup with pip", "docs/install.md"),
        ("launch the server", "docs/install.md"),
        ("retryLimit", "src/retry.py"),
        ("src/retry.py", "src/retry.py"),
        ("what is zebra", "src/other.py"),
        ("instalation of the sever", "docs/install.md"),
    ],
)
def test_finds_by_word_relation_name_path_and_despite_a_typo(question: str, path: str) -> None:
    assert corpus().search(question, 3)[0].passage.path == path


@pytest.mark.parametrize(
    "question", ["", "?!", "the of and", "xyzzyplugh", '"a AND (b:c* ~ [', "\\"]
)
def test_odd_questions_are_no_error(question: str) -> None:
    assert len(corpus().search(question, 3)) <= 3


def test_limit_and_order() -> None:
    hits = corpus().search("make pip retry zebra", 3)
    assert len(hits) == 3
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert corpus().search("make", 0) == []


def test_rarity_falls_with_frequency_and_is_never_negative() -> None:
    found = corpus()
    assert found.rarity("zebra") > found.rarity("docs") or found.frequency("docs") == 0
    # ln(1 + (4 - 0 + 0.5) / 0.5) = ln 10
    assert found.rarity("unheard") == pytest.approx(2.302585, abs=1e-6)
    # ln(1 + (4 - 1 + 0.5) / 1.5) = ln 3.3333
    assert found.rarity("zebra") == pytest.approx(1.203973, abs=1e-6)
    assert all(found.rarity(word) >= 0 for word in ("py", "src", "def"))


def test_an_empty_tree_has_a_corpus_that_finds_nothing() -> None:
    assert corpus([]).search("anything", 5) == []
    assert corpus([]).rarity("anything") >= 0


def test_unchanged_files_are_taken_over_changed_ones_are_not() -> None:
    old = write(FILES, folder=None, previous=None)
    known = Previous(old)
    assert len(known.documents(FILES[0])) == 1
    changed = File.of("docs/tests.md", b"# Tests\n\nCall tox instead.\n")
    moved = File.of("docs/moved.md", b"# Install\n\nGet it with pip, then start the server.\n")
    assert known.documents(changed) == []
    assert known.documents(moved) == []
    files = [changed, *FILES[1:]]
    anew = IndexedCorpus(
        write(files, folder=None, previous=known), commit="d", facts=Facts(), paths=frozenset()
    )
    fresh = corpus(files)
    for question in ("run tests", "tox", "pip server", "retry", "zebra", "make check"):
        assert anew.search(question, 9) == fresh.search(question, 9)


def named(files: list[File]) -> IndexedCorpus:
    survey = Survey()
    for file in files:
        survey.see(file)
    return IndexedCorpus(
        write(files, folder=None, previous=None),
        commit="abc",
        facts=survey.facts({}),
        paths=frozenset(file.path for file in files),
        names=Names(survey.names.packed()),
    )


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("retry_limit", True),
        ("Retry_Limit", True),
        ("limit_of", True),
        ("retry_limits", False),
        ("--dry-run", True),
        ("--dry", False),
        ("conf/loom.toml", True),
        ("loom.toml", False),
        ("", False),
    ],
)
def test_knows_exact_names(name: str, known: bool) -> None:
    said = b"Pass --dry-run, or set self.limit_of in `conf/loom.toml`.\n"
    assert named([*FILES, File.of("docs/run.md", said)]).knows(name) is known


def test_tells_names_in_code_from_those_in_words() -> None:
    found = named([*FILES, File.of("src/path.py", b'"""See docs/old.md."""\nP = "a/b.md"\n')])
    assert [found.codes(name) for name in ("docs/old.md", "a/b.md", "A/B.md")] == [0, 1, 1]


def test_gives_passages_that_have_every_word() -> None:
    assert [one.path for one in corpus().having("starting the servers", 5)] == ["docs/install.md"]
    assert corpus().having("start the suite", 5) == []
    assert corpus().having("the of", 5) == []


def test_gives_the_passages_of_a_file() -> None:
    assert [one.title for one in corpus().passages("src/retry.py")] == ["retry_limit"]
    assert corpus().passages("src/none.py") == []


def test_what_fails_leaves_no_thread_that_writes(tmp_path: Path) -> None:
    def broken() -> Iterator[File]:
        raise OSError("the archive ends here")
        yield

    before = set(writing())
    left: set[str] = set()
    for number in range(40):
        folder = tmp_path / str(number)
        folder.mkdir()
        try:
            write(broken(), folder=folder, previous=None)
        except OSError:
            left |= set(writing()) - before
    assert left == set()


def writing() -> Iterator[str]:
    """Yields the ids of this process's threads that write indexes, as Linux tells them."""
    for task in Path("/proc/self/task").iterdir():
        try:
            if (task / "comm").read_text().startswith("thrd-tantivy-in"):
                yield task.name
        except (FileNotFoundError, ProcessLookupError):
            continue  # it ended just now
