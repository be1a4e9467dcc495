import pytest

from app.domain import Dictionary, Question
from app.knowledge.archive import File
from app.knowledge.facts import Survey
from app.knowledge.index import IndexedCorpus, write
from app.knowledge.names import Names
from app.layouts import Layout
from app.models.extract import Extract
from app.weave.answer import Composer
from app.weave.claims import Ungrounded
from app.weave.drafting import ComposerConfig
from app.weave.grounding import BOUND, NOT_IN_TREE, WEIGHTS, Grounding
from tests.unit.weave.models import Scripted, ask_model, says

GROUND = Grounding(
    {"README.md", ".github/treadle.yml", "src/app/main.py", "docs/guide.md"},
    ["Set `max_size` or pass --fast. See docs/old.md and conf/user.toml."],
)
FILES = {
    "README.md": "# Loom\n\nSee https://loom.example/guide. Answers never sleep at night.\n",
    "docs/guide.md": "# Guide\n\nWrite docs/made.md by `loom weave`. Old: docs/gone.md.\n",
    ".github/.ubiquibot-config.yml": "plugins:\n  - name: ask\n",
    "loom/__init__.py": "from loom.core import Loom\n",
    "loom/core.py": (
        "class Loom:\n    def load_all(self, max_size=3):\n        return OUT\n\n\n"
        'OUT = "docs/made.md"\n'
    ),
    "loom/settings.py": (
        'PREFIX = "LOOM_"\n\n\nclass Settings:\n    thread_count: int = 4\n'
        '    min_score = field("--min-score")\n'
    ),
    "loom/cli.py": (
        "import typer\n\n\n@app.command()\ndef weave(dry_run: bool = False):\n    pass\n\n\n"
        '@app.command("clean-up")\ndef clean():\n    """Removes what status says."""\n'
    ),
    "Makefile": "check: lint\n\tpytest -q\n\nlint:\n\truff check tests\n",
    "package.json": '{\n  "name": "loom",\n  "scripts": {\n    "build": "tsc"\n  }\n}\n',
    "pyproject.toml": '[project]\nname = "loom"\n\n[project.scripts]\nloom = "loom.cli:app"\n',
}


def corpus(files: dict[str, str]) -> IndexedCorpus:
    survey = Survey()
    read = [File.of(path, text.encode()) for path, text in files.items()]
    for file in read:
        survey.see(file)
    return IndexedCorpus(
        write(read, folder=None, previous=None),
        commit="c0ffee",
        facts=survey.facts({}),
        paths=frozenset(files),
        names=Names(survey.names.packed()),
    )


CORPUS = corpus(FILES)
LOOM = Grounding.of(CORPUS, CORPUS.passages("README.md"))


@pytest.mark.parametrize(
    ("text", "score"),
    [
        ("Edit `.github/treadle.yml`.", 0.0),
        ("Edit main.py.", 0.0),
        ("Edit app/main.py.", 0.0),
        ("Look into src/app.", 0.0),
        ("Set `max_size` with --fast.", 0.0),
        ("Edit `.github/treadle.json`.", -1.0),
        ("Set `min_size` with --slow.", -2.0),
        ("It is in docs/old.md.", NOT_IN_TREE),
        ("It is in conf/user.toml.", 0.0),
        ("It is in ~/.config/x.toml or https://x.org/a.md.", -1.0),
        ("He says “the size is max”.", WEIGHTS["quotation"]),
        ("Plain words only.", 0.0),
        ("`a_b` `c_d` `e_f` `g_h` `i_j` `k_l`", BOUND),
    ],
)
def test_names_that_do_not_exist_count_against_a_draft(text: str, score: float) -> None:
    assert GROUND.score(text) == pytest.approx(score)


def test_says_which_names_are_missing() -> None:
    assert GROUND.missing("Set `min_size` in README.md, then `min_size`.") == ["min_size"]


@pytest.mark.parametrize(
    "text",
    [
        "Edit `loom/core.py:2`, `core.py`, `readme.md` or ./docs/guide.md.",
        "See https://github.com/o/r/blob/main/loom/core.py#L2 and [it](docs/guide.md#guide).",
        "It writes docs/made.md and leaves `.env`, `dist/` and `node_modules`.",
        "Pass `--min-score`, `--dry-run` or --no-dry-run, or `--help`.",
        "Run `make check`, `make -j4 lint`, `npm run build`, `npm install`.",
        "Run `loom weave`, `loom clean-up --dry-run`, `python -m loom.cli`, `python -m venv x`.",
        "Push to `origin/main` of `loomers/loom`; pull `loomers/loom:latest`.",
        "Run `git commit --amend`, `pip install -e .`, `docker run --rm x`.",
        "Set `thread_count`, LOOM_THREAD_COUNT, `min-score` or `Settings.min_score`.",
        "Call `load_all()`, `Loom.load_all`, `loom.core.Loom`, `from loom import Loom`.",
        "Use `os.path.join`, `MAX_SIZE` or `self.max_size`.",
        "It says “Answers never sleep” and “removes what … says”.",
        'As *README* puts it: "answers NEVER sleep at   night".',
        "Two `Loom`s, or Looms; [![x](https://loom.example/guide)](https://loom.example/guide).",
        "See <https://loom.example/guide/> or http://localhost:8080/x.",
        "There is no `--deep` option, and `load_none` does not exist.",
        "There is no such file `nope.yml`, nor any other: no option named `--deep`.",
        "Runs on Windows/macOS/Linux and x86_64; read/write/execute; `std::vector`.",
        "Say `my_value = load_all()`; serve it by `uvicorn loom:app --reload`.",
        "It is `--dry-run`, not `--deep`; there isn't a `load_none`.",
    ],
)
def test_what_exists(text: str) -> None:
    assert LOOM.missing(text) == []


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("Edit `loom/cores.py`.", ["loom/cores.py"]),
        ("Edit `docs/core.py`.", ["docs/core.py"]),
        ("Edit `loom/core.toml`.", ["loom/core.toml"]),
        ("Edit helpers.py.", ["helpers.py"]),
        ("Look into loom/weaving/deep or `weaving/`.", ["loom/weaving/deep", "weaving/"]),
        ("If you do not set `LOOM_COUNT`, it is 3.", ["LOOM_COUNT"]),
        ("`LOOM_COUNT` does not have a default.", ["LOOM_COUNT"]),
        ("It runs without editing `nope.yml`.", ["nope.yml"]),
        ("See https://github.com/o/r/blob/main/loom/cores.py#L2.",) * 1
        + (["https://github.com/o/r/blob/main/loom/cores.py#L2"],),
        ("Old: docs/gone.md.", ["docs/gone.md"]),
        ("Pass `--min-scores`, --fast.", ["--min-scores", "--fast"]),
        ("Run `make tests`.", ["make tests"]),
        ("Set `LOOM_COUNT` in `docs/guides`.", ["LOOM_COUNT", "docs/guides"]),
        ("Run `npm run tests`.", ["npm run tests"]),
        ("Run `loom status`.", ["loom status"]),
        ("Run `loomctl start`.", ["loomctl start"]),
        ("Run `python -m loom.clj`.", ["python -m loom.clj"]),
        ("Set `thread_counts` or LOOM_THREADS.", ["thread_counts", "LOOM_THREADS"]),
        (
            "Call `Loom.load_none` or `loom.core.Settings`.",
            ["Loom.load_none", "loom.core.Settings"],
        ),
        ("It says “answers seldom sleep at night”.", ["answers seldom sleep at night"]),
        ("See https://loom.example/guides.", ["https://loom.example/guides"]),
        ("```sh\nloom weave --deep\n```", ["--deep"]),
        (
            "```python\nfrom loom.core import Looms\nx = Looms(sizes=3)\n```",
            ["loom.core.Looms", "sizes"],
        ),
    ],
)
def test_what_exists_nowhere(text: str, missing: list[str]) -> None:
    assert LOOM.missing(text) == missing


SEED = {
    "README.md": "# Bot\n\nThe bot reads its settings from a configuration file.\n",
    ".github/.ubiquibot-config.yml": "plugins:\n  - name: ask\n",
}
ASKED = "Where does the bot read its settings from?"
WRITTEN = (
    "The bot reads its settings from a configuration file. [1] "
    "Add `.ubiquity-os.config.yml` to the root. [1]"
)


def seed(ungrounded: Ungrounded, *texts: str) -> str:
    return ask_model(
        Scripted(script=says(*texts)),
        ASKED,
        layout=Layout.PASSAGES,
        files=SEED,
        config=ComposerConfig(min_confidence=0.0, ungrounded=ungrounded),
    ).text


def test_a_configuration_file_that_does_not_exist_is_remarked_on_or_dropped() -> None:
    """The case of the thread that the product began with."""
    assert seed(Ungrounded.MARK, WRITTEN) == (
        "The bot reads its settings from a configuration file. "
        "Add `.ubiquity-os.config.yml` (I could not find this in the repository) to the root. [1]"
    ).replace("file. Add", "file. [1] Add")
    assert seed(Ungrounded.DROP, WRITTEN) == (
        "The bot reads its settings from a configuration file. [1]"
    )


@pytest.mark.parametrize("ungrounded", Ungrounded)
def test_a_guess_alone_is_not_said(ungrounded: Ungrounded) -> None:
    assert seed(ungrounded, "Add `.ubiquity-os.config.yml` to the root. [1]") == ""


@pytest.mark.parametrize("ungrounded", Ungrounded)
def test_a_draft_with_the_right_name_is_preferred(ungrounded: Ungrounded) -> None:
    right = "Add `.github/.ubiquibot-config.yml`. [1]"
    assert seed(ungrounded, "Add `.ubiquity-os.config.yml`. [1]", right) == right


@pytest.mark.parametrize(
    ("ungrounded", "said"),
    [
        (
            Ungrounded.MARK,
            "Settings live in docs/conf.md (I could not find this in the repository). [1]",
        ),
        (Ungrounded.DROP, ""),
    ],
)
def test_a_quoted_sentence_that_went_out_of_date(ungrounded: Ungrounded, said: str) -> None:
    files = {"README.md": "# Bot\n\nSettings live in docs/conf.md.\n", "docs/guide.md": "# Guide\n"}
    answer = Composer(Extract(), ComposerConfig(min_confidence=0.0, ungrounded=ungrounded)).answer(
        Question(text="Where do settings live?"),
        corpus=corpus(files),
        memories=(),
        dictionary=Dictionary(repository_id=1),
    )
    assert (answer.text, answer.abstained) == (said, not said)
    assert [quote.text for quote in answer.quotes] == ["Settings live in docs/conf.md."] * bool(
        said
    )
