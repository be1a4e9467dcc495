"""Simulated maintainers over HTTP, with a bot that is a thread which answers at once."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx
import pytest

from playground.errors import Conflict, Invalid
from playground.server import Playground
from playground.simulation.crew import FULL_NAME, Crew
from playground.simulation.questions import questions
from playground.simulation.simulation import Simulation
from playground.simulation.standing import Phase, Standing
from playground.values import Comment
from playground.world import World, subject_node

SOURCES = "\n\n**Sources**\n\n1. `README.md`\n\n<!-- treadle {} k1 0 -->"
Says = Callable[[int], str | None]


class Bot:
    """Answers the nth question with what `says` gives; None answers never."""

    def __init__(self, world: World, says: Says) -> None:
        self._world = world
        self._says = says
        self._seen: set[int] = set()

    def look(self) -> None:
        """Answers what is new."""
        world = self._world
        with world.transaction():
            for issue in list(world.issues):
                if issue.id in self._seen or not world.comments.of(issue.id):
                    continue
                self._seen.add(issue.id)
                said = self._says(len(self._seen))
                if said is not None:
                    bot = world.bot(next(iter(world.installations)))
                    world.create_comment(bot, issue, said)


@contextmanager
def answering(playground: Playground, says: Says) -> Iterator[None]:
    bot, over = Bot(playground.world, says), threading.Event()

    def run() -> None:
        while not over.wait(0.01):
            bot.look()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


@pytest.fixture
def pg() -> Iterator[Playground]:
    with Playground() as playground:
        yield playground


def simulate(playground: Playground, count: int, says: Says) -> tuple[Standing, list[Standing]]:
    told: list[Standing] = []
    crew = Crew(playground.url)
    try:
        with answering(playground, says):
            run = Simulation(crew, questions()[:count], told.append, pause=0.02).run()
    finally:
        crew.close()
    return run, told


def replies(world: World) -> list[Comment]:
    return [one for one in world.comments if world.accounts[one.author_id].kind == "Bot"]


def test_each_reply_is_edited_or_voted_for_by_the_rule(pg: Playground) -> None:
    says = {1: f"Run it. [1]{SOURCES}", 2: f"In short: run it. [1]{SOURCES}", 3: "Nothing."}
    last, told = simulate(pg, 9, lambda at: says[at % 3 + 1])
    assert last.phase is Phase.DONE
    assert (last.asked, last.answered) == (9, 9)
    assert (last.edited, last.voted, last.left, last.late) == (3, 3, 3, ())
    assert [one.step for one in told] == sorted(one.step for one in told)
    assert told[-1].step == told[-1].steps == 18
    world = pg.world
    for one in replies(world):
        reactions = world.reactions.of(subject_node(one))
        logins = {world.accounts[each.account_id].login for each in reactions}
        editors = {world.accounts[each.editor_id].login for each in one.revisions[1:]}
        people = logins | editors
        assert all(login.startswith("sim-maintainer-") for login in people)
        assert len(people) == (one.body != "Nothing.")
        assert one.body.startswith(("In short: ", "Nothing."))
    bodies = {one.body for one in replies(world)}
    assert f"In short: Run it. [1]{SOURCES}" in bodies


def test_every_thread_says_that_it_is_simulated(pg: Playground) -> None:
    simulate(pg, 5, lambda at: f"Run it. [1]{SOURCES}")
    world = pg.world
    issues = list(world.issues)
    assert len(issues) == 5
    for issue, question in zip(issues, questions(), strict=False):
        assert issue.title == f"{question.question} (simulated)"
        asked = world.comments.of(issue.id)[0]
        assert world.accounts[asked.author_id].login.startswith("sim-asker-")
        assert "simulated" in asked.body and "In short:" in asked.body
        # Only what stands behind the command is the question.
        assert asked.body.endswith(f"\n\n/ask {question.question}")


def test_a_second_simulation_goes_on_where_the_first_ended(pg: Playground) -> None:
    for _ in range(2):
        last, _ = simulate(pg, 3, lambda at: f"In short: run it. [1]{SOURCES}")
        assert (last.phase, last.voted) == (Phase.DONE, 3)
    assert len(list(pg.world.issues)) == 6
    assert len([one for one in pg.world.repositories if pg.world.full_name(one) == FULL_NAME]) == 1


def test_what_a_person_did_meanwhile_is_judged_not_undone(pg: Playground) -> None:
    world = pg.world
    crew = Crew(pg.url)
    try:
        crew.arrive()
        number = crew.ask(0, "How?")
        repository = world.find_repository(*FULL_NAME.split("/"))
        bot = world.bot(next(iter(world.installations)))
        issue = world.issue(repository, number)
        made = world.create_comment(bot, issue, f"Run it. [1]{SOURCES}")
        (found,) = crew.replies([number])
        world.edit_comment(world.person("olivia"), made, f"In short: do. [1]{SOURCES}")
        assert found.body.startswith("Run it.")
        assert crew.body(found.id) == f"In short: do. [1]{SOURCES}"
    finally:
        crew.close()


def test_it_can_be_stopped_and_started_again(pg: Playground) -> None:
    simulator = pg.world.simulator
    assert not simulator.running and simulator.standing is None
    simulator.start(pg.url, 3)
    with pytest.raises(Conflict, match="under way"):
        simulator.start(pg.url, 3)
    simulator.stop()
    simulator.close()
    assert simulator.standing is not None
    assert simulator.standing.phase is Phase.STOPPED
    with answering(pg, lambda at: f"Run it. [1]{SOURCES}"):
        simulator.start(pg.url, 3)
        while simulator.running:
            time.sleep(0.02)
    assert simulator.standing.phase is Phase.DONE


@pytest.mark.parametrize("count", [0, -1, 1000])
def test_more_questions_than_there_are_cannot_be_asked(pg: Playground, count: int) -> None:
    with pytest.raises(Invalid, match="1 to"):
        pg.world.simulator.start(pg.url, count)
    assert pg.world.simulator.standing is None


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_bug_ends_it_for_whoever_waits(pg: Playground, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Crew, "arrive", lambda self: 1 / 0)
    simulator = pg.world.simulator
    simulator.start(pg.url, 3)
    simulator.close()
    assert simulator.standing is not None
    assert simulator.standing.phase is Phase.BROKEN
    assert "fault of its own" in simulator.standing.said


def test_a_playground_that_ends_stops_its_simulation() -> None:
    with Playground() as playground:
        playground.world.simulator.start(playground.url, 20)
    assert not playground.world.simulator.running
    assert playground.world.simulator.standing is not None
    assert playground.world.simulator.standing.phase is Phase.STOPPED


def test_a_playground_that_cannot_be_reached_is_told_in_words() -> None:
    with Playground() as playground:
        url = playground.url
    crew = Crew(url)
    last = Simulation(crew, questions()[:2], lambda standing: None).run()
    crew.close()
    assert last.phase is Phase.BROKEN
    assert last.said == "The playground cannot be reached (ConnectError)."


def test_what_the_playground_refuses_is_told_in_words(pg: Playground) -> None:
    pg.world.create_repository(*FULL_NAME.split("/"), private=True)
    crew = Crew(pg.url)
    last = Simulation(crew, questions()[:2], lambda standing: None).run()
    crew.close()
    assert last.phase is Phase.BROKEN
    assert f"POST /api/v3/repos/{FULL_NAME}/issues gave 404" in last.said


def test_programs_start_watch_and_stop_it(pg: Playground) -> None:
    with httpx.Client(base_url=pg.url, trust_env=False) as client:
        path = "/_playground/simulation"
        assert client.get(path).json() == {}
        assert client.post(path, json={"count": 1000}).status_code == 422
        assert client.post(path, json={"count": "many"}).status_code == 422
        assert client.post(path, json={"count": True}).status_code == 422
        assert client.post(path, json={"count": 5}).json()["wanted"] == 5
        assert client.post(path, json={"count": 5}).status_code == 409
        client.delete(path)
        pg.world.simulator.close()
        assert client.get(path).json()["phase"] == "stopped"
        assert client.post(path, headers={"origin": "http://elsewhere"}).status_code == 403
