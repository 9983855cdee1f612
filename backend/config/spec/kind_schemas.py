"""JSON Schemas of what phones get: the data of each kind, from its table and from what its feed adds to that."""

import inspect
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import CheckConstraint, Q
from pydantic import TypeAdapter

from config.spec.descriptions import SHARED, split_docstring, unit_of
from config.spec.json_schemas import Json, Tidy, head, with_null
from core.feeds import FEEDS, Deprecation, Feed

_TYPES: tuple[tuple[type[models.Field], Json], ...] = (
    (models.DateTimeField, {"type": "string", "format": "date-time"}),
    (models.DateField, {"type": "string", "format": "date"}),
    (models.DecimalField, {"type": "string", "format": "decimal"}),
    (models.UUIDField, {"type": "string", "format": "uuid"}),
    (models.BooleanField, {"type": "boolean"}),
    (models.BigIntegerField, {"type": "integer", "format": "int64"}),
    (models.IntegerField, {"type": "integer", "format": "int32"}),
    (models.FloatField, {"type": "number"}),
    (models.CharField, {"type": "string"}),
    (models.TextField, {"type": "string"}),
)


class Untold(Exception):
    """The table does not tell the form of a member; the feed has to."""


def kind_schema(feed: Feed) -> Json:
    """Returns the schema of a row's `data`. Every member is always there; new ones may come.

    Raises Untold for a member whose form neither the table nor the feed tells.
    """
    prose, meanings = split_docstring(inspect.getdoc(feed.model) or "")
    used: dict[str, Json] = {}
    names = [*feed.columns, *feed.computed]
    members = {
        name: _member(feed, name, meanings.get(name), used) | _deprecation(feed.deprecated.get(name)) for name in names
    }
    return {
        **head("kind", feed.kind, title_of(feed.kind)),
        "description": feed.about or prose,
        "x-scope": feed.scope,
        "x-roles": sorted(feed.roles),
        "type": "object",
        "properties": members,
        "required": names,
        **({"$defs": dict(sorted(used.items()))} if used else {}),
    }


def kind_schemas() -> dict[str, Json]:
    """Returns the schemas by kind."""
    return {kind: kind_schema(FEEDS[kind]) for kind in sorted(FEEDS)}


def title_of(kind: str) -> str:
    """Returns the name of a kind as classes are named: `VisitLog`."""
    return "".join(word.capitalize() for word in kind.split("_"))


def _member(feed: Feed, name: str, meaning: str | None, used: dict[str, Json]) -> Json:
    if name in feed.members:
        return _told(feed.members[name], name, meaning, used)
    if name in feed.computed:
        raise Untold(f"{feed.kind}.{name} is computed: say in the feed's `members` what it is")
    column = next(item for item in feed.model._meta.concrete_fields if name in (item.name, item.attname))
    schema = _of_column(feed, column)
    said = column.help_text or meaning or SHARED.get(name)
    schema |= {"description": str(said)} if said else {}
    schema |= {"x-unit": unit_of(name)} if unit_of(name) else {}
    return with_null(schema) if column.null else schema


def _deprecation(deprecated: Deprecation | None) -> Json:
    if deprecated is None:
        return {}
    return {
        "deprecated": True,
        "x-deprecated": {
            "since": deprecated.since.isoformat(),
            "until": deprecated.until.isoformat(),
            "instead": deprecated.instead,
        },
    }


def _told(kind: Any, name: str, meaning: str | None, used: dict[str, Json]) -> Json:
    """The schema of a type as pydantic understands it."""
    raw = TypeAdapter(kind).json_schema(mode="serialization")
    definitions = raw.pop("$defs", {})
    if "properties" in raw:  # a class by itself stands at the root: have the member refer to it as any other does
        definitions[raw["title"]] = raw
        raw = {"$ref": f"#/$defs/{raw['title']}"}
    tidy = Tidy(definitions)
    schema = tidy.member(name, raw, meaning)
    used.update(tidy.used)
    return schema


def _of_column(feed: Feed, column: models.Field) -> Json:
    if isinstance(column, ArrayField):
        items = _of_column(feed, column.base_field)
        known = _known_words(feed.model, column.name, "contained_by")
        return {"type": "array", "items": items | ({"enum": known} if known else {})}
    if isinstance(column, models.JSONField):
        raise Untold(f"{feed.kind}.{column.name} is JSON: say in the feed's `members` what it is")
    if isinstance(column, models.ForeignKey):
        return {"type": "string", "format": "uuid"}
    schema = dict(next(schema for kind, schema in _TYPES if isinstance(column, kind)))
    known = _known_words(feed.model, column.name, "in")
    if known:
        return schema | {"enum": known}
    if isinstance(column, models.CharField) and column.max_length:
        schema["maxLength"] = column.max_length
    return schema


def _known_words(model: type[models.Model], name: str, lookup: str) -> list[str]:
    """The words to which a constraint of the table limits a column, or none."""
    for constraint in model._meta.constraints:
        condition = constraint.condition if isinstance(constraint, CheckConstraint) else None
        if isinstance(condition, Q) and not condition.negated and len(condition.children) == 1:
            child = condition.children[0]
            if isinstance(child, tuple) and child[0] == f"{name}__{lookup}":
                return [str(word) for word in child[1]]
    return []
