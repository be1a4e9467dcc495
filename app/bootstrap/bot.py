"""All that a bot is made of."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.flows.ask import AskFlow
from app.flows.backfill import Backfill
from app.flows.blocks import Blocks
from app.flows.context import Context
from app.flows.deciding import Deciding
from app.flows.deliveries import Deliveries
from app.flows.forgetting import Forgetting
from app.flows.learned import Learned
from app.flows.missed import Missed
from app.flows.orders import Orders
from app.flows.policies import Policies
from app.flows.preferring import Preferring
from app.flows.refresh import Refresh
from app.flows.retrain import Retrain
from app.flows.sweep import Sweep
from app.flows.taking_back import TakingBack
from app.flows.verbs import Verbs
from app.flows.why import WhyFlow
from app.models.present import Present
from app.ports.artifacts import Artifacts
from app.settings import Settings
from app.store import Store


@dataclass(frozen=True, kw_only=True, slots=True)
class Bot:
    """All flows over one database, one GitHub App and one language model.

    `closing` ends what `build` opened, in that order.
    """

    settings: Settings
    model: Present
    context: Context
    policies: Policies
    ask: AskFlow
    deliveries: Deliveries
    sweep: Sweep
    backfill: Backfill
    refresh: Refresh
    why: WhyFlow
    blocks: Blocks
    orders: Orders
    retrain: Retrain
    missed: Missed
    deciding: Deciding
    learned: Learned
    preferring: Preferring
    verbs: Verbs
    artifacts: Artifacts
    forgetting: Forgetting
    taking_back: TakingBack
    closing: Sequence[Callable[[], None]]

    @property
    def store(self) -> Store:
        return self.context.store

    def close(self) -> None:
        """Ends the model, then the connections; the bot is not used again.

        What fails to end keeps nothing else from ending. The last error is raised, with those
        before it as its context.
        """
        _end(self.closing)


def _end(parts: Sequence[Callable[[], None]]) -> None:
    if parts:
        try:
            parts[0]()
        finally:
            _end(parts[1:])
