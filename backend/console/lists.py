"""A list, declared: which rows, which columns, filters and orders. Table, cards, paging, export and saved views follow.

Everything that is chosen stands in the address, so that a list can be shared, saved, and read without a script.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase

from accounts import queries as account_queries
from console import exports
from console.cells import Column
from console.filters import Filter
from console.list_map import PLACES, ListMap, answer
from console.list_page import ListPage, map_context, page_context
from console.registry import CONSOLE_ROLES, Page, Place, register
from console.rendering import render, visitor_of, voice_of
from console.voice import Voice
from core.actor import Actor
from core.rest import rows_after

PAGE_ROWS = 50


@dataclass(frozen=True)
class RowAction:
    """A button in each row that opens a form. name: of the form's page. needs: whether the row takes it."""

    name: str
    needs: Callable[[Any, Actor], bool] = lambda row, actor: True


@dataclass(frozen=True)
class List:
    """One list of the console.

    name: of its page, and the beginning of its texts: `<name>.title`, `.place`, `.lead`, `.empty`, `.empty_hint`,
    `.column.<column>`, `.filter.<filter>`. rows: what the actor may see, from an app's `queries`. order: the column
    that it is sorted by unless another is chosen, `-` first for downwards. gather: reads what the rows of one page need
    besides, with a fixed number of queries; each column gets it. link: where a row leads. row_actions: forms about a
    row. live: rooms (apps) whose changes refresh the list, `*` for all. action: the form's page behind the main button.
    choosing: a page that takes many rows, `?from=chosen&ids=…` those that are ticked, `?from=all` with the filters all.
    on_map: how its rows are seen on a map as well.
    back: of a list behind another page, where that is, of the filters' words; called by the text `<name>.back`.
    """

    name: str
    path: str
    rows: Callable[[Actor], QuerySet[Any]]
    columns: Sequence[Column]
    order: str
    place: Place | None = None
    filters: Sequence[Filter] = ()
    gather: Callable[[Actor, list[Any], Voice], Any] = lambda actor, rows, voice: None
    link: Callable[[Any], str] | None = None
    row_actions: Sequence[RowAction] = ()
    live: str = ""
    action: str | None = None
    choosing: str | None = None
    on_map: ListMap | None = None
    back: Callable[[Mapping[str, str]], str | None] | None = None
    empty_icon: str = "inbox"
    roles: frozenset[str] = field(default=CONSOLE_ROLES)

    def register(self) -> "List":
        """Put the list at its address."""
        register(Page(self.name, self.path, get=self.get, place=self.place, roles=self.roles))
        return self

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """The page of the list that the address asks for, or all its rows as a file or as places of a map.

        Raises core.invalid_input.
        """
        visitor, voice = visitor_of(request), voice_of(request)
        assert visitor is not None
        asked = ListPage.read(self, request.GET, voice)
        if (form := request.GET.get("format")) is not None:
            return exports.export(self, asked, visitor.actor, voice, form)
        if self.on_map and request.GET.get("as") == PLACES:
            return answer(request, self.on_map.places(self._fitting(asked, visitor.actor, voice)))
        rows, following = self.cut(asked, visitor.actor, voice, asked.cursor, PAGE_ROWS)
        gathered = self.gather(visitor.actor, rows, voice)
        views = list(account_queries.list_saved_views(visitor.actor, self.name))
        context = page_context(self, asked, visitor.actor, voice, rows=rows, gathered=gathered, following=following)
        if self.on_map and asked.view:
            context |= map_context(self.on_map, asked, rows, context["rows"])
        return render(request, "list_map.html" if asked.view else "list.html", **context, views=views)

    def _fitting(self, asked: ListPage, actor: Actor, voice: Voice) -> QuerySet[Any]:
        """The rows that the filters leave. Raises core.invalid_input."""
        return self.rows(actor).filter(*asked.conditions(voice))

    def cut(
        self, asked: ListPage, actor: Actor, voice: Voice, cursor: str | None, limit: int
    ) -> tuple[list[Any], str | None]:
        """At most `limit` rows behind the cursor, and the cursor of what follows; one query."""
        rows = self._fitting(asked, actor, voice)
        keys = [asked.sort, "id"]
        if cursor:
            rows = rows_after(rows, keys, cursor)
        found = list(rows.order_by(*keys)[: limit + 1])
        return found[:limit], asked.cursor_behind(found[limit - 1]) if len(found) > limit else None
