"""Importing at the console: a preview of every row, then apply, and what became of it."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse

from core.fence import company_fence
from customers import queries
from tests.console.desk import Desk, Form, at_desk, words
from tests.personas import TestCompany

UPLOAD = "/console/imports/upload"
TABLE = "name,class,phone,fax\nLotus Tea,A,021 1,7\nRed Lantern,B,021 2,8\n"


def upload(desk: Desk, text: str, noun: str = "customers") -> HttpResponse:
    values = Form(desk.text(UPLOAD), UPLOAD).values | {"noun": noun}
    return desk.client.post(UPLOAD, values | {"file": SimpleUploadedFile("shops.csv", text.encode())})


def names(company: TestCompany) -> set[str]:
    with company_fence(company.id):
        return set(queries.visible(company.dora.actor).values_list("name", flat=True))


def test_a_table_is_previewed_and_then_applied_as_a_whole(company: TestCompany) -> None:
    desk = at_desk(company.carol)
    answer = upload(desk, TABLE)
    assert answer.status_code == 302, words(answer.content.decode())
    page = words(desk.text(answer["Location"]))
    assert "new 2" in page and "Lotus Tea · A · 021 1" in page and "Columns that are not used: fax" in page
    assert names(company) == set(), "nothing has happened yet"
    assert desk.send(answer["Location"], mode="all_or_nothing").status_code == 302
    assert "What became of the rows" in words(desk.text(answer["Location"]))
    assert names(company) == {"Lotus Tea", "Red Lantern"}
    assert "shops.csv" in words(desk.text("/console/imports"))


def test_rows_with_errors_say_why_and_can_be_left_out(company: TestCompany) -> None:
    desk = at_desk(company.carol)
    where = upload(desk, TABLE + "Blue Kiosk,Z,,\n")["Location"]
    page = words(desk.text(f"{where}?rows=error"))
    assert "Blue Kiosk" in page and "Lotus Tea" not in page and "Z" in page
    assert "Apply the good rows: 2" in page and "left out: 1" in page
    assert desk.send(where, mode="all_or_nothing").status_code == 302
    assert names(company) == set(), "all or nothing is refused"
    assert desk.send(where, mode="skip_errors").status_code == 302
    assert names(company) == {"Lotus Tea", "Red Lantern"}


def test_what_is_no_table_is_said_at_the_form(company: TestCompany) -> None:
    desk = at_desk(company.carol)
    for text, noun in (("", "customers"), ("fax\n1\n", "customers"), (TABLE, "users"), (TABLE, "toasters")):
        answer = upload(desk, text, noun)
        assert answer.status_code == 422 and 'role="alert"' in answer.content.decode(), (text, noun)
    assert desk.send(UPLOAD).status_code == 422
    where = upload(desk, TABLE)["Location"]
    for asked in ("rows=x", "after=-1", "after=x"):
        assert desk.get(f"{where}?{asked}").status_code == 422
    assert desk.send(where, mode="twice").status_code == 422
    assert at_desk(company.alice).get("/console/imports").status_code == 403


def test_pages_of_rows_follow_each_other(company: TestCompany) -> None:
    desk = at_desk(company.carol)
    where = upload(desk, "name\n" + "".join(f"Shop {number:03}\n" for number in range(120)))["Location"]
    pages = [words(desk.text(f"{where}?after={after}")) for after in (0, 51, 101)]
    found = [f"Shop {number:03}" for number in range(120) if any(f"Shop {number:03}" in page for page in pages)]
    assert len(found) == 120
    assert [page.count("Shop") for page in pages] == [50, 50, 20]


def test_an_import_is_undone_after_a_preview(company: TestCompany) -> None:
    desk = at_desk(company.carol)
    where = upload(desk, TABLE)["Location"]
    assert "Undo this import" not in words(desk.text(where))
    assert "Nothing of this table was applied" in words(desk.text(f"{where}/undo"))
    assert desk.send(where, mode="all_or_nothing").status_code == 302
    assert f'href="{where}/undo"' in desk.text(where)
    with company_fence(company.id):
        lotus = queries.visible(company.dora.actor).get(name="Lotus Tea")
    change = {"id": str(lotus.id), "changes": {"phone": {"from": "021 1", "to": "mine"}}}
    assert company.dora.execute("customers.update", change).settled
    assert desk.send(f"{where}/undo", intent="preview").status_code == 302
    page = words(desk.text(f"{where}/undo"))
    assert "removed 1" in page and "stays 1" in page and "Undo: 1" in page and "It stays." in page
    assert "Red Lantern" not in words(desk.text(f"{where}/undo?rows=left"))
    assert names(company) == {"Lotus Tea", "Red Lantern"}, "nothing has happened yet"
    assert desk.send(f"{where}/undo", intent="undo").status_code == 302
    page = words(desk.text(f"{where}/undo"))
    assert "The import was undone." in page and "What became of the rows" in page and "Undo:" not in page
    assert names(company) == {"Lotus Tea"}
    assert "undone" in words(desk.text("/console/imports"))
    assert desk.get(f"{where}/undo?rows=x").status_code == 422


def test_what_cannot_be_undone_yet_is_said(company: TestCompany) -> None:
    desk = at_desk(company.carol)
    where = upload(desk, TABLE)["Location"]
    assert desk.send(where, mode="all_or_nothing").status_code == 302
    path = f"{where}/undo"
    token = Form(desk.text(path), path).values
    assert desk.client.post(path, token | {"intent": "undo"}).status_code == 302
    assert "another step comes first" in words(desk.text(path)), "it was not previewed"
    assert desk.client.post(path, token | {"intent": "fly"}).status_code == 422
    assert names(company) == {"Lotus Tea", "Red Lantern"}
