"""What is said of a check-in or check-out, in plain words, with the numbers that led to it; see docs/evidence.md."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from console.cells import State
from console.voice import Voice
from visits.evidence import Finding

_BAD = (Finding.MOCK, Finding.IMPOSSIBLE_SPEED, Finding.OUTSIDE)


@dataclass(frozen=True, slots=True)
class Reason:
    """One finding. chip: its name; text: what it rests on."""

    chip: State
    text: str


def tone_of(verdict: str) -> str:
    """Good, bad, or warn for all that leaves a doubt."""
    return "good" if verdict == Finding.VERIFIED else "bad" if verdict in _BAD else "warn"


def verdict_chip(verdict: str) -> State:
    """What the rules, or a superior, say of a piece of evidence."""
    return State(f"visits.verdict.{verdict}", tone_of(verdict))


def list_reasons(details: Mapping[str, Any], site: str, voice: Voice) -> list[Reason]:
    """Every finding with its numbers, the gravest first; where there is none, why nothing is wrong.

    details: of a judgement. site: the name of the one that it measured to.
    """
    findings = [Finding(name) for name in details.get("findings", ())] or [Finding.VERIFIED]
    told = Told(details, site, voice)
    return [Reason(verdict_chip(finding), " ".join(told.sentences(finding))) for finding in findings]


def list_notes(details: Mapping[str, Any], voice: Voice) -> list[str]:
    """What else is to be known, though no verdict rests on it."""
    notes = []
    if details.get("site_confirmed") is False:
        notes.append(voice.say("visits.note.site_unconfirmed"))
    if details.get("fence") in ("off", "hard"):
        notes.append(voice.say(f"visits.note.fence_{details['fence']}"))
    if also_open := details.get("also_open"):
        notes.append(voice.say("visits.note.also_open", count=len(also_open)))
    return notes


def say_distance(details: Mapping[str, Any], site: str, voice: Voice) -> str:
    """How far from which site, in a line; empty where nothing was measured."""
    if details.get("distance_m") is None:
        return ""
    return voice.say("visits.distance", distance=voice.distance(details["distance_m"]), site=site)


@dataclass(frozen=True, slots=True)
class Told:
    """The numbers of one judgement, for its sentences."""

    details: Mapping[str, Any]
    site: str
    voice: Voice

    def sentences(self, finding: Finding) -> list[str]:
        """What a finding rests on."""
        return [self._say(key) for key in self._keys(finding)]

    def _keys(self, finding: Finding) -> list[str]:
        details = self.details
        if finding == Finding.NO_FIX:
            return ["no_fix_manual" if details.get("provider") == "manual" else "no_fix"]
        if finding == Finding.INACCURATE:
            return self._inaccurate()
        if finding == Finding.CLOCK_SUSPECT:
            wall = [] if details.get("clock_verified") else ["clock_wall"]
            return wall + (["clock_order"] if details.get("in_order") is False else [])
        if finding == Finding.IMPOSSIBLE_SPEED:
            return ["impossible_speed" if self._jump().get("speed_mps") is not None else "impossible_at_once"]
        if finding == Finding.VERIFIED and details.get("distance_m") is None:
            return ["verified_elsewhere"]
        if finding == Finding.VERIFIED and details.get("fence") == "off":
            return ["verified_no_fence"]
        return [str(finding)]

    def _inaccurate(self) -> list[str]:
        details = self.details
        accuracy, radius, distance = (details.get(name) for name in ("accuracy_m", "fence_radius_m", "distance_m"))
        keys = ["inaccurate_unknown"] if accuracy == 0 else []
        if details.get("max_accuracy_m") is not None:
            keys.append("inaccurate_limit")
        if details.get("fence") != "off" and None not in (accuracy, radius, distance):
            assert accuracy is not None and radius is not None and distance is not None
            if accuracy > radius:
                keys.append("inaccurate_circle")
            elif radius < distance <= radius + accuracy:
                keys.append("inaccurate_edge")
        return keys

    def _jump(self) -> Mapping[str, Any]:
        jump: Mapping[str, Any] = self.details.get("jump") or {}
        return jump

    def _say(self, key: str) -> str:
        details, jump, voice = self.details, self._jump(), self.voice
        return voice.say(
            f"visits.finding.{key}",
            site=self.site,
            distance=voice.distance(details.get("distance_m") or 0),
            radius=voice.distance(details.get("fence_radius_m") or 0),
            accuracy=voice.distance(details.get("accuracy_m") or 0),
            max_accuracy=voice.distance(details.get("max_accuracy_m") or 0),
            beyond=voice.distance((details.get("distance_m") or 0) - (details.get("fence_radius_m") or 0)),
            age=voice.duration((details.get("age_ms") or 0) / 1000),
            max_age=voice.duration((details.get("max_age_ms") or 0) / 1000),
            way=voice.distance(jump.get("distance_m") or 0),
            time=voice.duration(jump.get("seconds") or 0),
            speed=round((jump.get("speed_mps") or 0) * 3.6),
            max_speed=round((jump.get("max_speed_mps") or 0) * 3.6),
        )
