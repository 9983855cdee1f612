"""Judging where and when a rep says he was: the pure rules for the evidence of one check-in or check-out.

Nothing is refused here. Every doubt is a finding with the numbers it rests on; the verdict is the gravest of them, so
that the same evidence can be judged again under a later version of the rules.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Annotated, Any, Literal, NamedTuple
from uuid import UUID

from pydantic import Field

from core.geodesy import Coordinates, distance_m
from core.payloads import Flag, Number, Payload

Direction = Literal["in", "out"]
FenceMode = Literal["off", "soft", "hard"]


class FenceRule(Payload):
    """How strictly the fence is taken. A member that is null fits everything."""

    direction: Direction | None = Field(None, description="`in`: arriving, `out`: leaving")
    customer_class: Literal["A", "B", "C", "D"] | None = None
    mode: FenceMode = Field(description="off: not judged; soft: tagged; hard: refused when online, tagged otherwise")


class Rules(Payload):
    """The parameters of one version of the rules."""

    max_age_ms: Annotated[Number, Field(gt=0, le=86_400_000)] = Field(
        120_000, description="a fix older than this says where the phone was, not where it is"
    )
    max_accuracy_m: Annotated[Number, Field(gt=0, le=100_000)] | None = Field(
        None, description="a fix coarser than this tells nothing; null: the fence's own radius is the limit"
    )
    max_speed_mps: Annotated[Number, Field(gt=0, le=1_000)] = Field(
        100, description="nobody gets from one check-in to the next faster than this (the fastest trains: 97)"
    )
    online_within_s: Annotated[Number, Field(ge=0, le=3_600)] = Field(
        60, description="a check-in that arrives within so many seconds counts as made online (hard fences)"
    )
    unconfirmed_sites_count: Flag = Field(
        True, description="whether a site that a rep placed counts before a manager has confirmed it"
    )
    fences: Annotated[list[FenceRule], Field(max_length=50)] = Field(
        [], description="the first that fits decides; soft where none does"
    )

    def fence_mode(self, direction: Direction, customer_class: str | None) -> FenceMode:
        """How strictly the fence is taken for this direction at a customer of this class."""
        for rule in self.fences:
            if rule.direction in (None, direction) and rule.customer_class in (None, customer_class):
                return rule.mode
        return "soft"


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Rules in force, with their version in the company. Version 1 is built in."""

    version: int
    rules: Rules


BUILT_IN = RuleSet(1, Rules.model_validate({}))


class Finding(StrEnum):
    """What can be said of a piece of evidence, the gravest first."""

    MOCK = "mock"
    IMPOSSIBLE_SPEED = "impossible_speed"
    NO_FIX = "no_fix"
    STALE_FIX = "stale_fix"
    NO_SITE = "no_site"
    OUTSIDE = "outside"
    INACCURATE = "inaccurate"
    CLOCK_SUSPECT = "clock_suspect"
    VERIFIED = "verified"


class Fix(NamedTuple):
    """A position as a phone reported it, in WGS-84.

    accuracy_m: radius of the circle that the phone believes it is in. age_ms: how old the fix was, None if not told.
    provider: gps, network, fused, manual or None. is_mock: None if the phone cannot tell.
    """

    position: Coordinates
    accuracy_m: float
    age_ms: float | None = None
    provider: str | None = None
    is_mock: bool | None = None


class Place(NamedTuple):
    """A site with a position: where a fix should be. confirmed: a manager has placed or approved it."""

    id: UUID
    position: Coordinates
    fence_radius_m: float
    confirmed: bool = True


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict, the site it was measured against, and every finding with its numbers."""

    verdict: Finding
    site_id: UUID | None = None
    distance_m: float | None = None
    fence_radius_m: float | None = None
    details: dict[str, Any] = field(default_factory=dict)

    def with_jump(self, jump: dict[str, Any] | None) -> "Judgement":
        """The same judgement, with what is impossible (or not) about the way to this place from the one before."""
        findings = [Finding(name) for name in self.details["findings"] if name != Finding.IMPOSSIBLE_SPEED]
        details = {name: value for name, value in self.details.items() if name not in ("findings", "jump")}
        if jump is not None:
            findings.append(Finding.IMPOSSIBLE_SPEED)
            details["jump"] = jump
        return replace(self, verdict=_gravest(findings), details=_told(details, findings))


def judge(
    fix: Fix | None,
    places: Iterable[Place],
    *,
    clock_verified: bool,
    in_order: bool = True,
    rules: Rules = BUILT_IN.rules,
    fence: FenceMode = "soft",
) -> Judgement:
    """Judge one piece of evidence against the customer's sites.

    clock_verified: the time rests on a clock that the user cannot set. in_order: it does not lie before what it must
    follow (a check-out before its check-in). fence: `off` measures the distance and draws no conclusion from it.
    """
    counted = [place for place in places if place.confirmed or rules.unconfirmed_sites_count]
    findings: list[Finding] = []
    details: dict[str, Any] = {"clock_verified": clock_verified, "sites": len(counted)}
    if not (clock_verified and in_order):
        findings.append(Finding.CLOCK_SUSPECT)
        details["in_order"] = in_order
    if fence != "soft":
        details["fence"] = fence
    if fix is None:
        findings.append(Finding.NO_FIX)
        return Judgement(_gravest(findings), details=_told(details, findings))
    findings += _of_the_fix(fix, rules, details)
    nearest = find_nearest(fix.position, counted)
    if nearest is None:
        findings += [Finding.NO_SITE] if fence != "off" else []
        return Judgement(_gravest(findings), details=_told(details, findings))
    place, distance = nearest
    details["site"] = {"id": str(place.id), "lat": place.position.lat, "lon": place.position.lon}
    if not place.confirmed:
        details["site_confirmed"] = False
    details |= {"distance_m": distance, "fence_radius_m": place.fence_radius_m}
    if fence != "off":
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


def _of_the_fix(fix: Fix, rules: Rules, details: dict[str, Any]) -> list[Finding]:
    found = []
    details["accuracy_m"] = fix.accuracy_m
    if fix.is_mock:
        found.append(Finding.MOCK)
    if fix.provider == "manual":  # a pin set by hand is a claim, not a measurement
        found.append(Finding.NO_FIX)
        details["provider"] = fix.provider
    if fix.age_ms is not None:
        details["age_ms"] = fix.age_ms
        if fix.age_ms > rules.max_age_ms:
            found.append(Finding.STALE_FIX)
            details["max_age_ms"] = rules.max_age_ms
    if fix.accuracy_m == 0:  # what phones say when they do not know: nothing is measured without error
        found.append(Finding.INACCURATE)
    if rules.max_accuracy_m is not None and fix.accuracy_m > rules.max_accuracy_m:
        found.append(Finding.INACCURATE)
        details["max_accuracy_m"] = rules.max_accuracy_m
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
    return min(findings, key=_GRAVITY.__getitem__) if findings else Finding.VERIFIED


def _told(details: dict[str, Any], findings: Sequence[Finding]) -> dict[str, Any]:
    ordered = sorted(set(findings), key=_GRAVITY.__getitem__) if findings else ()
    return {"findings": [str(finding) for finding in ordered], **details}
