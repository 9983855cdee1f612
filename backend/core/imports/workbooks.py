"""Rows of xlsx workbooks, read in a process of their own.

A workbook can be made to ask for any amount of memory: a few hundred bytes may say that the last cell of the sheet is
filled. The child process may use so much and no more, and gives it back when it ends.
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Generator
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

from core.errors import DomainError
from core.imports import workbook_reader
from core.imports.errors import NumberImprecise, SheetNotFound, WorkbookProtected, WorkbookUnreadable
from core.imports.rows import Line

_READER = Path(workbook_reader.__file__)


def read(file: BinaryIO, sheet: str | None) -> Generator[Line]:
    """The rows of a sheet from its first one, blank ones included; numbers and dates as text."""
    if sheet and "\0" in sheet:
        raise SheetNotFound("sheet", sheet=sheet.replace("\0", ""))
    file.seek(0)
    command = [sys.executable, "-I", str(_READER), *([sheet] if sheet else [])]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as child:
        assert child.stdin is not None and child.stdout is not None
        try:
            with suppress(BrokenPipeError):  # it has ended already, and its exit code says why
                shutil.copyfileobj(file, child.stdin)
                child.stdin.close()
            for line in child.stdout:
                yield _cells(json.loads(line))
        except GeneratorExit:
            child.kill()
            raise
        _require_success(child.wait(), sheet)


def _cells(values: list[Any]) -> Line:
    """A number that the spreadsheet has rounded comes as a list with its text."""
    cells = [value[0] if isinstance(value, list) else value for value in values]
    faults: list[tuple[int | None, DomainError]] = [
        (index, NumberImprecise(value=value[0])) for index, value in enumerate(values) if isinstance(value, list)
    ]
    return cells, faults


def _require_success(code: int, sheet: str | None) -> None:
    if code == workbook_reader.PROTECTED:
        raise WorkbookProtected("file")
    if code == workbook_reader.NO_SUCH_SHEET:
        raise SheetNotFound("sheet", sheet=sheet or "")
    if code != 0:
        raise WorkbookUnreadable("file")
