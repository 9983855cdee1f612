"""Photos, signatures and voice notes on a page: thumbnails at short-lived addresses, or why there is nothing to see."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.urls import reverse

from console.voice import Voice
from files.errors import NoRendition, NotStored
from files.reading import address_of, url_of


def show_pictures(
    attachments: Iterable[Any], photos: Mapping[UUID, Any], people: Mapping[UUID, str], voice: Voice
) -> list[dict[str, Any]]:
    """What a page shows of each attached file. photos: the rows behind them, by id; people: names of their authors."""
    return [show_picture(attached, photos.get(attached.id), people, voice) for attached in attachments]


def show_picture(attached: Any, photo: Any, people: Mapping[UUID, str], voice: Voice) -> dict[str, Any]:
    """What a page shows of one attached file. photo: the row behind it, None where it belongs to another one."""
    return {
        "id": attached.id,
        "kind": attached.kind,
        "name": (photo.caption if photo else "") or voice.say(f"visits.picture.{attached.kind}"),
        "who": people.get(photo.author_id if photo else attached.user_id, ""),
        "at": voice.instant(photo.occurred_at) if photo else None,
        "thumbnail": find_url(attached, "thumbnail"),
        "shown": find_url(attached, "shown"),
        "sound": find_url(attached, "original") if attached.kind == "voice" else None,
        "page": reverse("console:visits.photo", kwargs={"id": attached.id}),
        "missing": _why_missing(attached),
        "gallery": bool(photo and photo.source == "gallery"),
        "alike": attached.near_duplicate,
        "withdrawn": photo.withdraw_reason if photo and photo.withdrawn_at else None,
    }


def find_url(attached: Any, rendition: str) -> str | None:
    """Where it can be read for the next minutes; None where there is nothing of this form."""
    try:
        return url_of(address_of(attached, rendition))[0]
    except (NotStored, NoRendition):
        return None


def _why_missing(attached: Any) -> str | None:
    """The text that stands in a picture's place, by its key."""
    if attached.state != "stored":
        return f"visits.picture.{attached.state}"
    if attached.kind == "voice" or attached.renditions:
        return None
    return "visits.picture.unreadable" if attached.prepared_at else "visits.picture.preparing"
