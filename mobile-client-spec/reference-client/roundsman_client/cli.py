"""A small command line over `Client`: sign in, sync, list rows, run a command, look inside.

    roundsman-client --store rep1.sqlite --server http://127.0.0.1:8000 sign-in --company demo --user rep1
    roundsman-client --store rep1.sqlite --server http://127.0.0.1:8000 sync
    roundsman-client --store rep1.sqlite list customer
    roundsman-client --store rep1.sqlite do customers.create '{"id": "new", "name": "Harbour Café"}'

Rows and verdicts are printed as one JSON object a line. The exit code is 0 when all went well, 1 otherwise, and 75
("try again") when the network or the server was not ready.
"""

import argparse
import getpass
import json
import logging
import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any, NoReturn

from roundsman_client.client import Client
from roundsman_client.errors import ClientError, NetworkFailed, Transient
from roundsman_client.transport import HttpRequest, HttpTransport

_TRY_AGAIN = 75
_PASSWORD_VARIABLE = "ROUNDSMAN_PASSWORD"  # noqa: S105 - the name of a variable, not a password
_TEXTS = {
    "signed_in": ("Signed in as {name}, device {device}.", "已登录：{name}，设备 {device}。"),
    "signed_out": (
        "Signed out. Rows and recorded work stay on this device.",
        "已退出登录。数据和已记录的内容保留在本机。",
    ),
    "password": ("Password: ", "密码："),
    "not_json": ("The payload is not a JSON object: {reason}", "内容不是 JSON 对象：{reason}"),
    "no_server": ("This needs --server.", "此操作需要 --server。"),
}


class _NoServer:
    """The transport of the commands that work without one."""

    def __init__(self, text: str) -> None:
        self._text = text

    def send(self, request: HttpRequest) -> NoReturn:
        raise NetworkFailed(self._text)

    def close(self) -> None:
        pass


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit code."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO if options.verbose else logging.ERROR, stream=sys.stderr)
    transport = HttpTransport(options.server) if options.server else _NoServer(_text(options, "no_server"))
    try:
        with Client(options.store, transport=transport, language=options.language) as client:
            return _run(client, options)
    except ClientError as error:
        print(error.text(options.language), file=sys.stderr)
        return _TRY_AGAIN if isinstance(error, Transient) else 1


def _run(client: Client, options: argparse.Namespace) -> int:
    match options.command:
        case "sign-in":
            password = os.environ.get(_PASSWORD_VARIABLE) or getpass.getpass(_text(options, "password"))
            client.sign_in(options.company, options.user, password, options.device, code=options.code)
            print(_text(options, "signed_in", name=client.user["name"], device=client.device_id))
        case "sign-out":
            client.sign_out()
            print(_text(options, "signed_out"))
        case "sync":
            report = client.sync("all" if options.all else "sample")
            _print([vars(report)])
            return 0 if report.complete else _TRY_AGAIN
        case "do":
            return _do(client, options)
        case "list":
            _print(
                {"id": row.id, "scope": row.scope, "state": row.state, "data": row.data}
                for row in client.rows(options.kind)
            )
        case "verdicts":
            _print(asdict(verdict) for verdict in client.verdicts())
        case "conflicts":
            _print({"id": row.id, "data": row.data} for row in client.conflicts())
        case "pending":
            _print({"status": item.status, **item.command.wire()} for item in client.pending())
        case "dump":
            _print(asdict(row) for row in client.server_rows().values())
    return 0


def _do(client: Client, options: argparse.Namespace) -> int:
    try:
        payload = json.loads(options.payload)
        if not isinstance(payload, dict):
            raise TypeError(type(payload).__name__)
    except (ValueError, TypeError) as error:
        print(_text(options, "not_json", reason=error), file=sys.stderr)
        return 1
    payload = {name: client.new_id() if value == "new" else value for name, value in payload.items()}
    print(client.do(options.name, payload, options.depends_on))
    return 0


def _print(items: Iterable[dict[str, Any]]) -> None:
    for item in items:
        print(json.dumps(item, ensure_ascii=False))


def _text(options: argparse.Namespace, which: str, **members: object) -> str:
    english, chinese = _TEXTS[which]
    return (chinese if options.language.startswith("zh") else english).format_map(members)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="roundsman-client", description="Roundsman's reference client · 参考客户端")
    parser.add_argument("--store", default="roundsman.sqlite", help="this phone's SQLite file · 本机数据文件")
    parser.add_argument("--server", help="such as http://127.0.0.1:8000 · 服务器地址")
    parser.add_argument("--language", default="en", choices=("en", "zh-Hans"), help="of messages · 消息语言")
    parser.add_argument("--verbose", action="store_true", help="log what happens · 输出日志")
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")

    sign_in = commands.add_parser("sign-in", help=f"password from ${_PASSWORD_VARIABLE} or asked for · 登录")
    sign_in.add_argument("--company", required=True)
    sign_in.add_argument("--user", required=True)
    sign_in.add_argument("--code", help="of a second factor · 二次验证码")
    sign_in.add_argument("--device", default="command line", help="name of this device · 设备名称")
    commands.add_parser("sign-out", help="forget the tokens, keep the rows · 退出登录")

    sync = commands.add_parser("sync", help="send what is recorded, take what changed · 同步")
    sync.add_argument("--all", action="store_true", help="compare every scope with the server · 核对全部数据")

    do = commands.add_parser("do", help="record a command · 记录一条命令")
    do.add_argument("name", help="such as visits.check_in · 命令名称")
    do.add_argument("payload", help='JSON; a value "new" becomes a new id · JSON 内容，值 "new" 生成新编号')
    do.add_argument("--depends-on", action="append", default=[], metavar="COMMAND_ID")

    rows = commands.add_parser("list", help="rows of a kind as the user sees them · 列出某类数据")
    rows.add_argument("kind", help="such as customer · 数据类别")
    commands.add_parser("pending", help="commands that are not settled · 未完成的命令")
    commands.add_parser("verdicts", help="what became of the commands · 处理结果")
    commands.add_parser("conflicts", help="edits that met another edit · 冲突")
    commands.add_parser("dump", help="the server's rows as they are stored here · 导出本机副本")
    return parser
