"""The URL map: everything machines speak is below /api/v1/."""

from config.api import api
from django.urls import path

urlpatterns = [
    path("api/v1/", api.urls),
]
