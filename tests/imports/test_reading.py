"""Files as people have them: encodings, separators, quotes, workbooks, and what is wrong with some."""

import io

import pytest

from core.errors import DomainError
from core.imports import tables
from core.imports.rows import RawRow
from core.imports.tables import open_table
from tests.imports.tables import Cell, workbook

_CHINESE = (
    "客户名称,联系电话,地址\r\n深圳市华强贸易有限公司,0755-8888,广东省深圳市\r\n北京同仁堂,010-1234,北京市东城区\r\n"
)


def read(content: bytes, sheet: str | None = None) -> tuple[str, list[str], list[RawRow]]:
    """Format, header and rows."""
    table = open_table(io.BytesIO(content), sheet)
    return table.format, table.header, list(table.rows)


def cells(content: bytes) -> list[list[str]]:
    """The cells of the rows."""
    return [row.cells for row in read(content)[2]]


def refusal(content: bytes, sheet: str | None = None) -> DomainError:
    """Why the file as a whole is refused."""
    with pytest.raises(DomainError) as caught:
        read(content, sheet)
    return caught.value


def codes(row: RawRow) -> list[tuple[int | None, str]]:
    """The faults of a row: index of the cell and code."""
    return [(index, error.code) for index, error in row.faults]


@pytest.mark.parametrize(
    ("content", "form"),
    [
        (_CHINESE.encode(), "CSV, UTF-8, comma"),
        (b"\xef\xbb\xbf" + _CHINESE.encode(), "CSV, UTF-8, comma"),
        (_CHINESE.encode("gb18030"), "CSV, GB18030, comma"),
        (_CHINESE.encode("gbk"), "CSV, GB18030, comma"),
        (_CHINESE.replace(",", "\t").encode("utf-16"), "CSV, UTF-16, tab"),
        (_CHINESE.replace(",", ";").encode(), "CSV, UTF-8, semicolon"),
        (_CHINESE.replace(",", "|").encode("gb18030"), "CSV, GB18030, bar"),
        (("sep=;\r\n" + _CHINESE.replace(",", ";")).encode(), "CSV, UTF-8, semicolon"),
        (_CHINESE.replace("\r\n", "\n").encode(), "CSV, UTF-8, comma"),
        (_CHINESE.replace("\r\n", "\r").encode(), "CSV, UTF-8, comma"),
    ],
)
def test_encodings_and_separators(content: bytes, form: str) -> None:
    found, header, rows = read(content)
    assert (found, header) == (form, ["客户名称", "联系电话", "地址"])
    assert rows[0].cells == ["深圳市华强贸易有限公司", "0755-8888", "广东省深圳市"]
    assert not any(row.faults for row in rows)


def test_a_long_chinese_text_is_recognised_over_several_blocks() -> None:
    line = "深圳市华强贸易有限公司,0755-8888,广东省深圳市福田区\n"
    content = ("客户名称,电话,地址\n" + line * 60_000).encode("gb18030")
    assert len(content) > 2 * 2**20
    form, _, rows = read(content)
    assert form == "CSV, GB18030, comma"
    assert not any(row.faults for row in rows)
    assert {tuple(row.cells) for row in rows} == {tuple(line.strip().split(","))}


def test_quotes_hold_separators_quotes_and_line_ends() -> None:
    content = b'name,notes\n"A, B","said ""yes""\nand left"\n5" pipe,plain\n'
    assert cells(content) == [["A, B", 'said "yes"\nand left'], ['5" pipe', "plain"]]


def test_row_numbers_are_those_of_a_spreadsheet() -> None:
    _, _, rows = read(b'\n\nname,phone\n"two\nlines",1\n\n , \nlast,2\n')
    assert [(row.number, row.cells) for row in rows] == [(4, ["two\nlines", "1"]), (7, ["last", "2"])]


def test_missing_cells_at_the_end_are_empty_and_surplus_empty_ones_are_ignored() -> None:
    assert cells(b"a,b,c\n1\n1,2,3,,\n") == [["1", "", ""], ["1", "2", "3"]]


def test_a_comma_that_lost_its_quotes_is_mended_with_a_note() -> None:
    _, _, rows = read("id,address,city\n1,Rua do Paço, 67,Rio\n2,a,b,c\n3,x, y, z,Rio\n4,a,b, c, d, e\n".encode())
    assert rows[0].cells == ["1", "Rua do Paço, 67", "Rio"]
    assert [(index, note.code, note.details) for index, note in rows[0].notes] == [
        (1, "imports.row_mended", {"value": "Rua do Paço, 67"})
    ]
    assert codes(rows[1]) == [(None, "imports.too_many_cells")], "there is no telling where it belongs"
    assert rows[2].cells == ["3", "x, y, z", "Rio"]
    assert rows[3].cells == ["4", "a", "b, c, d, e"], "blanks tell where it belongs"
    _, _, damaged = read(b"id,address,city\n" + "é,ü\n".encode() + b"1,Rua \xff, 67,Rio\n")
    assert RawRow.from_line(damaged[1].as_line()).cells == ["1", "Rua ?, 67", "Rio"]


def test_a_quote_that_is_never_closed_is_named_and_swallows_nothing_silently() -> None:
    _, _, rows = read(b'name,phone\nA,1\n"B,2\nC,3\n')
    assert [codes(row) for row in rows] == [[], [(None, "imports.quotes_broken")]]
    _, _, rows = read(b'name,phone\n"A"x,1\nB,2\n')
    assert [codes(row) for row in rows] == [[(None, "imports.quotes_broken")], []]


def test_damaged_text_is_named_by_row_and_column() -> None:
    damaged = _CHINESE.encode().replace("同仁堂".encode(), "同仁".encode() + b"\xff")
    _, _, rows = read(damaged)
    assert [codes(row) for row in rows] == [[], [(0, "imports.encoding_invalid")]]
    chinese = "".join(f"客户{n},电话,深圳市\n" for n in range(50)).encode("gb18030")
    _, _, rows = read(b"a,b,c\n" + chinese + b"x,\xff\xff,y\n")
    assert codes(rows[-1])[0] == (1, "imports.encoding_invalid")
    assert not any(row.faults for row in rows[:-1])


def test_characters_that_no_text_may_hold_are_named_and_taken_out() -> None:
    _, _, rows = read(b"name,phone\nA\0B,1\n")
    assert codes(rows[0]) == [(0, "imports.character_invalid")]
    assert rows[0].cells == ["AB", "1"]


def test_a_file_in_another_western_encoding_is_not_taken_for_chinese() -> None:
    content = "name,city\nTaquería,México\nFrédérique,Münster\n".encode("latin-1")
    error = refusal(content)
    assert (error.code, error.details) == ("imports.encoding_unknown", {"row": 2, "column": 1})


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "imports.file_empty"),
        (b"\n\n , \n", "imports.file_empty"),
        (b"%PDF-1.7\n1 0 obj", "imports.format_unknown"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "imports.encoding_unknown"),
        (b"name,\x01phone\n", "imports.format_unknown"),
        (b"PK\x03\x04 but no workbook", "imports.workbook_unreadable"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600), "imports.format_unknown"),
        (
            bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600) + "EncryptedPackage".encode("utf-16-le"),
            "imports.workbook_protected",
        ),
        (b"a," * 201 + b"b\n", "imports.too_many_columns"),
        (b"a,b\n\xff\xfe\xff,\xff\xff\n", "imports.encoding_unknown"),
    ],
)
def test_what_is_no_table(content: bytes, code: str) -> None:
    assert refusal(content).code == code


def test_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MAX_ROWS", 3)
    assert len(cells(b"a\n1\n2\n3\n")) == 3
    assert refusal(b"a\n1\n2\n3\n4\n").code == "imports.too_many_rows"
    assert refusal(workbook([["a"], [1], [2], [3], [4]])).code == "imports.too_many_rows"
    monkeypatch.setattr(tables, "MAX_BYTES", 2**20)
    error = refusal(b"a\n" + b"1" * 2**20)
    assert (error.code, error.details["limit"], error.status) == ("imports.file_too_large", 1, 413)


def test_a_workbook() -> None:
    rows: list[list[Cell]] = [
        ["code", "name", "price", "count", "active", "big", "date"],
        ["00123", "华强 & Co", 18.9, 5, True, 6222020200112345678, None],
        [],
        [None, "formula's result", 0.1 + 0.2, -3, False, 999999999999999, "x"],
    ]
    form, header, found = read(workbook(rows))
    assert (form, header) == ("xlsx", rows[0])
    assert found[0].cells == ["00123", "华强 & Co", "18.9", "5", "TRUE", "6.22202020011235e+18", ""]
    assert codes(found[0]) == [(5, "imports.number_imprecise")], "a spreadsheet keeps fifteen digits"
    assert (found[1].number, found[1].cells) == (
        4,
        ["", "formula's result", "0.3", "-3", "FALSE", "999999999999999", "x"],
    )


def test_a_workbook_whose_table_stands_apart() -> None:
    _, header, rows = read(workbook([[None, None], [None, "name", "phone"], [None, "A", 1]]))
    assert (header, [(row.number, row.cells) for row in rows]) == (["name", "phone"], [(3, ["A", "1"])])


def test_sheets_by_name() -> None:
    content = workbook([["name"], ["A"]], sheet="客户")
    assert len(read(content, "客户")[2]) == 1
    assert refusal(content, "Kunden").code == "imports.sheet_not_found"


def test_a_workbook_that_asks_for_all_memory_is_refused_and_harms_nobody() -> None:
    far = '<row r="1"><c r="A1"><v>5</v></c></row><row r="1048576"><c r="XFD1048576"><v>5</v></c></row>'
    content = workbook([], raw_rows=far)
    assert len(content) < 2_000
    assert refusal(content).code == "imports.workbook_unreadable"


def test_a_truncated_workbook() -> None:
    content = workbook([["name"], *([f"row {n}"] for n in range(2_000))])
    assert refusal(content[: len(content) // 2]).code == "imports.workbook_unreadable"
