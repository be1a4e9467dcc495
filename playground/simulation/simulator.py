"""Runs simulations of a playground beside its requests, one at a time."""

import threading
from dataclasses import replace

from playground.errors import Conflict, Invalid
from playground.simulation.crew import FULL_NAME, Crew
from playground.simulation.questions import questions
from playground.simulation.simulation import Simulation
from playground.simulation.standing import Phase, Standing

USUAL = 64
"""How many questions are asked unless somebody says otherwise."""
ENDING = 40.0
"""Seconds that a simulation may take to end: its longest call."""
BUG = "The simulation ended by a fault of its own; what the playground prints names it."


class Simulator:
    """Starts and stops simulations, and knows how far the latest one is."""

    def __init__(self) -> None:
        self._simulation: Simulation | None = None
        self._thread: threading.Thread | None = None
        self._standing: Standing | None = None
        self._lock = threading.Lock()

    @property
    def standing(self) -> Standing | None:
        """How far the latest simulation is; None where there was none."""
        return self._standing

    @property
    def running(self) -> bool:
        """Whether a simulation is under way."""
        return self._thread is not None and self._thread.is_alive()

    def start(self, url: str, count: int, *, patience: float | None = None) -> Standing:
        """Starts a simulation in a thread of its own.

        Args:
            url: Where the playground is.
            count: How many questions to ask.
            patience: Seconds until a reply counts as late; the usual where None.

        Raises:
            Invalid: there are not so many questions.
            Conflict: one is under way.
        """
        most = len(questions())
        if not 1 <= count <= most:
            raise Invalid(f"A simulation asks 1 to {most} questions.")
        with self._lock:
            if self.running:
                raise Conflict("A simulation is under way. Stop it, or wait until it is over.")
            crew = Crew(url)
            more = {} if patience is None else {"patience": patience}
            self._standing = standing = Standing(repository=FULL_NAME, wanted=count)
            self._simulation = Simulation(crew, questions()[:count], self._note, **more)
            self._thread = threading.Thread(
                target=self._run, args=(self._simulation, crew), name="simulation", daemon=True
            )
            self._thread.start()
            return standing

    def stop(self) -> None:
        """Asks the simulation under way to end; does nothing where there is none."""
        if self._simulation is not None:
            self._simulation.stop()

    def close(self) -> None:
        """Stops, and returns once nothing more is done."""
        self.stop()
        if self._thread is not None:
            self._thread.join(timeout=ENDING)

    def _note(self, standing: Standing) -> None:
        self._standing = standing

    def _run(self, simulation: Simulation, crew: Crew) -> None:
        try:
            simulation.run()
        finally:
            crew.close()
            last = self._standing
            if last is not None and not last.phase.final:
                # A bug, whose trace goes to standard error; whoever waits is to hear of it.
                self._standing = replace(last, phase=Phase.BROKEN, said=BUG)
