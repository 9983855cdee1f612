"""From the text in a cell to a value."""

from decimal import Decimal
from uuid import UUID

import pytest

from accounts.imports import role_of_title
from catalog.imports import ProductImport
from core.errors import DomainError
from core.imports.cells import DECIMAL, FLAG, ID, choice, to_decimal
from core.imports.ids import command_id, row_id
from core.imports.registry import fold_header
from core.imports.rows import Row
from customers.imports.columns import join_address

IMPORT = UUID("01a20000-0000-7000-8000-000000000001")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("18.00", "18.00"),
        ("1,234.50", "1234.50"),
        ("1,234", "1234"),
        ("1.234,50", "1234.50"),
        ("0,5", "0.5"),
        ("￥18", "18"),
        ("$1,000", "1000"),
        ("１２．５", "12.5"),
        ("-3", "-3"),
        ("1e3", "1e3"),
        ("12 500", "12500"),
    ],
)
def test_numbers_as_people_write_them(text: str, number: str) -> None:
    assert to_decimal(text) == Decimal(number)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("abc", "number_invalid"),
        ("NaN", "number_invalid"),
        ("Infinity", "number_invalid"),
        ("1,2,3", "number_invalid"),
        ("12/3", "number_invalid"),
        ("1e99", "number_out_of_range"),
        ("1e999999999", "number_out_of_range"),
        ("9" * 40, "number_out_of_range"),
    ],
)
def test_what_is_no_number(text: str, code: str) -> None:
    with pytest.raises(DomainError) as caught:
        DECIMAL.parse(text)
    assert caught.value.code == f"imports.{code}"


def test_yes_and_no() -> None:
    assert all(FLAG.parse(word) for word in ("Yes", "TRUE", "1", "是", "Ｙ", "√"))
    assert not any(FLAG.parse(word) for word in ("no", "FALSE", "0", "否", "×"))
    with pytest.raises(DomainError):
        FLAG.parse("perhaps")


def test_choices_by_their_other_names() -> None:
    kind = choice({"A": ("A类",), "B": ("B类",)})
    assert (kind.parse("ａ"), kind.parse("b类")) == ("A", "B")
    with pytest.raises(DomainError) as caught:
        kind.parse("C")
    assert caught.value.details == {"value": "C", "choices": "A, B"}


def test_ids() -> None:
    assert ID.parse(str(IMPORT)) == IMPORT
    with pytest.raises(DomainError):
        ID.parse("17")


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("customerID", "customerid"),
        ("Customer ID *", "customerid"),
        ("customer_id", "customerid"),
        ("单价（元）", "单价"),
        ("Price (CNY)", "price"),
        (" 客户 名称 ", "客户名称"),
        ("(名称)", "名称"),
    ],
)
def test_headers_are_compared_by_their_letters(text: str, folded: str) -> None:
    assert fold_header(text) == folded


@pytest.mark.parametrize(
    ("title", "role"),
    [
        ("Sales Representative", "rep"),
        ("Vice President, Sales", "manager"),
        ("Sales Manager", "manager"),
        ("Account Manager", "rep"),
        ("Inside Sales Coordinator", "rep"),
        ("Service Technician", "engineer"),
        ("Dispatcher", "dispatcher"),
        ("客户经理", "rep"),
        ("销售经理", "manager"),
        ("售后工程师", "engineer"),
        ("System Administrator", None),
        ("Accountant", None),
    ],
)
def test_a_role_by_the_job_title(title: str, role: str | None) -> None:
    assert role_of_title(title) == role


@pytest.mark.parametrize(
    ("parts", "address"),
    [
        ({"address": "Obere Str. 57", "city": "Berlin", "postal_code": "12209"}, "Obere Str. 57, Berlin, 12209"),
        ({"address": "科技路1号", "city": "深圳市", "region": "广东省"}, "广东省深圳市科技路1号"),
        (
            {"address": "广东省深圳市科技路1号", "city": "深圳市", "postal_code": "518000"},
            "广东省深圳市科技路1号 518000",
        ),
        ({"city": "Lyon"}, "Lyon"),
    ],
)
def test_an_address_from_its_parts(parts: dict[str, str], address: str) -> None:
    row = Row(2, IMPORT, dict(parts))
    join_address(row)
    assert row.values["address"] == address


def test_ids_follow_from_import_and_row() -> None:
    ids = [row_id(IMPORT, row) for row in range(2, 200_002, 997)]
    assert ids == sorted(set(ids)), "in the order of the rows"
    assert all(id_.version == 7 and id_.int >> 80 == IMPORT.int >> 80 for id_ in ids)
    assert row_id(IMPORT, 5) == row_id(IMPORT, 5) != row_id(IMPORT, 5, "contact")
    assert command_id(IMPORT, 5, 0) == command_id(IMPORT, 5, 0) != command_id(IMPORT, 5, 1)
    assert command_id(IMPORT, 5, 0, "Beverages") == command_id(IMPORT, 9, 1, "Beverages")


def test_currencies() -> None:
    column = ProductImport().column("currency")
    assert column is not None
    assert [column.kind.parse(text) for text in ("usd", "￥", "人民币", "EUR")] == ["USD", "CNY", "CNY", "EUR"]
    with pytest.raises(DomainError):
        column.kind.parse("dollars")
