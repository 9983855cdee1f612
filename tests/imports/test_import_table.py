"""`manage.py import_table`: the same imports from the command line, with a progress bar."""

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from core.fence import company_fence
from customers.models import Customer
from tests.imports.tables import lines
from tests.personas import TestCompany, make_company


def run(company: TestCompany, noun: str, table: Path, *options: str, who: str = "dora") -> str:
    """What the command prints."""
    out = io.StringIO()
    call_command("import_table", noun, str(table), "--company", company.code, "--as", who, *options, stdout=out)
    return out.getvalue()


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Two good rows and one with an error."""
    path = tmp_path / "customers.csv"
    path.write_bytes(lines("code,name,grade,colour", "C1,A,A,red", "C2,B,X,blue", "C3,C,C,green"))
    return path


def customers(company: TestCompany) -> int:
    """How many the company has."""
    with company_fence(company.id):
        return Customer.objects.count()


def test_a_preview_by_default(company: TestCompany, table: Path) -> None:
    text = run(company, "customers", table)
    assert "Checked" in text
    assert "3/3" in text
    assert "2 created" in text
    assert "colour → –" in text
    assert "row 3, grade: “X” is none of: A, B, C, D. [imports.choice_unknown]" in text
    assert text.endswith("Nothing applied: this was a preview.\n")
    assert customers(company) == 0


def test_all_or_nothing(company: TestCompany, table: Path) -> None:
    with pytest.raises(CommandError, match=r"imports\.has_errors"):
        run(company, "customers", table, "--apply")
    assert customers(company) == 0


def test_good_rows(company: TestCompany, table: Path) -> None:
    text = run(company, "customers", table, "--apply", "--skip-errors")
    assert "Applied" in text
    assert "1 with errors" in text
    assert customers(company) == 2


def test_columns_and_defaults(company: TestCompany, table: Path) -> None:
    text = run(
        company, "customers", table, "--column", "grade=", "--column", "colour=notes", "--default", "phone=1", "--apply"
    )
    assert "3 created" in text
    with company_fence(company.id):
        found = Customer.objects.order_by("code").values_list("notes", "phone", "customer_class")
        assert list(found) == [("red", "1", None), ("blue", "1", None), ("green", "1", None)]


def test_in_chinese(table: Path) -> None:
    company = make_company(locale="zh-Hans")
    text = run(company, "customers", table)
    assert "行 3, grade: “X”不属于：A, B, C, D。" in text
    assert text.endswith("未应用任何内容：这只是预览。\n")


def test_refusals(company: TestCompany, table: Path, tmp_path: Path) -> None:
    for noun, path, who, match in (
        ("customers", table, "nobody", "no active user nobody"),
        ("customers", table, "alice", r"core\.forbidden"),
        ("customers", tmp_path / "missing.csv", "dora", "No such file"),
        ("products", table, "dora", r"imports\.columns_missing"),
    ):
        with pytest.raises(CommandError, match=match):
            run(company, noun, path, who=who)
    with pytest.raises(CommandError, match="no company"):
        call_command("import_table", "customers", str(table), "--company", "nowhere", "--as", "dora")
