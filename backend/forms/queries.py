"""Reads of forms. All need the company's fence."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import DateTimeField, IntegerField, Max, OuterRef, QuerySet, Subquery, TextField, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce, NullIf

from forms.definitions import Definition
from forms.errors import FormNotFound, VersionNotFound
from forms.models import Form, FormDraft, FormVersion


@dataclass(frozen=True, slots=True)
class Published:
    """A version that can be answered."""

    id: UUID
    form_id: UUID
    definition: Definition


def list_forms(*, archived: bool = False) -> QuerySet[Form]:
    """The company's forms; archived: with those that are offered no more."""
    rows = Form.objects.all()
    return rows if archived else rows.filter(archived_at=None)


def list_form_states(locale: str) -> QuerySet[Form]:
    """All forms of the company with how far they are.

    title: its name, in the language of `locale` where it has one. number: of the version to answer, 0 without one.
    version_id, published_at: of that version. draft_at: since when the draft is as it is. The last three may be null.
    """
    first, second = ("zh", "en") if locale == "zh-Hans" else ("en", "zh")
    title = NullIf(KeyTextTransform(first, "names"), Value("", TextField()))
    newest = FormVersion.objects.filter(form_id=OuterRef("id")).order_by("-number")
    return Form.objects.annotate(
        title=Coalesce(title, KeyTextTransform(second, "names")),
        number=Coalesce(Subquery(newest.values("number")[:1], output_field=IntegerField()), 0),
        version_id=Subquery(newest.values("id")[:1]),
        published_at=Subquery(newest.values("published_at")[:1], output_field=DateTimeField()),
        draft_at=Subquery(FormDraft.objects.filter(form_id=OuterRef("id")).values("saved_at")[:1]),
    )


def get_form(form_id: UUID) -> Form:
    """A form of the company. Raises forms.not_found."""
    form = Form.objects.filter(id=form_id).first()
    if form is None:
        raise FormNotFound("id")
    return form


def lock_forms(ids: Iterable[UUID]) -> dict[UUID, Form]:
    """Forms by id, held against other changes (one query)."""
    rows = Form.objects.filter(id__in=set(ids)).order_by("id").select_for_update(no_key=True)
    return {row.id: row for row in rows}


def list_form_ids(ids: Iterable[UUID]) -> set[UUID]:
    """Which of these forms exist (one query, none without ids)."""
    wanted = set(ids)
    return set(Form.objects.filter(id__in=wanted).values_list("id", flat=True)) if wanted else set()


def find_drafts(form_ids: Iterable[UUID]) -> dict[UUID, FormDraft]:
    """What is being designed of these forms, by form (one query)."""
    return {row.form_id: row for row in FormDraft.objects.filter(form_id__in=set(form_ids))}


def list_versions(form_id: UUID) -> QuerySet[FormVersion]:
    """The versions of a form."""
    return FormVersion.objects.filter(form_id=form_id)


def get_version(version_id: UUID) -> FormVersion:
    """A version of a form of the company. Raises forms.version_not_found."""
    found = FormVersion.objects.filter(id=version_id).first()
    if found is None:
        raise VersionNotFound("id")
    return found


def list_numbers(form_ids: Iterable[UUID]) -> dict[UUID, int]:
    """The highest number of a version of each of these forms that has any (one query)."""
    rows = FormVersion.objects.filter(form_id__in=set(form_ids)).order_by()
    return dict(rows.values_list("form_id").annotate(Max("number")))


def list_published(ids: Iterable[UUID]) -> dict[UUID, Published]:
    """Versions by id, ready to judge answers by (one query)."""
    rows = FormVersion.objects.filter(id__in=set(ids)).values_list("id", "form_id", "definition")
    return {id_: Published(id_, form_id, _definition(id_, _Unhashed(raw))) for id_, form_id, raw in rows}


def list_question_kinds(form_ids: Iterable[UUID]) -> dict[tuple[UUID, str], str]:
    """The type of every question that any version of these forms asks, and of every measure as `question.measure`.

    By form and question (one query).
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select distinct v.form_id, q.value ->> 'id', q.value ->> 'type', m.value ->> 'id', m.value ->> 'type'
            from forms_form_version v
            cross join jsonb_array_elements(v.definition -> 'questions') q
            left join jsonb_array_elements(q.value -> 'measures') m on true
            where v.form_id = any(%s::uuid[])
            """,
            [list(set(form_ids))],
        )
        kinds: dict[tuple[UUID, str], str] = {}
        for form_id, question, kind, measure, measured in cursor.fetchall():
            kinds[form_id, question] = kind
            if measure is not None:
                kinds[form_id, f"{question}.{measure}"] = measured
        return kinds


class _Unhashed:
    """A definition that goes along with its version's id: one never changes without the other."""

    def __init__(self, raw: dict[str, Any]) -> None:
        self.raw = raw

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Unhashed)

    def __hash__(self) -> int:
        return 0


@lru_cache(maxsize=256)
def _definition(version_id: UUID, stored: _Unhashed) -> Definition:
    """The definition of a version, read once: it was checked when it was published, and never changes."""
    return Definition.model_validate(stored.raw)
