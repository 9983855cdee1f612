"""What has to be done on a visit, and what became of it: on the phone, by REST, in whatever order records arrive."""

from datetime import timedelta
from typing import Any

import pytest

from core.batches import CommandRequest
from core.ids import uuid7
from tests.architecture.test_query_counts import counted
from tests.forms.questionnaires import client_rows, make_form, of, publish, question
from tests.personas import TestCompany, make_company
from tests.visits.field import MORNING, add_customer, applied, check_in, push, request

Json = dict[str, Any]
NAMES = {"en": "It", "zh": ""}


@pytest.fixture
def company() -> TestCompany:
    return make_company()


def set_type(company: TestCompany, *actions: Json, **more: Any) -> str:
    """A type for everybody, unless told otherwise."""
    id_ = more.pop("id", str(uuid7()))
    payload = {"id": id_, "code": id_[-12:], "names": NAMES, "chosen_for": {}} | more
    asked = [{"names": NAMES} | action for action in actions]
    applied(company.dora.execute("visits.set_visit_type", payload | {"actions": asked}))
    return id_


def scored_form(company: TestCompany) -> tuple[str, str]:
    """A form whose score is 100 for yes, and its version."""
    form = make_form(company)
    definition = of(
        question("clean", "boolean", required=True, score={"yes": 1}), question("n", "number", required=True)
    )
    return form, publish(company, definition, form)


def photo(visit: Any, **more: Any) -> CommandRequest:
    """A photo of a visit."""
    file = {"sha256": uuid7().hex * 2, "bytes": 1000, "media_type": "image/jpeg"}
    return request("visits.add_photo", {"id": uuid7(), "visit_id": visit, "kind": "photo", "file": file} | more)


def log(visit: Any) -> CommandRequest:
    """A log of a visit."""
    return request("visits.log", {"id": uuid7(), "visit_id": visit, "result": "other"})


def answer(visit: Any, version: str, minutes: int = 0, **answers: Any) -> CommandRequest:
    """An answer set of a visit."""
    payload = {"id": uuid7(), "visit_id": visit, "form_version_id": version, "answers": answers}
    return request("visits.answer_form", payload, occurred_at=MORNING + timedelta(minutes=minutes))


def check_out(visit: Any) -> CommandRequest:
    """The end of a visit."""
    return request("visits.check_out", {"visit_id": visit, "fix": None}, occurred_at=MORNING + timedelta(hours=1))


def score_of(company: TestCompany, visit: Any, who: str = "alice") -> Json | None:
    """The score as a phone has it."""
    return next(
        (row["data"] for row in client_rows(company, who) if row["id"] == str(visit) and "done" in row["data"]), None
    )


def missing(score: Json | None) -> list[str]:
    """The actions that were not done."""
    assert score is not None
    return [action["id"] for action in score["actions"] if not action["done"]]


def asked(company: TestCompany, visit: Any) -> Json:
    """What a visit asks for, by REST."""
    answered: Json = company.client("carol").call("GET", f"/api/v1/visits/{visit}/actions").json()
    return answered


def test_a_check_out_is_never_refused_and_what_is_missing_is_told(company: TestCompany) -> None:
    form, version = scored_form(company)
    type_ = set_type(
        company,
        {"id": "shelf", "kind": "photo", "label": "Shelf", "min_count": 2},
        {"id": "audit", "kind": "form", "form_id": form},
        {"id": "sign", "kind": "signature", "only_for": {"customer_classes": ["A"]}},
        {"id": "log", "kind": "log"},
    )
    visit = check_in(company.alice, add_customer(company.alice, customer_class="B"))
    applied(*push(company.alice, photo(visit, caption=" Shelf "), photo(visit, caption="Door"), log(visit)))
    assert score_of(company, visit) is None
    live = asked(company, visit)
    assert (live["visit_type_id"], live["required"], live["done"]) == (type_, 3, 1)
    applied(*push(company.alice, answer(visit, version, clean=True), check_out(visit)))
    score = score_of(company, visit)
    assert score is not None
    assert (score["visit_type_id"], score["required"], score["done"], score["percent"]) == (type_, 3, 1, "100.0")
    assert missing(score) == ["shelf", "audit"]
    assert [(one["complete"], one["percent"]) for one in score["forms"]] == [(False, "100.0")]
    told = asked(company, visit)
    assert {name: score[name] for name in told} == told
    shown = company.client("carol").call("GET", "/api/v1/visit-scores?complete=false").json()["items"]
    assert [item["id"] for item in shown] == [str(visit)]
    assert company.client("carol").call("GET", "/api/v1/visit-scores?complete=true").json()["items"] == []
    assert company.client("zed").call("GET", "/api/v1/visit-scores").json()["items"] == []


def test_records_in_any_order_come_to_the_same() -> None:
    """Each of four records arrives before or after the check-out."""
    for order in ((0, 1, 2, 3), (3, 0, 2, 1), (1, 2, 0, 3), (3, 2, 1, 0)):
        company = make_company()
        form, version = scored_form(company)
        set_type(
            company,
            {"id": "some", "kind": "photo"},
            {"id": "audit", "kind": "form", "form_id": form},
            {"id": "log", "kind": "log"},
        )
        visit = check_in(company.alice, add_customer(company.alice))
        records = [check_out(visit), photo(visit), answer(visit, version, clean=False, n="1"), log(visit)]
        applied(*push(company.alice, *(records[number] for number in order)))
        score = score_of(company, visit)
        assert missing(score) == []
        assert score is not None and (score["done"], score["percent"]) == (3, "0.0")


def test_what_is_taken_back_counts_no_longer_and_a_correction_does(company: TestCompany) -> None:
    form, version = scored_form(company)
    set_type(
        company,
        {"id": "some", "kind": "photo"},
        {"id": "rival", "kind": "competitor"},
        {"id": "audit", "kind": "form", "form_id": form},
    )
    visit = check_in(company.alice, add_customer(company.alice))
    seen = {"id": uuid7(), "visit_id": visit, "competitor_name": "Other", "product_name": "Tea", "facings": 3}
    picture = photo(visit)
    records = [picture, request("visits.observe_competitor", seen), answer(visit, version, clean=False, n="1")]
    applied(*push(company.alice, *records, check_out(visit)))
    assert missing(score_of(company, visit)) == []
    taken_back = [
        request("visits.withdraw_photo", {"id": picture.payload["id"], "reason": "blurred"}),
        request("visits.withdraw_observation", {"id": seen["id"], "reason": "mistaken"}),
        answer(visit, version, minutes=5, clean=True),
    ]
    applied(*push(company.alice, *taken_back))
    score = score_of(company, visit)
    assert missing(score) == ["some", "rival", "audit"]
    assert score is not None and score["percent"] == "100.0"


def test_what_was_asked_stays_when_the_type_is_changed(company: TestCompany) -> None:
    type_ = set_type(company, {"id": "log", "kind": "log"})
    visit = check_in(company.alice, add_customer(company.alice))
    applied(*push(company.alice, check_out(visit)))
    set_type(company, {"id": "some", "kind": "photo"}, id=type_)
    applied(*push(company.alice, log(visit)))
    score = score_of(company, visit)
    assert score is not None and [(action["id"], action["done"]) for action in score["actions"]] == [("log", True)]


def test_rules_look_at_customer_and_rep(company: TestCompany) -> None:
    tea = set_type(company, position=1, chosen_for={"channels": ["tea-shop"], "roles": ["rep"]})
    rest = set_type(company, position=2)
    said = set_type(company, position=0, chosen_for=None)
    for fields, named, expected in (({"channel": "tea-shop"}, None, tea), ({}, None, rest), ({}, said, said)):
        customer, visit = add_customer(company.alice, **fields), uuid7()
        arrival = {"visit_id": visit, "customer_id": customer, "fix": None, "visit_type_id": named}
        applied(*push(company.alice, request("visits.check_in", arrival), check_out(visit)))
        score = score_of(company, visit)
        assert score is not None and score["visit_type_id"] == expected


def test_a_visit_of_no_type_has_a_score_only_with_forms(company: TestCompany) -> None:
    _, version = scored_form(company)
    visit = check_in(company.alice, add_customer(company.alice))
    applied(*push(company.alice, check_out(visit)))
    assert score_of(company, visit) is None
    assert asked(company, visit)["required"] == 0
    applied(*push(company.alice, answer(visit, version, clean=True, n="1")))
    score = score_of(company, visit)
    assert score is not None and (score["required"], score["percent"]) == (0, "100.0")


def test_the_mean_of_several_forms(company: TestCompany) -> None:
    visit = check_in(company.alice, add_customer(company.alice))
    for clean in (True, True, False):
        applied(*push(company.alice, answer(visit, scored_form(company)[1], clean=clean, n="1")))
    applied(*push(company.alice, check_out(visit)))
    score = score_of(company, visit)
    assert score is not None and score["percent"] == "66.7"


def test_an_arrival_pays_nothing_for_types(company: TestCompany, monkeypatch: pytest.MonkeyPatch) -> None:
    customers = [add_customer(company.alice) for _ in range(3)]
    check_in(company.alice, customers[0])
    counts = []
    for customer in customers[1:]:
        with counted(monkeypatch) as sent:
            check_in(company.alice, customer)
        counts.append(len(sent))
        set_type(company, {"id": "log", "kind": "log"})
    assert counts[0] == counts[1]


def test_many_check_outs_cost_as_many_statements_as_one(company: TestCompany, monkeypatch: pytest.MonkeyPatch) -> None:
    set_type(company, {"id": "log", "kind": "log"}, {"id": "some", "kind": "photo"})
    counts = []
    for count in (1, 1, 12):  # the first warms up
        visits = [check_in(company.alice, add_customer(company.alice)) for _ in range(count)]
        with counted(monkeypatch) as sent:
            applied(*push(company.alice, *(check_out(visit) for visit in visits)))
        counts.append(len(sent))
    assert counts[1] == counts[2]
