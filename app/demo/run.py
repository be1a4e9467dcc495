"""The demo from start to end: each step printed as it happens, each link checked."""

import functools
import secrets
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from rich.console import Console

from app.bootstrap import Bot, build
from app.demo.exam import Result, check_results, grade, print_results
from app.demo.people import LinkBroken, Posted, Someone
from app.demo.story import EXAMS, LESSONS, Lesson
from app.domain import Dictionary, Reply, RowKind, Signal, SignalKind
from app.errors import ConfigError, TreadleError, UserError
from app.inspection import print_why
from app.local import Processes, bot_environment, free_port, stop_in_order
from app.models.catalogue import EXTRACT
from app.models.needs import require_model
from app.settings import load
from app.text.layout import answer_part
from playground.code import from_directory
from playground.server import Playground

SAMPLE = Path(__file__).resolve().parent.parent.parent / "playground" / "sample"
OWNER, NAME = "olivia", "shuttle"
PATIENCE, WITH_MODEL = 20.0, 120.0
"""Seconds until a link of the chain counts as broken, without a language model and with one."""

console = Console(soft_wrap=True, highlight=False)
if not console.is_terminal:
    # A log is no terminal of eighty columns; questions are to stand on one line.
    console.width = 120
T = TypeVar("T")


def run_demo(keep: Path | None, *, model: str | None = None) -> int:
    """Runs the demo; returns 0 if every link held and answers came nearer to what was taught.

    Args:
        keep: folder to leave data and logs in; None for a folder that is removed after.
        model: which model answers; what the environment says where None.

    Raises:
        ConfigError: the settings of the model are wrong, or it lacks packages.
    """
    start = time.monotonic()
    stop_in_order()
    folder = keep or Path(tempfile.mkdtemp(prefix="treadle-demo-"))
    try:
        _check_empty(folder)
        _run(folder, model)
    except ConfigError:
        raise
    except TreadleError as error:
        console.print(f"\n[bold red]Broken:[/] {_escape(str(error))}")
        return 1
    except KeyboardInterrupt:
        console.print("\nStopped.")
        return 1
    finally:
        if keep is None:
            shutil.rmtree(folder, ignore_errors=True)
    console.print(f"\n[bold green]Every link held.[/] {time.monotonic() - start:.0f} s in all.")
    return 0


def _check_empty(folder: Path) -> None:
    """Refuses a folder with something in it: an earlier run's records fit no new playground."""
    try:
        empty = not folder.exists() or not any(folder.iterdir())
    except OSError as error:
        raise UserError(f"{folder} cannot be used: {error.strerror}") from error
    if not empty:
        raise UserError(f"{folder} is not empty: name a new folder for --keep")


def _run(folder: Path, model: str | None) -> None:
    web, admin, token = free_port(), free_port(), secrets.token_urlsafe(24)
    with Playground(hook_url=f"http://127.0.0.1:{web}/webhooks", owner=OWNER) as playground:
        people = _furnish(playground)
        environment = bot_environment(
            playground,
            data=folder,
            port=web,
            admin_port=admin,
            admin_token=token,
            model=model,
        )
        settings = load(environment)
        require_model(settings)
        _say("A playground GitHub and the bot are starting …")
        with Processes(environment, folder) as processes:
            bot = build(settings)
            try:
                _introduce(bot, processes)
                Demo(people, bot, processes).run()
            finally:
                bot.close()
                for person in people.values():
                    person.close()


def _introduce(bot: Bot, processes: Processes) -> None:
    """Says which model answers, and has it loaded before the first question."""
    settings = bot.settings
    if settings.model == EXTRACT:
        _say("Answers are quotations, without a language model (TREADLE_MODEL=extract).")
        return
    if bot.model.note:
        _say(_escape(bot.model.note))
    if settings.model_url:
        _say(f"The model {_escape(bot.model.name)} answers at {_escape(settings.model_url)}.")
        return
    start = time.monotonic()
    _say(f"Loading the model {_escape(bot.model.name)} …")
    processes.wait_loaded()
    _say(f"It is loaded after {time.monotonic() - start:.1f} s.")


def _furnish(playground: Playground) -> dict[str, Someone]:
    """Makes the repository and its people: a maintainer, a contributor and an asker."""
    world = playground.world
    roles = {"max": "maintain", "ada": "read", "grace": "write"}
    tokens = {login: world.create_user(login) for login in roles}
    repository = world.create_repository(OWNER, NAME, files=from_directory(SAMPLE))
    for login, role in roles.items():
        repository = world.set_role(repository, login, role)  # type: ignore[arg-type]
    playground.install(OWNER)
    return {
        login: Someone(
            login=login,
            token=tokens[login],
            api_url=playground.api_url,
            full_name=f"{OWNER}/{NAME}",
        )
        for login in roles
    }


class Demo:
    """One run: who acts, the bot's store to look into, and what was seen so far."""

    def __init__(self, people: dict[str, Someone], bot: Bot, processes: Processes) -> None:
        self._people = people
        self._bot = bot
        self._processes = processes
        self._patience = PATIENCE if bot.settings.model == EXTRACT else WITH_MODEL

    def run(self) -> None:
        """Goes through the story.

        Raises:
            LinkBroken: naming the link that did not hold.
        """
        _say("\n[bold]1. A question[/]")
        self._first()
        _say("\n[bold]2. A dozen questions before anything is taught[/]")
        before = self._exam("before")
        _say("\n[bold]3. People judge replies[/]")
        taught = self._teach()
        _say("\n[bold]4. The sweep, and what was learned[/]")
        repository_id = self._learned([reply.id for reply in taught])
        _say("\n[bold]5. The same dozen again[/]")
        after = self._exam("after")
        _say("")
        results = [grade(exam, before[exam.question], after[exam.question]) for exam in EXAMS]
        print_results(console, results)
        self._explain(results, repository_id)
        check_results(results)

    def _first(self) -> None:
        ada = self._people["ada"]
        number = ada.open_issue("First question", "I am new here.")
        trigger = ada.comment(number, "/ask What is Shuttle for?")
        _say(f"  ada asks in #{number}: {trigger.body}")
        start = time.monotonic()
        self._until(
            "👀 on the question",
            lambda: any(content == "eyes" for _, content in ada.reactions(trigger.id)),
        )
        _say(f"  👀 after {time.monotonic() - start:.1f} s")
        reply, _ = ada.reply_to(number, trigger, seconds=self._patience)
        _say(f"  the reply after {time.monotonic() - start:.1f} s:")
        _quote(reply)
        if "**Sources**" not in reply.body:
            raise LinkBroken("the reply names no sources")

    def _exam(self, name: str) -> dict[str, Posted]:
        ada = self._people["ada"]
        asked = {}
        for exam in EXAMS:
            number = ada.open_issue(f"A question {name}", "")
            asked[exam.question] = (number, ada.comment(number, f"/ask {exam.question}"))
        replies = {}
        for question, (number, trigger) in asked.items():
            replies[question], _ = ada.reply_to(number, trigger, seconds=self._patience)
            self._processes.check()
        _say(f"  {len(replies)} of {len(EXAMS)} answered")
        return replies

    def _teach(self) -> list[Reply]:
        """Asks all that people will judge, and only then judges, since learning is at once."""
        ada = self._people["ada"]
        asked = []
        for lesson in LESSONS:
            number = ada.open_issue("A question to learn from", "")
            asked.append((lesson, number, ada.comment(number, f"/ask {lesson.question}")))
        replies = [
            (lesson, ada.reply_to(number, trigger, seconds=self._patience)[0])
            for lesson, number, trigger in asked
        ]
        return [self._judge(lesson, posted) for lesson, posted in replies]

    def _judge(self, lesson: Lesson, posted: Posted) -> Reply:
        if lesson.says not in posted.body:
            raise LinkBroken(
                f"the answer to “{lesson.question}” lacks “{lesson.says}”: "
                + answer_part(posted.body)
            )
        _say(f"  {lesson.question}")
        maintainer = self._people["max"]
        if lesson.vote:
            self._people[lesson.voter].react(posted.id, lesson.vote)
            _say(f"    {lesson.voter} reacts with {lesson.vote}")
        if lesson.edit:
            maintainer.edit(posted.id, posted.body.replace(lesson.says, lesson.edit))
            _say(f"    max strikes out: {lesson.says}")
            _say(f"    and puts in:     {lesson.edit}")
        if lesson.hide:
            maintainer.hide(posted.node_id, lesson.hide)
            _say(f"    max hides the reply as {lesson.hide.lower().replace('_', ' ')}")
        return self._until(
            "the reply in the bot's records",
            functools.partial(self._bot.store.replies.by_url, posted.url),
        )

    def _learned(self, reply_ids: list[int]) -> int:
        store = self._bot.store
        first = store.replies.by_id(reply_ids[0])
        if first is None:
            raise LinkBroken("a reply vanished from the bot's records")
        repository_id = first.repository_id
        for reply_id, lesson in zip(reply_ids, LESSONS, strict=True):
            kind = _kind(lesson)
            signal = self._until(
                f"the {kind.value} on “{lesson.question}” being swept",
                functools.partial(self._signal, reply_id, kind),
            )
            who = signal.person.login or "somebody with triage access"
            what = "" if kind is SignalKind.EDIT else f" {signal.content}"
            _say(
                f"  {kind.value}{what} by {who}: trust {signal.trust:.2f}, "
                f"value {signal.value:+.2f}"
            )
        self._until(
            "evidence from the sweep",
            lambda: (
                len({row.reply_id for row in store.evidence.rows(repository_id)}) >= len(LESSONS)
            ),
        )
        dictionary = self._until(
            "phrase weights of both signs", lambda: self._weights(repository_id)
        )
        memories = store.evidence.memories(repository_id)
        for memory in memories:
            author = memory.author or "somebody with triage access"
            _say(f"  memory: {memory.kind.value} by {author}: {_short(memory.after)}")
        strongest = sorted(dictionary.weights.values(), key=lambda weight: weight.z)
        for weight in [*strongest[:3], *strongest[-3:]]:
            _say(f"  phrase: {weight.z:+.1f}  {_escape(weight.phrase)}")
        rows = store.evidence.rows(repository_id)
        counts = {kind.value: sum(row.kind is kind for row in rows) for kind in RowKind}
        _say("  rows: " + ", ".join(f"{count} {kind}" for kind, count in counts.items()))
        if not memories or not all(counts.values()):
            raise LinkBroken("memory or a kind of preference row is missing")
        return repository_id

    def _signal(self, reply_id: int, kind: SignalKind) -> Signal | None:
        found = self._bot.store.signals.of_reply(reply_id)
        return next((signal for signal in found if signal.kind is kind), None)

    def _weights(self, repository_id: int) -> Dictionary | None:
        dictionary = self._bot.store.weights.latest(repository_id)
        signs = {weight.z > 0 for weight in dictionary.weights.values()}
        return dictionary if signs == {True, False} else None

    def _explain(self, results: list[Result], repository_id: int) -> None:
        """Shows why one answer changed, as `treadle why` does."""
        changed = max(results, key=lambda result: result.gain)
        _say("\n[bold]6. Why one answer changed[/]  (treadle why " + changed.after.url + ")")
        # In this process, beside the worker's.
        self._bot.model.load()
        why = self._bot.why.reply(changed.after.url)
        print_why(console, why)
        causes = [*why.by_memory.causes, *why.by_dictionary.causes]
        if not causes:
            raise LinkBroken(f"repository {repository_id}: a changed answer has no cause")

    def _until(self, link: str, look: Callable[[], T | None]) -> T:
        """Waits until a look finds something.

        Raises:
            LinkBroken: it did not in time.
        """
        deadline = time.monotonic() + self._patience
        while time.monotonic() < deadline:
            found = look()
            if found:
                return found
            self._processes.check()
            time.sleep(0.05)
        raise LinkBroken(f"{link}: not seen within {self._patience:.0f} s")


def _kind(lesson: Lesson) -> SignalKind:
    if lesson.edit:
        return SignalKind.EDIT
    return SignalKind.REACTION if lesson.vote else SignalKind.HIDE


def _say(text: str) -> None:
    console.print(text)


def _quote(posted: Posted) -> None:
    for line in posted.body.split("<!--")[0].strip().splitlines():
        console.print(f"    | {line}", markup=False)


def _short(text: str) -> str:
    return _escape(" ".join(text.split())[:90])


def _escape(text: str) -> str:
    return text.replace("[", "\\[")
