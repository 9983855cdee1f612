"""The URL map: everything machines speak is below /api/v1/."""

from django.urls import path

from config.api import api

urlpatterns = [
    path("api/v1/", api.urls),
]
