"""Who may import what, and who sees whose imports."""

import pytest

from core.fence import company_fence
from core.ids import uuid7
from core.imports.models import Import
from customers.models import Customer
from tests.imports.tables import lines, preview, upload, workbook
from tests.personas import TestCompany, make_company

TABLE = lines("name", "A")


@pytest.mark.parametrize("name", ["alice", "erin", "dan"])
def test_reps_engineers_and_dispatchers_import_nothing(company: TestCompany, name: str) -> None:
    client = company.client(name)
    for noun in ("customers", "products", "users"):
        response = upload(client, noun, TABLE)
        assert (response.status_code, response.json()["error"]["code"]) == (403, "core.forbidden")
    assert client.get("/api/v1/imports/nouns").json() == {"items": []}
    assert client.get("/api/v1/imports").json() == {"items": [], "next": None}


def test_managers_import_all_but_users(company: TestCompany) -> None:
    client = company.carol.client()
    assert upload(client, "users", TABLE).status_code == 403
    nouns = [item["noun"] for item in client.get("/api/v1/imports/nouns").json()["items"]]
    assert sorted(nouns) == ["contacts", "customers", "order_customers", "products", "sites"]
    everything = company.dora.client().get("/api/v1/imports/nouns").json()["items"]
    assert "users" in [item["noun"] for item in everything]


def test_the_columns_are_told_in_the_callers_language() -> None:
    company = make_company(locale="zh-Hans")
    items = {item["noun"]: item for item in company.dora.client().get("/api/v1/imports/nouns").json()["items"]}
    assert items["customers"]["title"] == "客户"
    columns = {column["name"]: column for column in items["customers"]["columns"]}
    assert columns["external_id"]["title"] == "外部编号"
    assert "customerID" in columns["external_id"]["headers"]
    assert columns["customer_class"]["choices"] == ["A", "B", "C", "D"]
    assert items["products"]["required"] == [["code"], ["name"], ["unit"], ["price"], ["currency"]]


def test_an_import_belongs_to_who_made_it_and_administrators(company: TestCompany) -> None:
    body = preview(company.carol.client(), "customers", TABLE)
    company.add_person("mona", ["manager"], "region")
    path = f"/api/v1/imports/{body['id']}"
    stranger = make_company().dora.client()
    for client in (company.mona.client(), company.alice.client(), stranger):
        assert client.get(path).status_code == 404
        assert client.get(f"{path}/rows").status_code == 404
        assert client.get(f"{path}/errors.csv").status_code == 404
        assert client.call("POST", f"{path}/apply", {}).status_code == 404
    dora = company.dora.client()
    assert [item["id"] for item in dora.get("/api/v1/imports").json()["items"]] == [body["id"]]
    assert company.mona.client().get("/api/v1/imports").json()["items"] == []
    applied = dora.call("POST", f"{path}/apply", {})
    assert applied.json()["applied_by_id"] == str(company.dora.id)
    with company_fence(company.id):
        assert Customer.objects.get().owner_id == company.dora.id, "whoever applies it acts"


def test_a_manager_reaches_no_further_than_otherwise(company: TestCompany) -> None:
    """Of zed's customers, outside of her region, a manager can neither refer to nor change one."""
    customer = str(uuid7())
    company.zed.execute("customers.create", {"id": customer, "name": "Zed's", "code": "Z"})
    carol = company.carol.client()
    for noun, table in (
        ("contacts", lines("customer,name", "Z,Ann", f"{customer},Ben", "Zed's,Cid")),
        ("sites", lines("customer,name", "Z,Gate")),
    ):
        body = preview(carol, noun, table)
        assert {fault["code"] for row in body["errors"] for fault in row["errors"]} == {"imports.reference_unknown"}
        assert body["counts"]["error"] == body["progress"]["rows"]
    body = preview(carol, "customers", lines("id,name", f"{customer},Mine"))
    assert body["errors"][0]["errors"][0]["code"] == "core.id_taken"


def test_pages_of_imports(company: TestCompany) -> None:
    made = [preview(company.carol.client(), "customers", TABLE)["id"] for _ in range(3)]
    first = company.carol.client().get("/api/v1/imports?limit=2").json()
    second = company.carol.client().get(f"/api/v1/imports?limit=2&cursor={first['next']}").json()
    assert [item["id"] for item in first["items"] + second["items"]] == made[::-1]
    assert second["next"] is None


def test_bad_requests_are_typed(company: TestCompany) -> None:
    client = company.dora.client()
    for response, status, code in (
        (upload(client, "colours", TABLE), 422, "imports.unknown_noun"),
        (upload(client, "customers", b""), 422, "imports.file_empty"),
        (upload(client, "customers", workbook([["name"]]), sheet="Other"), 422, "imports.sheet_not_found"),
        (upload(client, "customers", TABLE, name="a\nb\0.csv"), 200, None),
        (client.post("/api/v1/imports", {"noun": "customers"}), 422, "core.invalid_input"),
        (client.call("POST", "/api/v1/imports", {"noun": "customers"}), 422, "core.invalid_input"),
        (client.call("POST", f"/api/v1/imports/{uuid7()}/apply", {"mode": "some"}), 422, "core.invalid_input"),
        (client.call("POST", f"/api/v1/imports/{uuid7()}/apply", {}), 404, "imports.not_found"),
        (client.get(f"/api/v1/imports/{uuid7()}/rows?outcome=fine"), 422, "core.invalid_input"),
    ):
        assert response.status_code == status, response.content
        if code:
            assert response.json()["error"]["code"] == code


def test_uploads_are_forgotten_with_their_time(company: TestCompany) -> None:
    """Where no worker runs, the next upload removes what has expired."""
    preview(company.dora.client(), "customers", TABLE)
    with company_fence(company.id):
        Import.objects.update(expires_at="2026-01-01T00:00:00Z")
    preview(company.dora.client(), "customers", TABLE)
    with company_fence(company.id):
        assert Import.objects.count() == 1
