"""POST /imports: what a table would do, row by row, without doing it."""

from uuid import uuid4

from accounts.models import User
from catalog.models import Category, Product
from core.fence import company_fence
from core.ids import uuid7
from core.imports.models import Import, ImportPart
from core.models import CommandRecord
from core.rest import write_cursor
from customers.models import Contact, Customer, Site
from tests.imports.tables import counts, faults, lines, preview, upload, workbook
from tests.personas import TestCompany, make_company


def rows_of(company: TestCompany, body: dict, outcome: str = "") -> list[dict]:
    """Every row of the preview, page by page."""
    client, found = company.dora.client(), []
    query = {"limit": "3"} | ({"outcome": outcome} if outcome else {})
    while True:
        page = client.get(f"/api/v1/imports/{body['id']}/rows", query).json()
        found += page["items"]
        if page["next"] is None:
            return found
        query["cursor"] = page["next"]


def test_chinese_headers_in_gb18030(company: TestCompany) -> None:
    table = (
        "客户代码,客户名称,客户等级,阶段,负责人,省份,城市,详细地址,联系电话,信用冻结,联系人,联系人职务\r\n"
        "0017,深圳市华强贸易有限公司,A类,成交客户,Alice Wang,"
        "广东省,深圳市,福田区深南路1号,0755-8888,否,王小明,采购经理\r\n"
        "0018,北京同仁堂,B级,潜在,bob,,北京市,东城区大栅栏24号,NULL,是,,\r\n"
    )
    body = preview(company.dora.client(), "customers", table.encode("gb18030"), name="客户.csv")
    assert (counts(body), faults(body), body["file_format"]) == ({"create": 2}, [], "CSV, GB18030, comma")
    assert body["file_name"] == "客户.csv"
    assert not any(given["column"] is None for given in body["columns"])
    client = company.dora.client()
    assert client.call("POST", f"/api/v1/imports/{body['id']}/apply", {}).json()["state"] == "applied"
    with company_fence(company.id):
        first, second = Customer.objects.order_by("code")
        assert (first.code, first.customer_class, first.stage) == ("0017", "A", "active"), "leading zeros are kept"
        assert first.address == "广东省深圳市福田区深南路1号"
        assert (first.owner_id, second.owner_id) == (company.alice.id, company.bob.id)
        assert (second.stage, second.phone, second.credit_hold) == ("prospect", "", True)
        assert [contact.title for contact in first.contacts.all()] == ["采购经理"]


def test_every_fault_of_every_row_is_named_and_nothing_happens(company: TestCompany) -> None:
    with company_fence(company.id):
        before = CommandRecord.objects.count()
    table = lines(
        "code,name,class,stage,owner,credit_hold,phone,notes,fax",
        "C1,Good,A,active,alice,no,1,fine,ignored",
        f"C2,,E,sleeping,nobody,perhaps,{'9' * 70},,",
        "C3,NUL\0inside,A,,,,,,NUL\0here",
        f"{'c' * 65},{'n' * 201},,,,,,,",
        "C1,Same code again,,,,,,,",
        "C5,More cells,,,,,,,,too,many",
    )
    body = preview(company.dora.client(), "customers", table)
    assert counts(body) == {"create": 1, "error": 5}
    assert faults(body) == [
        (3, "customer_class", "imports.choice_unknown"),
        (3, "stage", "imports.choice_unknown"),
        (3, "credit_hold", "imports.yes_no_invalid"),
        (3, "phone", "imports.value_too_long"),
        (3, "owner", "imports.reference_unknown"),
        (4, "name", "imports.character_invalid"),
        (5, "code", "imports.value_too_long"),
        (5, "name", "imports.value_too_long"),
        (6, None, "imports.duplicate_row"),
        (7, None, "imports.too_many_cells"),
    ]
    first = body["errors"][0]["errors"][0]
    assert first["header"] == "class"
    assert first["message"] == "“E” is none of: A, B, C, D."
    with company_fence(company.id):
        assert not Customer.objects.exists()
        assert CommandRecord.objects.count() == before, "not even a record of a command"


def test_errors_speak_the_language_of_the_caller() -> None:
    company = make_company(locale="zh-Hans")
    body = preview(company.dora.client(), "customers", "客户名称,客户等级\n甲,E\n".encode())
    fault = body["errors"][0]["errors"][0]
    assert (fault["header"], fault["message"]) == ("客户等级", "“E”不属于：A, B, C, D。")
    content = b"".join(company.dora.client().get(f"/api/v1/imports/{body['id']}/errors.csv").streaming_content)
    assert content.decode("utf-8-sig").splitlines() == [
        "行,列,代码,说明",
        '2,客户等级,imports.choice_unknown,"“E”不属于：A, B, C, D。"',
    ]


def test_a_new_row_needs_a_name_an_existing_one_keeps_it(company: TestCompany) -> None:
    company.dora.execute("customers.create", {"id": str(uuid7()), "name": "Old", "code": "C1"})
    body = preview(company.dora.client(), "customers", lines("code,name,phone", "C1,,123", "C2,,456"))
    assert (counts(body), faults(body)) == ({"update": 1, "error": 1}, [(3, "name", "imports.value_missing")])
    update = rows_of(company, body, "update")[0]
    assert update["changes"] == {"phone": {"from": "", "to": "123"}}


def test_existing_rows_by_code_external_id_and_id(company: TestCompany) -> None:
    ids = [str(uuid7()) for _ in range(4)]
    for number, id_ in enumerate(ids):
        payload = {"id": id_, "name": f"Customer {number}", "code": f"C{number}", "external_id": f"E{number}"}
        assert company.dora.execute("customers.create", payload).settled
    table = lines(
        "id,code,external id,name,phone",
        f"{ids[0]},,,Customer 0,",
        ",C1,,Customer 1,1",
        ",,E2,Renamed,",
        "not an id,,,Customer 3,",
        ",C1,E3,Both,",
        f"{uuid7()},C9,,New under its own id,",
        ",,E1,The row above by another name,",
    )
    body = preview(company.dora.client(), "customers", table)
    found = {row["row"]: row for row in rows_of(company, body)}
    assert [found[number]["outcome"] for number in range(2, 9)] == [
        "unchanged", "update", "update", "error", "error", "create", "error",
    ]  # fmt: skip
    assert found[4]["changes"] == {"name": {"from": "Customer 2", "to": "Renamed"}}
    assert faults(body) == [
        (5, "id", "imports.id_invalid"),
        (6, None, "imports.identity_clash"),
        (8, None, "imports.duplicate_row"),
    ]
    assert [found[number]["id"] for number in (2, 3, 4)] == ids[:3]


def test_a_code_that_somebody_invisible_has_is_taken(company: TestCompany) -> None:
    zed = {"id": str(uuid7()), "name": "Zed's", "code": "Z1"}
    assert company.zed.execute("customers.create", zed).settled
    body = preview(company.carol.client(), "customers", lines("code,name", "Z1,Mine"))
    assert faults(body) == [(2, "code", "customers.code_taken")]


def test_policies_are_asked(company: TestCompany) -> None:
    """The preview is the real thing, rolled back: what a command would refuse, it says."""
    body = preview(company.carol.client(), "customers", lines("name,owner", "A,alice", "B,zed", "C,bob"))
    assert faults(body) == [(3, "owner", "customers.not_superior")]
    assert counts(body) == {"create": 2, "error": 1}


def test_the_owner_of_an_existing_customer_stays(company: TestCompany) -> None:
    company.alice.execute("customers.create", {"id": str(uuid7()), "name": "A", "code": "C1"})
    body = preview(company.dora.client(), "customers", lines("code,name,owner,phone", "C1,A,bob,1"))
    row = rows_of(company, body)[0]
    assert (row["outcome"], list(row["changes"])) == ("update", ["phone"])
    assert [(note["column"], note["code"]) for note in row["notes"]] == [("owner", "imports.kept_as_it_is")]


def test_missing_columns_are_refused_before_anything(company: TestCompany) -> None:
    response = upload(company.dora.client(), "products", lines("sku,title", "1,A"))
    assert response.status_code == 422
    error = response.json()["error"]
    assert error["code"] == "imports.columns_missing"
    assert error["details"]["missing"] == [["name"], ["unit"], ["price"], ["currency"]]
    assert "Price 单价" in error["message"]
    with company_fence(company.id):
        assert not Import.objects.exists()


def test_the_user_says_what_a_header_means_and_what_empty_cells_mean(company: TestCompany) -> None:
    table = lines("sku,title,price,name", "1,A,2.50,ignore me", "2,B,,")
    options = {"columns": {"title": "name", "name": None}, "defaults": {"unit": "box", "currency": "￥", "price": "9"}}
    body = preview(company.dora.client(), "products", table, **options)
    assert counts(body) == {"create": 2}
    assert {given["header"]: given["column"] for given in body["columns"]} == {
        "sku": "code", "title": "name", "price": "price", "name": None,
    }  # fmt: skip
    company.dora.client().call("POST", f"/api/v1/imports/{body['id']}/apply", {})
    with company_fence(company.id):
        found = Product.objects.order_by("code").values_list("name", "unit", "price", "currency")
        assert [tuple(map(str, row)) for row in found] == [
            ("A", "box", "2.5000", "CNY"), ("B", "box", "9.0000", "CNY"),
        ]  # fmt: skip
    options["defaults"]["price"] = "5"
    again = preview(company.dora.client(), "products", table, **options)
    assert counts(again) == {"unchanged": 2}, "a default changes nothing that is there"


def test_wrong_mappings_and_defaults(company: TestCompany) -> None:
    client, table = company.dora.client(), lines("name", "A")
    for options, code, field in (
        ({"columns": {"nome": "name"}}, "imports.header_unknown", "columns"),
        ({"columns": {"name": "colour"}}, "imports.column_unknown", "columns"),
        ({"defaults": {"colour": "red"}}, "imports.column_unknown", "defaults"),
        ({"defaults": {"customer_class": "X"}}, "imports.choice_unknown", "defaults.customer_class"),
        ({"columns": ["name"]}, "core.invalid_input", "columns"),
        ({"defaults": {"name": 3}}, "core.invalid_input", "defaults"),
        ({"defaults": {"name": "a\0b"}}, "core.invalid_input", "defaults"),
    ):
        response = upload(client, "customers", table, **options)
        error = response.json()["error"]
        assert (response.status_code, error["code"], error["field"]) == (422, code, field)


def test_numbers_too_big_and_values_of_the_wrong_kind(company: TestCompany) -> None:
    table = lines(
        "code,name,unit,price,currency,active",
        "1,A,box,1e20,CNY,1",
        "2,B,box,-1,CNY,1",
        "3,C,box,1.23456,CNY,1",
        "4,D,box,twelve,CNY,1",
        "5,E,box,12,Yuan,2026-11-22",
        f"6,F,{'u' * 33},12,CNY,1",
        "7,G,box,99999999999999.9999,CNY,1",
    )
    body = preview(company.dora.client(), "products", table)
    assert faults(body) == [
        (2, "price", "imports.number_out_of_range"),
        (3, "price", "imports.number_out_of_range"),
        (4, "price", "imports.number_out_of_range"),
        (5, "price", "imports.number_invalid"),
        (6, "currency", "imports.choice_unknown"),
        (6, "is_active", "imports.yes_no_invalid"),
        (7, "unit", "imports.value_too_long"),
    ]
    assert counts(body) == {"create": 1, "error": 6}


def test_no_rows_at_all(company: TestCompany) -> None:
    body = preview(company.dora.client(), "customers", lines("name,phone"))
    assert (counts(body), body["progress"]) == ({}, {"done": 0, "rows": 0})
    applied = company.dora.client().call("POST", f"/api/v1/imports/{body['id']}/apply", {}).json()
    assert (applied["state"], counts(applied)) == ("applied", {})


def test_contacts_and_sites_by_their_customer(company: TestCompany) -> None:
    ids = {name: str(uuid7()) for name in ("North", "South", "Twin")}
    company.dora.execute("customers.create", {"id": ids["North"], "name": "North", "code": "N", "external_id": "17"})
    company.dora.execute("customers.create", {"id": ids["South"], "name": "South", "code": "17"})
    company.dora.execute("customers.create", {"id": ids["Twin"], "name": "South", "code": "T"})
    table = workbook(
        [
            ["客户编号", "姓名", "手机", "首要联系人"],
            ["N", "王小明", 13800138000, "是"],
            ["North", "Li", None, None],
            [ids["South"], "Zhang", None, None],
            [17, "Ambiguous: a code and an external id", None, None],
            ["South", "Ambiguous: two names", None, None],
            ["Nowhere", "X", None, None],
            [None, "Y", None, None],
            ["T", None, None, None],
            ["N", "王小明", None, None],
        ]
    )
    client = company.dora.client()
    body = preview(client, "contacts", table, name="contacts.xlsx")
    assert faults(body) == [
        (5, "customer", "imports.reference_ambiguous"),
        (6, "customer", "imports.reference_ambiguous"),
        (7, "customer", "imports.reference_unknown"),
        (8, "customer", "imports.value_missing"),
        (9, "name", "imports.value_missing"),
        (10, None, "imports.duplicate_row"),
    ]
    client.call("POST", f"/api/v1/imports/{body['id']}/apply", {"mode": "skip_errors"})
    with company_fence(company.id):
        assert Contact.objects.get(name="王小明").phone == "13800138000", "a number is the text that it shows"
        assert Contact.objects.count() == 3
    sites = lines(
        "customer,name,latitude,longitude,datum,radius",
        "N,Gate,22.543096,114.057865,高德,150",
        "N,Yard,22.5,,,",
        "N,Moon,95,114,,",
        "T,Nowhere yet,,,,0",
    )
    body = preview(client, "sites", sites)
    assert faults(body) == [
        (3, "lon", "imports.value_missing"),
        (4, "lat", "imports.number_out_of_range"),
        (5, "fence_radius_m", "imports.number_out_of_range"),
    ]
    client.call("POST", f"/api/v1/imports/{body['id']}/apply", {"mode": "skip_errors"})
    with company_fence(company.id):
        gate = Site.objects.get()
        assert (gate.datum_given, gate.lat_given, gate.fence_radius_m) == ("GCJ-02", 22.543096, 150)
        assert 22.545 < gate.lat < 22.547, "stored as WGS-84"
    assert counts(preview(client, "sites", lines(*sites.decode().splitlines()[:2]))) == {"unchanged": 1}
    moved = preview(client, "sites", lines("customer,name,lat,lon", "N,gate,22.5,114.0"))
    assert counts(moved) == {"update": 1}


def test_new_categories_come_with_their_products(company: TestCompany) -> None:
    company.dora.execute("catalog.create_category", {"id": str(uuid7()), "name": "Beverages"})
    table = lines(
        "code,name,category,unit,price,currency",
        "1,Chai,Beverages,box,18,USD",
        "2,Syrup,Condiments,box,10,USD",
        "3,Mustard,Condiments,box,,USD",
        "4,Ketchup,Condiments,box,3,USD",
    )
    client = company.dora.client()
    body = preview(client, "products", table)
    assert (counts(body), faults(body)) == ({"create": 3, "error": 1}, [(4, "price", "imports.value_missing")])
    notes = {row["row"]: [note["code"] for note in row["notes"]] for row in rows_of(company, body)}
    assert notes == {2: [], 3: ["imports.also_creates"], 4: ["imports.also_creates"], 5: ["imports.also_creates"]}
    client.call("POST", f"/api/v1/imports/{body['id']}/apply", {"mode": "skip_errors"})
    with company_fence(company.id):
        assert sorted(Category.objects.values_list("name", flat=True)) == ["Beverages", "Condiments"]
        assert Product.objects.filter(category__name="Condiments").count() == 2


def test_users(company: TestCompany) -> None:
    table = (
        "工号,姓名,部门,角色,职务,用户名\n"
        "007,王小明,North,业务员；工程师,,\n"
        "008,李雷,Region,,销售经理,lilei\n"
        "009,韩梅梅,,,会计,\n"
        "010,Alice Wang,north,,,\n"
        ",Alice Wang,North,,,alice\n"
    )
    client = company.dora.client()
    body = preview(client, "users", table.encode())
    assert faults(body) == [(4, "title", "imports.choice_unknown"), (5, "org_unit", "imports.reference_unknown")]
    assert counts(body) == {"create": 2, "unchanged": 1, "error": 2}
    client.call("POST", f"/api/v1/imports/{body['id']}/apply", {"mode": "skip_errors"})
    with company_fence(company.id):
        ming = User.objects.get(external_id="007")
        assert (ming.username, ming.roles, ming.org_unit_id) == ("王小明", ["engineer", "rep"], company.units["north"])
        assert not ming.password_hash, "an administrator sets the password"
        assert User.objects.get(username="lilei").roles == ["manager"]
    promoted = lines("username,name,title", "alice,Alice Wang,Sales Manager")
    assert counts(preview(client, "users", promoted)) == {"unchanged": 1}, "a title changes nobody's roles"


def test_what_others_know_of_a_customer_is_not_overwritten_by_his_orders(company: TestCompany) -> None:
    payload = {"id": str(uuid7()), "name": "Right name", "code": "K", "phone": "1"}
    company.dora.execute("customers.create", payload)
    table = lines(
        "客户编号,客户名称,电话,收货地址", "K,Wrong name,2,Street 1", "K,Wrong,3,Street 2", "L,New,,", ",Nobody,,"
    )
    client = company.dora.client()
    body = preview(client, "order_customers", table)
    assert counts(body) == {"update": 1, "repeated": 1, "create": 1, "error": 1}
    assert faults(body) == [(5, "customer", "imports.value_missing")]
    assert rows_of(company, body)[0]["changes"] == {"address": {"from": "", "to": "Street 1"}}


def test_the_same_upload_with_the_same_key_is_kept_once(company: TestCompany) -> None:
    client, key = company.dora.client(), uuid7()
    first = upload(client, "customers", lines("name", "A"), key=key)
    second = upload(client, "customers", lines("name", "A"), key=key)
    assert first.json()["id"] == second.json()["id"] == str(key)
    other = upload(client, "customers", lines("name", "B"), key=key)
    assert (other.status_code, other.json()["error"]["code"]) == (409, "sync.id_reused")
    stranger = upload(make_company().dora.client(), "customers", lines("name", "A"), key=key)
    assert (stranger.status_code, stranger.json()["error"]["code"]) == (409, "core.id_taken")
    with company_fence(company.id):
        assert Import.objects.count() == ImportPart.objects.count() == 1


def test_errors_go_on_over_many_parts(company: TestCompany) -> None:
    rows = [f"Customer {n},{'X' if n % 100 == 0 else 'A'}" for n in range(1, 1_301)]
    body = preview(company.dora.client(), "customers", lines("name,class", *rows))
    assert counts(body) == {"create": 1_287, "error": 13}
    found = rows_of(company, body, "error")
    assert [row["row"] for row in found] == [n + 1 for n in range(100, 1_301, 100)]
    client = company.dora.client()
    content = b"".join(client.get(f"/api/v1/imports/{body['id']}/errors.csv").streaming_content).decode("utf-8-sig")
    assert len(content.splitlines()) == 14
    assert content.splitlines()[1] == '101,class,imports.choice_unknown,"“X” is none of: A, B, C, D."'
    page = client.get(f"/api/v1/imports/{body['id']}/rows?limit=500").json()
    page = client.get(f"/api/v1/imports/{body['id']}/rows?limit=500&cursor={page['next']}").json()
    assert [page["items"][0]["row"], page["items"][-1]["row"]] == [502, 1001]


def test_formulas_are_not_handed_back_to_a_spreadsheet(company: TestCompany) -> None:
    body = preview(
        company.dora.client(), "customers", lines("name,=1+1", "A,", ",="), columns={"=1+1": "customer_class"}
    )
    content = b"".join(company.dora.client().get(f"/api/v1/imports/{body['id']}/errors.csv").streaming_content)
    assert b"\n3,'=1+1,imports.choice_unknown" in content.replace(b"\r\n", b"\n")


def test_not_a_cursor_of_this_list(company: TestCompany) -> None:
    body = preview(company.dora.client(), "customers", lines("name", "A"))
    client = company.dora.client()
    cursor = client.get("/api/v1/imports?limit=1").json()
    assert cursor["items"][0]["id"] == body["id"]
    for wrong in (write_cursor(["x", uuid4()]), write_cursor([-1, uuid4()]), write_cursor([2**40, uuid4()]), "abc"):
        assert client.get(f"/api/v1/imports/{body['id']}/rows?cursor={wrong}").status_code == 422
