"""Killing `treadle backfill` at boundary after boundary leaves the database that one run makes."""

from pathlib import Path

import pytest

from app.flows.backfill_compare import Comparing
from app.settings import load
from app.store import migrate, open_store
from tests.acceptance import children
from tests.integration.flows.conftest import Town, founded
from tests.integration.flows.test_backfill import live

pytestmark = pytest.mark.crash

PATIENCE = 120.0
LIVES = 60


def environment(town: Town, data: Path) -> dict[str, str]:
    """Returns the settings of the bot with another database, for another process."""
    settings = town.bot.settings
    return {
        "TREADLE_APP_ID": str(settings.app_id),
        "TREADLE_PRIVATE_KEY": settings.private_key.get_secret_value(),
        "TREADLE_WEBHOOK_SECRET": settings.webhook_secret.get_secret_value(),
        "TREADLE_GITHUB_API_URL": settings.github_api_url,
        "TREADLE_DATA_DIR": str(settings.data_dir),
        "TREADLE_DATABASE_URL": f"sqlite:///{data / 'empty.db'}",
        "TREADLE_MODEL": "extract",
    }


@pytest.mark.parametrize("step", [3, 5])
def test_it_goes_on_wherever_it_is_killed(step: int, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    with founded(tmp_path / "data") as town:
        live(town)
        settings = environment(town, tmp_path)
        deaths = 0
        for life in range(1, LIVES):
            child = children.start("backfill", settings, die_at=life * step)
            child.join(PATIENCE)
            assert not child.is_alive()
            if child.exitcode == 0:
                break
            deaths += 1
        assert deaths > 5
        assert child.exitcode == 0
        migrate(load(settings))
        other = open_store(load(settings))
        try:
            compared = Comparing(
                town.bot.store,
                other,
                town.repository.id,
                own_login=town.bot.context.github.login,
                lost=(),
            )
            assert compared.differences() == []
            assert len(other.replies.ids(town.repository.id)) == 4
            assert other.backfills.get(town.repository.id) is None
        finally:
            other.close()
