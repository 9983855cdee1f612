"""What browsers load: the names, with the hash of their content, of what `scripts/install-web.sh` built."""

import json
from functools import lru_cache

from django.conf import settings

ADDRESS = "/console/static/"


def asset_url(name: str) -> str:
    """The address of a built file, such as `console.js`. Raises FileNotFoundError while nothing is built."""
    listed = settings.PAGES_DIR / "console" / "assets.json"
    return ADDRESS + _names(listed.stat().st_mtime_ns)[name]


def are_built() -> bool:
    """Whether the console's files are there."""
    return (settings.PAGES_DIR / "console" / "assets.json").exists()


@lru_cache(maxsize=1)
def _names(made_ns: int) -> dict[str, str]:
    names: dict[str, str] = json.loads((settings.PAGES_DIR / "console" / "assets.json").read_text())
    return names
