"""The JSON API: mounts the apps' routers below /api/v1/ and turns every error into the one typed body."""

import logging
from typing import Any

import psycopg
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import DataError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from ninja.errors import AuthenticationError, HttpError, ValidationError

from accounts.api.api_keys import router as api_keys_router
from accounts.api.devices import router as devices_router
from accounts.api.people import router as people_router
from accounts.api.second_factors import router as second_factors_router
from accounts.api.sessions import auth_router
from accounts.api.sessions import router as caller_router
from accounts.auth import Bearer, bearer
from calendars.api import router as calendars_router
from catalog.api import router as catalog_router
from config.openapi import DocumentedAPI
from core import errors
from core.imports.api import router as imports_router
from core.rest import error_response, locale_of
from customers.api import router as customers_router
from files.api.attachments import router as attachments_router
from files.api.uploads import router as uploads_router
from forms.api import router as forms_router
from notify.api import router as notify_router
from sync.api import router as sync_router
from trails.api import router as trails_router
from visits.api.absences import router as absences_router
from visits.api.alerts import router as alerts_router
from visits.api.competitors import router as competitors_router
from visits.api.compliance import router as compliance_router
from visits.api.days import router as days_router
from visits.api.evidence import router as evidence_router
from visits.api.forms import router as form_answers_router
from visits.api.photos import router as photos_router
from visits.api.plans import router as plans_router
from visits.api.scores import router as scores_router
from visits.api.tasks import router as tasks_router
from visits.api.types import router as visit_types_router
from visits.api.visits import router as visits_router

_log = logging.getLogger(__name__)

api = DocumentedAPI(
    title="Roundsman",
    version="1",
    description="Field sales and after-sales service: the API for phones, the web and integrations.",
    auth=bearer,
    openapi_url="/openapi.json",
    docs_url="/docs",
    urls_namespace="api",
)
_MOUNTED = (  # tried in this order: sync is asked most; addresses of visits would match those of plans, tasks, … too
    ("sync", "/sync", (sync_router,)),
    ("accounts", "", (caller_router, second_factors_router, people_router, devices_router, api_keys_router)),
    ("calendars", "", (calendars_router,)),
    ("catalog", "", (catalog_router,)),
    ("customers", "", (customers_router,)),
    ("forms", "", (forms_router,)),
    ("visits", "", (plans_router, evidence_router, compliance_router, absences_router, days_router)),
    ("visits", "", (competitors_router, tasks_router, alerts_router)),
    ("notify", "", (notify_router,)),
    ("trails", "", (trails_router,)),
    ("visits", "", (visit_types_router, form_answers_router, scores_router, visits_router, photos_router)),
    ("imports", "", (imports_router,)),
    ("files", "/files", (attachments_router, uploads_router)),
)
"""The areas that scopes of API keys name, each with where its routers hang."""
api.add_router("/auth", auth_router)
for area, prefix, routers in _MOUNTED:
    for router in routers:
        api.add_router(prefix, router, auth=Bearer(area))


class ServerFault(errors.DomainError):
    """The server met an unexpected fault. It was logged; please try again."""

    code = "core.server_fault"
    zh = "服务器出现意外故障，已记录，请重试。"
    status = 500


@api.exception_handler(errors.DomainError)
def refused(request: HttpRequest, error: errors.DomainError) -> HttpResponse:
    """A typed refusal."""
    return error_response(error, locale_of(request))


@api.exception_handler(ValidationError)
def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Input that does not fit its schema: the first fault, with the path to it."""
    first: dict[str, Any] = error.errors[0]
    path = [str(part) for part in first.get("loc", ()) if part not in ("body", "query", "path", "header", "payload")]
    refusal = errors.InvalidInput(".".join(path) or "request", reason=first.get("msg", ""))
    return error_response(refusal, locale_of(request))


@api.exception_handler(AuthenticationError)
def unauthenticated(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    """No or no valid token."""
    return error_response(errors.Unauthenticated(), locale_of(request))


@api.exception_handler(HttpError)
def http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    """The framework's own refusals: a body that is not JSON, mostly."""
    return error_response(errors.InvalidJson(reason=str(error)), locale_of(request))


@api.exception_handler(Http404)
def not_found(request: HttpRequest, error: Http404) -> HttpResponse:
    """An address that does not exist."""
    return error_response(errors.NotFound(), locale_of(request))


@api.exception_handler(RequestDataTooBig)
def too_large(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
    """A body beyond what any endpoint takes."""
    limit = f"{settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 2**20} MiB"
    return error_response(errors.TooLarge(limit=limit), locale_of(request))


@api.exception_handler(DataError)
def unstorable(request: HttpRequest, error: DataError) -> HttpResponse:
    """A value that no column can hold, be it only to compare with: NUL in a filter, a number out of range."""
    return error_response(
        errors.InvalidInput("request", reason="a value holds NUL or is out of range"), locale_of(request)
    )


@api.exception_handler(OperationalError)
@api.exception_handler(InterfaceError)
@api.exception_handler(psycopg.OperationalError)
@api.exception_handler(psycopg.InterfaceError)
def unavailable(request: HttpRequest, error: Exception) -> HttpResponse:
    """The database is away, restarting or too busy. Nothing was answered that was not stored; the phone tries again."""
    _log.warning("database unavailable: %s", error)
    return error_response(errors.Unavailable(), locale_of(request))


@api.exception_handler(Exception)
def fault(request: HttpRequest, error: Exception) -> HttpResponse:
    """Whatever nobody foresaw: logged with its trace, answered without it."""
    _log.exception("unexpected fault", exc_info=error)
    return error_response(ServerFault(), locale_of(request))
