"""One run of an engine: jobs of several asks, laid out as rows that share batches."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from app.domain import Piece, Usage
from app.errors import TooLong, TransientError, TreadleError, UserError
from app.layouts.chat import Chat
from app.models.guiding import Guides
from app.models.jobs import Done, Expand, Form, Job, Logprob, ModelSpec, Result, YesNo
from app.models.judging import Asked, Judge
from app.models.reader import Part, Reader, Tails
from app.models.rows import Stem
from app.models.sampling import key
from app.models.trails import Trail, Trails
from app.models.writing import CHARACTER, Start, Writer, Written

T = TypeVar("T", Start, Asked)
U = TypeVar("U")


@dataclass(frozen=True, kw_only=True, slots=True)
class Tools:
    """What a run works with. `most` is how many tokens the model can read, if it says."""

    spec: ModelSpec
    reader: Reader
    chat: Chat
    trails: Trails
    writer: Writer
    judge: Judge
    guides: Guides
    most: int | None


@dataclass(kw_only=True, slots=True)
class _Task:
    """A job on its way: its drafts, its tokens counted, and what was found for each draft."""

    job: Job
    trail: Trail
    stem: Stem
    parts: list[Part]
    computed: int
    read: int = 0
    written: int = 0
    pieces: list[list[Piece]] = field(default_factory=list)
    figures: list[float] = field(default_factory=list)
    error: TreadleError | None = None


class Run:
    """Runs jobs together."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools

    def run(self, jobs: Sequence[Job]) -> list[Done | TreadleError]:
        """Returns each job's result or error, in order."""
        begun = [self._begin(job) for job in jobs]
        tasks = [task for task in begun if isinstance(task, _Task)]
        self._expand([task for task in tasks if isinstance(task.job, Expand)])
        self._yes_no([task for task in tasks if isinstance(task.job, YesNo)])
        self._logprob([task for task in tasks if isinstance(task.job, Logprob)])
        self._form([task for task in tasks if isinstance(task.job, Form)])
        return [task if isinstance(task, TreadleError) else _ended(task) for task in begun]

    def _begin(self, job: Job) -> _Task | TreadleError:
        """Lays a job out as drafts after its prompt, which is read."""
        tools = self._tools
        trail = tools.trails.of(job.context)
        if tools.most is not None and len(trail.ids) >= tools.most:
            return TooLong(
                f"The prompt has {len(trail.ids)} tokens, and the model can read "
                f"{tools.most - 1} before an answer. Set TREADLE_MODEL_PROMPT_TOKENS lower."
            )
        before = tools.reader.computed
        try:
            stem = tools.reader.stem(job.context.adapter, trail.ids)
        except TransientError as error:
            return error
        texts = ("",) if isinstance(job, Form) else _texts(job)
        parts = [Part(stem=stem, own=tools.trails.ids(trail, text)) for text in texts]
        computed = tools.reader.computed - before
        return _Task(job=job, trail=trail, stem=stem, parts=parts, computed=computed)

    def _expand(self, tasks: Sequence[_Task]) -> None:
        """Samples the pieces of all tasks."""
        tools = self._tools
        tails = self._tails(tasks)
        starts: list[tuple[_Task, int, Start]] = []
        for task in tasks:
            assert isinstance(task.job, Expand)
            task.pieces = [[] for _ in task.parts]
            for at, (part, count) in enumerate(zip(task.parts, task.job.counts, strict=True)):
                sequence = (*part.stem.ids, *part.own)
                limit = tools.spec.piece_tokens
                most = limit + CHARACTER
                if tools.most is not None:
                    most = min(most, tools.most - len(sequence))
                if most < 1:
                    continue
                opened = tools.reader.open(part, tails)
                drawn = task.trail.drawn.get(part.own, 0)
                task.trail.drawn[part.own] = drawn + count
                for index in range(drawn, drawn + count):
                    row = key(task.job.context.seed, sequence, index)
                    start = Start(
                        part=part, opened=opened, key=row, limit=min(limit, most), most=most
                    )
                    starts.append((task, at, start))
                task.read += count * len(sequence)
                task.computed += count * len(opened.rest)
        found = self._over([start for _, _, start in starts], tools.writer.write)
        for (task, at, start), written in zip(starts, found, strict=True):
            if isinstance(written, TransientError):
                task.error = written
            else:
                self._take(task, at, start, written)

    def _take(self, task: _Task, at: int, start: Start, written: Written) -> None:
        """Remembers a piece that was written, and gives it to its task."""
        assert isinstance(task.job, Expand)
        own = (*start.part.own, *written.ids)
        task.trail.texts.setdefault(task.job.prefixes[at] + written.text, own)
        if written.layers and own:
            self._tools.reader.shelf.keep(start.part.stem, own, written.layers)
        task.written += len(written.said)
        piece = Piece(text=written.text, finished=written.finished, logprob=sum(written.said))
        task.pieces[at].append(piece)

    def _yes_no(self, tasks: Sequence[_Task]) -> None:
        """Asks the questions of all tasks about their drafts."""
        tools = self._tools
        tails = self._tails(tasks)
        asked: list[tuple[_Task, Asked]] = []
        for task in tasks:
            assert isinstance(task.job, YesNo)
            question = tools.chat.question(task.job.question)
            for part in task.parts:
                asked.append((task, Asked(opened=tools.reader.open(part, tails), ids=question)))
        self._measure(asked, tools.judge.odds)

    def _logprob(self, tasks: Sequence[_Task]) -> None:
        """Measures the texts of all tasks as whole answers."""
        open_root = self._tools.reader.open
        asked = [
            (task, Asked(opened=open_root(Part(stem=part.stem, own=()), Tails()), ids=part.own))
            for task in tasks
            for part in task.parts
        ]
        self._measure(asked, self._tools.judge.logprobs)

    def _form(self, tasks: Sequence[_Task]) -> None:
        """Writes the whole texts of all tasks, each held to its format where that can be."""
        tools = self._tools
        starts: list[tuple[_Task, Start]] = []
        for task in tasks:
            assert isinstance(task.job, Form)
            (part,) = task.parts
            limit = task.job.tokens
            if tools.most is not None:
                limit = min(limit, tools.most - len(part.stem.ids))
            try:
                guide = tools.guides.guide(task.job.format)
            except UserError as error:
                task.error = error
                continue
            drawn = task.trail.drawn.get(part.own, 0)
            task.trail.drawn[part.own] = drawn + 1
            start = Start(
                part=part,
                opened=tools.reader.open(part, Tails()),
                key=key(task.job.context.seed, part.stem.ids, drawn),
                limit=limit,
                most=limit,
                whole=True,
                guide=guide,
            )
            starts.append((task, start))
            task.read += len(part.stem.ids)
            task.computed += len(start.opened.rest)
        found = self._over([start for _, start in starts], tools.writer.write)
        for (task, _), written in zip(starts, found, strict=True):
            if isinstance(written, TransientError):
                task.error = written
                continue
            task.written += len(written.said)
            text, finished = written.text, written.finished
            task.pieces = [[Piece(text=text, finished=finished, logprob=sum(written.said))]]

    def _measure(
        self,
        asked: Sequence[tuple[_Task, Asked]],
        work: Callable[[Sequence[Asked]], Sequence[float]],
    ) -> None:
        """Gives each task the figures of its drafts, or the error that it met."""
        most = self._tools.most
        for task, one in asked:
            new = len(one.opened.rest) + len(one.ids)
            total = one.opened.row.stem.length + one.opened.row.length + new
            task.read += total
            task.computed += new
            if most is not None and total > most:
                task.error = TooLong(
                    f"A draft with its prompt has {total} tokens, and the model can read {most}. "
                    "Set TREADLE_MODEL_PROMPT_TOKENS lower."
                )
        fit = [(task, one) for task, one in asked if task.error is None]
        for (task, _), figure in zip(fit, self._over([one for _, one in fit], work), strict=True):
            if isinstance(figure, TreadleError):
                task.error = figure
            else:
                task.figures.append(figure)

    def _tails(self, tasks: Sequence[_Task]) -> Tails:
        """Reads the drafts of all tasks; each new one counts for the task that came first.

        Those that are too long for the model are left out.
        """
        most = self._tools.most
        tails = self._tools.reader.tails(
            [
                part
                for task in tasks
                for part in task.parts
                if most is None or len(part.stem.ids) + len(part.own) <= most
            ]
        )
        new = dict(tails.new)
        for task in tasks:
            task.computed += sum(new.pop(part.key, 0) for part in task.parts)
        return tails

    def _over(
        self, items: Sequence[T], work: Callable[[Sequence[T]], Sequence[U]]
    ) -> list[U | TransientError]:
        """Works on rows in batches in which those of a stem stand together, short ones first."""
        order = sorted(range(len(items)), key=lambda at: _place(items[at]))
        found = self._tools.reader.batches.over([items[at] for at in order], work)
        by_place = dict(zip(order, found, strict=True))
        return [by_place[at] for at in range(len(items))]


def _texts(job: Expand | YesNo | Logprob) -> tuple[str, ...]:
    return job.prefixes if isinstance(job, Expand) else job.texts


def _place(item: Start | Asked) -> tuple[int, int]:
    rest = len(item.opened.rest) + (len(item.ids) if isinstance(item, Asked) else 0)
    return id(item.opened.row.stem), item.opened.row.length + rest


def _ended(task: _Task) -> Done | TreadleError:
    """Returns a task's result with what it cost, or its error."""
    if task.error is not None:
        return task.error
    result: Result = tuple(task.figures)
    if isinstance(task.job, Expand | Form):
        result = tuple(tuple(pieces) for pieces in task.pieces)
    usage = Usage(read=task.read, cached=task.read - task.computed, written=task.written)
    return Done(result=result, usage=usage)
