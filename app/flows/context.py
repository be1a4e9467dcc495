"""What every flow works with: the ports and values that bootstrap puts together once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from app.flows.active import Active
from app.flows.policy import Policy
from app.ports.answers import Answerer
from app.ports.clock import Clock
from app.ports.github import GitHub
from app.ports.knowledge import Knowledge
from app.store import Store


class ModelInUse(Protocol):
    """What people are told of the model that drafts."""

    @property
    def name(self) -> str: ...

    @property
    def note(self) -> str:
        """What is said under every reply that it drafted; may be empty."""

    @property
    def place(self) -> str:
        """Where it runs, for whoever runs the bot."""


class Answerers(Protocol):
    """Makes what answers under a repository's policy, with an adapter, "" for none."""

    def __call__(self, policy: Policy, adapter: str = "", /) -> Answerer: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Context:
    """The parts that the flows share.

    `keys` sign hidden blocks, the first of them new ones; `web_url` is the address of
    GitHub's pages; `answerer` makes the one that follows a repository's policy,
    `active` tells with which adapter; `sweep_youngest` is the time between sweeps of a reply
    less than an hour old.
    """

    github: GitHub
    store: Store
    knowledge: Knowledge
    answerer: Answerers
    active: Active
    model: ModelInUse
    keys: Mapping[str, str]
    web_url: str
    clock: Clock
    sweep_youngest: timedelta
