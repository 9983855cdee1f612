"""Which database alias does what: both lead to the same database, but only the owner may change tables."""

from typing import Any


class OwnerMigrates:
    """Reads and writes go to `default`; migrations run on `owner` alone."""

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == "owner"

    def allow_relation(self, one: Any, other: Any, **hints: Any) -> bool:
        return True
