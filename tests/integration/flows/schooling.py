"""A repository whose people taught enough to train on, and a bot whose training is played."""

import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

from app.bootstrap.composers import composer, composer_config
from app.domain import (
    Answer,
    Evidence,
    Job,
    Memory,
    MemoryKind,
    PhraseMass,
    PreferenceRow,
    Quote,
    Reply,
    RowKind,
    SignalKind,
)
from app.errors import UserError
from app.flows.active import Active, Foundation
from app.flows.ask import AskFlow
from app.flows.columns import Bounds
from app.flows.orders import Orders, Terms
from app.flows.policy import Policy
from app.flows.retrain import Retrain
from app.flows.workshop import Weights, Workshop
from app.layouts import Layout
from app.models.trainer import Trainer
from app.ports.answers import Answerer
from app.training.recipe import Recipe
from app.weave.reply import compose
from tests.integration.flows.conftest import Town
from tests.stored import ANN, a_reply

SCRIPT = Path(__file__).with_name("fake_training.py")
LEAD = "In short:"
ROWS = 16
# No two questions alike, or they would count as one.
TAUGHT = {
    "Where does the anchor chain rest at night?": "The anchor chain rests in a locker below deck.",
    "How often is bread delivered?": "Bread is delivered twice a week by bicycle.",
    "Who repaired the clock tower?": "A watchmaker from Delft repaired the clock tower.",
    "Why are dolphins counted each spring?": "Dolphins are counted to see how the bay recovers.",
    "Which engine drives the elevator?": "A hydraulic engine drives the elevator.",
    "May fishermen enter the harbour after sunset?": "Fishermen enter the harbour with lanterns.",
    "What colour has the garden gate?": "The garden gate is painted dark green.",
    "When does honey harvest begin?": "Honey harvest begins in the last days of July.",
    "How thick must ice be for skating?": "Skating is allowed on ice of twelve centimetres.",
    "Who may borrow jackets from the office?": "Visitors borrow jackets against a deposit.",
    "What is stored inside the kettle room?": "Spare valves are stored inside the kettle room.",
    "How are ladders secured in storms?": "Ladders are tied to iron rings in storms.",
    "Does the museum close on Mondays?": "The museum closes on Mondays and on holidays.",
    "Which needles does the compass factory import?": "The factory imports needles from Norway.",
    "Can oranges be shipped unwrapped?": "Oranges are shipped in paper against mould.",
    "Where do pilgrims leave their shoes?": "Pilgrims leave their shoes on the marble steps.",
    "How deep is the quarry lake?": "The quarry lake is forty metres deep at its wall.",
    "Who tunes the radio mast?": "The radio mast is tuned by a retired sailor.",
}
UNTAUGHT = "The ferry leaves the northern pier at noon."
"""What the same document says, and nobody has said anything of."""


@dataclass
class Loaded:
    """A model that takes adapters, or does not."""

    folders: dict[str, Path] = field(default_factory=dict)
    refuses: str = ""

    def add_adapter(self, name: str, folder: Path) -> None:
        if self.refuses:
            raise UserError(self.refuses)
        assert (folder / "adapter_model.safetensors").is_file()
        self.folders[name] = folder

    def remove_adapter(self, name: str) -> None:
        self.folders.pop(name, None)


@dataclass
class Styled:
    """Answers as the plain one does, and with an adapter leads in as people taught."""

    plain: Answerer
    adapter: str
    lead: str
    faults: list[Exception]
    asked: list[tuple[str, int, int]]

    def answer(self, question, *, corpus, memories, dictionary) -> Answer:  # type: ignore[no-untyped-def]
        self.asked.append((self.adapter, len(memories), len(dictionary.weights)))
        found = self.plain.answer(question, corpus=corpus, memories=memories, dictionary=dictionary)
        if not self.adapter:
            return found
        if self.faults:
            raise self.faults.pop()
        quotes = list(found.quotes)
        if quotes and self.lead:
            quotes[0] = replace(quotes[0], lead=self.lead)
        return replace(
            found, quotes=quotes, text=compose(quotes) if quotes else "", adapter=self.adapter
        )


@dataclass(kw_only=True)
class School:
    """A town's bot with a played training; what was put into its queue is in `jobs`."""

    town: Town
    model: Loaded
    retrain: Retrain
    orders: Orders
    workshop: Workshop
    jobs: list[Job]
    faults: list[Exception]
    asked: list[tuple[str, int, int]]

    @property
    def store(self):  # type: ignore[no-untyped-def]
        return self.town.bot.store

    def repository(self):  # type: ignore[no-untyped-def]
        [found] = self.store.repositories.all()
        return found

    def run(self, run_id: str, stop: threading.Event | None = None) -> None:
        """Does all steps of a run, as the workflow does."""
        stop = stop or threading.Event()
        assert self.retrain.prepare(run_id)
        assert self.retrain.train(run_id, stop)
        assert self.retrain.judge(run_id, stop)
        assert self.retrain.finish(run_id, stop)


def school(
    town: Town, data: Path, *, mode: str = "good", base_hash: str = "a" * 64, lead: str = LEAD
) -> School:
    """Gives a town's bot a training process that is played by a script.

    Args:
        town: where it is.
        data: the folder of runs is made here.
        mode: the script's.
        base_hash: that of the weights in use.
        lead: what an adapter puts before an answer; with "" it changes nothing.
    """
    bot = town.bot
    settings = bot.settings
    model = Loaded()
    faults: list[Exception] = []
    asked: list[tuple[str, int, int]] = []
    jobs: list[Job] = []
    foundation = Foundation(name="tiny", fingerprint=lambda: base_hash, model=lambda: model)

    def answerer(policy: Policy, adapter: str = "") -> Styled:
        return Styled(composer(settings, policy, bot.model), adapter, lead, faults, asked)

    context = replace(
        bot.context,
        answerer=answerer,
        active=Active(bot.store, bot.artifacts, foundation),
    )
    workshop = Workshop(
        root=data / "training",
        trainer=Trainer(program=(sys.executable, "-P", str(SCRIPT), mode)),
        artifacts=bot.artifacts,
        foundation=foundation,
        weights=Weights(
            source="tiny",
            revision="",
            layout=Layout.NUMBERED,
            device="cpu",
            dtype="float32",
            threads=1,
            nice=10,
            seed=0,
            recipe=Recipe.read(),
        ),
        rows=ROWS,
        imported=settings.training_imported,
        bounds=Bounds(questions=24, seconds=600),
        fetch=lambda: None,
        config=lambda policy: composer_config(settings, policy),
    )
    terms = Terms(rows=ROWS, interval=timedelta(days=7), longest=timedelta(days=3))
    orders = Orders(bot.store, bot.policies, terms, put=jobs.append, clock=town.clock)
    retrain = Retrain(context, bot.policies, bot.refresh, workshop)
    ask = AskFlow(context, bot.policies, bot.ask._people, bot.refresh, orders, bot.verbs)
    schooled = replace(bot, context=context, ask=ask, orders=orders, retrain=retrain)
    return School(
        town=replace(town, bot=schooled),
        model=model,
        retrain=retrain,
        orders=orders,
        workshop=workshop,
        jobs=jobs,
        faults=faults,
        asked=asked,
    )


def teach(town: Town, count: int = len(TAUGHT)) -> Sequence[Reply]:
    """Lets people put a lead before the answers to so many questions, each in its own thread."""
    document = "\n\n".join(["# Facts", *TAUGHT.values(), UNTAUGHT, ""])
    town.put("docs/facts.md", document.encode())
    # Asking makes the repository known, and its text searchable.
    town.ask("mia", "/ask How do I run the tests?")
    [repository] = town.bot.store.repositories.all()
    corpus = town.bot.refresh.corpus(repository)
    assert corpus is not None
    replies = []
    for number, (question, sentence) in enumerate(list(TAUGHT.items())[:count], 101):
        [hit, *_] = corpus.search(question, 1)
        reply = town.bot.store.replies.add(
            a_reply(
                number,
                repository_id=repository.id,
                number=number,
                question=question,
                answer=compose([Quote(text=sentence, source=0)]),
                sources=(hit.passage,),
                posted_at=town.clock(),
            )
        )
        town.bot.store.evidence.replace(reply.id, _evidence(reply, sentence, town))
        replies.append(reply)
    return replies


def _evidence(reply: Reply, sentence: str, town: Town) -> Evidence:
    edited = f"{LEAD} {sentence}"
    at = town.clock()
    shared = {"repository_id": reply.repository_id, "reply_id": reply.id}
    return Evidence(
        memories=[
            Memory(
                **shared,
                kind=MemoryKind.CORRECTION,
                question=reply.question,
                before=sentence,
                after=edited,
                author=ANN.login,
                url=reply.url,
                weight=1.0,
                created_at=at,
            )
        ],
        masses=[
            PhraseMass(
                **shared,
                phrase=f"phrase of {reply.number}",
                mass=1.0,
                at=at,
                person=f"person{reply.number}",
                url=reply.url,
                kind=SignalKind.EDIT,
            )
        ],
        rows=[
            PreferenceRow(
                **shared,
                kind=RowKind.PAIR,
                number=reply.number,
                prompt=reply.question,
                chosen=edited,
                rejected=sentence,
                weight=1.0,
                people=(ANN.login,),
                urls=(reply.url,),
                created_at=at,
            )
        ],
    )
