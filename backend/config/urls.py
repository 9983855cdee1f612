"""The URL map: everything machines speak is below /api/v1/."""

from django.urls import path

from config.api import api
from config.health import live, ready
from sync.events import events

urlpatterns = [
    path("health/live", live),
    path("health/ready", ready),
    path("api/v1/sync/events", events),
    path("api/v1/", api.urls),
]
