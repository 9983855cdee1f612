"""A file as a table: its format told by its bytes, its header, and its rows one after the other."""

from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import BinaryIO

from core.imports import delimited, workbooks
from core.imports.cells import shorten
from core.imports.errors import (
    CharacterInvalid,
    EncodingInvalid,
    FileEmpty,
    FileTooLarge,
    FormatUnknown,
    RowMended,
    TooManyCells,
    TooManyColumns,
    TooManyRows,
    WorkbookProtected,
)
from core.imports.rows import Line, RawRow

MAX_BYTES = 50 * 2**20
MAX_ROWS = 200_000
MAX_COLUMNS = 200
_ZIP = b"PK\x03\x04"
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


@dataclass
class Table:
    """format: for people, such as `CSV, UTF-8, comma`. rows: at most MAX_ROWS, blank ones left out; to be used once."""

    format: str
    header: list[str]
    rows: Iterator[RawRow]


def open_table(file: BinaryIO, sheet: str | None = None) -> Table:
    """The table in a seekable file. sheet: of a workbook; the first visible one unless given.

    Raises typed errors for what is wrong with the file as a whole, also while the rows are read.
    """
    if file.seek(0, 2) > MAX_BYTES:
        raise FileTooLarge("file", limit=MAX_BYTES // 2**20)
    file.seek(0)
    start = file.read(8)
    if start.startswith(_OLE):
        raise WorkbookProtected("file") if _ENCRYPTED in start + file.read() else FormatUnknown("file")
    encoding = ""
    if start.startswith(_ZIP):
        kind, lines = "xlsx", workbooks.read(file, sheet)
    else:
        encoding, separator = delimited.recognise(file)
        kind = f"CSV, {encoding}, {delimited.SEPARATORS[separator]}"
        lines = delimited.read(file, encoding, separator)
    header_number, header = _header(lines)
    return Table(kind, header, _rows(lines, header_number, len(header), encoding))


def _header(lines: Iterator[Line]) -> tuple[int, list[str]]:
    """The number and the cells of the first row that is not blank."""
    for number, (cells, _) in enumerate(lines, 1):
        header = [cell.strip() for cell in cells]
        while header and not header[-1]:
            header.pop()
        if not header:
            continue
        if len(header) > MAX_COLUMNS:
            raise TooManyColumns("file", limit=MAX_COLUMNS)
        if any(ord(char) < 32 and char not in "\r\n\t" for cell in header for char in cell):
            raise FormatUnknown("file")
        return number, [shorten(" ".join(cell.encode(errors="replace").decode().split()), 200) for cell in header]
    raise FileEmpty("file")


def _rows(lines: Generator[Line], header_number: int, width: int, encoding: str) -> Iterator[RawRow]:
    count = 0
    with closing(lines):
        for number, (cells, faults) in enumerate(lines, header_number + 1):
            if not faults and not any(cell.strip() for cell in cells):
                continue
            count += 1
            if count > MAX_ROWS:
                raise TooManyRows("file", limit=MAX_ROWS)
            row = RawRow(number, cells, list(faults))
            mended = _fit(row, width)
            row.cells = [cell.strip() for cell in row.cells]
            _clean(row, encoding)
            row.notes += [(index, RowMended(value=shorten(row.cells[index]))) for index in mended]
            yield row


def _fit(row: RawRow, width: int) -> list[int]:
    """Make the row as wide as the header; returns the indexes of cells that were put together.

    Exports that forget the quotes break texts at their commas: `Rua do Paço, 67` becomes two cells of which the
    second begins with a blank. Where joining such cells gives exactly the header's width, they are joined.
    """
    while len(row.cells) > width and not row.cells[-1].strip():
        row.cells.pop()
    if len(row.cells) <= width:
        row.cells += [""] * (width - len(row.cells))
        return []
    joined: list[str] = []
    mended = []
    for cell in row.cells:
        if joined and cell != cell.lstrip():
            joined[-1] += "," + cell
            mended.append(len(joined) - 1)
        else:
            joined.append(cell)
    if len(joined) != width:
        row.faults.append((None, TooManyCells(cells=len(row.cells), columns=width)))
        row.cells = row.cells[:width]
        return []
    row.cells = joined
    return list(dict.fromkeys(mended))


def _clean(row: RawRow, encoding: str) -> None:
    """Name the cells with characters that no text may hold, and take those characters out."""
    whole = "".join(row.cells)
    if whole.isascii() and "\0" not in whole:
        return
    for index, cell in enumerate(row.cells):
        if any("\ud800" <= char <= "\udfff" for char in cell):
            fault = EncodingInvalid(encoding=encoding) if encoding else CharacterInvalid()
            row.faults.append((index, fault))
            row.cells[index] = cell.encode(errors="replace").decode()
        if "\0" in cell:
            row.faults.append((index, CharacterInvalid()))
            row.cells[index] = row.cells[index].replace("\0", "")
