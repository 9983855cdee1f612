"""Reassigning customers: what would come to whose phone and leave it is shown first, and just that is then done.

The address says which customers; from then on their ids go from form to form, so that a filter that fits others
meanwhile changes nothing. The last form carries a mark of the rehearsal that was shown: when a rehearsal would say
something else meanwhile, nothing is done and the new one is shown.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.urls import reverse

from accounts import queries as account_queries
from console import cookies
from console.forms import go, read_command_id, return_address
from console.list_page import ListPage
from console.pages.customers import CUSTOMERS, territory_choices
from console.registry import Page, register
from console.rendering import render, visitor_of, voice_of
from console.voice import Voice
from core.actor import Actor
from core.commands import execute
from core.errors import DomainError, InvalidInput
from core.fence import company_fence
from core.models import Status
from customers import overview
from customers.commands.assignment import rehearse_reassign
from customers.policies import ASSIGNERS
from customers.schemas import MAX_REASSIGNED, Reassign
from sync import queries as sync_queries

_NAMED = 8
_KEEP = "keep"
_HEADS = ("person", "gains", "loses", "sees", "loads", "devices")


@dataclass(frozen=True)
class Wish:
    """What is asked for. customers: those that the reader sees, by name. to: the new owner. into: the territory."""

    customers: Sequence[Any]
    to: UUID | None
    into: str

    @property
    def payload(self) -> Reassign:
        """The command's payload."""
        members: dict[str, Any] = {"customer_ids": [customer.id for customer in self.customers], "owner_id": self.to}
        if self.into != _KEEP:
            members["territory_id"] = None if self.into == "none" else self.into
        return Reassign.model_validate(members)


@dataclass(frozen=True)
class Rehearsal:
    """What would come about. people: whose phones and sight change, with figures. mark: of all of it."""

    people: Sequence[dict[str, Any]]
    devices: int
    mark: str


def rehearse(actor: Actor, wish: Wish) -> Rehearsal:
    """Carry it out and take it back. Raises what the command would refuse."""
    affected = rehearse_reassign(actor, wish.payload)
    sizes = sync_queries.measure_scopes({id_ for _, difference, _ in affected for id_ in difference.gains})
    people = [
        {
            "name": user.name,
            "devices": [device.name for device in devices],
            "loads": _kilobytes(sum(sizes.get(id_, 0) for id_ in difference.gains)) if devices else "",
            **{name: len(getattr(difference, name)) for name in ("gains", "loses", "sees", "no_longer_sees")},
        }
        for user, difference, devices in affected
    ]
    told = [
        (user.id, d.gains, d.loses, d.sees, d.no_longer_sees, [device.id for device in devices])
        for user, d, devices in affected
    ]
    return Rehearsal(people, sum(len(person["devices"]) for person in people), _digest(told))


def show(request: HttpRequest) -> HttpResponse:
    """Which customers, and to whom."""
    return _answer(request, _read_wish(request, request.GET))


def carry_out(request: HttpRequest) -> HttpResponseBase:
    """Show what would come about; do it, where that was shown already and is still so."""
    visitor = visitor_of(request)
    assert visitor is not None
    mark = request.POST.get("mark")
    with company_fence(visitor.actor.company_id):
        wish = _read_wish(request, request.POST)
        if mark is None:
            return _answer(request, wish)
        if not _is_still_so(visitor.actor, wish, mark):
            return _answer(request, wish, voice_of(request).say("customers.reassign.changed"))
    verdict = execute(
        "customers.reassign", wish.payload, actor=visitor.actor, command_id=read_command_id(request), door="console"
    )
    if verdict.status == Status.REFUSED:
        with company_fence(visitor.actor.company_id):
            return _answer(request, wish, verdict.message or "")
    response = go(request, return_address(request, reverse("console:customers")))
    if verdict.status == Status.PARKED:
        cookies.leave_word(response, verdict.message or "", "warn")
    else:
        cookies.leave_word(response, "customers.reassign.done", "good")
    return response


register(Page("customers.reassign", "customers/reassign", get=show, post=carry_out, roles=ASSIGNERS))


def _is_still_so(actor: Actor, wish: Wish, mark: str) -> bool:
    try:
        return rehearse(actor, wish).mark == mark
    except DomainError:
        return False


def _answer(request: HttpRequest, wish: Wish, fault: str = "") -> HttpResponse:
    visitor, voice = visitor_of(request), voice_of(request)
    assert visitor is not None
    rehearsal = None
    if len(wish.customers) > MAX_REASSIGNED:
        fault = voice.say("customers.reassign.too_many", most=voice.number(MAX_REASSIGNED))
    elif wish.to and wish.customers:
        try:
            rehearsal = rehearse(visitor.actor, wish)
        except DomainError as refusal:
            fault = refusal.message(voice.locale)
    return render(
        request,
        "reassign.html",
        422 if fault else 200,
        wish=wish,
        rehearsal=rehearsal,
        heads=[voice.say(f"customers.reassign.{name}") for name in _HEADS],
        fault=fault,
        named=wish.customers[:_NAMED],
        others=max(0, min(len(wish.customers), MAX_REASSIGNED) - _NAMED),
        ids=",".join(str(customer.id) for customer in wish.customers[:MAX_REASSIGNED]),
        people=_new_owners(visitor.actor),
        territories=[(_KEEP, voice.say("customers.reassign.keep")), *territory_choices(visitor.actor, voice)],
        back=return_address(request, reverse("console:customers")),
    )


def _read_wish(request: HttpRequest, asked: QueryDict) -> Wish:
    """Raises core.invalid_input."""
    visitor, voice = visitor_of(request), voice_of(request)
    assert visitor is not None
    customers = _chosen(visitor.actor, voice, asked)
    into = asked.get("into") or _KEEP
    if into not in (_KEEP, "none"):
        into = str(_read_id("into", into, voice))
    return Wish(customers, _read_id("to", asked.get("to"), voice), into)


def _chosen(actor: Actor, voice: Voice, asked: QueryDict) -> list[Any]:
    """The customers of the ids that are named, or of a filter: one more than can be reassigned, at most."""
    rows = overview.list_rows(actor)
    if asked.get("from") == "all":
        rows = rows.filter(*ListPage.read(CUSTOMERS, asked, voice).conditions(voice))
    else:
        words = [word for text in asked.getlist("ids") for word in text.split(",") if word]
        rows = rows.filter(id__in=[_read_id("ids", word, voice) for word in words])
    return list(rows.order_by("name", "id")[: MAX_REASSIGNED + 1])


def _read_id(name: str, word: str | None, voice: Voice) -> UUID | None:
    try:
        return UUID(word) if word else None
    except ValueError:
        raise InvalidInput(name, reason=voice.say("list.bad_choice")) from None


def _new_owners(actor: Actor) -> list[tuple[str, str]]:
    people = account_queries.list_people(actor).filter(is_active=True).order_by("name")
    return [(str(id_), name) for id_, name in people.values_list("id", "name")]


def _kilobytes(size: int) -> str:
    return f"{ceil(size / 1000):,} kB" if size else ""


def _digest(told: Any) -> str:
    return hashlib.sha256(repr(told).encode()).hexdigest()
