"""What the command line shows: answers from a folder, reasons, phrases, rows."""

import dataclasses
import json
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markdown import Markdown
from rich.markup import escape
from rich.table import Table

from app.bootstrap.bot import Bot
from app.bootstrap.building import build
from app.bootstrap.composers import composer, constitution_extent
from app.bootstrap.offline import offline
from app.domain import Dictionary, Opinion, Question
from app.errors import UserError
from app.flows.policy import PATH, Policy, parse
from app.flows.why import Difference, Why
from app.knowledge.folder import folder_corpus
from app.known import known
from app.models.needs import require_model
from app.models.present import Present
from app.settings import Settings, load, require_app
from app.store import migrate
from app.weave import constitution
from app.weave.principles import Constitution, spread
from app.web.explained import tried


def ask_folder(
    question: str, path: Path, *, console: Console, as_json: bool, model: str | None = None
) -> int:
    """Answers from the text of a local folder; returns the exit status.

    Raises:
        ConfigError: the model lacks packages.
        UserError: the model cannot be loaded, or the folder's configuration has faults.
    """
    settings = load() if model is None else load(model=model)
    require_model(settings)
    policy = _folder_policy(path, settings)
    # Beside what is printed, and never in it.
    with Console(stderr=True).status("Reading the folder …") as status:
        corpus = folder_corpus(path, include=policy.include, exclude=policy.exclude)
        with closing(Present(settings)) as present:
            status.update(f"Loading the model {escape(present.name)} …")
            present.load()
            status.update(f"Answering with {escape(present.name)} …")
            answer = composer(settings, policy, present).answer(
                Question(text=question),
                corpus=corpus,
                memories=(),
                dictionary=Dictionary(repository_id=0),
            )
    if as_json:
        _print_json(console, answer)
    elif answer.abstained:
        console.print(
            "No draft of an answer was good enough to show."
            if answer.refused
            else "The text of this folder does not answer that."
        )
        for nearest in answer.nearest:
            console.print(f"  nearest: {nearest}", markup=False)
    else:
        console.print(Markdown(answer.text))
        console.print()
        for number, source in enumerate(answer.sources, 1):
            console.print(
                f"  [{number}] {source.path}:{source.start_line}-{source.end_line}",
                markup=False,
            )
    if present.note and not as_json:
        console.print(f"\n{present.note}", markup=False, style="dim")
    return 1 if answer.abstained else 0


def _folder_policy(path: Path, settings: Settings) -> Policy:
    """Reads the folder's own configuration files, as the bot would on GitHub.

    Raises:
        UserError: one of them has faults.
    """
    found = parse(_read(path / PATH))
    if not isinstance(found, Policy):
        raise _faulty(path / PATH, map(str, found))
    own = _read(path / constitution.PATH)
    if not own.strip():
        return found
    read = constitution.parse(
        own, file=constitution.PATH, extent=constitution_extent(settings), fenced=True
    )
    if isinstance(read, Constitution):
        return replace(found, constitution=read)
    raise _faulty(path / constitution.PATH, (fault.told for fault in read))


def _read(file: Path) -> bytes:
    """Returns a file's bytes, none where there is no file."""
    try:
        return file.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return b""
    except OSError as error:
        raise UserError(f"{file} cannot be read: {error.strerror}") from error


def _faulty(file: Path, faults: Iterable[str]) -> UserError:
    told = "\n".join(f"  {fault}" for fault in faults)
    return UserError(f"{file} has faults:\n{told}")


def show_why(settings: Settings, url: str, *, console: Console, as_json: bool) -> None:
    """Explains a reply.

    Raises:
        UserError: no reply of this bot is known at that address.
    """
    require_model(settings)
    with (
        offline(settings) as bot,
        Console(stderr=True).status(f"Answering anew with {escape(bot.model.name)} …"),
    ):
        bot.model.load()
        why = bot.why.reply(url)
        place = _tried(bot, why.reply_id)
        reply = bot.store.replies.by_id(why.reply_id)
        fault = "" if reply is None else bot.blocks.fault(reply)
    if as_json:
        _print_json(console, why)
        return
    print_why(console, why)
    if fault:
        console.print(f"The reply was edited, and {fault}. What was stored of it stands.")
    if place:
        console.print(f"What was tried for it: {place}", markup=False)


def _tried(bot: Bot, reply_id: int) -> str:
    """Returns the dashboard's address of what was tried for a reply; empty where none is kept."""
    reply = bot.store.replies.by_id(reply_id)
    path = "" if reply is None else tried(bot.store, reply)
    settings = bot.settings
    host = f"[{settings.admin_host}]" if ":" in settings.admin_host else settings.admin_host
    return path and f"http://{host}:{settings.admin_port}{path}"


def print_why(console: Console, why: Why) -> None:
    """Prints the answer beside its counterfactuals, and what made the difference."""
    table = Table(title=why.question, show_lines=True)
    table.add_column("")
    table.add_column("says")
    for title, answer in (
        ("as it is", why.now),
        ("without memory", why.without_memory),
        ("without dictionary", why.without_dictionary),
        ("without both", why.without_both),
    ):
        table.add_row(title, answer.text or "(no answer)")
    console.print(table, markup=False)
    back = f" (gone back to version {why.gone_back_to})" if why.gone_back_to else ""
    for name, difference in (
        ("Memory", why.by_memory),
        (f"Dictionary version {why.dictionary_version}{back}", why.by_dictionary),
    ):
        _print_difference(console, name, difference)
    _print_opinions(console, why.now.opinions)
    if not why.same_text:
        console.print("The text at the reply's commit is gone: this was computed over newer text.")
    if not why.repeated:
        console.print(
            "Computed anew, the answer differs from the one posted: text, configuration, model "
            "or feedback have changed since."
        )


def sweep_now(settings: Settings, full_name: str, *, console: Console) -> None:
    """Reads votes, edits and hides of a repository's replies now."""
    require_app(settings)
    migrate(settings)
    bot = build(settings)
    repository = known(bot.store, full_name)
    with console.status("Reading replies …"):
        count = bot.sweep.repository(repository.id)
    console.print(f"Read {count} replies of {full_name}.")


def _print_difference(console: Console, name: str, difference: Difference) -> None:
    if not difference.gained and not difference.lost:
        console.print(f"{name}: changed nothing here.", markup=False)
        return
    console.print(f"{name}:", markup=False)
    for text in difference.gained:
        console.print(f"  + {text}", markup=False, style="green")
    for text in difference.lost:
        console.print(f"  - {text}", markup=False, style="red")
    for cause in difference.causes:
        who = f" by @{cause.author}" if cause.author else ""
        where = f": {cause.url}" if cause.url else ""
        console.print(f"    {cause.how}{who}{where}", markup=False)


def _print_opinions(console: Console, opinions: Sequence[Opinion]) -> None:
    """Prints what the model says of its answer by each principle, the least content first."""
    if not opinions:
        return
    apart = f"{spread(opinions):.1f}"
    console.print(f"Principles, {apart} nats apart (the model's log-odds in brackets):")
    for one in sorted(opinions, key=lambda one: one.score):
        said = f"  {one.score:+.1f} [{one.odds:+.1f}] weight {one.weight:g}: {one.principle}"
        console.print(said, markup=False)


def _print_json(console: Console, value: Any) -> None:
    console.out(json.dumps(_plain(value), ensure_ascii=False, indent=2), highlight=False)


def _plain(value: Any) -> Any:
    """Turns domain values into JSON values, without what they leave out of their `repr`."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = dataclasses.fields(value)
        return {field.name: _plain(getattr(value, field.name)) for field in fields if field.repr}
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, datetime) else value
