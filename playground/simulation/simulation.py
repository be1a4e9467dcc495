"""One simulation from start to end: all questions are asked first, then replies are judged.

Judging waits until the last reply is there, so that what the first edits teach does not
change the replies that are judged after them.
"""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

import httpx

from playground.simulation.crew import FULL_NAME, Crew, Refused, Said
from playground.simulation.questions import Question
from playground.simulation.rule import Edit, Vote, judge
from playground.simulation.standing import Late, Phase, Standing

AT_ONCE = 8
"""Questions that wait for a reply at the same time: the bot is kept busy, not swamped."""
PATIENCE = 180.0
"""Seconds until a reply counts as late."""
PAUSE = 0.5
"""Seconds between two looks for replies."""
SILENT = (
    "No reply came to the first {count} questions within {seconds:.0f} s. Is the bot running, and "
    "does it get this playground's webhooks?"
)


class _Stop(Exception):
    """Somebody asked for the end."""


class _Silence(Exception):
    """The bot does not answer at all."""


class Simulation:
    """Questions, then edits and votes by the rule; `run` does it all in the caller's thread.

    Args:
        crew: Who asks and judges.
        questions: What is asked.
        report: Is told of every change of the standing.
        patience: Seconds until a reply counts as late.
        pause: Seconds between two looks for replies.
    """

    def __init__(
        self,
        crew: Crew,
        questions: Sequence[Question],
        report: Callable[[Standing], None],
        *,
        patience: float = PATIENCE,
        pause: float = PAUSE,
    ) -> None:
        self._crew = crew
        self._questions = questions
        self._report = report
        self._patience = patience
        self._pause = pause
        self._stop = threading.Event()
        self._standing = Standing(repository=FULL_NAME, wanted=len(questions))

    def stop(self) -> None:
        """Asks for the end; `run` returns after the call in hand."""
        self._stop.set()

    def run(self) -> Standing:
        """Asks, waits and judges; returns how it ended and raises nothing of the playground's."""
        try:
            self._crew.arrive()
            self._judge(self._ask())
        except _Stop:
            self._tell(phase=Phase.STOPPED, said="Stopped. What was done until then stays.")
        except (_Silence, Refused) as error:
            self._tell(phase=Phase.BROKEN, said=str(error))
        except httpx.HTTPError as error:
            said = f"The playground cannot be reached ({type(error).__name__})."
            self._tell(phase=Phase.BROKEN, said=said)
        else:
            self._tell(phase=Phase.DONE, said="Every reply that came in time was judged.")
        return self._standing

    def _ask(self) -> list[Said]:
        replies: list[Said] = []
        waiting: dict[int, tuple[str, float]] = {}
        ahead = list(enumerate(self._questions))
        while ahead or waiting:
            self._check()
            while ahead and len(waiting) < AT_ONCE:
                at, one = ahead.pop(0)
                number = self._crew.ask(at, one.question)
                waiting[number] = (one.question, time.monotonic() + self._patience)
                self._tell(asked=at + 1)
            for said in self._crew.replies(waiting):
                # A second comment of the bot in the same issue answers nothing more.
                if waiting.pop(said.number, None) is not None:
                    replies.append(said)
            self._tell(answered=len(replies))
            self._give_up_late(waiting, answered=bool(replies))
            if waiting:
                self._stop.wait(self._pause)
        return replies

    def _give_up_late(self, waiting: dict[int, tuple[str, float]], *, answered: bool) -> None:
        now = time.monotonic()
        late = [number for number, (_, deadline) in waiting.items() if deadline < now]
        if not late:
            return
        names = [Late(number=number, question=waiting.pop(number)[0]) for number in late]
        self._tell(late=(*self._standing.late, *names))
        if not answered:
            raise _Silence(SILENT.format(count=self._standing.asked, seconds=self._patience))

    def _judge(self, replies: Sequence[Said]) -> None:
        self._tell(phase=Phase.JUDGING)
        for at, reply in enumerate(replies):
            self._check()
            # As it stands now: a person may have been at it meanwhile.
            match judge(self._crew.body(reply.id)):
                case Edit(body=body):
                    self._crew.edit(at, reply.id, body)
                    self._tell(edited=self._standing.edited + 1)
                case Vote(content=content):
                    self._crew.vote(at, reply.id, content)
                    self._tell(voted=self._standing.voted + 1)
                case _:
                    self._tell(left=self._standing.left + 1)

    def _check(self) -> None:
        if self._stop.is_set():
            raise _Stop

    def _tell(self, **changes: object) -> None:
        after = replace(self._standing, **changes)  # type: ignore[arg-type]
        if after != self._standing:
            self._standing = after
            self._report(after)
