"""Tables of visits, a module a noun. Django finds them by importing this package."""

from visits.models import absences, competitors, evidence, participants, photos, plans, routes, start_points, visits  # noqa: F401
