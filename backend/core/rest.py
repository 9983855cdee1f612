"""What every REST endpoint shares: the fence around reads, the door to commands, pages of published rows, errors.

A list or a single row is answered with the text of its published entry, the same that phones get: one form of a row
at both doors, and nothing is serialised per request.
"""

import base64
import binascii
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import wraps
from types import MappingProxyType
from typing import Any
from uuid import UUID

import orjson
from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse

from core import errors
from core.actor import Actor
from core.batches import Verdict
from core.commands import execute
from core.feeds import Feed, kinds_for
from core.fence import company_fence
from core.models import Entry, Status
from core.payloads import Payload

MAX_PAGE = 500
_SPOKEN = {"en": "en", "zh": "zh-Hans"}


def locale_of(request: HttpRequest) -> str:
    """The language to answer in, `en` or `zh-Hans`: what the request asks for, else the actor's own."""
    actor = getattr(request, "auth", None)
    return asked_locale(request) or (actor.locale if isinstance(actor, Actor) else "en")


def asked_locale(request: HttpRequest) -> str | None:
    """The first language of `Accept-Language` that the server speaks; None where it names none of them."""
    for wish in request.headers.get("Accept-Language", "").lower().split(","):
        if (locale := _SPOKEN.get(re.split("[-;]", wish.strip(), maxsplit=1)[0])) is not None:
            return locale
    return None


def answered(actor: Actor, request: HttpRequest) -> Actor:
    """The actor, to be answered in the language that his request asks for."""
    locale = asked_locale(request)
    return actor if locale is None or locale == actor.locale else replace(actor, locale=locale)


def json_response(body: Any, status: int = 200) -> HttpResponse:
    """A JSON answer; `body` may hold UUIDs, instants and `orjson.Fragment`s."""
    return HttpResponse(orjson.dumps(body), status=status, content_type="application/json")


def error_response(error: errors.DomainError, locale: str) -> HttpResponse:
    """The typed error body with its status, `Retry-After` included when the error knows it."""
    response = json_response(error.as_body(locale), error.status)
    if "retry_after_s" in error.details:
        response["Retry-After"] = str(error.details["retry_after_s"])
    return response


def fenced(view: Callable[..., Any]) -> Callable[..., Any]:
    """Run a reading endpoint inside the fence of its actor's company."""

    @wraps(view)
    def inside(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        with company_fence(request.auth.company_id):  # type: ignore[attr-defined]
            return view(request, *args, **kwargs)

    return inside


def run_command(request: HttpRequest, name: str, payload: Payload, row_id: UUID | None = None) -> HttpResponse:
    """Execute a command for a REST call and answer with its verdict; `Idempotency-Key` is the command's id.

    200 applied or merged, 202 parked, otherwise the refusal's status with the typed error body.
    """
    actor: Actor = request.auth  # type: ignore[attr-defined]
    sent = _as_sent(request, payload)
    verdict = execute(name, sent, actor=actor, command_id=idempotency_key(request), door="rest")
    return verdict_response(verdict, row_id)


def _as_sent(request: HttpRequest, payload: Payload) -> dict[str, Any]:
    """The command's payload with each member in the caller's own words, so far as it stands in the body.

    A retry through a push then is the same command: `19.90` stays `19.90`, an instant keeps its offset.
    """
    understood = payload.model_dump(mode="json", by_alias=True, exclude_unset=True)
    body = json.loads(request.body) if request.body else {}
    sent = {name: body.get(name, value) for name, value in understood.items()}
    # What stands in the address counts, whatever a body says of the same name.
    return sent if type(payload).model_validate(sent) == payload else understood


def verdict_response(verdict: Verdict, row_id: UUID | None = None) -> HttpResponse:
    """A verdict as the answer of a REST call."""
    if verdict.status == Status.REFUSED:
        error = {
            "code": verdict.code,
            "message": verdict.message,
            "field": verdict.field,
            "details": {**verdict.details, "command_id": verdict.id},
        }
        kind = errors.CATALOGUE.get(verdict.code or "")
        return json_response({"error": error}, kind.status if kind else 409)
    status = 202 if verdict.status == Status.PARKED else 200
    return json_response({"id": row_id, "verdict": verdict.as_wire()}, status)


def idempotency_key(request: HttpRequest) -> UUID | None:
    """The command id that the caller names in `Idempotency-Key`, or None. Raises core.invalid_input."""
    given = request.headers.get("Idempotency-Key")
    if given is None:
        return None
    try:
        return UUID(given)
    except ValueError:
        raise errors.InvalidInput("Idempotency-Key", reason="must be a UUID") from None


def list_page(
    actor: Actor,
    feed: Feed,
    rows: QuerySet[Any],
    *,
    order: Sequence[str],
    cursor: str | None,
    limit: int,
    beside: Mapping[str, Any] = MappingProxyType({}),
) -> HttpResponse:
    """One page of `rows` as `{"items": [...], "next": cursor or null}`, two queries whatever the size.

    order: columns without nulls that make the order stable together with the id; a leading `-` reverses. beside: what
    else the answer holds.
    """
    if feed.kind not in kinds_for(actor.roles):
        raise errors.Forbidden
    shown, following = page_of(rows, [feed.scope], order=order, cursor=cursor, limit=limit)
    bodies = _bodies(feed, [(row[-1], row[-2]) for row in shown])
    items = [bodies[row[-2]] for row in shown if row[-2] in bodies]
    return json_response({"items": items, "next": following, **beside})


def page_of(
    rows: QuerySet[Any], more: Sequence[str], *, order: Sequence[str], cursor: str | None, limit: int
) -> tuple[list[tuple[Any, ...]], str | None]:
    """One page of `rows`, and the cursor of the following one (one query).

    Each row as the values of the columns of `order` (see `list_page`), its id, and the columns `more`.
    """
    keys = [*order, "id"]
    names = [key.removeprefix("-") for key in keys]
    if cursor:
        rows = rows_after(rows, keys, cursor)
    limit = max(1, min(limit, MAX_PAGE))
    found = list(rows.order_by(*keys).values_list(*names, *more)[: limit + 1])
    shown = found[:limit]
    return shown, write_cursor(shown[-1][: len(names)]) if len(found) > limit else None


def unpublished_page(
    rows: QuerySet[Any], write: Callable[[Any], Any], *, cursor: str | None, limit: int
) -> HttpResponse:
    """One page of rows that phones do not get, the last id first (one query). write: a row as the answer has it."""
    if cursor:
        rows = rows.filter(id__lt=read_cursor(cursor, 1)[0])
    found = list(rows.order_by("-id")[: limit + 1])
    shown = found[:limit]
    following = write_cursor([shown[-1].id]) if len(found) > limit else None
    return json_response({"items": [write(row) for row in shown], "next": following})


def get_row(actor: Actor, feed: Feed, row: Model) -> HttpResponse:
    """One published row as `{"id", …data, "version"}`."""
    if feed.kind not in kinds_for(actor.roles):
        raise errors.Forbidden
    bodies = _bodies(feed, [(getattr(row, feed.scope), row.pk)])
    if row.pk not in bodies:
        raise errors.NotFound
    return json_response(bodies[row.pk])


def _bodies(feed: Feed, keys: list[tuple[UUID, UUID]]) -> dict[UUID, orjson.Fragment]:
    scopes = {scope for scope, _ in keys}
    ids = [id_ for _, id_ in keys]
    entries = Entry.objects.filter(scope_id__in=scopes, kind=feed.kind, id__in=ids, body__isnull=False)
    return {
        id_: orjson.Fragment(f'{{"id":"{id_}","version":{version},{body[1:]}')
        for id_, version, body in entries.values_list("id", "version", "body")
    }


def rows_after(rows: QuerySet[Any], keys: Sequence[str], cursor: str) -> QuerySet[Any]:
    """The rows behind a cursor in the order of `keys`, of which the last is the id. Raises core.invalid_input."""
    names = [key.removeprefix("-") for key in keys]
    try:
        return rows.filter(_after(keys, names, read_cursor(cursor, len(names))))
    except (ValidationError, ValueError, TypeError):  # well formed, but its values are not this column's
        raise errors.InvalidInput("cursor", reason="not a cursor of this list") from None


def _after(keys: Sequence[str], names: Sequence[str], values: Sequence[Any]) -> Q:
    """Rows behind `values` in the order of `keys`: (a > x) or (a = x and b > y) or …"""
    result = Q()
    equal = Q()
    for key, name, value in zip(keys, names, values, strict=True):
        comparison = "lt" if key.startswith("-") else "gt"
        result |= equal & Q(**{f"{name}__{comparison}": value})
        equal &= Q(**{name: value})
    return result


def write_cursor(values: Sequence[Any]) -> str:
    """A list's cursor: the sort values of the last row shown."""
    return base64.urlsafe_b64encode(orjson.dumps(list(values), default=str)).decode().rstrip("=")


def read_cursor(text: str, length: int) -> list[Any]:
    """The values in a list's cursor. It only positions within rows that the caller may see, so it needs no seal."""
    try:
        values = orjson.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if not isinstance(values, list) or len(values) != length or not all(isinstance(v, str | int) for v in values):
            raise ValueError
        if any(isinstance(value, str) and "\x00" in value for value in values):
            raise ValueError
        UUID(values[-1])
    except (ValueError, TypeError, AttributeError, binascii.Error):
        raise errors.InvalidInput("cursor", reason="not a cursor of this list") from None
    return values
