"""`feeds.md`: every kind of row that phones get, with its members, its scope and who gets it."""

import json

from config.spec.heads import head_of
from config.spec.json_schemas import Json
from config.spec.members import list_members, since_line, table
from config.spec.samples import sample
from core.feeds import ALL_ROLES, FEEDS, Feed

_SCOPES = {
    "company_id": "the company / 公司",
    "user_id": "the user / 用户",
    "customer_id": "the customer / 客户",
    "id": "the row itself / 该记录本身",
}


def feeds_text(schemas: dict[str, Json]) -> str:
    """Returns the document. schemas: by kind."""
    sections = [_section(FEEDS[kind], schema) for kind, schema in schemas.items()]
    return "\n".join([head_of("feeds"), _index(schemas), *sections])


def _index(schemas: dict[str, Json]) -> str:
    lines = ["| kind / 种类 | | scope / 范围 | roles / 角色 |", "|---|---|---|---|"]
    for kind, schema in schemas.items():
        about = schema["description"].partition(". ")[0].removesuffix(".")
        lines.append(f"| [`{kind}`](#{kind}) | {about} | {_scope(FEEDS[kind])} | {_roles(FEEDS[kind])} |")
    return "\n".join([*lines, ""])


def _section(feed: Feed, schema: Json) -> str:
    lines = [
        f"## {feed.kind}",
        "",
        schema["description"],
        "",
        f"- Scope / 范围: {_scope(feed)}",
        f"- Who gets it / 谁会收到: {_roles(feed)}, who holds the scope / 且拥有该范围",
        *since_line(schema),
        f"- [JSON Schema](schemas/kinds/{feed.kind}.json)",
        "",
        *table(list_members(schema), rows=True),
        "```json",
        json.dumps(_example(schema), ensure_ascii=False, indent=1),
        "```",
        "",
    ]
    return "\n".join(lines)


def _scope(feed: Feed) -> str:
    return _SCOPES.get(feed.scope, f"`{feed.scope}`")


def _roles(feed: Feed) -> str:
    return "everybody / 所有角色" if feed.roles == ALL_ROLES else ", ".join(sorted(feed.roles))


def _example(schema: Json) -> Json:
    """A row's data as the server writes it: instants in UTC."""
    found: Json = json.loads(json.dumps(sample(schema)).replace("T09:30:00.000+08:00", "T01:30:00.000Z"))
    return found
