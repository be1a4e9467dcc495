"""`treadle doctor`: looks at all that answering needs, and says what to do where something lacks.

Nothing that it finds is changed, but the data folder is made where it is not there.
"""

import dataclasses
import json
import math
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from rich.console import Console
from rich.text import Text

from app.app_settings import kept
from app.checks import Finding, Onboarding, State
from app.checks.features import features
from app.checks.here import learned
from app.checks.onboarding import REACHED_PART, TIMEOUT
from app.domain import Prompt, Question
from app.errors import ConfigError, TreadleError
from app.github.about import about
from app.layouts import Layout, numbered
from app.layouts.templates import template
from app.models.catalogue import layout_of, open_model
from app.models.needs import PACKAGES, REMEDY, lacking
from app.models.trainable import recipe_of
from app.models.wire import Loaded
from app.ports.models import Model, ModelSession
from app.settings import Settings, load
from app.store import Standing, Store, open_store, standing
from app.weave import constitution
from app.weave.prompts import fitting

Doing = Callable[[str], None]
"""Told what is being done, before anything that can take long."""

LEAST_PROMPT = 512
"""Tokens of a prompt with room for a source or two, beside what all prompts say."""
STANDINGS: Mapping[Standing, tuple[State, str, str]] = {
    "newest": ("ok", "can be reached, and its tables are those of this version", ""),
    "absent": ("ok", "can be used; the first start makes its tables", ""),
    "older": ("ok", "can be reached; the next start brings its tables up to date", ""),
    "unknown": (
        "fault",
        "was written by a newer version of Treadle",
        "install that version, or set TREADLE_DATABASE_URL or TREADLE_DATA_DIR to another place",
    ),
}


def quiet(_: str) -> None:
    """Shows nothing of what is being done."""


def examine(
    environment: Mapping[str, str] | None = None, doing: Doing = quiet
) -> Iterator[Finding]:
    """Looks at one part after another; each is told as soon as it is known.

    Args:
        environment: variables to read instead of the process's own, for tests.
        doing: is told what is being done.
    """
    try:
        settings = load(environment)
        recipe_of(settings)
        constitution.standing(settings.constitution)
    except ConfigError as error:
        yield from (Finding(part="settings", state="fault", told=fault) for fault in error.faults)
        told = "not looked at before the settings can be read"
        yield Finding(part="the rest", state="skipped", told=told)
        return
    yield Finding(part="settings", state="ok", told="can all be read")
    yield _data_folder(settings.data_dir)
    yield from _database(settings)
    doing("Asking GitHub …")
    yield from _github(settings, doing)
    yield from _model(settings, doing)


def show(findings: Iterable[Finding], console: Console, *, as_json: bool) -> int:
    """Prints findings, a line each, as they come; returns the exit status."""
    found = []
    styles = {"ok": "green", "open": "yellow", "fault": "red", "skipped": "dim"}
    for finding in findings:
        found.append(finding)
        if not as_json:
            words = f"{finding.told}; {finding.remedy}" if finding.remedy else finding.told
            line = f"{finding.state:8} {finding.part:16} {words}"
            console.print(Text(line, style=styles[finding.state]))
    well = all(finding.state != "fault" for finding in found)
    if as_json:
        value = {"ok": well, "findings": [dataclasses.asdict(finding) for finding in found]}
        console.out(json.dumps(value, ensure_ascii=False, indent=2), highlight=False)
    return 0 if well else 1


def _data_folder(folder: Path) -> Finding:
    part = "data folder"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"treadle")
        free = shutil.disk_usage(folder).free
    except OSError as error:
        return Finding(
            part=part,
            state="fault",
            told=f"{folder} cannot be written ({error.strerror})",
            remedy="let this user write there, or set TREADLE_DATA_DIR to another folder",
        )
    return Finding(
        part=part, state="ok", told=f"{folder} can be written; {free / 1e9:.1f} GB are free"
    )


def _database(settings: Settings) -> Iterator[Finding]:
    part = "database"
    try:
        state, told, remedy = STANDINGS[standing(settings)]
    except ConfigError as error:
        yield from (Finding(part=part, state="fault", told=fault) for fault in error.faults)
    else:
        kind = "SQLite" if settings.database.startswith("sqlite") else "Postgres"
        yield Finding(part=part, state=state, told=f"{kind} {told}", remedy=remedy)


def _github(settings: Settings, doing: Doing) -> Iterator[Finding]:
    """Goes through the steps of onboarding, and then looks at what this GitHub has."""
    given = (
        settings.app_id,
        settings.webhook_secret.get_secret_value(),
        settings.private_key.get_secret_value(),
        settings.private_key_file,
    )
    if not any(given):
        try:
            kept(settings, ())
        except ConfigError as error:
            faults = error.faults
            yield from (Finding(part=REACHED_PART, state="fault", told=told) for told in faults)
            return
        remedy = "start `treadle serve`, whose page makes one"
        yield Finding(part=REACHED_PART, state="open", told="no App is set", remedy=remedy)
        return
    reached = False
    try:
        with closing(about(settings, timeout=TIMEOUT)) as github, _kept(settings) as store:
            for finding in Onboarding(settings, store, github=github).findings():
                reached |= finding.part == REACHED_PART and finding.state == "ok"
                yield finding
            if reached:
                doing("Looking at what this GitHub has …")
                yield from features(github)
            if store is not None:
                yield from learned(store)
    except ConfigError as error:
        yield from (Finding(part=REACHED_PART, state="fault", told=told) for told in error.faults)


@contextmanager
def _kept(settings: Settings) -> Iterator[Store | None]:
    """Opens what is kept here; None where there is nothing yet, or it cannot be opened."""
    try:
        ready = standing(settings) == "newest"
    except ConfigError:
        ready = False  # The database's own finding says why.
    if not ready:
        yield None
        return
    with closing(open_store(settings)) as store:
        yield store


def _model(settings: Settings, doing: Doing) -> Iterator[Finding]:
    part = "model"
    if settings.model == "extract":
        told = "extract: answers are quotations, and no language model is needed"
        yield Finding(part=part, state="ok", told=told)
        return
    local = not settings.model_url
    if local:
        packages = _packages(settings)
        yield packages
        if packages.state == "fault":
            told = "not loaded without its packages"
            yield Finding(part=part, state="skipped", told=told)
            return
    yield Finding(part="network", state="ok", told=_whence(settings))
    doing(f"Loading {settings.model} …" if local else f"Asking {settings.model_url} …")
    try:
        with closing(open_model(settings)) as model:
            found = model.describe()
            told = _loaded(model.name, found) if isinstance(found, Loaded) else str(found)
            yield Finding(part=part, state="ok", told=told)
            yield from _prompts(settings, model.context())
            doing(f"Letting {settings.model} write and judge …")
            yield from _tried(settings, model)
    except TreadleError as error:
        remedy = "docs/models.md says how a model is set; TREADLE_MODEL=extract needs none"
        yield Finding(part=part, state="fault", told=str(error).rstrip("."), remedy=remedy)


def _packages(settings: Settings) -> Finding:
    part = "packages"
    if missing := lacking(settings):
        told = f"a model on this machine needs {', '.join(missing)}"
        return Finding(part=part, state="fault", told=told, remedy=REMEDY)
    return Finding(part=part, state="ok", told=", ".join(map(_numbered, PACKAGES)))


def _numbered(name: str) -> str:
    try:
        return f"{name} {version(name)}"
    except PackageNotFoundError:
        return name


def _whence(settings: Settings) -> str:
    """Says what of the model comes over the network."""
    if settings.model_url:
        return f"every draft is asked of {settings.model_url}"
    if settings.model == "bobbin":
        return "none is needed: bobbin comes with Treadle"
    if settings.model.startswith(("/", "./", "../", "~")) or Path(settings.model).is_dir():
        return "none is needed: a folder of this machine is named"
    if os.environ.get("HF_HUB_OFFLINE", "").upper() in {"1", "ON", "YES", "TRUE"}:
        return "HF_HUB_OFFLINE is set: only a model that was fetched earlier can be loaded"
    return "the hub is asked for the model; HF_HUB_OFFLINE=1 keeps to what was fetched earlier"


def _loaded(name: str, found: Loaded) -> str:
    template = "with" if found.has_chat_template else "without"
    return (
        f"{name}: {found.parameters:,} parameters in {found.dtype} on "
        f"{found.device}, {template} a chat template, loaded in {found.seconds:.1f} s"
    )


def _prompts(settings: Settings, context: int) -> Iterator[Finding]:
    """Tells of a model that reads less than prompts may have."""
    most = fitting(settings.model_prompt_tokens, context)
    if layout_of(settings) is not Layout.PASSAGES or most == settings.model_prompt_tokens:
        return
    told = f"the model reads {context:,} tokens, which leaves {most:,} for a prompt"
    if most < LEAST_PROMPT:
        remedy = "take a model that reads more: hardly a source has room beside the question"
        yield Finding(part="prompts", state="fault", told=told, remedy=remedy)
    else:
        yield Finding(part="prompts", state="ok", told=f"{told}: its sources are cut to that")


def _tried(settings: Settings, model: Model) -> Iterator[Finding]:
    """Lets a model write, and judge an answer that is right."""
    asked, answer = "What drives a loom?", "A treadle drives a loom."
    text = numbered.page([answer], asked)
    session = model.session(Prompt(text=text, question=Question(text=asked), sources=()))
    with closing(session):
        yield _written(session)
        if layout_of(settings) is Layout.NUMBERED:
            yield _judged(session, f"[1] {answer}", numbered.check(template("judge/quotes")))
        else:
            yield _judged(session, f"{answer} [1]", template("judge/supported"))


def _written(session: ModelSession) -> Finding:
    began = time.monotonic()
    (pieces,) = session.expand([""], [1])
    if not pieces:
        return Finding(
            part="writing",
            state="fault",
            told="the model loads, but wrote nothing",
            remedy="raise TREADLE_MODEL_MAX_TOKENS or TREADLE_MODEL_MAX_COST if they are low; "
            "else the model is not one that continues text",
        )
    seconds = time.monotonic() - began
    told = f"{session.usage.written} tokens after a short prompt in {seconds:.2f} s"
    return Finding(part="writing", state="ok", told=told)


def _judged(session: ModelSession, answer: str, question: str) -> Finding:
    began = time.monotonic()
    (odds,) = session.yes_no([answer], question)
    seconds = time.monotonic() - began
    told = f"of a right answer its log-odds of yes are {odds:+.2f}, in {seconds:.2f} s"
    if not math.isfinite(odds):
        remedy = "set TREADLE_MODEL_DTYPE to float32 or bfloat16, or take another model"
        return Finding(part="judging", state="fault", told=told, remedy=remedy)
    if not odds:
        # Exactly even: as a rule, neither word is among what the server says may come next.
        told = "asked whether a right answer is right, the model leans neither to yes nor to no"
        remedy = "look at what TREADLE_MODEL and TREADLE_MODEL_URL name, or take another model"
        return Finding(part="judging", state="fault", told=told, remedy=remedy)
    return Finding(part="judging", state="ok", told=told)
