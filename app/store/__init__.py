"""What Treadle keeps: tables, migrations, and one small class a noun."""

from app.store.migrate import Standing, migrate, standing
from app.store.store import Store, open_store, store_on

__all__ = ["Standing", "Store", "migrate", "open_store", "standing", "store_on"]
