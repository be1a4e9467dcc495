import pytest

from app.training.bobbin.heldout import question
from bench.hand import as_quoted, written
from bench.questions import Answer, Answerable, Package, QuestionSet

SENTENCES = (
    "The server listens on port 8080 unless told otherwise.",
    "Set `HOST` to listen on another address. It may be a name.",
    "Logs go to a file.",
)


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Set ``HOST`` to listen on another address.", SENTENCES[1]),
        ("The server listens on port 8080 unless told otherwise.", SENTENCES[0]),
        ("Use :meth:`Server.close` to stop.", "Use `Server.close` to stop."),
    ],
)
def test_an_answer_is_quoted_as_the_product_would(sentence, expected):
    assert as_quoted(Answer(path="made/server.py", sentence=sentence), SENTENCES) == expected


def test_pages_are_laid_out_from_the_files_of_a_package(tmp_path, monkeypatch):
    monkeypatch.setattr("bench.hand.SITE_PACKAGES", tmp_path)
    monkeypatch.setattr(
        "bench.hand.documents", lambda package: ("made/__init__.md", "made/server.md")
    )
    (tmp_path / "made").mkdir()
    (tmp_path / "made" / "__init__.md").write_text("This package serves pages.\n", "utf-8")
    (tmp_path / "made" / "server.md").write_text(
        "The server listens on port 8080.\n\nThe port is 8080, where it listens.\n\n"
        "Logs are written to a file.\n\nThe server stops when the port is taken.\n\n"
        "Old logs are thrown away at night.\n",
        "utf-8",
    )
    item = Answerable(
        id="made-1",
        package="made",
        question="which port does the server use?",
        answers=(
            Answer(path="made/server.md", sentence="The server listens on port 8080."),
            Answer(path="made/server.md", sentence="The port is 8080, where it listens."),
        ),
        kind="what",
    )
    questions = QuestionSet(
        packages={"made": Package(version="1", files=())}, answerable=(item,), unanswerable=()
    )
    (found,) = written(questions)
    assert written(questions)[0].drawn == found.drawn
    for page in (found.drawn, found.hard):
        assert page.sources[question(page).gold[0]] == "The server listens on port 8080."
        assert "The port is 8080, where it listens." not in page.sources
        assert set(page.sources) >= {"Logs are written to a file."}
    assert found.overlap.best("does it stop?", ["Logs.", "The server stops."]) == 1
