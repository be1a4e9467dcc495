"""The page of simulated maintainers: its rule, its button, and how far a simulation is."""

from dataclasses import replace

import pytest

from playground.errors import Conflict
from playground.simulation.rule import RULE
from playground.simulation.standing import Late, Phase, Standing
from tests.unit.playground.pages_world import Scene, make_scene, visible

PATH = "/_pages/simulation"
STANDING = Standing(repository="olivia/shuttle", wanted=4, asked=4, answered=2, edited=1)


class Simulator:
    """Stands in for the one that acts over HTTP."""

    def __init__(self) -> None:
        self.standing: Standing | None = None
        self.running = False
        self.started: list[tuple[str, int]] = []
        self.stopped = 0

    def start(self, url: str, count: int) -> Standing:
        if self.running:
            raise Conflict("A simulation is under way.")
        self.started.append((url, count))
        self.standing, self.running = STANDING, True
        return STANDING

    def stop(self) -> None:
        self.stopped += 1


@pytest.fixture
def scene() -> Scene:
    return make_scene()


@pytest.fixture
def simulator(scene: Scene) -> Simulator:
    found = Simulator()
    scene.world.simulator = found  # type: ignore[assignment]
    return found


def test_every_page_leads_to_it_and_it_prints_the_rule(scene: Scene, simulator: Simulator) -> None:
    assert f'href="{PATH}"' in scene.get("/")
    page = scene.get(PATH)
    assert RULE in page
    assert 'id="simulate"' in page and 'id="stop-simulation"' not in page
    assert 'value="64"' in page and "<progress" not in page
    assert page.count("<h1") == 1


@pytest.mark.parametrize(("field", "count"), [("12", 12), ("", 64), ("many", 64), ("0", 1)])
def test_the_button_starts_one(scene: Scene, simulator: Simulator, field: str, count: int) -> None:
    page = scene.post(PATH, {"count": field}).text
    assert simulator.started == [(scene.world.web_url, count)]
    assert 'data-running="yes"' in page and 'id="stop-simulation"' in page
    assert 'id="simulate"' not in page
    # Without scripts the page is loaded anew by itself.
    assert '<noscript><meta http-equiv="refresh"' in page
    assert "4 of 4 asked, 2 answered, 1 edited" in visible(page)


def test_a_second_one_is_refused_in_words(scene: Scene, simulator: Simulator) -> None:
    scene.post(PATH, {"count": "3"})
    answer = scene.post(PATH, {"count": "3"})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text and "under way" in answer.text
    assert len(simulator.started) == 1


def test_more_questions_than_there_are_is_refused_in_words(scene: Scene) -> None:
    answer = scene.post(PATH, {"count": "1000"})
    assert answer.status_code == 422
    assert "A simulation asks 1 to 84 questions." in answer.text
    assert scene.world.simulator.standing is None


def test_it_can_be_stopped(scene: Scene, simulator: Simulator) -> None:
    scene.post(PATH, {"count": "3"})
    assert scene.post(f"{PATH}/stop", {}).status_code == 200
    assert simulator.stopped == 1


def test_another_site_starts_and_stops_nothing(scene: Scene, simulator: Simulator) -> None:
    for path in (PATH, f"{PATH}/stop"):
        assert scene.post(path, {}, origin="http://elsewhere").status_code == 403
    assert simulator.started == [] and simulator.stopped == 0


def test_what_came_too_late_is_named(scene: Scene, simulator: Simulator) -> None:
    simulator.standing = replace(
        STANDING,
        phase=Phase.DONE,
        said="Every reply that came in time was judged.",
        late=(Late(number=7, question="What is <b> for?"),),
    )
    page = scene.get(PATH)
    assert '<a href="/olivia/shuttle/issues/7">#7</a> What is &lt;b&gt; for?' in page
    assert simulator.standing.said in page
    assert 'data-running="no"' in page and "http-equiv" not in page
