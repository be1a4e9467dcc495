"""A training run as its people see it: the command, how far it is, and the verdict."""

import time

from app.demo.people import LinkBroken, Someone
from app.demo.screen import escape, say
from app.demo.waiting import Waiting
from app.domain import AdapterVersion, Run, RunState
from app.flows.standing import FINAL
from app.store import Store
from app.text.layout import answer_part

COMMAND = "/retrain"
PAUSE = 0.5
"""Seconds between two looks at the run."""
TELL = 10.0
"""Seconds after which a phase that went on is told of again."""


def retrain(
    maintainer: Someone, store: Store, repository_id: int, waiting: Waiting
) -> AdapterVersion:
    """Lets a maintainer ask for a training run, and follows it to its end.

    How long it may take is for the bot to say (`TREADLE_TRAINING_HOURS`); Ctrl-C ends the demo.

    Args:
        maintainer: whose comment begins the run.
        store: the bot's records.
        repository_id: the bot's id of the repository.
        waiting: how long the bot may take to reply, and who has to be alive meanwhile.

    Returns:
        The adapter that answers use from now on.

    Raises:
        LinkBroken: no run began, or the adapter that it made was not promoted; with why.
    """
    number = maintainer.open_issue("Train on what we taught", "")
    trigger = maintainer.comment(number, COMMAND)
    say(f"  {maintainer.login} in #{number}: {trigger.body}")
    reply, _ = maintainer.reply_to(number, trigger, seconds=waiting.seconds)
    run = store.runs.latest(repository_id)
    if run is None:
        raise LinkBroken(f"no training run began: {answer_part(reply.body)}")
    start = time.monotonic()
    run = _follow(store, run, waiting)
    say(f"  the run ended after {time.monotonic() - start:.0f} s: {run.state.value}")
    version = store.adapters.get(run.adapter)
    if version is not None:
        print_verdict(version)
    if version is None or run.state is not RunState.PROMOTED:
        raise LinkBroken(f"no adapter was promoted: {run.reason}")
    return version


def print_verdict(version: AdapterVersion) -> None:
    """Prints what the gate looked at, each with what it found."""
    verdict = version.verdict
    say(f"  the gate on {version.name}: [bold]{'passed' if verdict.passed else 'refused'}[/]")
    for finding in verdict.findings:
        mark = "[green]✓[/]" if finding.passed else "[red]✗[/]"
        say(f"    {mark} {finding.name}: {escape(finding.about)}")


def _follow(store: Store, run: Run, waiting: Waiting) -> Run:
    """Waits for a run's end, and tells of each phase, and now and then how far it is."""
    phase, words, at = "", "", 0.0
    while run.state not in FINAL:
        now = time.monotonic()
        new, said = _phase(run), _words(run)
        if new != phase or (said != words and now - at >= TELL):
            phase, words, at = new, said, now
            say(f"  {said}")
        waiting.check()
        time.sleep(PAUSE)
        found = store.runs.get(run.id)
        if found is None:
            raise LinkBroken(f"the training run {run.id} is gone from the bot's records")
        run = found
    return run


def _phase(run: Run) -> str:
    return run.progress.phase or run.state.value


def _words(run: Run) -> str:
    progress = run.progress
    loss = "" if progress.loss is None else f", loss {progress.loss:.2f}"
    steps = f" {progress.step} of {progress.steps}" if progress.steps else ""
    return escape(f"{_phase(run)}{steps}{loss}")
