"""Tables of visits, a module a noun. Django finds them by importing this package."""

from visits.models import evidence, photos, plans, visits  # noqa: F401
