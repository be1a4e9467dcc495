"""What the demo teaches on the sample repository, and what it asks to see what was learned.

The sample's text is out of date on purpose: it names a settings file that has moved, and it
tells two ways of installing of which the maintainers want only one.
"""

from dataclasses import dataclass

TITLE = "Questions about Shuttle"
INSTALLER = "install.sh"


@dataclass(frozen=True, kw_only=True, slots=True)
class Lesson:
    """A question whose answer people then judge.

    `says` is the sentence of the answer that is judged; `edit` is what a maintainer puts in
    its place; `vote` is a reaction and who gives it; `hide` is the reason that the reply is
    hidden for.
    """

    question: str
    says: str = ""
    edit: str = ""
    vote: str = ""
    voter: str = ""
    hide: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Exam:
    """A question that was not taught with: the answer wanted, and why.

    `topic` is memory, phrases or kept; `needs` must stand in a right answer and `spoils`
    must not; both are compared without regard to case.
    """

    question: str
    topic: str
    wanted: str
    needs: str
    spoils: str = "\0"

    def satisfied(self, answer: str) -> bool:
        """Tells whether an answer says what was wanted and nothing that was struck out."""
        text = answer.casefold()
        return self.needs.casefold() in text and self.spoils.casefold() not in text


CORRECTION = "Shuttle reads its settings from `.config/shuttle.yml` in your home folder."

LESSONS = (
    Lesson(
        question="Where does Shuttle look for its settings?",
        says="Shuttle reads its settings from `.shuttle.yml` in the root of the shared folder.",
        edit=CORRECTION,
    ),
    Lesson(
        question="How do I upgrade to a newer version?",
        says="To upgrade with the installer, run `sh install.sh` again.",
        edit="To upgrade with pipx, run `pipx upgrade shuttle`.",
    ),
    Lesson(
        question="How do I add a plugin?",
        says="To add a plugin with the installer, run `sh install.sh --plugin NAME`.",
        edit="To add a plugin with pipx, run `pipx inject shuttle NAME`.",
    ),
    Lesson(
        question="How do I run the tests?",
        says="Run the tests with `make check`; it needs no network.",
        vote="+1",
        voter="max",
    ),
    Lesson(
        question="How do I go back with the installer?",
        says="To go back with the installer, run `sh install.sh --version 1.9`.",
        vote="-1",
        voter="grace",
    ),
    Lesson(question="It uses too much memory, what can I do?", hide="OFF_TOPIC"),
)

_PIPX_GONE = "To uninstall with pipx, run `pipx uninstall shuttle`."

EXAMS = (
    Exam(
        question="In which file do I put my settings?",
        topic="memory",
        wanted=CORRECTION,
        needs=".config/shuttle.yml",
        spoils="root of the shared folder",
    ),
    Exam(
        question="shuttle ignores my settings file, where is it read from?",
        topic="memory",
        wanted=CORRECTION,
        needs=".config/shuttle.yml",
        spoils="root of the shared folder",
    ),
    Exam(
        question="Which folder does the settings file belong in?",
        topic="memory",
        wanted=CORRECTION,
        needs=".config/shuttle.yml",
        spoils="root of the shared folder",
    ),
    Exam(
        question="What is the path of the yml that Shuttle reads its settings from?",
        topic="memory",
        wanted=CORRECTION,
        needs=".config/shuttle.yml",
        spoils="root of the shared folder",
    ),
    Exam(
        question="How do I uninstall it?",
        topic="phrases",
        wanted=_PIPX_GONE,
        needs="pipx uninstall",
        spoils=INSTALLER,
    ),
    Exam(
        question="What removes Shuttle from my machine?",
        topic="phrases",
        wanted=_PIPX_GONE,
        needs="pipx uninstall",
        spoils=INSTALLER,
    ),
    Exam(
        question="How can I go back to version 1.9?",
        topic="phrases",
        wanted="To go back with pipx, run `pipx install --force shuttle==1.9`.",
        needs="pipx install --force",
        spoils=INSTALLER,
    ),
    Exam(
        question="How do I install Shuttle?",
        topic="phrases",
        wanted="To install with pipx, run `pipx install shuttle`.",
        needs="pipx install shuttle",
        spoils=INSTALLER,
    ),
    Exam(
        question="What is the default interval between two looks at the folder?",
        topic="kept",
        wanted=(
            "`interval` is the number of seconds between two looks at the folder; the default is 5."
        ),
        needs="default is 5",
    ),
    Exam(
        question="How do I see which files were in conflict?",
        topic="kept",
        wanted="`shuttle conflicts` lists the files for which that happened.",
        needs="shuttle conflicts",
    ),
    Exam(
        question="Does it work with Python 3.11?",
        topic="kept",
        wanted="Shuttle needs Python 3.11 or newer.",
        needs="Python 3.11 or newer",
    ),
    Exam(
        question="How do I run only a single test?",
        topic="kept",
        wanted="A single test runs with `make check ONLY=tests/test_sync.py`.",
        needs="ONLY=",
    ),
)
