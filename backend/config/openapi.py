"""The OpenAPI document as client generators want it: short names, whole references, and what every endpoint shares."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

from django.conf import settings
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation

from core.api_level import API_LEVEL, HEADER

Json = dict[str, Any]
_INNER = "#/$defs/"
_OUTER = "#/components/schemas/"
_ERROR = {"content": {"application/json": {"schema": {"$ref": f"{_OUTER}ErrorBody"}}}}
_SHARED = {503: {"description": "Not just now; `Retry-After` says when. Nothing is lost.", **_ERROR}}
_SHARED_WITH_BODY = {
    400: {"description": "The body is no JSON", **_ERROR},
    413: {"description": "The body is larger than its `x-max-bytes`", **_ERROR},
}
_LEVEL = {
    "description": "The server's API level, see mobile-client-spec/CHANGELOG.md",
    "required": True,
    "schema": {"type": "integer", "minimum": 1},
}
_IDEMPOTENCY_KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "description": "The command's id, made by the caller. The same call again gets the same answer and has no effect.",
    "schema": {"type": "string", "format": "uuid"},
}


class DocumentedAPI(NinjaAPI):
    """The API with a document that clients can be generated from."""

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        """The OpenAPI document."""
        document = super().get_openapi_schema(**options)
        document.update(deepcopy(dict(document)))  # endpoints share parts of it, and it is made again at every call
        components = document["components"]["schemas"]
        _hoist(document, components)
        _rename(document, components, _short_names(components))
        for operation in _operations(document):
            _share(operation)
        document["info"]["x-api-level"] = API_LEVEL
        document["components"]["headers"] = {HEADER: _LEVEL}
        return document

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """Returns app and function: generated clients name their methods by it, so it outlives the moving of a file."""
        view = operation.view_func
        return f"{view.__module__.partition('.')[0]}_{view.__name__}"


def _operations(document: Json) -> Iterator[Json]:
    for methods in document["paths"].values():
        yield from methods.values()


def _hoist(document: Json, components: Json) -> None:
    """Definitions that stand inside of a request's schema move to the components, where references look for them."""
    for operation in _operations(document):
        for media in operation.get("requestBody", {}).get("content", {}).values():
            for name, schema in media["schema"].pop("$defs", {}).items():
                components.setdefault(name, schema)
    _map_references(document, lambda target: target.replace(_INNER, _OUTER))


def _short_names(components: Json) -> dict[str, str]:
    """By present name the title, where it is a plain word; numbered where several different schemas have the same."""
    by_title: dict[str, list[str]] = defaultdict(list)
    for name, schema in components.items():
        title = schema.get("title", name)
        by_title[title if re.fullmatch(r"\w+", title) else name].append(name)
    names = {}
    for title, holders in by_title.items():
        kinds: list[Json] = []
        for name in sorted(holders):
            schema = components[name]
            if schema not in kinds:
                kinds.append(schema)
            number = kinds.index(schema)
            names[name] = f"{title}V{number + 1}" if number else title
    return names


def _rename(document: Json, components: Json, names: dict[str, str]) -> None:
    renamed = {names[name]: schema for name, schema in components.items()}
    components.clear()
    components.update(renamed)
    _map_references(document, lambda target: _OUTER + names[target.removeprefix(_OUTER)])


def _map_references(node: Any, change: Callable[[str], str]) -> None:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            node["$ref"] = change(node["$ref"])
        for child in node.values():
            _map_references(child, change)
    elif isinstance(node, list):
        for child in node:
            _map_references(child, change)


def _share(operation: Json) -> None:
    """What any endpoint may answer, the header of every answer, and the one that every command takes."""
    responses = operation["responses"]
    for status, response in (_SHARED | (_SHARED_WITH_BODY if "requestBody" in operation else {})).items():
        responses.setdefault(status, deepcopy(response))
    for response in responses.values():
        response["headers"] = {HEADER: {"$ref": f"#/components/headers/{HEADER}"}}
    for kind, media in operation.get("requestBody", {}).get("content", {}).items():
        if kind == "application/json":
            media["x-max-bytes"] = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    done = responses.get(200, {}).get("content", {}).get("application/json", {})
    if done.get("schema", {}).get("$ref") in (f"{_OUTER}CommandOut", f"{_OUTER}ImportOut"):
        operation.setdefault("parameters", []).append(_IDEMPOTENCY_KEY)
