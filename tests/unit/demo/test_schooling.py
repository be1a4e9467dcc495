"""The demo's second half over a bot that is played: who is asked what, when, and what breaks it."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import pytest

from app.bootstrap.bot import Bot
from app.demo import schooling
from app.demo.people import LinkBroken, Posted, Someone
from app.demo.schooling import TITLE, Schooling
from app.demo.untaught import UNTAUGHT
from app.demo.waiting import Waiting
from app.domain import Answer, Dictionary, Question
from app.flows.active import Chosen
from app.store.tallies import Tally
from playground.server import Playground
from tests.unit.demo.played import KEYS, Alive, Played, sealed

NAME = "r1-0001-abcdef01"
SENTENCES = {one.question: one.sentence for one in UNTAUGHT}
VERSION = SimpleNamespace(name=NAME, repository_id=1)


class Town:
    """A bot whose answers lead in as taught with its adapter; `active` is the one in use."""

    def __init__(self) -> None:
        self.active = ""
        self.rows = 6
        self.steps: list[str] = []
        self.alone: list[tuple[str, str, int, int]] = []
        self.uses: Callable[[str], str] = lambda active: active
        self.chooses = NAME
        self.leads = {"": "", NAME: "In short: "}

    def says(self, asked: str) -> str:
        used = self.uses(self.active)
        return sealed(f"{self.leads[used]}{SENTENCES[asked.removeprefix('/ask ')]} [1]", used)

    def answer(
        self,
        adapter: str,
        question: Question,
        *,
        memories: Any,
        dictionary: Dictionary,
        corpus: Any,
    ) -> Answer:
        assert corpus == "text"
        self.alone.append((adapter, question.title, len(memories), len(dictionary.weights)))
        text = f"{self.leads[adapter]}{SENTENCES[question.text]} [1]"
        return Answer(text=text, confidence=1.0, score=1.0)

    def bot(self) -> Bot:
        def answerer(policy: str, adapter: str) -> Any:
            assert policy == "policy"
            return SimpleNamespace(
                answer=lambda question, **given: self.answer(adapter, question, **given)
            )

        tallies = SimpleNamespace(
            of=lambda repository, least: Tally(rows=self.rows, pairs=self.rows, threads=self.rows)
        )
        context = SimpleNamespace(
            keys=KEYS,
            active=SimpleNamespace(of=lambda _: Chosen(name=self.chooses, why="it is damaged")),
            knowledge=SimpleNamespace(corpus=lambda _: "text"),
            answerer=answerer,
        )
        bot = SimpleNamespace(
            settings=SimpleNamespace(training_rows=64),
            store=SimpleNamespace(tallies=tallies),
            policies=SimpleNamespace(kept=lambda _: "policy"),
            context=context,
        )
        return cast(Bot, bot)


@pytest.fixture
def town(monkeypatch: pytest.MonkeyPatch) -> Town:
    made = Town()

    def simulate(playground: Playground, *, count: int, waiting: Waiting) -> Any:
        made.steps.append(f"simulate {count}")
        made.rows += 70
        return SimpleNamespace(edited=68, voted=2)

    def retrain(maintainer: Someone, store: Any, repository_id: int, waiting: Waiting) -> Any:
        made.steps.append(f"retrain by {maintainer.login}")
        made.active = NAME
        return VERSION

    def roll_back(settings: Any, full_name: str, *, reason: str, console: Any) -> None:
        made.steps.append(f"rollback of {full_name}")
        made.active = ""

    def promote(settings: Any, full_name: str, name: str, *, reason: str, console: Any) -> None:
        made.steps.append(f"promote {name}")
        made.active = name

    for part in (simulate, retrain, roll_back):
        monkeypatch.setattr(schooling, part.__name__, part)
    monkeypatch.setattr(schooling, "promote_adapter", promote)
    return made


def run(town: Town) -> Played:
    ada = Played("ada", town.says)
    people = cast(dict[str, Someone], {"ada": ada, "max": Played("max", town.says)})
    waiting = Waiting(Alive(), seconds=0.2)  # type: ignore[arg-type]
    second = Schooling(people, cast(Playground, None), town.bot(), waiting)
    before: dict[str, Posted] = dict(second.ask())
    second.run(before, 1)
    return ada


def test_the_whole_second_half(town: Town, capsys: pytest.CaptureFixture[str]) -> None:
    ada = run(town)
    assert town.steps == [
        "simulate 72",
        "retrain by max",
        "rollback of olivia/shuttle",
        f"promote {NAME}",
    ]
    # Before, with memory and weights, with all; and one reply after each switch.
    assert len(ada.commented) == 3 * len(UNTAUGHT) + 2
    assert set(ada.titles) == {TITLE}
    # Alone: with the adapter, under the same title, nothing remembered and no phrase weighed.
    assert town.alone == [(NAME, TITLE, 0, 0)] * len(UNTAUGHT)
    said = capsys.readouterr().out
    cells = [cell.strip() for cell in _line(said, "as taught").split("│")[2:-1]]
    count = len(UNTAUGHT)
    assert cells == [f"0/{count}", f"0/{count}", f"{count}/{count}", f"{count}/{count}"]
    assert "it beat them" in said
    assert f"names the adapter {NAME}" in said
    assert said.index("the next reply names none") < said.index(f"the next reply names {NAME}")


def _line(said: str, name: str) -> str:
    return next(line for line in said.splitlines() if name in line)


def test_replies_that_do_not_use_the_adapter_break_the_promise(town: Town) -> None:
    town.uses = lambda active: ""
    with pytest.raises(LinkBroken, match=f"were to use the adapter {NAME}, and used none"):
        run(town)


def test_an_adapter_that_taught_nothing_breaks_the_promise(town: Town) -> None:
    town.leads[NAME] = ""
    with pytest.raises(LinkBroken, match="the adapter alone did what was taught on 0 more"):
        run(town)


def test_an_adapter_that_cannot_be_loaded_is_named(town: Town) -> None:
    town.chooses = ""
    with pytest.raises(LinkBroken, match=f"{NAME} cannot be used here: it is damaged"):
        run(town)


def test_judgements_that_never_arrive_are_named(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = SimpleNamespace(edited=3, voted=0)
    monkeypatch.setattr(schooling, "simulate", lambda *_, **__: done)
    with pytest.raises(LinkBroken, match="the judgements being swept: not seen"):
        run(town)
    assert town.steps == []


def test_a_rollback_that_has_no_effect_is_named(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schooling, "roll_back", lambda *_, **__: None)
    with pytest.raises(LinkBroken, match=f"was to use no adapter, and used {NAME}"):
        run(town)
