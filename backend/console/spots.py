"""What the maps of visits show, as their scripts read it: positions where the basemap has them, names, tones."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from console.basemap import spot
from console.verdicts import tone_of
from console.voice import Voice

APART_MS = 10_000
"""As often as a player's mark has to know where somebody was."""


def of_evidence(row: Any, sites: Iterable[Any], before: Any, voice: Voice) -> dict[str, Any] | None:
    """The fix, the sites with their fences, and the check-in before where it matters; None without any position.

    The site that was measured to is shown where it was then.
    """
    measured: Mapping[str, Any] = row.verdict_details.get("site") or {}
    fix = None
    if row.lat is not None:
        fix = {"at": spot(row.lat, row.lon), "accuracy_m": row.accuracy_m, "tone": tone_of(row.verdict)}
    places = [
        {
            "id": str(site.id),
            "name": site.name,
            "at": spot(measured["lat"], measured["lon"]) if site.id == row.site_id and measured else _site_spot(site),
            "radius_m": row.fence_radius_m if site.id == row.site_id and row.fence_radius_m else site.fence_radius_m,
            "nearest": site.id == row.site_id,
        }
        for site in sites
        if site.coordinates is not None
    ]
    if fix is None and not places:
        return None
    earlier = None
    if before is not None and before.lat is not None:
        earlier = {"at": spot(before.lat, before.lon), "name": voice.instant(before.occurred_at)}
    return {"fix": fix, "sites": places, "before": earlier}


def of_day(entries: Iterable[tuple[int, Any, Any, Any]], found: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The sites and check-ins of a day's visits, and the trail where there is one; None without any position.

    entries: number, visit, site or None, check-in or None. found: as `trails.looking` answers.
    """
    sites, check_ins = [], []
    for number, visit, site, check_in in entries:
        named = {"id": str(visit.id), "mark": str(number), "name": visit.customer.name}
        if site is not None:
            sites.append(named | {"at": _site_spot(site), "tone": "plain", "radius_m": site.fence_radius_m})
        if check_in is not None and check_in.lat is not None:
            tone = tone_of(check_in.verdict)
            check_ins.append(named | {"at": spot(check_in.lat, check_in.lon), "tone": tone})
    trail = _trail(found) if found and found["points"]["after_ms"] else None
    return {"sites": sites, "checkIns": check_ins, "trail": trail} if sites or check_ins or trail else None


def _site_spot(site: Any) -> tuple[float, float]:
    return spot(site.lat, site.lon)


def _trail(found: Mapping[str, Any]) -> dict[str, Any]:
    points, begin_ms = found["points"], _ms(found["from_at"])
    shown = _apart(points["after_ms"])
    return {
        "at_ms": [begin_ms + points["after_ms"][i] for i in shown],
        "spots": [spot(points["lat"][i], points["lon"][i]) for i in shown],
        "gaps": [[_ms(gap["from_at"]), _ms(gap["to_at"])] for gap in found["gaps"]],
        "stops": [spot(stop["lat"], stop["lon"]) for stop in found["stops"]],
    }


def _apart(after_ms: Sequence[int]) -> list[int]:
    """The numbers of the points to show: the first, the last, and between them none too soon after another.

    Points that were thinned by their place alone would have somebody who stands walk on all the while.
    """
    shown: list[int] = []
    for i, at_ms in enumerate(after_ms):
        if not shown or at_ms - after_ms[shown[-1]] >= APART_MS or i == len(after_ms) - 1:
            shown.append(i)
    return shown


def _ms(text: str) -> int:
    return round(datetime.fromisoformat(text).timestamp() * 1000)
