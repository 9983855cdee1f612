"""The reader's own second factor: set up with a QR code, recovery codes shown once, taken off."""

from typing import Any
from uuid import UUID

import segno
from django.http import HttpRequest, HttpResponse

from accounts.addresses import client_address
from accounts.commands import second_factors
from accounts.commands.second_factors import WithCodes
from accounts.errors import EnrolmentExpired
from console.forms import CommandForm, Field, Values
from console.rendering import render, visitor_of
from console.voice import Voice
from core.actor import Actor
from core.batches import Verdict

_CODE = Field("one_time_code", empty="")


def _begin(subject: object, request: HttpRequest) -> Values:
    visitor = visitor_of(request)
    assert visitor is not None
    return {"draft": second_factors.begin_enrolment(visitor.actor).draft}


def _picture(subject: object, values: Values, actor: Actor, voice: Voice) -> Values:
    """The secret for the eyes of an app, and to be typed in fours. A draft that ran out makes room for a new one."""
    try:
        begun = second_factors.read_enrolment(actor, values["draft"])
    except EnrolmentExpired:
        begun = second_factors.begin_enrolment(actor)
        values["draft"] = begun.draft
    typed = " ".join(begun.secret[at : at + 4] for at in range(0, len(begun.secret), 4))
    picture = segno.make(begun.address, micro=False).svg_data_uri(scale=5, border=3, light="#fff")
    return {"picture": picture, "typed": typed, "draft": begun.draft}


def _enable(request: HttpRequest, actor: Actor, payload: Values, command_id: UUID) -> Verdict:
    made = second_factors.enable(
        actor,
        payload["draft"],
        payload["one_time_code"],
        address=client_address(request),
        command_id=command_id,
        door="console",
    )
    return _keep(request, made)


def _renew(request: HttpRequest, actor: Actor, payload: Values, command_id: UUID) -> Verdict:
    address = client_address(request)
    return _keep(
        request,
        second_factors.renew(actor, payload["one_time_code"], address=address, command_id=command_id, door="console"),
    )


def _remove(request: HttpRequest, actor: Actor, payload: Values, command_id: UUID) -> Verdict:
    address = client_address(request)
    return second_factors.remove(
        actor, payload["one_time_code"], address=address, command_id=command_id, door="console"
    )


def _keep(request: HttpRequest, made: WithCodes) -> Verdict:
    request.made_codes = made.codes  # type: ignore[attr-defined]
    return made.verdict


def _show_codes(request: HttpRequest) -> HttpResponse:
    codes: Any = request.made_codes  # type: ignore[attr-defined]
    return render(request, "recovery_codes.html", codes=codes)


ON = CommandForm(
    "preferences.factor_on",
    "preferences/second-factor",
    command="accounts.enable_second_factor",
    fields=(Field("draft", "hidden"), _CODE),
    start=_begin,
    more=_picture,
    send=_enable,
    ending=_show_codes,
    template="second_factor.html",
    back="preferences",
).register()

OFF = CommandForm(
    "preferences.factor_off",
    "preferences/second-factor/off",
    command="accounts.remove_second_factor",
    fields=(_CODE,),
    send=_remove,
    back="preferences",
    danger=True,
).register()

RECOVERY_CODES = CommandForm(
    "preferences.recovery_codes",
    "preferences/recovery-codes",
    command="accounts.renew_recovery_codes",
    fields=(_CODE,),
    send=_renew,
    ending=_show_codes,
    back="preferences",
).register()
