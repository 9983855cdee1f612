"""Reads of photos, signatures and voice notes. All need the company's fence."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from visits.models.photos import Photo


def list_photos(visit_id: UUID) -> QuerySet[Photo]:
    """The photos, signatures and voice notes of a visit, withdrawn ones included."""
    return Photo.objects.filter(visit_id=visit_id)


def lock_photos(ids: Iterable[UUID]) -> dict[UUID, Photo]:
    """The photos of these ids, by id, locked in the order of their ids, with their visits (one query)."""
    rows = Photo.objects.select_for_update(no_key=True, of=("self",)).select_related("visit")
    return {photo.id: photo for photo in rows.filter(id__in=list(ids)).order_by("id")}


def list_visits_of(ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """The visits of those of these photos that are here, by photo (one query, none without ids)."""
    wanted = list(ids)
    return dict(Photo.objects.filter(id__in=wanted).values_list("id", "visit_id")) if wanted else {}


def list_caption_lines(ids: Iterable[UUID]) -> Mapping[UUID, Sequence[str]]:
    """What is written onto these photos: when (company's time), where, at whose, by whom (one query).

    A time that rests on a clock which the user can set, and a position of a mocked provider, are marked by `?`.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select p.id, to_char(p.occurred_at at time zone c.time_zone, 'YYYY-MM-DD HH24:MI:SS'),
                   p.occurred_verified, p.lat, p.lon, p.accuracy_m, coalesce(p.is_mock, false), s.name, k.name, u.name
            from visits_photo p
            join accounts_company c on c.id = p.company_id
            join visits_visit v on v.id = p.visit_id
            join customers_customer k on k.id = p.customer_id
            left join customers_site s on s.id = v.site_id
            left join accounts_user u on u.id = p.author_id
            where p.id = any(%s)
            """,
            [list(ids)],
        )
        return {row[0]: caption_lines(*row[1:]) for row in cursor.fetchall()}


def caption_lines(
    taken: str,
    verified: bool,
    lat: float | None,
    lon: float | None,
    accuracy_m: float | None,
    is_mock: bool,
    site: str | None,
    customer: str,
    author: str | None,
) -> list[str]:
    """The lines of one picture: when, where, at whose, by whom."""
    where = (
        "" if lat is None or lon is None else f"{lat:.5f}, {lon:.5f} ±{accuracy_m or 0:.0f} m{' ?' if is_mock else ''}"
    )
    return [
        taken + ("" if verified else " ?"),
        *([where] if where else []),
        " · ".join(filter(None, (customer, site))),
        author or "",
    ]
