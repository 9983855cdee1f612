"""A list as a file: exactly the rows that its page shows with these filters, for the same reader; csv or xlsx.

Rows are read some hundred at a time, each time inside a fence of its own: an answer that streams outlives its request's
transaction, and its pieces are made by different threads.
"""

import csv
import io
import tempfile
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import IO, TYPE_CHECKING

import xlsxwriter
from django.http import HttpResponseBase, StreamingHttpResponse

from console.cells import Cell, as_text, is_number
from console.list_page import ListPage
from console.voice import Voice
from core.actor import Actor
from core.clock import now
from core.errors import InvalidInput
from core.fence import company_fence

if TYPE_CHECKING:
    from console.lists import List

Rows = Iterator[list[list[Cell]]]
_BOM = "\ufeff"
"""Spreadsheets take a csv for UTF-8 only when it begins with it."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_PIECE_BYTES = 2**16
_READ_ROWS = 500
_SHEET_ROWS = 1_048_575


def export(list_: "List", asked: ListPage, actor: Actor, voice: Voice, form: str) -> HttpResponseBase:
    """The rows of a list, made while they are sent. Raises core.invalid_input for a form that there is not."""
    asked.conditions(voice)  # refused here, not when half is sent
    heads = [voice.say(f"{list_.name}.column.{column.name}") for column in list_.columns]
    return send(list_.name, heads, _read(list_, asked, actor, voice), voice, form)


def send(name: str, heads: list[str], pieces: Rows, voice: Voice, form: str) -> HttpResponseBase:
    """A table as a file. name: what the file's name begins with. pieces: its rows, some at a time.

    Raises core.invalid_input for a form that there is not.
    """
    if form not in _WRITERS:
        raise InvalidInput("format", reason=form)
    content_type, write = _WRITERS[form]
    file_name = f"{name}-{now().astimezone(voice.zone):%Y%m%d-%H%M}.{form}"
    return StreamingHttpResponse(
        write(heads, pieces, voice),
        content_type=content_type,
        headers={"Content-Disposition": f'attachment; filename="{file_name}"', "Cache-Control": "no-store"},
    )


def _read(list_: "List", asked: ListPage, actor: Actor, voice: Voice) -> Rows:
    cursor: str | None = None
    while True:
        with company_fence(actor.company_id):
            rows, cursor = list_.cut(asked, actor, voice, cursor, _READ_ROWS)
            gathered = list_.gather(actor, rows, voice)
            cells = [[column.value(row, gathered) for column in list_.columns] for row in rows]
        yield cells
        if cursor is None:
            return


def _write_csv(heads: list[str], pieces: Rows, voice: Voice) -> Iterator[bytes]:
    yield (_BOM + _lines([heads])).encode()
    for rows in pieces:
        yield _lines([[_csv_cell(cell, voice) for cell in row] for row in rows]).encode()


def _lines(rows: list[list[str]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()


def _csv_cell(cell: Cell, voice: Voice) -> str:
    """Instants and numbers as spreadsheets read them; a text that one would run as a formula gets an apostrophe."""
    if is_number(cell):
        return str(cell)
    if isinstance(cell, datetime):
        return f"{cell.astimezone(voice.zone):%Y-%m-%d %H:%M:%S}"
    if isinstance(cell, date):
        return str(cell)
    text = as_text(cell, voice)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _write_xlsx(heads: list[str], pieces: Rows, voice: Voice) -> Iterator[bytes]:
    with tempfile.TemporaryFile() as file:
        _fill_workbook(file, heads, pieces, voice)
        file.seek(0)
        while piece := file.read(_PIECE_BYTES):
            yield piece


def _fill_workbook(file: IO[bytes], heads: list[str], pieces: Rows, voice: Voice) -> None:
    """One sheet, written row by row: memory stays flat. Text stays text, whatever it looks like."""
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(file, options) as book:
        sheet = book.add_worksheet()
        bold, at = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        on = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(heads) - 1, 22)
        sheet.write_row(0, 0, heads, bold)
        number = 0
        for rows in pieces:
            for row in rows:
                number += 1
                if number > _SHEET_ROWS:
                    return
                for index, cell in enumerate(row):
                    if isinstance(cell, datetime):
                        sheet.write_datetime(number, index, cell.astimezone(voice.zone).replace(tzinfo=None), at)
                    elif isinstance(cell, date):
                        sheet.write_datetime(number, index, cell, on)
                    elif is_number(cell):
                        sheet.write_number(number, index, cell)
                    else:
                        sheet.write_string(number, index, as_text(cell, voice)[:32_767])


_Writer = Callable[[list[str], Rows, Voice], Iterator[bytes]]
_WRITERS: dict[str, tuple[str, _Writer]] = {
    "csv": ("text/csv; charset=utf-8", _write_csv),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", _write_xlsx),
}
