"""Who designs forms. Everybody reads what is published."""

KEEPERS = frozenset({"manager", "admin"})
