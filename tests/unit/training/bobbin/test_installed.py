import importlib.metadata
import platform
import sysconfig
from pathlib import Path

import pytest

from app.training.bobbin import installed
from app.training.bobbin.installed import LIBRARY, package, pinned
from tests.unit.training.bobbin.toys import SENTENCES, docstring, install


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


def test_a_lock_file_names_packages_in_normal_form(tmp_path: Path) -> None:
    lock = tmp_path / "requirements.lock"
    lock.write_text("# a comment\nToy_Box==1.0\nabacus==2.0 ; python_version > '3'\n\nb>=1\n")

    assert pinned(lock) == ["abacus", "toy-box"]


def test_a_package_says_what_its_files_and_its_description_say(site: Path) -> None:
    install(
        site,
        "toybox",
        files={
            "toybox/__init__.py": docstring(SENTENCES[:1]),
            "toybox/guide.md": SENTENCES[1],
            "toybox/fast.pyx": f'def key():\n    """{SENTENCES[2]}"""\n',
            "toybox/tests/one.py": docstring(["This is a test that must not be read."]),
            "toybox/_vendor/two.py": docstring(["This is of others and must not be read."]),
            "toybox/LICENSE.txt": "This is what you are allowed to do with it.",
            "toybox/broken.py": "def (",
            "toybox/data.bin": "This is data and not a text at all.",
        },
        readme="The box is for all of your toys.",
    )

    found = package("toybox")

    assert (found.version, found.licence, found.permissive) == ("1.0", "MIT", True)
    assert [(section.name, section.sentences) for section in found.sections] == [
        ("toybox", ("The box is for all of your toys.",)),
        ("toybox", (SENTENCES[0],)),
        ("toybox.fast.key", (SENTENCES[2],)),
        ("toybox/guide.md", (SENTENCES[1],)),
    ]


def test_a_file_under_another_licence_is_left_out(site: Path) -> None:
    text = "# GNU General Public License\n" + docstring(SENTENCES[:1])
    install(site, "toybox", files={"toybox.py": text})

    assert package("toybox").sections == ()


def test_of_a_large_package_public_files_are_read_first(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {f"toybox/{name}.py": docstring(SENTENCES[:1]) for name in ("_a", "__main__", "b")}
    install(site, "toybox", files=files)
    monkeypatch.setattr(installed, "MOST_BYTES", 2 * len(docstring(SENTENCES[:1])))

    assert [path for path, _ in package("toybox").files] == ["toybox/__main__.py", "toybox/b.py"]


def test_an_absent_package_is_an_error(site: Path) -> None:
    with pytest.raises(importlib.metadata.PackageNotFoundError):
        package("toybox")


def test_the_standard_library_says_its_docstrings_and_the_language_reference() -> None:
    found = package(LIBRARY)

    paths = [path for path, _ in found.files]
    assert (found.version, found.licence) == (platform.python_version(), "PSF-2.0")
    assert {"json/__init__.py", "pydoc_data/topics.py"} <= set(paths)
    assert not [path for path in paths if path.startswith(("test/", "site-packages/", "idlelib/"))]


def test_topics_of_the_language_reference_are_sections() -> None:
    topics_file = Path(sysconfig.get_path("stdlib"), "pydoc_data", "topics.py")
    topics = installed.Package(
        name="python",
        version="3",
        licence="PSF-2.0",
        files=(("pydoc_data/topics.py", topics_file),),
    )

    names = [section.name for section in topics.sections]

    assert {"help(with)", "help(lambda)"} <= set(names)
    assert len(names) == len(set(names))
