"""The console's addresses, below /console/: those of registered pages, and what stands before the door."""

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path, re_path

from console.basemap import tiles
from console.doors import door, refusals_as_pages
from console.events import events
from console.pages.sign_in import sign_in, sign_in_code, sign_out
from console.pages.single_sign_on import come_back, set_out
from console.registry import PAGES, Page


@refusals_as_pages
def unknown(request: HttpRequest) -> HttpResponse:
    """Every other address."""
    raise Http404


app_name = "console"
urlpatterns = [
    path("sign-in", sign_in, name="sign_in"),
    path("sign-in/code", sign_in_code, name="sign_in_code"),
    path("sign-in/provider", set_out, name="single_sign_on"),
    path("sign-in/provider/back", come_back, name="single_sign_on_back"),
    path("sign-out", sign_out, name="sign_out"),
    path("events", events, name="events"),
    path("basemap.pmtiles", door(Page("basemap", "basemap.pmtiles", get=tiles)), name="basemap"),
    *(path(page.path, door(page), name=page.name) for page in PAGES.values()),
    re_path("", unknown),
]
