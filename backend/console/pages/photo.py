"""One photo of a visit, as large as it is shown."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse

from accounts import queries as account_queries
from console.pictures import show_picture
from console.registry import page
from console.rendering import render, visitor_of, voice_of
from files import queries as file_queries
from files.errors import AttachmentNotFound
from visits.queries import photos as photo_queries
from visits.queries import visits as visit_queries


@page("visits.photo", "visits/photos/<uuid:id>")
def show_photo(request: HttpRequest, id: UUID) -> HttpResponse:
    """The photo with what is known of it; its address is made anew each time, for it is good for minutes only."""
    visitor, voice = visitor_of(request), voice_of(request)
    assert visitor is not None
    attached = file_queries.get_attachment(visitor.actor, id)
    if attached.subject_kind != "visit":
        raise AttachmentNotFound("id")
    visit = visit_queries.get_described(visitor.actor, attached.subject_id)
    photo = photo_queries.list_photos(visit.id).filter(id=id).first()
    people = account_queries.list_users([photo.author_id if photo else attached.user_id])
    names = {user.id: user.name for user in people.values()}
    return render(request, "visits_photo.html", visit=visit, picture=show_picture(attached, photo, names, voice))
