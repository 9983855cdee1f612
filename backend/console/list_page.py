"""One page of a list: what its address asks for, and what its template shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Q
from django.http import QueryDict
from django.urls import reverse

from console.cells import as_html, as_text, is_number
from console.list_map import PLACES, VIEW, ListMap, told
from console.registry import PAGES, Page
from console.voice import Voice
from core.actor import Actor
from core.errors import InvalidInput
from core.payloads import first_bad_text
from core.rest import write_cursor

if TYPE_CHECKING:
    from console.lists import List

_LONGEST = 200


def read_word(query: QueryDict, name: str, voice: Voice) -> str:
    """A word of the address. Raises core.invalid_input for one that no column holds."""
    word: str = query.get(name, "").strip()
    if len(word) > _LONGEST or first_bad_text(word) is not None:
        raise InvalidInput(name, reason=voice.say("list.bad_word", most=_LONGEST))
    return word


def read_choice(query: QueryDict, name: str, voice: Voice) -> UUID | None:
    """The row that a word of the address names, if there is one. Raises core.invalid_input for what is no id."""
    word = query.get(name, "")
    try:
        return UUID(word) if word else None
    except ValueError:
        raise InvalidInput(name, reason=voice.say("list.bad_choice")) from None


@dataclass(frozen=True)
class ListPage:
    """What is asked of a list. words: of each filter that is set. sort: a column, `-` first for downwards.

    view: `map`, or empty for the table.
    """

    of: "List"
    words: Mapping[str, str]
    sort: str
    cursor: str | None
    view: str = ""

    @classmethod
    def read(cls, of: "List", query: QueryDict, voice: Voice) -> "ListPage":
        """What the address asks for.

        Raises core.invalid_input for an order that the list does not have, and for words that no column holds.
        """
        names = [filter_.name for filter_ in of.filters]
        words = {name: word for name in names if (word := read_word(query, name, voice))}
        sort = query.get("sort") or of.order
        if sort.removeprefix("-") not in {of.order.removeprefix("-"), *(column.sort for column in of.columns)}:
            raise InvalidInput("sort", reason=voice.say("list.bad_choice"))
        view = VIEW if of.on_map and query.get("view") == VIEW else ""
        return cls(of, words, sort, query.get("cursor") or None, view)

    def conditions(self, voice: Voice) -> list[Q]:
        """What the filters ask of a row. Raises core.invalid_input."""
        asked = [item.condition(self.words[item.name], voice) for item in self.of.filters if item.name in self.words]
        unset = [getattr(item, "otherwise", None) for item in self.of.filters if item.name not in self.words]
        return [*asked, *filter(None, unset)]

    def cursor_behind(self, row: Any) -> str:
        """The cursor of what follows this row."""
        value = reduce(getattr, self.sort.removeprefix("-").split("__"), row)
        return write_cursor([value if isinstance(value, int) else str(value), row.id])

    def query(self, **changes: str | None) -> str:
        """The address's query with these members changed, `None` taken out; the first page unless a cursor is named."""
        sort = None if self.sort == self.of.order else self.sort
        members = {**self.words, "sort": sort, "view": self.view} | changes
        return urlencode({name: value for name, value in members.items() if value})


def page_context(
    list_: "List",
    asked: ListPage,
    actor: Actor,
    voice: Voice,
    *,
    rows: list[Any],
    gathered: Any,
    following: str | None,
) -> dict[str, Any]:
    """What the list's template shows."""
    cells = [[column.value(row, gathered) for column in list_.columns] for row in rows]
    return {
        "list": list_,
        "asked": asked,
        "heads": [_head(list_, asked, column, voice) for column in list_.columns],
        "rows": [_row(list_, row, values, actor, voice) for row, values in zip(rows, cells, strict=True)],
        "filters": [_filter(list_, asked, item, actor, voice) for item in list_.filters],
        "sort": asked.query().partition("sort=")[2] and asked.sort,
        "query": asked.query(),
        "bare": urlencode({"view": asked.view}) if asked.view else "",
        "toggle": _toggle(asked) if list_.on_map else (),
        "next": asked.query(cursor=following) if following else None,
        "exports": [(form, asked.query(format=form)) for form in ("xlsx", "csv")],
        "action": _page_for(actor, list_.action),
        "choosing": _page_for(actor, list_.choosing),
        "back": list_.back and list_.back(asked.words),
    }


def map_context(
    on_map: ListMap, asked: ListPage, rows: Sequence[Any], shown: Sequence[dict[str, Any]]
) -> dict[str, Any]:
    """What the template shows besides where the list is seen on a map. shown: the rows as the table has them."""
    places = on_map.of_rows([row.id for row in rows])
    return {
        "placed": [row | {"place": told(places.get(row["id"]))} for row in shown],
        "places_query": asked.query(**{"view": None, "sort": None, "as": PLACES}),
        "cards": on_map.cards(),
        "legend": on_map.legend,
    }


def _toggle(asked: ListPage) -> list[tuple[str, str, str, bool]]:
    """Text, icon and query of the list as a table and on the map, and whether it is seen so."""
    views = (("list.as_table", "rows", ""), ("list.as_map", "map", VIEW))
    return [(key, icon, asked.query(view=view or None), asked.view == view) for key, icon, view in views]


def _page_for(actor: Actor, name: str | None) -> Page | None:
    """The page of this name, for those who may come there."""
    page = PAGES[name] if name else None
    return page if page and not page.roles.isdisjoint(actor.roles) else None


def _head(list_: "List", asked: ListPage, column: Any, voice: Voice) -> dict[str, Any]:
    head = {"name": column.name, "label": voice.say(f"{list_.name}.column.{column.name}")}
    if column.sort is None:
        return head
    upwards, downwards = asked.sort == column.sort, asked.sort == f"-{column.sort}"
    other = f"-{column.sort}" if upwards else column.sort
    order = "ascending" if upwards else "descending" if downwards else None
    return head | {"order": order, "query": asked.query(sort=None if other == list_.order else other), "sorts": True}


def _row(list_: "List", row: Any, values: list[Any], actor: Actor, voice: Voice) -> dict[str, Any]:
    cells = [
        {
            "label": voice.say(f"{list_.name}.column.{column.name}"),
            "html": as_html(value, voice, exact=column.exact),
            "text": as_text(value, voice),
            "is_number": is_number(value),
            "is_title": column.is_title,
            "is_blank": value is None or value == "",
        }
        for column, value in zip(list_.columns, values, strict=True)
    ]
    actions = [
        {
            "label": voice.say(f"{action.name}.action"),
            "href": reverse(f"console:{action.name}", kwargs={"id": row.id}),
            "in_dialog": PAGES[action.name].in_dialog,
        }
        for action in list_.row_actions
        if action.needs(row, actor)
    ]
    name = next((cell["text"] for cell in cells if cell["is_title"]), "")
    return {
        "id": row.id,
        "name": name,
        "cells": cells,
        "href": list_.link(row) if list_.link else None,
        "actions": actions,
    }


def _filter(list_: "List", asked: ListPage, item: Any, actor: Actor, voice: Voice) -> dict[str, Any]:
    return {
        "name": item.name,
        "kind": item.kind,
        "label": voice.say(f"{list_.name}.filter.{item.name}"),
        "word": asked.words.get(item.name, ""),
        "options": item.options(list_.name, actor, voice),
        "unset": voice.say_if_known(f"{list_.name}.{item.name}.otherwise", voice.say("list.any")),
        "without": asked.query(**{item.name: None}),
    }
