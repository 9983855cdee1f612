"""The registry of the console's pages. A page's module in `console/pages/` registers it; addresses, the places at the
left and the tests that go over every page follow from it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponseBase
from django.urls import NoReverseMatch, reverse

View = Callable[..., HttpResponseBase]
CONSOLE_ROLES = frozenset({"admin", "dispatcher", "manager"})
SECTIONS = ("work", "people", "system")
"""The groups of places, from top to bottom."""
PAGES: dict[str, "Page"] = {}


@dataclass(frozen=True)
class Place:
    """Where a page stands at the left. order: within its section, smallest first. icon: of `console/icons.py`.

    query: what a list is asked when one comes from there.
    """

    section: str
    order: int
    icon: str
    query: str = ""


@dataclass(frozen=True)
class Page:
    """One address of the console.

    name: `devices`, `devices.revoke`; its title is the text `<name>.title`. path: below /console/, as Django takes it.
    get: answers inside the fence of the visitor's company. post: answers outside of it, for it runs a command.
    roles: who may come here at all; what he sees is decided by queries and policies.
    in_dialog: whether links from lists open it in a dialog, where scripts run.
    """

    name: str
    path: str
    get: View | None = None
    post: View | None = None
    place: Place | None = None
    roles: frozenset[str] = CONSOLE_ROLES
    in_dialog: bool = True

    @property
    def address(self) -> str:
        """The name under which Django knows the address."""
        return f"console:{self.name}"


def register(page: Page) -> Page:
    """Register a page. Names are unique."""
    if PAGES.setdefault(page.name, page) is not page:
        raise ValueError(f"page {page.name} is declared twice")
    return page


def page(
    name: str, path: str, *, place: Place | None = None, roles: frozenset[str] = CONSOLE_ROLES
) -> Callable[[View], View]:
    """Register the decorated function as a page that only shows something."""

    def add(view: View) -> View:
        register(Page(name, path, get=view, place=place, roles=roles))
        return view

    return add


def address_if_any(name: str, path: Mapping[str, Any] | None = None, **query: object) -> str | None:
    """The address of a page, or None where there is no such page (yet) or it wants other members of its path."""
    if name not in PAGES:
        return None
    try:
        address = reverse(f"console:{name}", kwargs=dict(path or {}))
    except NoReverseMatch:
        return None
    asked = {key: value for key, value in query.items() if value not in (None, "")}
    return f"{address}?{urlencode(asked)}" if asked else address


def places_for(roles: frozenset[str]) -> list[tuple[str, list[Page]]]:
    """The places of somebody with these roles, by section; sections without any are left out."""
    placed = [page for page in PAGES.values() if page.place and not page.roles.isdisjoint(roles)]
    sections = []
    for section in SECTIONS:
        here = [page for page in placed if page.place and page.place.section == section]
        if here:
            sections.append((section, sorted(here, key=lambda page: page.place.order if page.place else 0)))
    return sections
