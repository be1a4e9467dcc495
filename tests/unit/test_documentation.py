"""What the documentation says is there is there, and what is there is documented."""

import re
import subprocess
from pathlib import Path

import pytest
import typer

from app import secret_files
from app.settings import PREFIX, Settings
from scripts import commands_docs, settings_docs

ROOT = Path(__file__).resolve().parents[2]
VARIABLES = [PREFIX + name.upper() for name in Settings.model_fields]
FILES = [secret_files.variable(name, PREFIX) for name in secret_files.NAMES]
RENEW = "run `make docs`"


def tracked(*patterns: str) -> list[str]:
    """Files that git knows and that are there, by their paths from the root."""
    command = ["git", "ls-files", "-z", "--", *patterns]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return [name for name in listed.stdout.split("\0") if name and (ROOT / name).exists()]


PAGES = [ROOT / name for name in tracked(":(glob)*.md", ":(glob)docs/**/*.md")]
MANUAL = "\n".join(
    page.read_text("utf-8") for page in PAGES if page.parent in (ROOT, ROOT / "docs")
)
FENCED = re.compile(r"^```[a-z]*\n(.*?)^```", flags=re.MULTILINE | re.DOTALL)


def typed(word: str) -> set[str]:
    """What the pages say to type after `word`, in code spans and fenced blocks."""
    lines = [line for block in FENCED.findall(MANUAL) for line in block.splitlines()]
    lines += re.findall(r"`([^`\n]+)`", FENCED.sub("", MANUAL))
    found = (re.match(rf"(?:\$ |\.venv/bin/)?{word} ([a-z][a-z_-]*)", line) for line in lines)
    return {match[1] for match in found if match}


def commands() -> list[str]:
    from app.cli import app

    return list(typer.main.get_command(app).commands)


def targets() -> list[str]:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    return re.findall(r"^([a-z-]+):", makefile, flags=re.MULTILINE)


class TestGenerated:
    def test_settings_page(self) -> None:
        assert (ROOT / "docs/settings.md").read_text("utf-8") == settings_docs.page(), RENEW

    def test_example_environment(self) -> None:
        assert (ROOT / ".env.example").read_text("utf-8") == settings_docs.example(), RENEW

    def test_commands_page(self) -> None:
        assert (ROOT / "docs/commands.md").read_text("utf-8") == commands_docs.page(), RENEW


class TestSettings:
    """Held without the generator's help, so that a fault of the generator shows."""

    def test_each_has_its_row_with_its_words(self) -> None:
        page = (ROOT / "docs/settings.md").read_text("utf-8")
        rows = dict(re.findall(r"^\| `(TREADLE_\w+)` \|.*\| (.+) \|$", page, flags=re.MULTILINE))
        assert sorted(rows) == sorted(VARIABLES)
        for name, one in Settings.model_fields.items():
            assert rows[PREFIX + name.upper()] == one.description

    @pytest.mark.parametrize(
        ("variable", "default"),
        [("PORT", "8080"), ("BACKOFF", "2"), ("DATA_DIR", ".treadle"), ("MODEL_DTYPE", "auto")],
    )
    def test_defaults_are_shown(self, variable: str, default: str) -> None:
        page = (ROOT / "docs/settings.md").read_text("utf-8")
        assert f"| `TREADLE_{variable}` | `{default}` |" in page

    def test_each_stands_once_in_the_example(self) -> None:
        example = (ROOT / ".env.example").read_text("utf-8")
        named = re.findall(r"^(?:# )?(TREADLE_\w+)=", example, flags=re.MULTILINE)
        assert sorted(named) == sorted(VARIABLES)

    def test_no_page_names_a_setting_that_is_not(self) -> None:
        named = set(re.findall(r"\bTREADLE_[A-Z][A-Z_]*[A-Z]\b", MANUAL))
        assert named - set(VARIABLES) - set(FILES) == set()


class TestCommands:
    def test_the_pages_name_just_the_commands_that_are(self) -> None:
        assert typed("treadle") == set(commands())

    def test_the_pages_name_just_the_make_targets_that_are(self) -> None:
        assert typed("make") == set(targets())


class TestFileTree:
    """The README's tree: a fenced block whose lines begin with a path, indented by two."""

    @staticmethod
    def tree() -> list[str]:
        readme = (ROOT / "README.md").read_text("utf-8")
        blocks = [block for block in FENCED.findall(readme) if block.startswith("app/")]
        assert len(blocks) == 1, "README.md has one file tree, and it begins with app/"
        paths, parents = [], [""]
        for line in blocks[0].splitlines():
            depth = (len(line) - len(line.lstrip())) // 2
            name = line.split()[0]
            del parents[depth + 1 :]
            parents.append(parents[depth] + name)
            paths.append(parents[-1])
        return paths

    def test_everything_in_it_exists(self) -> None:
        assert [path for path in self.tree() if not (ROOT / path).exists()] == []

    def test_every_folder_is_in_it(self) -> None:
        folders = {name.partition("/")[0] + "/" for name in tracked() if "/" in name}
        shown = {folder for folder in folders if not folder.startswith(".")}
        assert shown - set(self.tree()) == set()


def slug(heading: str) -> str:
    """The anchor that GitHub gives a heading."""
    text = re.sub(r"[^\w\- ]", "", heading.strip().lower())
    return text.replace(" ", "-")


def prose(page: Path) -> str:
    """The page without its code, where brackets mean other things."""
    return re.sub(r"`[^`\n]*`", "", FENCED.sub("", page.read_text("utf-8")))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_relative_links_lead_somewhere(page: Path) -> None:
    broken = []
    for link in re.findall(r"\]\(([^)\s]+)\)", prose(page)):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        if not target.exists():
            broken.append(link)
        elif anchor and target.suffix == ".md":
            headings = re.findall(r"^#+ (.*)$", target.read_text("utf-8"), flags=re.MULTILINE)
            if anchor not in map(slug, headings):
                broken.append(link)
    assert broken == []


def test_the_figures_are_those_of_the_benchmarks() -> None:
    from scripts.figures_docs import page

    assert (ROOT / "docs" / "figures.md").read_text("utf-8") == page()
