"""The forms endpoints. Every command has its own path and takes the same payload as in a push."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from core.actor import Actor
from core.errors import Forbidden
from core.rest import fenced, get_row, json_response, list_page, run_command
from core.rest_schemas import READ_ERRORS, WRITE_RESPONSES, ErrorBody, PageQuery
from forms import commands, policies, queries, schemas
from forms.feed import FORM, FORM_VERSION

router = Router(tags=["forms"])


@router.get("/forms", response={200: schemas.FormPage} | READ_ERRORS)
@fenced
def list_forms(request: HttpRequest, filters: Query[schemas.FormQuery]) -> HttpResponse:
    """The company's forms by code."""
    rows = queries.list_forms(archived=filters.archived)
    return list_page(_actor(request), FORM, rows, order=["code"], cursor=filters.cursor, limit=filters.limit)


@router.post("/forms", response=WRITE_RESPONSES)
def create_form(request: HttpRequest, payload: schemas.CreateForm) -> HttpResponse:
    """Make a form (`forms.create`)."""
    return run_command(request, "forms.create", payload, row_id=payload.id)


@router.post("/forms/update", response=WRITE_RESPONSES)
def update_form(request: HttpRequest, payload: schemas.UpdateForm) -> HttpResponse:
    """Edit a form's code and names (`forms.update`)."""
    return run_command(request, "forms.update", payload, row_id=payload.id)


@router.post("/forms/archive", response=WRITE_RESPONSES)
def archive_form(request: HttpRequest, payload: schemas.FormId) -> HttpResponse:
    """Offer a form no more (`forms.archive`)."""
    return run_command(request, "forms.archive", payload, row_id=payload.id)


@router.post("/forms/unarchive", response=WRITE_RESPONSES)
def unarchive_form(request: HttpRequest, payload: schemas.FormId) -> HttpResponse:
    """Offer a form again (`forms.unarchive`)."""
    return run_command(request, "forms.unarchive", payload, row_id=payload.id)


@router.post("/forms/save-draft", response=WRITE_RESPONSES)
def save_draft(request: HttpRequest, payload: schemas.SaveDraft) -> HttpResponse:
    """Keep what is being designed (`forms.save_draft`)."""
    return run_command(request, "forms.save_draft", payload, row_id=payload.form_id)


@router.post("/forms/publish-version", response=WRITE_RESPONSES)
def publish_version(request: HttpRequest, payload: schemas.PublishVersion) -> HttpResponse:
    """Publish what a form asks from now on (`forms.publish_version`). The answer's id is the version's."""
    return run_command(request, "forms.publish_version", payload, row_id=payload.id)


@router.post("/forms/check", response={200: schemas.CheckedOut, 400: ErrorBody} | READ_ERRORS)
@fenced
def check_definition(request: HttpRequest, payload: schemas.CheckDefinition) -> HttpResponse:
    """Whether a definition could be published; what is wrong with it is answered as `forms.publish_version` would."""
    _require_keeper(request)
    definition = commands.check(payload.definition, payload.form_id)
    return json_response({"questions": len(definition.questions)})


@router.get("/forms/{form_id}", response={200: schemas.FormOut} | READ_ERRORS)
@fenced
def get_form(request: HttpRequest, form_id: UUID) -> HttpResponse:
    """One form."""
    return get_row(_actor(request), FORM, queries.get_form(form_id))


@router.get("/forms/{form_id}/draft", response={200: schemas.DraftOut} | READ_ERRORS)
@fenced
def get_draft(request: HttpRequest, form_id: UUID) -> HttpResponse:
    """What is being designed of a form; for those who design."""
    _require_keeper(request)
    draft = queries.find_drafts([queries.get_form(form_id).id]).get(form_id)
    return json_response({name: getattr(draft, name, None) for name in ("definition", "saved_at", "saved_by_id")})


@router.get("/forms/{form_id}/versions", response={200: schemas.FormVersionPage} | READ_ERRORS)
@fenced
def list_versions(request: HttpRequest, form_id: UUID, page: Query[PageQuery]) -> HttpResponse:
    """The versions of a form, the newest first."""
    rows = queries.list_versions(queries.get_form(form_id).id)
    return list_page(_actor(request), FORM_VERSION, rows, order=["-number"], cursor=page.cursor, limit=page.limit)


@router.get("/form-versions/{version_id}", response={200: schemas.FormVersionOut} | READ_ERRORS)
@fenced
def get_version(request: HttpRequest, version_id: UUID) -> HttpResponse:
    """One version of a form."""
    return get_row(_actor(request), FORM_VERSION, queries.get_version(version_id))


def _require_keeper(request: HttpRequest) -> None:
    if not _actor(request).has_role(*policies.KEEPERS):
        raise Forbidden


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.auth  # type: ignore[attr-defined]
    return actor
