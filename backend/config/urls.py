"""The URL map: everything machines speak is below /api/v1/, pages for people have addresses of their own."""

from pathlib import Path

import ninja
from django.conf import settings
from django.urls import include, path, re_path
from django.views.generic import RedirectView
from django.views.static import serve

from config.api import api
from config.health import live, ready
from config.pages import Pages
from console.assets import ADDRESS
from sync.events import events

_NINJA_FILES = Path(ninja.__file__).parent / "static" / "ninja"
# MapLibre's worker is one of them, and asks the server of the basemap under the policy that its own file came with.
_CONSOLE_FILES = Pages(settings.PAGES_DIR / "console", ADDRESS, mark="assets.json", origins=settings.BASEMAP.origins)

urlpatterns = [
    path("health/live", live),
    path("health/ready", ready),
    path("api/v1/sync/events", events),
    path("api/v1/", api.urls),
    path("", RedirectView.as_view(url="/console/")),
    path("console", RedirectView.as_view(url="/console/")),
    re_path(f"^{ADDRESS[1:]}", _CONSOLE_FILES.view),
    path("console/", include("console.urls")),
    path("app", RedirectView.as_view(url="/app/")),
    re_path("^app/", Pages(settings.PAGES_DIR / "app", "/app/").view),
    # The documentation's page brings its own scripts: many of its readers have no way to a foreign network.
    path("static/ninja/<path:path>", serve, {"document_root": _NINJA_FILES}),
]
