"""What an API key may be used for: reading or writing, app by app.

A scope is `<app>:read` or `<app>:write`; writing includes reading. Which one a request needs follows from the app whose
endpoint it asks, and from its method: GET and HEAD read, everything else writes. Scopes only narrow what the user may
do in whose name the key acts.
"""

from collections.abc import Collection

AREAS = (
    "accounts",
    "calendars",
    "catalog",
    "customers",
    "files",
    "forms",
    "imports",
    "notify",
    "sync",
    "trails",
    "visits",
)
"""The apps with endpoints. `sync` stands for the commands that were recorded and what became of them."""
PATTERN = f"^({'|'.join(AREAS)}):(read|write)$"


def needed(area: str, method: str) -> str:
    """The scope that a request needs."""
    return f"{area}:{'read' if method in ('GET', 'HEAD') else 'write'}"


def covers(scopes: Collection[str], wanted: str) -> bool:
    """Whether `wanted` is among the scopes, or the writing that includes it."""
    return wanted in scopes or wanted.replace(":read", ":write") in scopes
