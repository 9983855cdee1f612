"""`visits.answer_form`: answers on the version that they were given on, corrections, files, and what is refused."""

import hashlib
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from core.fence import company_fence
from core.ids import uuid7
from files.attaching import captions_of
from tests.contract.wire import command
from tests.files import makers, phone
from tests.forms.questionnaires import choices, make_form, of, publish, question, when
from tests.personas import ApiClient, TestCompany, make_company
from tests.visits.field import MORNING, add_customer, applied, check_in, push, request
from visits.models.forms import FormResult

Json = dict[str, Any]
AUDIT = of(
    question("stocked", "boolean", required=True, score={"yes": 10}),
    question("facings", "number", max="99", required=True, visible_if=when("equals", "stocked", value=True)),
    question("why", "text", visible_if=when("equals", "stocked", value=False)),
    question("extras", "multi_choice", choices=choices("a", "b", "c")),
)


@pytest.fixture(scope="module")
def company() -> TestCompany:
    return make_company()


@pytest.fixture(scope="module")
def client(company: TestCompany) -> ApiClient:
    return company.client("alice")


@pytest.fixture
def visit(company: TestCompany) -> str:
    return str(check_in(company.alice, add_customer(company.alice)))


def send(client: ApiClient, visit: str, version: str, answers: Json, **more: Any) -> Any:
    """Answer by REST."""
    body = {"id": str(uuid7()), "form_version_id": version, "answers": answers} | more
    return client.call("POST", f"/api/v1/visits/{visit}/forms", body)


def listed(client: ApiClient, visit: str) -> list[Json]:
    """The answer sets of a visit."""
    items: list[Json] = client.call("GET", f"/api/v1/visits/{visit}/forms").json()["items"]
    return items


def results_of(company: TestCompany, visit: str) -> list[FormResult]:
    """What counts on a visit."""
    with company_fence(company.id):
        return list(FormResult.objects.filter(visit_id=visit).order_by("question_id", "product_id", "choice"))


def test_an_answer_set_comes_back_with_its_score(company: TestCompany, client: ApiClient, visit: str) -> None:
    version = publish(company, AUDIT)
    answers = {"stocked": False, "why": "sold out", "facings": "3", "extras": ["a", "c"]}
    assert send(client, visit, version, answers).status_code == 200
    (row,) = listed(client, visit)
    assert (row["form_version_id"], row["answers"], row["hidden"]) == (version, answers, ["facings"])
    assert (row["complete"], row["missing"], row["percent"], row["counts"]) == (True, [], "0.0", True)
    assert row["parts"] == [{"question": "stocked", "measure": None, "weight": 1, "points": 0, "of": 10}]
    rows = results_of(company, visit)
    assert [(r.question_id, r.type, r.text, r.choice, r.yes, r.is_first) for r in rows] == [
        ("extras", "multi_choice", None, "a", None, True),
        ("extras", "multi_choice", None, "c", None, False),
        ("stocked", "boolean", None, None, False, True),
        ("why", "text", "sold out", None, None, True),
    ]


def test_what_is_missing_is_noted_and_never_refused(company: TestCompany, client: ApiClient, visit: str) -> None:
    assert send(client, visit, publish(company, AUDIT), {"stocked": True}).status_code == 200
    (row,) = listed(client, visit)
    assert (row["complete"], row["percent"]) == (False, "100.0")
    assert row["missing"] == [{"question": "facings", "measure": None, "product_id": None}]


def test_an_answer_keeps_the_version_that_it_was_given_on(company: TestCompany, client: ApiClient, visit: str) -> None:
    """The phone was offline while the form changed, and was archived."""
    form = make_form(company)
    old = publish(company, of(question("a", "number", max="5", required=True)), form)
    publish(company, of(question("b", "number", required=True)), form)
    applied(company.dora.execute("forms.archive", {"id": form}))
    payload = {"id": str(uuid7()), "visit_id": visit, "form_version_id": old, "answers": {"a": "5"}}
    applied(*push(company.alice, request("visits.answer_form", payload)))
    (row,) = listed(client, visit)
    assert (row["form_version_id"], row["form_id"], row["complete"]) == (old, form, True)


@pytest.mark.parametrize("late_first", [False, True])
def test_the_set_that_was_given_last_counts_whichever_arrives_first(
    company: TestCompany, client: ApiClient, visit: str, late_first: bool
) -> None:
    version = publish(company, AUDIT)
    sets = [
        request(
            "visits.answer_form",
            {"id": str(uuid7()), "visit_id": visit, "form_version_id": version, "answers": answers},
            occurred_at=MORNING + timedelta(minutes=minutes),
        )
        for minutes, answers in ((1, {"stocked": True, "facings": "3"}), (2, {"stocked": False, "why": "corrected"}))
    ]
    for one in reversed(sets) if late_first else sets:
        applied(*push(company.alice, one))
    assert [(row["answers"]["stocked"], row["counts"]) for row in listed(client, visit)] == [
        (True, False),
        (False, True),
    ]
    assert [row.question_id for row in results_of(company, visit)] == ["stocked", "why"]


def test_three_corrections_in_one_push(company: TestCompany, client: ApiClient, visit: str) -> None:
    version = publish(company, of(question("n", "number")))
    sets = [
        request(
            "visits.answer_form",
            {"id": str(uuid7()), "visit_id": visit, "form_version_id": version, "answers": {"n": str(minutes)}},
            occurred_at=MORNING + timedelta(minutes=minutes),
        )
        for minutes in (1, 3, 2)
    ]
    applied(*push(company.alice, *sets))
    assert [(row["answers"]["n"], row["counts"]) for row in listed(client, visit)] == [
        ("1", False), ("2", False), ("3", True),
    ]  # fmt: skip
    assert [row.number for row in results_of(company, visit)] == [3]


def product(company: TestCompany) -> str:
    """A product."""
    id_ = str(uuid7())
    payload = {"id": id_, "code": id_[-12:], "name": "Tea", "unit": "box", "price": "1", "currency": "CNY"}
    applied(company.dora.execute("catalog.create_product", payload))
    return id_


def test_a_matrix_has_a_row_for_each_cell(company: TestCompany, client: ApiClient, visit: str) -> None:
    category = str(uuid7())
    applied(company.dora.execute("catalog.create_category", {"id": category, "name": "Tea"}))
    measures = [question("stock", "number", decimals=1), question("listed", "boolean")]
    version = publish(company, of(question("shelf", "matrix", category_id=category, measures=measures)))
    one, two = sorted(product(company) for _ in range(2))
    answers = {"shelf": {one: {"stock": "2.5", "listed": True}, two: {"stock": "0"}}}
    assert send(client, visit, version, answers).status_code == 200
    cells = {(str(r.product_id), r.measure): (r.type, r.number, r.yes) for r in results_of(company, visit)}
    assert cells == {
        (one, "stock"): ("number", 2.5, None),
        (one, "listed"): ("boolean", None, True),
        (two, "stock"): ("number", 0, None),
    }
    answer = send(client, visit, version, {"shelf": {str(uuid7()): {"stock": "1"}}})
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (422, "forms.answer_product_unknown")
    assert error["details"]["question"] == "shelf"


def test_its_photos_are_asked_for_in_sync_and_shown_with_a_caption(company: TestCompany, visit: str) -> None:
    client = company.client("alice")
    picture, sign = makers.jpeg(makers.scene(77)), makers.jpeg(makers.scene(78))
    definition = of(question("proof", "photo", min_count=1), question("sign", "signature"))
    files = [
        {"id": str(uuid7()), "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data), "media_type": "image/jpeg"}
        for data in (picture, sign)
    ]
    payload = {
        "id": str(uuid7()),
        "visit_id": visit,
        "form_version_id": publish(company, definition),
        "answers": {"proof": files[:1], "sign": files[1:]},
    }
    answer = client.call("POST", "/api/v1/sync", {"commands": [command("visits.answer_form", payload)]}).json()
    assert answer["verdicts"][0]["status"] == "applied"
    assert set(answer["missing_files"]) == {file["sha256"] for file in files}
    attached = {row["id"]: row["data"] for row in answer["changes"]["rows"] if row["kind"] == "attachment"}
    assert {id_: data["kind"] for id_, data in attached.items()} == {
        files[0]["id"]: "photo",
        files[1]["id"]: "signature",
    }
    assert phone.upload(client, picture).status_code == 204
    with company_fence(company.id):
        captions = captions_of("visit", [UUID(files[0]["id"])])[UUID(files[0]["id"])]
    assert captions[1:] == ["Corner shop", "Alice Wang"]
    page = client.call("GET", f"/api/v1/files/attachments?subject_id={visit}").json()["items"]
    assert {item["id"]: item["state"] for item in page} == {files[0]["id"]: "stored", files[1]["id"]: "missing"}


def test_a_file_of_the_wrong_type_is_refused(company: TestCompany, client: ApiClient, visit: str) -> None:
    version = publish(company, of(question("proof", "photo")))
    file = {"id": str(uuid7()), "sha256": "ab" * 32, "bytes": 10, "media_type": "audio/mp4"}
    error = send(client, visit, version, {"proof": [file]}).json()["error"]
    assert (error["code"], error["field"]) == ("files.type_not_allowed", "answers.proof.media_type")


@pytest.mark.parametrize(
    ("answers", "code", "field"),
    [
        ({"stocked": "yes"}, "forms.answer_unfit", "answers.stocked"),
        ({"stocked": True, "facings": "100"}, "forms.answer_out_of_range", "answers.facings"),
        ({"stocked": False, "facings": "100"}, "forms.answer_out_of_range", "answers.facings"),
        ({"extras": ["d"]}, "forms.answer_not_a_choice", "answers.extras"),
        ({"colour": "red"}, "forms.answer_unknown", "answers.colour"),
    ],
)
def test_what_does_not_fit_is_refused_with_the_question(
    company: TestCompany, client: ApiClient, visit: str, answers: Json, code: str, field: str
) -> None:
    version = publish(company, AUDIT)
    answer = send(client, visit, version, answers)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["field"]) == (422, code, field)
    assert error["details"]["question"] == field.removeprefix("answers.")
    assert listed(client, visit) == []


def test_a_form_that_does_not_exist_is_refused_and_kept(company: TestCompany, client: ApiClient, visit: str) -> None:
    for version in (str(uuid7()), make_form(company), publish(make_company(), AUDIT)):
        payload = {"id": str(uuid7()), "visit_id": visit, "form_version_id": version, "answers": {}}
        (verdict,) = push(company.alice, request("visits.answer_form", payload))
        assert (verdict.status, verdict.code, verdict.field) == (
            "refused", "forms.version_not_found", "form_version_id",
        )  # fmt: skip
        kept = company.client("dora").call("GET", "/api/v1/sync/commands?status=refused").json()["items"]
        assert str(verdict.id) in {item["id"] for item in kept}


def test_who_may_answer(company: TestCompany, visit: str) -> None:
    version = publish(company, AUDIT)
    assert send(company.client("zed"), visit, version, {}).json()["error"]["code"] == "visits.not_found"
    assert send(company.client("dan"), visit, version, {}).status_code == 200
    assert send(company.client("alice"), str(uuid7()), version, {}).json()["error"]["code"] == "visits.not_found"


def test_answers_have_their_limit(company: TestCompany, client: ApiClient, visit: str) -> None:
    version = publish(company, of(question("a", "text")))
    for answers in ({"a": "x" * 140_000}, {"a": 2**70}, []):
        answer = send(client, visit, version, answers)  # type: ignore[arg-type]
        assert (answer.status_code, answer.json()["error"]["field"]) == (422, "answers")


# Results


def shop(company: TestCompany, who: str, version: str, answers: Json, minutes: int = 0) -> str:
    """A customer of somebody's with a visit on which the form was answered; the customer."""
    persona = company.people[who]
    customer = str(add_customer(persona))
    visit = str(check_in(persona, customer))  # type: ignore[arg-type]
    payload = {"id": str(uuid7()), "visit_id": visit, "form_version_id": version, "answers": answers}
    moment = MORNING + timedelta(minutes=minutes)
    applied(*push(persona, request("visits.answer_form", payload, occurred_at=moment)))
    return customer


SURVEY = of(
    question("price", "number", decimals=2),
    question("place", "choice", choices=choices("eye", "floor")),
    question("extras", "multi_choice", choices=choices("a", "b")),
    question("open", "boolean"),
    question("since", "date"),
)


def summary(client: ApiClient, form: str, **filters: Any) -> dict[str, Json]:
    """The summary of a form by question."""
    asked = "&".join(f"{name}={value}" for name, value in filters.items())
    answer = client.call("GET", f"/api/v1/form-results/summary?form_id={form}&{asked}")
    assert answer.status_code == 200, answer.content
    return {item["question_id"]: item for item in answer.json()["items"]}


def test_results_by_question_of_what_one_may_see() -> None:
    company = make_company()
    form = make_form(company)
    version = publish(company, SURVEY, form)
    far = 24 * 60
    one = shop(company, "alice", version, {"price": "1.50", "place": "eye", "extras": ["a", "b"], "open": True})
    shop(company, "bob", version, {"price": "2", "place": "eye", "extras": ["b"], "since": "2026-01-31"}, far)
    shop(company, "zed", version, {"price": "10", "place": "floor", "open": False, "since": "2025-01-31"})
    everything = summary(company.client("dora"), form)
    assert everything["price"] | {"x": 0} == {
        "form_id": form, "question_id": "price", "measure": "", "type": "number", "answers": 3, "average": "4.5",
        "least": "1.5", "greatest": "10", "choices": {}, "yes": 0, "no": 0, "first_day": None, "last_day": None, "x": 0,
    }  # fmt: skip
    assert everything["place"]["choices"] == {"eye": 2, "floor": 1}
    assert (everything["extras"]["answers"], everything["extras"]["choices"]) == (2, {"a": 1, "b": 2})
    assert (everything["open"]["yes"], everything["open"]["no"], everything["open"]["answers"]) == (1, 1, 2)
    assert (everything["since"]["first_day"], everything["since"]["last_day"]) == ("2025-01-31", "2026-01-31")
    for who, average in (("carol", "1.75"), ("alice", "1.5"), ("zed", "10")):
        assert summary(company.client(who), form)["price"]["average"] == average
    assert summary(company.client("erin"), form) == {}
    client = company.client("dora")
    for filters, average in (
        ({"org_unit_id": company.units["region"]}, "1.75"),
        ({"rep_id": company.bob.id}, "2"),
        ({"customer_id": one}, "1.5"),
        ({"from_date": "2026-11-21"}, "2"),
        ({"to_date": "2026-11-20"}, "5.75"),
        ({"question_id": "price", "rep_id": company.zed.id}, "10"),
    ):
        assert summary(client, form, **filters)["price"]["average"] == average, filters


def test_results_are_listed_page_by_page_the_latest_first() -> None:
    company = make_company()
    form = make_form(company)
    version = publish(company, of(question("n", "number")), form)
    for number in range(5):
        shop(company, "alice", version, {"n": str(number)}, minutes=number // 2 * 24 * 60)
    client, seen, cursor = company.client("carol"), [], ""
    while True:
        page = client.call("GET", f"/api/v1/form-results?form_id={form}&limit=2{cursor}").json()
        seen += [(item["answered_on"], item["number"]) for item in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert len(seen) == len(set(seen)) == 5
    assert [day for day, _ in seen] == ["2026-11-22"] + ["2026-11-21"] * 2 + ["2026-11-20"] * 2
    refused = client.call("GET", "/api/v1/form-results?cursor=abc")
    assert (refused.status_code, refused.json()["error"]["field"]) == (422, "cursor")
