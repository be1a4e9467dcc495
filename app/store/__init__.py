"""What Treadle keeps: tables, migrations, and one small class a noun."""

from app.store.migrate import migrate
from app.store.store import Store, open_store, store_on

__all__ = ["Store", "migrate", "open_store", "store_on"]
