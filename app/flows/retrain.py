"""A training run from data to promotion. Each public method is one durable step.

```
prepare   lessons -> snapshot -> orders for the training process
train     the training process, until it has measured what it made
judge     held-out questions in four ways -> the gate's verdict
finish    the adapter's files and its version are kept; promoted where the gate says so
```
Every step may run again after a crash, on another machine too: it looks at what is in the
run's folder, and does what is missing there, of earlier steps as well. A run ends as soon as
nobody wants it: it was cancelled, training was turned off, or the App was taken off the
repository.
"""

import threading
from collections.abc import Mapping
from typing import Any

import structlog

from app.domain import AdapterVersion, Run, RunState
from app.errors import GoneError, UserError
from app.flows.columns import FourWays, Panel
from app.flows.context import Context
from app.flows.gather import gather
from app.flows.policies import Policies
from app.flows.refresh import Refresh
from app.flows.standing import CANCELLED, INACCESSIBLE, Standing
from app.flows.workshop import Workshop
from app.models.trainer import Ending
from app.store.versions import adapter_name
from app.training import formats, gate, snapshot
from app.training.columns import Columns, to_json

log = structlog.get_logger()


class Retrain:
    """Does training runs."""

    def __init__(
        self, context: Context, policies: Policies, refresh: Refresh, workshop: Workshop
    ) -> None:
        self._context = context
        self._policies = policies
        self._refresh = refresh
        self._workshop = workshop
        self._standing = Standing(context.store, policies, workshop, context.clock)

    def prepare(self, run_id: str) -> bool:
        """Takes the snapshot and writes the orders; False where the run has ended."""
        run = self._standing.load(run_id)
        if run is None:
            return False
        self._context.store.runs.start(run_id, self._context.clock())
        with self._standing.ending(run):
            return self._prepared(run)

    def train(self, run_id: str, stop: threading.Event) -> bool:
        """Lets the training process work to its end; False where the run has ended."""
        run = self._standing.load(run_id)
        if run is None:
            return False
        with self._standing.ending(run):
            return self._trained(run, stop)

    def judge(self, run_id: str, stop: threading.Event) -> bool:
        """Asks held-out questions and the gate; False where the run has ended."""
        run = self._standing.load(run_id)
        if run is None:
            return False
        with self._standing.ending(run):
            return self._judged(run, stop)

    def finish(self, run_id: str, stop: threading.Event) -> bool:
        """Keeps the adapter as a version, and promotes it where it passed; False as `judge`."""
        run = self._standing.load(run_id)
        if run is None:
            return False
        with self._standing.ending(run):
            return self._finished(run, stop)

    def fail(self, run_id: str) -> None:
        """Ends a run that no other try brings to its end."""
        self._standing.give_up(run_id)

    # --- what the steps do ----------------------------------------------------------------

    def _prepared(self, run: Run) -> bool:
        folder = self._workshop.folder(run.id)
        if folder.prepared:
            return True
        repository = self._context.store.repositories.get(run.repository_id)
        if repository is None:
            raise GoneError(INACCESSIBLE)
        corpus = self._refresh.corpus(repository)
        if corpus is None:
            raise UserError("This repository has no text that answers could come from.")
        # The training process has no network: the model is brought onto this disk before.
        self._workshop.fetch()
        gathered = gather(
            self._context.store,
            repository.id,
            corpus=corpus,
            layout=self._workshop.weights.layout,
            config=self._workshop.config(self._policies.kept(repository.id)),
            imported=self._workshop.imported,
        )
        taken = snapshot.take(gathered.lessons, dropped=gathered.dropped)
        if missing := snapshot.shortfall(taken, self._workshop.rows):
            self._standing.end(run, RunState.REFUSED, f"{missing}{_left_out(taken.dropped)}")
            return False
        folder.make()
        snapshot.write(taken, folder.path)
        formats.export(taken, folder.path / formats.FOLDER)
        number = self._context.store.adapters.next_number(repository.id)
        name = adapter_name(repository.id, number, taken.hash)
        self._workshop.weights.spec(name).write(folder.path)
        log.info("run.prepared", run=run.id, lessons=len(taken.rows), folds=taken.count)
        return True

    def _trained(self, run: Run, stop: threading.Event) -> bool:
        if not self._prepared(run):
            return False
        watch = self._standing.watch(run, stop)
        ended = self._workshop.trainer.run(self._workshop.folder(run.id).path, watch.look)
        if ended.ending is Ending.FAILED:
            self._standing.end(run, RunState.FAILED, ended.reason)
        elif ended.ending is Ending.CANCELLED:
            unwanted = self._standing.unwanted(run.id)
            self._standing.end(run, RunState.CANCELLED, unwanted or CANCELLED)
        return ended.ending in (Ending.DONE, Ending.STOPPED)

    def _judged(self, run: Run, stop: threading.Event) -> bool:
        folder = self._workshop.folder(run.id)
        if folder.verdict() is not None:
            return True
        if not self._trained(run, stop):
            return False
        if stop.is_set():
            return True
        result = folder.result()
        base = self._workshop.foundation.name
        if misfit := self._context.active.misfit(base, result.base_hash):
            raise UserError(misfit)
        columns = self._columns(run, stop)
        if stop.is_set():
            return True
        if unwanted := self._standing.unwanted(run.id):
            self._standing.end(run, RunState.CANCELLED, unwanted)
            return False
        verdict = gate.judge(result.measured, columns=columns)
        folder.save_verdict(verdict, None if columns is None else to_json(columns))
        log.info("run.judged", run=run.id, passed=verdict.passed)
        return True

    def _columns(self, run: Run, stop: threading.Event) -> Columns | None:
        """Asks held-out questions; None where there is nothing to ask with, or nobody wants it."""
        model = self._workshop.foundation.model
        corpus = self._context.knowledge.corpus(run.repository_id)
        if model is None or corpus is None or not self._workshop.bounds.questions:
            return None
        folder = self._workshop.folder(run.id)
        taken = snapshot.read(folder.path)
        policy = self._policies.kept(run.repository_id)
        places = folder.adapters(taken.count)
        # It may have ended since, unused; loading it again takes longer than a job waits.
        self._workshop.fetch()
        # Another snapshot makes other weights, and a name never means others.
        named = {fold: f"c{run.id}-{taken.hash[:8]}-{fold}" for fold in places}
        panel = Panel(
            answerer=lambda adapter: self._context.answerer(policy, adapter),
            adapters=named,
            corpus=corpus,
            at=self._context.clock(),
        )
        ways = FourWays(self._context.store, run.repository_id, taken, panel)
        try:
            for fold, place in places.items():
                model().add_adapter(named[fold], place)
            return ways.ask(self._workshop.bounds, self._standing.watch(run, stop).asked)
        finally:
            for name in named.values():
                model().remove_adapter(name)

    def _finished(self, run: Run, stop: threading.Event) -> bool:
        adapters = self._context.store.adapters
        version = adapters.of_run(run.repository_id, run.id)
        if version is None:
            if not self._judged(run, stop):
                return False
            if stop.is_set():
                return True
            made = self._version(run)
            # Keeping the files can take long, and somebody may have cancelled the run meanwhile.
            if unwanted := self._standing.unwanted(run.id):
                self._workshop.artifacts.delete(made.name)
                self._standing.end(run, RunState.CANCELLED, unwanted)
                return False
            version = adapters.add(made)
        if not version.verdict.passed:
            reason = " ".join(version.verdict.reasons) + _imported(version.metrics)
            self._standing.end(run, RunState.REFUSED, reason, version.name)
            return True
        # Where the run was cut off after this, somebody may have rolled it back since.
        if all(one.adapter != version.name for one in adapters.history(run.repository_id)):
            adapters.promote(
                run.repository_id,
                version.name,
                by=run.by,
                reason=f"It passed the gate in the run {run.id}.",
                at=self._context.clock(),
            )
            log.info("adapter.promoted", adapter=version.name, repository=run.repository_id)
        reason = f"It passed the gate.{_imported(version.metrics)}"
        self._standing.end(run, RunState.PROMOTED, reason, version.name)
        return True

    def _version(self, run: Run) -> AdapterVersion:
        """Keeps the adapter's files, and describes what they are."""
        folder = self._workshop.folder(run.id)
        judged = folder.verdict()
        assert judged is not None
        taken, spec, result = snapshot.read(folder.path), folder.spec(), folder.result()
        artifacts = self._workshop.artifacts
        if self._context.store.adapters.get(spec.adapter) is None:
            # Files of no version are those of a run that was cut off here.
            artifacts.delete(spec.adapter)
        return AdapterVersion(
            name=spec.adapter,
            repository_id=run.repository_id,
            number=_number(spec.adapter),
            run_id=run.id,
            base=self._workshop.foundation.name,
            base_hash=result.base_hash,
            data_hash=taken.hash,
            seed=spec.seed,
            recipe=spec.recipe.json(),
            metrics={
                **result.metrics,
                "columns": judged.columns,
                "lessons": len(taken.rows),
                "imported": taken.imported,
                "pairs": taken.pairs,
                "threads": taken.threads,
                "dropped": dict(taken.dropped),
                "redacted": taken.redacted,
            },
            verdict=judged.verdict,
            files=artifacts.put(spec.adapter, folder.adapter),
            created_at=self._context.clock(),
            trained_on=sorted({url for lesson in taken.lessons for url in lesson.urls}),
        )


def _left_out(dropped: Mapping[str, int]) -> str:
    """Says in words why replies that people said something of gave no lesson."""
    if not dropped:
        return ""
    reasons = "; ".join(f"{reason} ({count})" for reason, count in dropped.items())
    return f" Not counted is what gives no lesson of its own: {reasons}."


def _imported(metrics: Mapping[str, Any]) -> str:
    """Says in words how many imported rows were taught; empty where none was."""
    count = metrics.get("imported", 0)
    was = "row was" if count == 1 else "rows were"
    return f" {count} imported {was} among its lessons." if count else ""


def _number(name: str) -> int:
    return int(name.split("-")[1])
