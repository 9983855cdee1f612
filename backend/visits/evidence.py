"""Judging where and when a rep says he was: the pure rules for the evidence of check-ins and check-outs.

Nothing is refused here. Every doubt is a finding with the numbers it rests on; the verdict is the gravest of them, so
that the same evidence can be judged again under a later version of the rules.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

from core.geodesy import Coordinates, distance_m

RULE_VERSION = 1
MAX_AGE_MS = 120_000
"""A fix older than this when it was sent with the check-in says where the phone was, not where it is."""


class Finding(StrEnum):
    """What can be said of a piece of evidence, the gravest first."""

    MOCK = "mock"
    NO_FIX = "no_fix"
    STALE_FIX = "stale_fix"
    NO_SITE = "no_site"
    OUTSIDE = "outside"
    INACCURATE = "inaccurate"
    CLOCK_SUSPECT = "clock_suspect"
    VERIFIED = "verified"


@dataclass(frozen=True, slots=True)
class Fix:
    """A position as a phone reported it, in WGS-84.

    accuracy_m: radius of the circle that the phone believes it is in. age_ms: how old the fix was, None if not told.
    provider: gps, network, fused, manual or None. is_mock: None if the phone cannot tell.
    """

    position: Coordinates
    accuracy_m: float
    age_ms: float | None = None
    provider: str | None = None
    is_mock: bool | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A site with a position: where a fix should be."""

    id: UUID
    position: Coordinates
    fence_radius_m: float


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict, the site it was measured against, and every finding with its numbers."""

    verdict: Finding
    site_id: UUID | None = None
    distance_m: float | None = None
    fence_radius_m: float | None = None
    details: dict[str, Any] = field(default_factory=dict)


def judge(fix: Fix | None, places: Sequence[Place], *, clock_verified: bool, in_order: bool = True) -> Judgement:
    """Judge one piece of evidence against the customer's sites.

    clock_verified: the time rests on a clock that the user cannot set. in_order: it does not lie before what it must
    follow (a check-out before its check-in).
    """
    findings: list[Finding] = []
    details: dict[str, Any] = {"clock_verified": clock_verified, "sites": len(places)}
    if not (clock_verified and in_order):
        findings.append(Finding.CLOCK_SUSPECT)
        details["in_order"] = in_order
    if fix is None:
        findings.append(Finding.NO_FIX)
        return Judgement(_gravest(findings), details=_told(details, findings))
    findings += _of_the_fix(fix, details)
    nearest = find_nearest(fix.position, places)
    if nearest is None:
        findings.append(Finding.NO_SITE)
        return Judgement(_gravest(findings), details=_told(details, findings))
    place, distance = nearest
    details["site"] = {"id": str(place.id), "lat": place.position.lat, "lon": place.position.lon}
    details |= {"distance_m": distance, "fence_radius_m": place.fence_radius_m}
    findings += _of_the_place(distance, fix.accuracy_m, place.fence_radius_m)
    return Judgement(_gravest(findings), place.id, distance, place.fence_radius_m, _told(details, findings))


def find_nearest(position: Coordinates, places: Sequence[Place]) -> tuple[Place, float] | None:
    """The nearest place whose fence holds `position`, else the nearest of all, with its distance in metres.

    A large yard behind a small shop must not fail because the shop's door is nearer.
    """
    measured = [(round(distance_m(position, place.position), 2), place) for place in places]
    if not measured:
        return None
    distance, place = min(measured, key=lambda pair: (pair[0] > pair[1].fence_radius_m, pair[0], pair[1].id))
    return place, distance


def _of_the_fix(fix: Fix, details: dict[str, Any]) -> list[Finding]:
    found = []
    details["accuracy_m"] = fix.accuracy_m
    if fix.is_mock:
        found.append(Finding.MOCK)
    if fix.provider == "manual":  # a pin set by hand is a claim, not a measurement
        found.append(Finding.NO_FIX)
        details["provider"] = fix.provider
    if fix.age_ms is not None:
        details["age_ms"] = fix.age_ms
        if fix.age_ms > MAX_AGE_MS:
            found.append(Finding.STALE_FIX)
            details["max_age_ms"] = MAX_AGE_MS
    return found


def _of_the_place(distance_m: float, accuracy_m: float, fence_radius_m: float) -> list[Finding]:
    """Outside: no point of the circle of accuracy lies in the fence. Inaccurate: the fix cannot tell.

    A fix cannot tell when its circle is larger than the fence, or when only its edge reaches into it.
    """
    if distance_m - accuracy_m > fence_radius_m:
        return [Finding.OUTSIDE]
    if accuracy_m > fence_radius_m or distance_m > fence_radius_m:
        return [Finding.INACCURATE]
    return []


_GRAVITY = {finding: rank for rank, finding in enumerate(Finding)}


def _gravest(findings: Sequence[Finding]) -> Finding:
    return min(findings, key=_GRAVITY.__getitem__, default=Finding.VERIFIED)


def _told(details: dict[str, Any], findings: Sequence[Finding]) -> dict[str, Any]:
    ordered = sorted(findings, key=_GRAVITY.__getitem__)
    return {"findings": [str(finding) for finding in ordered], **details}
