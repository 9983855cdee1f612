"""The evidence of one check-in or check-out: what the phone sent, what is said of it, and every judgement before."""

import json
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from accounts import queries as account_queries
from console import spots
from console.cells import as_html
from console.forms import CommandForm, Field, Values
from console.pictures import show_pictures
from console.registry import page
from console.rendering import render, visitor_of, voice_of
from console.verdicts import list_notes, list_reasons, say_distance, tone_of, verdict_chip
from console.voice import Voice
from core.actor import Actor
from customers import queries as customer_queries
from files import queries as file_queries
from visits.evidence import Finding
from visits.queries import evidence as queries
from visits.queries import photos as photo_queries
from visits.queries import visits as visit_queries


@dataclass(frozen=True)
class Proof:
    """One piece of evidence with all that belongs to it; a fixed number of queries."""

    actor: Actor
    row: Any
    voice: Voice

    @cached_property
    def visit(self) -> Any:
        return visit_queries.get_described(self.actor, self.row.visit_id)

    @cached_property
    def sites(self) -> list[Any]:
        """The customer's sites as they are today."""
        return customer_queries.list_sites([self.row.customer_id]).get(self.row.customer_id, [])

    @cached_property
    def replaced(self) -> list[Any]:
        """The judgements before the one in force, the latest first."""
        return list(queries.list_judgements(self.row.id))[::-1]

    @cached_property
    def before(self) -> Any:
        """The sighting from which the way is impossible, where there is one that the reader may see."""
        jump = self.row.verdict_details.get("jump")
        return queries.find_seen(self.actor, UUID(jump["from"])) if jump else None

    @cached_property
    def people(self) -> dict[UUID, str]:
        """The names of who decided about it, and who took its photos."""
        ids = {judged.decided_by_id for judged in (self.row, *self.replaced)} | {self.row.rep_id}
        return {user.id: user.name for user in account_queries.list_users(ids - {None}).values()}

    @property
    def fix(self) -> dict[str, Any]:
        """The position as it was sent; empty where none was."""
        sent: dict[str, Any] = self.row.raw.get("fix") or {}
        return sent

    def site_name(self, site_id: UUID | None) -> str:
        """What the site is called that was measured to."""
        known = (site.name for site in self.sites if site.id == site_id)
        return next(known, self.voice.say("visits.site_gone" if site_id else "visits.site_unnamed"))


def _evidence(actor: Actor, id: UUID) -> Any:
    return queries.get_check_in(actor, id)


@page("visits.evidence", "visits/evidence/<uuid:id>")
def show_evidence(request: HttpRequest, id: UUID) -> HttpResponse:
    """One check-in or check-out in full."""
    visitor, voice = visitor_of(request), voice_of(request)
    assert visitor is not None
    proof = Proof(visitor.actor, _evidence(visitor.actor, id), voice)
    row, visit = proof.row, proof.visit
    site = proof.site_name(row.site_id)
    attachments = list(file_queries.list_attachments(visitor.actor, visit.id).select_related("file").order_by("id"))
    photos = {photo.id: photo for photo in photo_queries.list_photos(visit.id)}
    drawn = spots.of_evidence(row, proof.sites, proof.before, voice)
    return render(
        request,
        "visits_evidence.html",
        row=row,
        visit=visit,
        at=voice.instant(row.occurred_at),
        chip=as_html(verdict_chip(row.verdict), voice),
        distance=say_distance(row.verdict_details, site, voice),
        reasons=[(as_html(said.chip, voice), said.text) for said in list_reasons(row.verdict_details, site, voice)],
        overridden=row.cause == "override",
        judge=proof.people.get(row.decided_by_id, ""),
        before=proof.before,
        notes=list_notes(row.verdict_details, voice),
        drawn=json.dumps(drawn) if drawn else None,
        tone=tone_of(row.verdict),
        position=[(voice.say(f"visits.fix.{name}"), value) for name, value in _position(proof) if value],
        clock=[(voice.say(f"visits.clock.{name}"), value) for name, value in _clock(proof) if value],
        history=[_judgement(proof, judged) for judged in (row, *proof.replaced)],
        overlapping=_overlapping(proof),
        may_judge=visit_queries.may_judge(visitor.actor, row.rep_id),
        pictures=show_pictures(attachments, photos, proof.people, voice),
    )


def _position(proof: Proof) -> list[tuple[str, str | None]]:
    """What the phone said of where it is."""
    row, fix, voice = proof.row, proof.fix, proof.voice
    if row.lat is None:
        return []
    said: list[tuple[str, str | None]] = [
        ("coordinates", f"{row.lat:.6f}, {row.lon:.6f}"),
        ("accuracy", f"± {voice.distance(row.accuracy_m)}" if row.accuracy_m else voice.say("visits.fix.unknown")),
        ("age", voice.duration(fix["age_ms"] / 1000) if fix.get("age_ms") is not None else None),
        ("provider", voice.say(f"visits.provider.{fix['provider']}") if fix.get("provider") else None),
        ("mock", None if row.is_mock is None else voice.say("yes" if row.is_mock else "no")),
        ("altitude", voice.distance(fix["altitude_m"]) if fix.get("altitude_m") is not None else None),
        ("speed", f"{fix['speed_mps'] * 3.6:.0f} km/h" if (fix.get("speed_mps") or -1) >= 0 else None),
        ("battery", f"{fix['battery_pct']:.0f} %" if fix.get("battery_pct") is not None else None),
    ]
    for name in ("wifi", "cells"):
        said.append((name, voice.number(len(fix[name])) if fix.get(name) else None))
    return said


def _clock(proof: Proof) -> list[tuple[str, str | None]]:
    """What the time rests on."""
    row, raw, voice = proof.row, proof.row.raw, proof.voice
    wall = datetime.fromisoformat(raw["claimed_at"]) if raw.get("claimed_at") else None
    off = (wall - row.occurred_at).total_seconds() if wall else 0
    ahead = None
    if wall and abs(off) >= 2:
        ahead = voice.say(f"visits.clock.{'fast' if off > 0 else 'slow'}", time=voice.duration(abs(off)))
    later = (row.received_at - row.occurred_at).total_seconds()
    after = voice.say("visits.clock.after", time=voice.duration(later))
    return [
        ("field", f"{voice.instant(row.occurred_at)}:{row.occurred_at:%S}"),
        ("rests_on", voice.say("visits.clock.uptime" if row.occurred_verified else "visits.clock.wall_only")),
        ("wall", ahead or (voice.say("visits.clock.right") if wall else None)),
        ("received", f"{voice.instant(row.received_at)} · {after}"),
    ]


def _judgement(proof: Proof, judged: Any) -> dict[str, Any]:
    """One line of the history: what was said when, why, and by whom."""
    voice = proof.voice
    at = getattr(judged, "judged_at", None) or proof.row.decided_at or proof.row.received_at
    return {
        "chip": as_html(verdict_chip(judged.verdict), voice),
        "at": voice.instant(at),
        "cause": f"visits.cause.{judged.cause}",
        "who": proof.people.get(judged.decided_by_id),
        "reason": judged.reason,
        "distance": say_distance(judged.verdict_details, proof.site_name(judged.site_id), voice),
        "version": judged.rule_version,
    }


def _overlapping(proof: Proof) -> list[Any]:
    """The rep's visits at the same time, as far as the reader may see them."""
    ids = queries.list_overlapping(proof.visit) if proof.visit.checked_in_at else []
    return list(visit_queries.list_described(proof.actor).filter(id__in=ids)) if ids else []


def _named(row: Any) -> str:
    return f"{row.visit.customer.name} · {row.visit.rep.name}"


def _judged(actor: Actor, id: UUID) -> Any:
    """The evidence with its visit. Raises visits.evidence_not_found."""
    row = _evidence(actor, id)
    row.visit = visit_queries.get_described(actor, row.visit_id)
    return row


def _verdicts(actor: Actor, voice: Voice) -> list[tuple[str, str]]:
    return [(str(finding), voice.say(f"visits.verdict.{finding}")) for finding in reversed(Finding)]


def _to_evidence(path: Values, values: Values) -> Values:
    return {"check_in_id": path["id"]} | values


def _start(row: Any, request: HttpRequest) -> Values:
    return {"verdict": str(Finding.VERIFIED)}


OVERRIDE = CommandForm(
    "visits.override",
    "visits/evidence/<uuid:id>/override",
    command="visits.override_verdict",
    fields=(Field("verdict", "choice", choices=_verdicts), Field("reason", "textarea", empty="")),
    subject=_judged,
    named=_named,
    start=_start,
    payload=_to_evidence,
    back="visits",
).register()

LIFT = CommandForm(
    "visits.lift",
    "visits/evidence/<uuid:id>/lift",
    command="visits.lift_override",
    subject=_judged,
    named=_named,
    payload=_to_evidence,
    back="visits",
).register()
