"""The time zones that people choose from."""

from functools import cache
from zoneinfo import available_timezones


@cache
def list_zones() -> list[tuple[str, str]]:
    """Each with its name as one reads it."""
    named = sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "posix/")))
    return [(zone, zone.replace("_", " ")) for zone in named]
