"""`manage.py import_table NOUN FILE --company CODE --as USERNAME`: preview a table, and with `--apply` apply it."""

from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Any, cast
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from accounts import queries
from core.actor import Actor
from core.errors import DomainError
from core.fence import company_fence
from core.imports import commands
from core.imports.applying import apply, begin
from core.imports.checking import check
from core.imports.jobs import expire_later
from core.imports.models import Import, Mode, State
from core.imports.queries import list_results
from core.imports.registry import SPECS
from core.imports.rows import OUTCOMES, Result

_SHOWN = 20
_WORDS = {
    "en": ("Checked", "Applied", "row", "and {more} more rows with errors", "Nothing applied: this was a preview."),
    "zh": ("检查", "应用", "行", "另有 {more} 行有错误", "未应用任何内容：这只是预览。"),
}
_OUTCOMES = {
    "en": ("created", "updated", "unchanged", "repeated", "with errors", "with notes"),
    "zh": ("新增", "更新", "不变", "重复", "有错误", "有提示"),
}


class Command(BaseCommand):
    help = "Import a table (CSV or xlsx); a preview unless --apply is given. / 导入表格（CSV 或 xlsx），默认仅预览。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("noun", choices=sorted(SPECS), help="what is imported / 导入的内容")
        parser.add_argument("file", type=Path)
        parser.add_argument("--company", required=True, metavar="CODE")
        parser.add_argument("--as", required=True, metavar="USERNAME", dest="username", help="who imports / 导入人")
        parser.add_argument("--apply", action="store_true", help="apply it, all or nothing / 应用，全部或全不")
        parser.add_argument("--skip-errors", action="store_true", help="with --apply: leave bad rows out / 跳过错误行")
        parser.add_argument("--sheet", help="of a workbook / 工作表")
        parser.add_argument(
            "--default", action="append", default=[], metavar="COLUMN=TEXT", help="for empty cells / 默认值"
        )
        parser.add_argument(
            "--column", action="append", default=[], metavar="HEADER=COLUMN", help="what a header means / 表头对应的列"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        actor = _find_actor(options["company"], options["username"])
        language = "zh" if actor.locale.startswith("zh") else "en"
        console = Console(file=cast(Any, self.stdout)._out, soft_wrap=True)
        try:
            self._run(console, actor, language, options)
        except OSError as error:
            raise CommandError(str(error)) from error
        except DomainError as refusal:
            raise CommandError(f"{refusal.code}: {refusal.message(actor.locale)}") from refusal

    def _run(self, console: Console, actor: Actor, language: str, options: dict[str, Any]) -> None:
        path: Path = options["file"]
        with path.open("rb") as file:
            item = commands.upload(
                actor,
                options["noun"],
                file,
                file_name=path.name,
                sheet=options["sheet"],
                columns={header: name or None for header, name in map(_pair, options["column"])},
                defaults=dict(map(_pair, options["default"])),
            )
        expire_later(item)
        checked, applied, *_, nothing = _WORDS[language]
        mode = Mode.SKIP_ERRORS if options["skip_errors"] else Mode.ALL_OR_NOTHING
        with _bar(console, checked, item.rows) as report:
            check(item, actor, report)
        if options["apply"] and (mode == Mode.SKIP_ERRORS or not item.counts.get("error")):
            begin(item, actor, mode)
            with _bar(console, applied, item.rows) as report:
                apply(item, actor, report)
        _show(console, item, actor, language)
        if item.state != State.APPLIED and options["apply"]:
            begin(item, actor, mode)  # says why not
        if item.state != State.APPLIED:
            console.print(nothing, markup=False, highlight=False)


class _bar:  # noqa: N801 - reads as a statement
    """A progress bar; entering gives what to call with the number of rows done."""

    def __init__(self, console: Console, title: str, rows: int) -> None:
        self._progress = Progress(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=console
        )
        self._task = self._progress.add_task(title, total=rows)

    def __enter__(self) -> Any:
        self._progress.start()
        return lambda done: self._progress.update(self._task, completed=done)

    def __exit__(self, *error: object) -> None:
        self._progress.stop()


def _find_actor(code: str, username: str) -> Actor:
    company_id: UUID | None = queries.find_company_id(code)
    if company_id is None:
        raise CommandError(f"no company {code} / 没有公司 {code}")
    with company_fence(company_id):
        user = queries.find_user_named(username)
    if user is None or not user.is_active:
        raise CommandError(f"no active user {username} / 没有在用的用户 {username}")
    return queries.get_actor(company_id, user.id)


def _pair(text: str) -> tuple[str, str]:
    name, mark, value = text.partition("=")
    if not mark:
        raise CommandError(f"“{text}”: NAME=VALUE")
    return name, value


def _show(console: Console, item: Import, actor: Actor, language: str) -> None:
    """The columns as understood, rows by outcome, and the first rows with errors."""
    used = [f"{given['header']} → {given['column'] or '–'}" for given in item.header]
    lines = [f"{item.file_name} ({item.file_format}), {item.id}", "; ".join(used)]
    lines += [
        f"{item.counts[outcome]} {word}"
        for outcome, word in zip((*OUTCOMES, "noted"), _OUTCOMES[language], strict=True)
        if item.counts.get(outcome)
    ] or ["0"]
    _, _, _, more, _ = _WORDS[language]
    with company_fence(item.company_id):
        lines += _faults(list_results(item, "error"), item, actor, language)
        lines += _faults(list_results(item, noted=True), item, actor, language)
    if item.counts.get("error", 0) > _SHOWN:
        lines.append("  " + more.format(more=item.counts["error"] - _SHOWN))
    for line in lines:
        console.print(line, markup=False, highlight=False)


def _faults(results: Iterable[Result], item: Import, actor: Actor, language: str) -> list[str]:
    """The first errors or notes, one a line."""
    headers = {given["column"]: given["header"] for given in item.header if given["column"]}
    row, lines = _WORDS[language][2], []
    for result in islice(results, _SHOWN):
        for fault in result.errors or result.notes:
            wire = fault.as_wire(headers, actor.locale)
            place = f"{row} {result.row}" + (f", {wire['header']}" if wire["header"] else "")
            lines.append(f"  {place}: {wire['message']} [{wire['code']}]")
    return lines
