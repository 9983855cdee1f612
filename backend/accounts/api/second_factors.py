"""The second factor of the caller, and its removal by an administrator."""

from django.http import HttpRequest, HttpResponse
from ninja import Router

from accounts import one_time_codes, queries
from accounts.addresses import client_address
from accounts.commands import second_factors
from accounts.commands.second_factors import WithCodes
from accounts.schemas import second_factors as shapes
from accounts.schemas.people import UserId
from core.actor import Actor
from core.clock import to_wire
from core.rest import fenced, idempotency_key, json_response, run_command, verdict_response
from core.rest_schemas import WRITE_RESPONSES, ErrorBody

router = Router(tags=["sessions"])
_GUESSES = WRITE_RESPONSES | {429: ErrorBody}


@router.get("/me/second-factor", response={200: shapes.SecondFactorOut, 401: ErrorBody, 403: ErrorBody})
@fenced
def get_second_factor(request: HttpRequest) -> HttpResponse:
    """Whether the caller's sign-ins ask for a code."""
    factor = queries.find_second_factor(_actor(request).user_id)
    return json_response(
        {
            "is_on": factor is not None,
            "since": factor and to_wire(factor.created_at),
            "recovery_codes_left": len(factor.recovery) if factor else 0,
        }
    )


@router.post("/me/second-factor/begin", response={200: shapes.EnrolmentOut, 401: ErrorBody, 403: ErrorBody})
@fenced
def begin_enrolment(request: HttpRequest) -> HttpResponse:
    """A new secret for the caller's authenticator app. Nothing changes until a code confirms it."""
    begun = second_factors.begin_enrolment(_actor(request))
    return json_response(
        {
            "draft": begun.draft,
            "secret": begun.secret,
            "uri": begun.address,
            "expires_in_s": one_time_codes.ENROLMENT_S,
        }
    )


@router.post("/me/second-factor", response=_GUESSES | {200: shapes.RecoveryCodesOut})
def enable_second_factor(request: HttpRequest, payload: shapes.EnableSecondFactorIn) -> HttpResponse:
    """Have the caller's sign-ins ask for a code (`accounts.enable_second_factor`). The answer holds recovery codes."""
    made = second_factors.enable(
        _actor(request),
        payload.draft,
        payload.code,
        address=client_address(request),
        command_id=idempotency_key(request),
    )
    return _with_codes(request, made)


@router.post("/me/second-factor/recovery-codes", response=_GUESSES | {200: shapes.RecoveryCodesOut})
def renew_recovery_codes(request: HttpRequest, payload: shapes.CodeIn) -> HttpResponse:
    """New recovery codes in place of all old ones (`accounts.renew_recovery_codes`)."""
    made = second_factors.renew(
        _actor(request), payload.code, address=client_address(request), command_id=idempotency_key(request)
    )
    return _with_codes(request, made)


@router.post("/me/second-factor/remove", response=_GUESSES)
def remove_second_factor(request: HttpRequest, payload: shapes.CodeIn) -> HttpResponse:
    """Have the caller's sign-ins ask for the password alone (`accounts.remove_second_factor`)."""
    verdict = second_factors.remove(
        _actor(request), payload.code, address=client_address(request), command_id=idempotency_key(request)
    )
    return verdict_response(verdict, _actor(request).user_id)


@router.post("/users/reset-second-factor", response=WRITE_RESPONSES)
def reset_second_factor(request: HttpRequest, payload: UserId) -> HttpResponse:
    """Take the second factor off somebody who has lost his phone (`accounts.reset_second_factor`)."""
    return run_command(request, "accounts.reset_second_factor", payload, row_id=payload.id)


def _with_codes(request: HttpRequest, made: WithCodes) -> HttpResponse:
    user_id = _actor(request).user_id
    if not made.verdict.settled:
        return verdict_response(made.verdict, user_id)
    return json_response({"id": user_id, "verdict": made.verdict.as_wire(), "recovery_codes": made.codes})


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.auth  # type: ignore[attr-defined]
    return actor
