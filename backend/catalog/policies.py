"""Who may write the catalog. Everybody reads it."""

KEEPERS = frozenset({"manager", "admin"})
