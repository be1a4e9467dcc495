"""A bot for the tests of the dashboard: a real store with a little in it, and a fake why."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

from starlette.testclient import TestClient

from app.artifacts import open_artifacts
from app.domain import (
    Answer,
    Ask,
    AskState,
    AskTree,
    Branch,
    Course,
    Evidence,
    Fault,
    Job,
    Memory,
    MemoryKind,
    Outcome,
    Passage,
    Permission,
    Person,
    PhraseMass,
    PhraseUse,
    PhraseWeight,
    PreferenceRow,
    Quote,
    Reason,
    Reply,
    Repository,
    RowKind,
    Signal,
    SignalKind,
    SourceKind,
    Tried,
    WholeText,
)
from app.errors import UserError
from app.flows.blocks import Blocks
from app.flows.deciding import Deciding
from app.flows.learn import Learn
from app.flows.orders import Orders, Terms
from app.flows.policies import Policies
from app.flows.preferring import Preferring
from app.flows.why import Cause, Difference, Why
from app.models.present import Present
from app.models.trainable import untrainable
from app.ports.artifacts import Artifacts
from app.settings import Settings, load
from app.store import Store, open_store
from app.web.dashboard import create_dashboard

HOME = "https://github.com"
SITE = "http://127.0.0.1:8081"
TOKEN = "a-token-of-some-length"
NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
REPOSITORY = Repository(id=1, owner="olivia", name="shuttle", installation_id=7)
KEYS = {"k1": "the key of the dashboard's tests"}
ASKER = Person(id=3, login="cora")
MAINTAINER = Person(id=2, login="max")


class Whys:
    """Explains replies from a table, and refuses others as the real one does."""

    def __init__(self) -> None:
        self.known: dict[str, Why] = {}

    def reply(self, url: str) -> Why:
        """Returns what was put there."""
        if url not in self.known:
            raise UserError("the repository's text is not indexed: ask something there first")
        return self.known[url]


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What the dashboard needs of a bot; `jobs` are those that were put into the queue."""

    settings: Settings
    model: Present
    store: Store
    why: Whys
    blocks: Blocks
    policies: Policies
    orders: Orders
    deciding: Deciding
    preferring: Preferring
    artifacts: Artifacts
    jobs: list[Job] = field(default_factory=list)

    def client(self, *, signed_in: bool = True, base_url: str = SITE) -> TestClient:
        """A browser on the dashboard."""
        app = create_dashboard(self, TOKEN, clock=lambda: NOW)
        client = TestClient(app, base_url=base_url)
        if signed_in:
            assert client.get("/", params={"token": TOKEN}).status_code == 200
        return client


def make_bot(folder: Path, **settings: object) -> Shown:
    """Makes a bot over a migrated database."""
    found = load({}, data_dir=folder, **settings)
    store = open_store(found)
    # What the dashboard asks of the configuration never reaches GitHub.
    policies = Policies(None, store)  # type: ignore[arg-type]
    # What weighs phrases, of all that flows share.
    parts = SimpleNamespace(store=store, clock=lambda: NOW)
    jobs: list[Job] = []
    terms = Terms(
        rows=found.training_rows,
        interval=timedelta(days=found.training_interval_days),
        longest=timedelta(days=7),
        untrainable=untrainable(found),
    )
    return Shown(
        settings=found,
        model=Present(found),
        store=store,
        why=Whys(),
        blocks=Blocks(store, KEYS),
        policies=policies,
        orders=Orders(store, policies, terms, put=jobs.append, clock=lambda: NOW),
        preferring=Preferring(store, None, lambda: NOW),
        deciding=Deciding(store, Learn(parts, policies), lambda: NOW),  # type: ignore[arg-type]
        artifacts=open_artifacts(found),
        jobs=jobs,
    )


def make_reply(number: int = 1, **changes: object) -> Reply:
    """A reply that is not stored yet."""
    value = Reply(
        id=0,
        repository_id=1,
        number=4,
        comment_id=900 + number,
        comment_node_id=f"IC_{number}",
        url=f"{HOME}/olivia/shuttle/issues/4#issuecomment-{900 + number}",
        trigger_comment_id=800 + number,
        trigger_node_id=f"T_{number}",
        command_key="k",
        asker=ASKER,
        question="How do I run the tests?",
        answer="Run `make test`. [1]",
        body="Run `make test`. [1]",
        block={"commit": "c0ffee"},
        sources=(
            Passage(path="CONTRIBUTING.md", start_line=5, end_line=6, title="Tests", text="t"),
            Passage(
                path="",
                start_line=1,
                end_line=1,
                title="",
                text="Run `make check`.",
                kind=SourceKind.CORRECTION,
                url=f"{HOME}/olivia/shuttle/issues/2#issuecomment-5",
                author="max",
                memory_id=1,
            ),
        ),
        posted_at=NOW - timedelta(hours=3),
    )
    return replace(value, **changes)  # type: ignore[arg-type]


def make_signal(kind: SignalKind = SignalKind.REACTION, **changes: object) -> Signal:
    """A thumb up of the maintainer, two hours ago."""
    value = Signal(
        reply_id=1,
        kind=kind,
        content="+1",
        person=MAINTAINER,
        permission=Permission.MAINTAIN,
        trust=1.0,
        value=1.0,
        first_seen=NOW - timedelta(hours=2),
        url=f"{HOME}/olivia/shuttle/issues/4#issuecomment-901",
    )
    return replace(value, **changes)  # type: ignore[arg-type]


def fill(bot: Shown, *, text: str = "plain") -> Reply:
    """Puts one of everything into the store; `text` stands wherever people write."""
    store = bot.store
    store.repositories.save(REPOSITORY)
    reply = store.replies.add(
        make_reply(question=f"How do I run the tests? {text}", answer=f"Run `make test`. {text}")
    )
    signals = [
        make_signal(),
        make_signal(
            person=Person(id=9, login="pat"),
            permission=Permission.NONE,
            trust=0.0,
            content="-1",
            value=-1.0,
        ),
        make_signal(
            SignalKind.REACTION,
            content="confused",
            person=ASKER,
            permission=Permission.READ,
            trust=0.5,
            value=-0.5,
        ),
        make_signal(SignalKind.EDIT, content="f" * 64),
    ]
    store.signals.record(reply.id, signals, NOW - timedelta(hours=2))
    store.signals.record(reply.id, [one for one in signals if one.content != "confused"], NOW)
    store.evidence.replace(reply.id, evidence(reply, text))
    weights = [
        PhraseWeight(phrase=f"make check {text}", z=3.4, liked=1.0, disliked=0.0),
        PhraseWeight(phrase="make docs", z=1.7, liked=0.25, disliked=0.0),
        PhraseWeight(phrase="make test", z=-2.1, liked=0.0, disliked=0.5),
    ]
    store.weights.save(1, weights, NOW)
    ask = Ask(
        key="ask:T_1:k",
        repository_id=1,
        number=4,
        comment_id=801,
        comment_node_id="T_1",
        command="ask",
        command_key="k",
        delivery_guid="g",
        asker=ASKER,
        created_at=NOW - timedelta(hours=3),
    )
    store.asks.open(ask)
    store.asks.set_state(ask.key, AskState.ANSWERED)
    store.asks.open(replace(ask, key="ask:T_2:k", comment_node_id="T_2", comment_id=802))
    store.asks.set_state("ask:T_2:k", AskState.REFUSED, f"asked too often {text}")
    store.trees.save(tree(text))
    bot.why.known[reply.url] = why(reply, text)
    return reply


def tree(text: str) -> AskTree:
    """Two attempts at the answer of `ask:T_1:k`, the second told what was wrong."""
    parts = {"principles": 1.5, "phrases": -2.0, "grounding": 0.0, "log-probability": -0.03}
    branches = [
        Branch(text="Run `make test`, ", score=0.5, parts=parts, opinions=[1.5], chosen=True),
        Branch(
            parent=0,
            text=f"which is quick. [1] {text}",
            score=-0.53,
            logprob=-6.25,
            finished=True,
            chosen=True,
            parts=parts,
            opinions=[1.5],
        ),
        Branch(parent=0, text="if you can. [1]", score=-1.0, finished=True, parts=parts),
        Branch(text="Nobody knows", score=0.9, parts=parts),
        Branch(text=f"{text} [7]", ruled_out="It cites none of the sources.", finished=True),
        Branch(parent=3, text=", really.", score=-3.0, finished=True),
    ]
    first = Tried(
        text=f"Run `make test`, which is quick. {text}",
        score=-0.53,
        standing=-2.0,
        reasons=[
            Reason(fault=Fault.PHRASE, what=f"make test {text}", odds=-2.0),
            Reason(fault=Fault.NAME, what="make.toml", odds=-1.0),
            Reason(fault=Fault.PRINCIPLE, what="Is it short? (yes)", odds=-0.5),
        ],
        principles=[f"Is it supported? {text}"],
        branches=branches,
        left_out=12,
        pieces=72,
    )
    second = Tried(
        course=Course.TOLD,
        banned=[f"Run `make test`. {text}"],
        text="Run `make check`.",
        score=2.5,
        accepted=True,
        branches=[Branch(text="Run `make check`. [1]", score=2.5, finished=True, chosen=True)],
        pieces=72,
    )
    return AskTree(
        ask_key="ask:T_1:k",
        repository_id=1,
        question=f"How do I run the tests? {text}",
        outcome=Outcome.ANSWERED,
        min_score=0.0,
        tried=[first, second],
        created_at=NOW - timedelta(hours=3),
        drafts=[
            WholeText(text="Run `make test`.", score=2.5),
            WholeText(text=f"Run `make test`, which is quick. {text}", score=-0.53),
            WholeText(text="Run `make test`, if you can.", score=-1.0),
        ],
        more=12,
    )


def evidence(reply: Reply, text: str) -> Evidence:
    """A correction, two phrases and a pair."""
    memory = Memory(
        repository_id=1,
        reply_id=reply.id,
        kind=MemoryKind.CORRECTION,
        question=reply.question,
        before=f"Run `make test`. {text}",
        after=f"Run `make check`. {text}",
        author="max",
        url=reply.url,
        weight=1.0,
        created_at=NOW - timedelta(hours=2),
    )
    mass = PhraseMass(
        repository_id=1,
        reply_id=reply.id,
        phrase=f"make check {text}",
        mass=1.0,
        at=NOW - timedelta(hours=2),
        person="max",
        url=reply.url,
        kind=SignalKind.EDIT,
    )
    row = PreferenceRow(
        kind=RowKind.PAIR,
        repository_id=1,
        reply_id=reply.id,
        number=4,
        prompt=reply.question,
        chosen=memory.after,
        rejected=memory.before,
        weight=1.0,
        people=("max",),
        urls=(reply.url,),
        created_at=NOW,
    )
    return Evidence(memories=(memory,), masses=(mass,), rows=(row,))


def why(reply: Reply, text: str) -> Why:
    """An answer that memory changed."""

    def answer(words: str, phrases: Sequence[PhraseUse] = ()) -> Answer:
        return Answer(
            text=words,
            quotes=(Quote(text=words, source=0),),
            confidence=0.8,
            score=1.5,
            phrases=phrases,
        )

    now = answer(
        f"Run `make check`. {text}",
        (PhraseUse(phrase=f"make check {text}", weight=3.4, effect=0.4),),
    )
    without = answer(f"Run `make test`. {text}")
    cause = Cause(how="corrected", url=reply.url, author="max")
    return Why(
        question=reply.question,
        url=reply.url,
        posted=reply.answer,
        now=now,
        without_memory=without,
        without_dictionary=now,
        without_both=without,
        by_memory=Difference(gained=[now.text], lost=[without.text], causes=[cause]),
        by_dictionary=Difference(gained=[], lost=[], causes=[]),
        dictionary_version=1,
        same_text=True,
        repeated=False,
    )
