"""Tables to import: CSV text, xlsx workbooks made by hand, and how to upload and apply them."""

import io
import json
import zipfile
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID
from xml.sax.saxutils import escape

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

_RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"

Cell = str | int | float | bool | None


def workbook(rows: Iterable[Sequence[Cell]], *, sheet: str = "Sheet1", raw_rows: str | None = None) -> bytes:
    """An xlsx workbook with one sheet. Text is stored as text, numbers as numbers, None is no cell at all."""
    body = raw_rows or "".join(_row(number, cells) for number, cells in enumerate(rows, 1))
    files = {
        "[Content_Types].xml": f'<Types xmlns="{_TYPES}">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_WORKBOOK}"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_SHEET}"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{_RELS}"><Relationship Id="rId1" Type="{_OFFICE}/officeDocument"'
        ' Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
        f'<sheet name="{sheet}" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_RELS}"><Relationship Id="rId1"'
        f' Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{_MAIN}"><sheetData>{body}</sheetData></worksheet>',
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, f'<?xml version="1.0" encoding="UTF-8"?>{text}')
    return out.getvalue()


def _row(number: int, cells: Sequence[Cell]) -> str:
    body = "".join(_cell(f"{_letters(index)}{number}", cell) for index, cell in enumerate(cells))
    return f'<row r="{number}">{body}</row>'


def _cell(place: str, cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return f'<c r="{place}" t="b"><v>{int(cell)}</v></c>'
    if isinstance(cell, int | float):
        return f'<c r="{place}"><v>{cell}</v></c>'
    return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(cell)}</t></is></c>'


def _letters(index: int) -> str:
    return chr(65 + index) if index < 26 else chr(64 + index // 26) + chr(65 + index % 26)


def lines(*rows: str) -> bytes:
    """CSV in UTF-8."""
    return ("\r\n".join(rows) + "\r\n").encode()


def upload(
    client: Client,
    noun: str,
    content: bytes,
    *,
    name: str = "table.csv",
    columns: dict[str, str | None] | None = None,
    defaults: dict[str, str] | None = None,
    sheet: str = "",
    key: UUID | None = None,
    **headers: str,
) -> HttpResponse:
    """POST /imports."""
    form: dict[str, Any] = {"noun": noun, "file": SimpleUploadedFile(name, content), "sheet": sheet}
    form |= {"columns": json.dumps(columns or {}), "defaults": json.dumps(defaults or {})}
    if key is not None:
        headers["Idempotency-Key"] = str(key)
    return client.post("/api/v1/imports", form, headers=headers)


def preview(client: Client, noun: str, content: bytes, **options: Any) -> dict[str, Any]:
    """The preview of a table that can be read."""
    response = upload(client, noun, content, **options)
    assert response.status_code == 200, response.content
    body: dict[str, Any] = response.json()
    assert body["state"] == "checked", body
    return body


def counts(body: dict[str, Any]) -> dict[str, int]:
    """Rows by outcome, those that came about."""
    return {outcome: number for outcome, number in body["counts"].items() if number}


def faults(body: dict[str, Any]) -> list[tuple[int, str | None, str]]:
    """Row, column and code of every error of the first rows with errors."""
    return [(row["row"], fault["column"], fault["code"]) for row in body["errors"] for fault in row["errors"]]
