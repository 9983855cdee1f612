"""A program: reads an xlsx workbook from its input and writes each row of a sheet as a line of JSON.

It runs isolated, with a limit of memory and of processor time, see `core.imports.workbooks`. Its argument is the
sheet's name; the first visible worksheet without one. Exit codes other than 0 say what is wrong.
"""

import io
import json
import resource
import sys
from datetime import date, datetime
from typing import Any

UNREADABLE, PROTECTED, NO_SUCH_SHEET = 3, 4, 5
_MEMORY_BYTES = 2 * 2**30
_PROCESSOR_S = 120
_EXACT_BELOW = 10**15  # a spreadsheet keeps 15 digits of a number


def main(sheet: str | None) -> int:
    """Reads and writes; returns the exit code."""
    import python_calamine as calamine

    try:
        workbook = calamine.load_workbook(io.BytesIO(sys.stdin.buffer.read()))
        names = [
            item.name
            for item in workbook.sheets_metadata
            if item.typ == calamine.SheetTypeEnum.WorkSheet and item.visible == calamine.SheetVisibleEnum.Visible
        ]
        if sheet not in workbook.sheet_names if sheet else not names:
            return NO_SUCH_SHEET
        rows = workbook.get_sheet_by_name(sheet or names[0]).iter_rows()
        for row in rows:
            cells = [_plain(value) for value in row]
            sys.stdout.write(json.dumps(cells if any(cells) else []) + "\n")
    except calamine.PasswordError:
        return PROTECTED
    except calamine.CalamineError:
        return UNREADABLE
    return 0


def _plain(value: Any) -> str | list[str]:
    """A cell as text; in a list when the spreadsheet has rounded the number."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        text = format(value, ".15g")
        return [text] if abs(value) >= _EXACT_BELOW else text
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (_PROCESSOR_S, _PROCESSOR_S))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else None))
