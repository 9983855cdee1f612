"""`commands.md`: every command with its payload, who may send it, what it may be refused for, and an example."""

import inspect
import json
import re
from collections.abc import Iterator
from functools import cache

from config.spec.command_schemas import refusals, summary
from config.spec.descriptions import split_docstring
from config.spec.error_advice import ADVICE
from config.spec.error_list import anchor
from config.spec.heads import head_of
from config.spec.json_schemas import Json
from config.spec.members import list_members, since_line, table
from config.spec.samples import sample_id
from core.errors import CATALOGUE
from core.feeds import ALL_ROLES
from core.judging import MAX_PAYLOAD_BYTES, MAX_PAYLOAD_DEPTH
from core.registry import COMMANDS, CommandSpec

_ANYWHERE = (
    "core.invalid_input",
    "core.invalid_text",
    "core.payload_too_large",
    "core.forbidden",
    "core.id_taken",
    "sync.id_reused",
    "sync.unknown_command",
    "sync.unknown_schema",
    "sync.dependency_waiting",
    "sync.unexpected_error",
    "sync.device_revoked",
)
_ENVELOPE_OF = "visits.check_in"


def commands_text(schemas: dict[str, Json]) -> str:
    """Returns the document. schemas: by name and number."""
    addresses = rest_addresses()
    present = {name: schemas[f"{name}.{COMMANDS[name].schema}"] for name in sorted(COMMANDS)}
    parts = [_head(present[_ENVELOPE_OF]), _index()]
    parts += [_section(COMMANDS[name], schema, addresses.get(name)) for name, schema in present.items()]
    return "\n".join(parts)


@cache
def rest_addresses() -> dict[str, str]:
    """Returns, by command, method and path of the endpoint whose description names it in brackets."""
    from config.api import api

    found = {}
    for path, methods in api.get_openapi_schema()["paths"].items():
        for method, operation in methods.items():
            for name in re.findall(r"\(`([a-z_.]+)`\)", operation.get("description", "")):
                if name in COMMANDS:
                    found[name] = f"{method.upper()} {path}"
    return found


def _head(schema: Json) -> str:
    return head_of(
        "commands",
        envelope=_envelope(schema),
        anywhere=", ".join(f"`{code}`" for code in _ANYWHERE),
        kib=MAX_PAYLOAD_BYTES // 1024,
        levels=MAX_PAYLOAD_DEPTH,
    )


def _envelope(schema: Json) -> str:
    """The command of an example as it travels."""
    envelope = {
        "id": sample_id("command"),
        "seq": 41,
        "name": schema["x-command"],
        "schema": schema["x-schema"],
        "payload": schema["examples"][0],
        "at": "2026-11-23T09:30:00.000+08:00",
        "uptime_ms": 78_357_687,
        "boot_id": "b3f1c2d4",
        "depends_on": [],
    }
    return json.dumps(envelope, ensure_ascii=False, indent=1)


def _index() -> str:
    lines = ["| command / 命令 | | roles / 角色 |", "|---|---|---|"]
    for name in sorted(COMMANDS):
        link = f"[`{name}`](#{name.replace('.', '')})"
        lines.append(f"| {link} | {_first_sentence(summary(COMMANDS[name]))} | {_roles(COMMANDS[name])} |")
    return "\n".join([*lines, ""])


def _section(spec: CommandSpec, schema: Json, address: str | None) -> str:
    about, _ = split_docstring(inspect.getdoc(spec.payload) or "")
    file = f"schemas/commands/{spec.name}.{spec.schema}.json"
    lines = [
        f"## {spec.name}",
        "",
        summary(spec),
        "",
        f"- Who may / 谁可发送: {_roles(spec)}",
        f"- Schema / 版本: {spec.schema} · [JSON Schema]({file}){_earlier(spec)}",
        *since_line(schema),
        *([f"- Makes the row / 新建记录: `{spec.creates}`"] if spec.creates else []),
        *([f"- REST: `{address}`"] if address else []),
        "",
        f"**Payload / 内容**: {about}",
        "",
        *table(list_members(schema)),
        "**Refused or parked / 拒绝或挂起**",
        "",
        *_refusals(spec),
        "",
        "**Example / 示例**",
        "",
        "```json",
        json.dumps(schema["examples"][0], ensure_ascii=False, indent=1),
        "```",
        "",
    ]
    return "\n".join(lines)


def _roles(spec: CommandSpec) -> str:
    return "everybody / 所有角色" if spec.roles == ALL_ROLES else ", ".join(sorted(spec.roles))


def _earlier(spec: CommandSpec) -> str:
    """Links to the forms in which older apps send it."""
    links = [f"[{n}](schemas/commands/{spec.name}.{n}.json)" for n in range(1, spec.schema)]
    return f"; still understood / 仍可使用: {', '.join(links)}" if links else ""


def _refusals(spec: CommandSpec) -> Iterator[str]:
    codes = refusals(spec)
    if not codes:
        yield "Nothing but what any command may end with. 仅限任何命令都可能得到的结果。"
        return
    yield "| code / 代码 | English | 中文 | do / 处理 |"
    yield "|---|---|---|---|"
    for code in codes:
        kind = CATALOGUE[code]
        name = ADVICE[kind.advice()].name
        link = f"[{name.en} / {name.zh}](errors.md#{anchor(f'{name.en} / {name.zh}')})"
        yield f"| `{code}` | {kind.template('en')} | {kind.template('zh-Hans')} | {link} |"


def _first_sentence(text: str) -> str:
    return re.split(r"(?<=\.) ", text, maxsplit=1)[0]
