"""Tables of visits, a module a noun. Django finds them by importing this package."""

from visits.models import (  # noqa: F401
    absences,
    alerts,
    competitors,
    compliance,
    evidence,
    forms,
    participants,
    photos,
    plans,
    publications,
    routes,
    scores,
    start_points,
    tasks,
    types,
    visits,
)
