"""The Northwind export, as it is: unquoted commas, NULL for nothing, headers of another system."""

import os
from pathlib import Path

import pytest

from accounts.models import User
from catalog.models import Product
from core.fence import company_fence
from customers.models import Contact, Customer
from tests.imports.tables import counts, faults, preview, upload
from tests.personas import TestCompany

_ROOT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("ROUNDSMAN_SHARED_DATA") or _ROOT.parent / "shared" / "data") / "northwind"
pytestmark = [
    pytest.mark.real_data,
    pytest.mark.skipif(not (DATA / "customers.csv").exists(), reason="the Northwind export is not here"),
]


def apply(company: TestCompany, body: dict, mode: str = "all_or_nothing") -> dict:
    """Apply as dora."""
    response = company.dora.client().call("POST", f"/api/v1/imports/{body['id']}/apply", {"mode": mode})
    assert response.status_code == 200, response.content
    return response.json()


def test_customers_with_their_contacts(company: TestCompany) -> None:
    client = company.dora.client()
    body = preview(client, "customers", (DATA / "customers.csv").read_bytes())
    assert (counts(body), faults(body)) == ({"create": 91}, [])
    assert body["noted"] == 24
    noted = client.get(f"/api/v1/imports/{body['id']}/rows?noted=true&limit=500").json()["items"]
    assert {note["code"] for row in noted for note in row["notes"]} == {"imports.row_mended"}
    assert len(noted) == 24
    assert {given["header"]: given["column"] for given in body["columns"]} == {
        "customerID": "external_id",
        "companyName": "name",
        "contactName": "contact_name",
        "contactTitle": "contact_title",
        "address": "address",
        "city": "city",
        "region": "region",
        "postalCode": "postal_code",
        "country": "country",
        "phone": "phone",
        "fax": None,
    }
    with company_fence(company.id):
        assert not Customer.objects.exists(), "a preview has no effect"
    assert counts(apply(company, body)) == {"create": 91}
    with company_fence(company.id):
        assert Customer.objects.count() == Contact.objects.count() == 91
        hanari = Customer.objects.get(external_id="HANAR")
        assert hanari.address == "Rua do Paço, 67, Rio de Janeiro, RJ, 05454-876, Brazil", "an unquoted comma is mended"
        assert hanari.phone == "(21) 555-0091"
        assert hanari.contacts.get().name == "Mario Pontes"
    again = preview(client, "customers", (DATA / "customers.csv").read_bytes())
    assert counts(again) == {"unchanged": 91}


def test_customers_of_past_orders(company: TestCompany) -> None:
    client = company.dora.client()
    body = preview(client, "order_customers", (DATA / "orders.csv").read_bytes())
    assert (counts(body), faults(body)) == ({"create": 89, "repeated": 741}, [])
    assert counts(apply(company, body)) == {"create": 89, "repeated": 741}
    with company_fence(company.id):
        assert Customer.objects.count() == 89
        assert Customer.objects.get(external_id="VINET").address == "59 rue de l'Abbaye, Reims, 51100, France"
    again = preview(client, "order_customers", (DATA / "orders.csv").read_bytes())
    assert counts(again) == {"unchanged": 89, "repeated": 741}
    customers = preview(client, "customers", (DATA / "customers.csv").read_bytes())
    assert counts(customers) == {"create": 2, "update": 89}, "the orders' customers are the same ones"


def test_products_need_a_currency(company: TestCompany) -> None:
    client = company.dora.client()
    content = (DATA / "products.csv").read_bytes()
    refused = upload(client, "products", content)
    assert refused.status_code == 422
    assert refused.json()["error"]["details"]["missing"] == [["currency"]]
    body = preview(client, "products", content, defaults={"currency": "USD"})
    assert (counts(body), faults(body)) == ({"create": 77}, [])
    assert counts(apply(company, body)) == {"create": 77}
    with company_fence(company.id):
        chai = Product.objects.get(code="1")
        assert (chai.name, chai.unit, str(chai.price)) == ("Chai", "10 boxes x 20 bags", "18.0000")
        assert set(Product.objects.values_list("currency", flat=True)) == {"USD"}
        assert Product.objects.filter(is_active=False).count() == 8
    assert counts(preview(client, "products", content, defaults={"currency": "CNY"})) == {"unchanged": 77}


def test_employees_become_users_with_roles_by_their_titles(company: TestCompany) -> None:
    client = company.dora.client()
    body = preview(client, "users", (DATA / "employees.csv").read_bytes())
    assert (counts(body), faults(body)) == ({"create": 9}, [])
    assert counts(apply(company, body)) == {"create": 9}
    with company_fence(company.id):
        users = {user.username: user for user in User.objects.filter(external_id__isnull=False)}
    assert users["nancy.davolio"].roles == ["rep"]
    assert users["andrew.fuller"].roles == ["manager"]
    assert users["laura.callahan"].roles == ["rep"]
    assert {name for name, user in users.items() if user.roles == ["manager"]} == {"andrew.fuller", "steven.buchanan"}
    assert users["robert.king"].name == "Robert King"
    assert counts(preview(client, "users", (DATA / "employees.csv").read_bytes())) == {"unchanged": 9}


def test_contacts_alone(company: TestCompany) -> None:
    client = company.dora.client()
    orders = preview(client, "order_customers", (DATA / "orders.csv").read_bytes())
    apply(company, orders)
    body = preview(client, "contacts", (DATA / "customers.csv").read_bytes())
    assert counts(body) == {"create": 89, "error": 2}
    assert {code for _, _, code in faults(body)} == {"imports.reference_unknown"}, "FISSA and PARIS never ordered"
