"""The parts of the bot that the dashboard shows, and the few that it sets to work."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from app.domain import Repository, Run
from app.flows.blocks import Blocks
from app.flows.context import ModelInUse
from app.flows.deciding import Deciding
from app.flows.outlook import Outlook
from app.flows.policy import Policy
from app.flows.preferring import Preferring
from app.flows.why import Why
from app.ports.artifacts import Artifacts
from app.settings import Settings
from app.store import Store


class Explains(Protocol):
    """What explains a reply."""

    def reply(self, url: str) -> Why: ...


class InForce(Protocol):
    """What knows the configuration without asking GitHub."""

    def kept(self, repository_id: int) -> Policy: ...

    def faults(self, repository_id: int) -> Mapping[str, Sequence[str]]: ...


class TakesOrders(Protocol):
    """What begins and cancels training runs."""

    def order(self, repository: Repository, *, by: str, key: str) -> Run: ...

    def cancel(self, repository_id: int) -> Run: ...

    def outlook(self, repository_id: int) -> Outlook: ...


class Bot(Protocol):
    """The bot, as the dashboard knows it."""

    @property
    def store(self) -> Store: ...

    @property
    def settings(self) -> Settings: ...

    @property
    def model(self) -> ModelInUse: ...

    @property
    def why(self) -> Explains: ...

    @property
    def blocks(self) -> Blocks: ...

    @property
    def policies(self) -> InForce: ...

    @property
    def orders(self) -> TakesOrders: ...

    @property
    def deciding(self) -> Deciding: ...

    @property
    def preferring(self) -> Preferring: ...

    @property
    def artifacts(self) -> Artifacts: ...
