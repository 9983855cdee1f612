"""Old apps go on working: what they sent in the past is understood for good, and what they read stays for a year.

`recorded/<command>-<schema>.json` is a push as an app of that schema sent it, with the verdicts and the rows that came
of it before the schema changed. Such a file is written once, with the code of its time, and never again.
"""

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.spec.documents import FOLDER
from config.spec.json_schemas import of_payload
from core.feeds import ALL_ROLES, DEPRECATED_FOR, FEEDS, Deprecation, Feed
from core.ids import uuid7
from core.registry import COMMANDS
from roundsman_client.protocol import COMMAND_SCHEMAS
from tests.contract.wire import command, pull, push
from tests.personas import ApiClient, TestCompany
from visits.models.visits import VisitLog
from visits.schemas.visits import Log, LogSchema1

Json = dict[str, Any]
RECORDED = Path(__file__).parent / "recorded"
EARLIER = [(name, schema) for name, spec in sorted(COMMANDS.items()) for schema in range(1, spec.schema)]
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")


def recorded(name: str, schema: int) -> Json:
    """A recording with ids that nobody has used: those of the file, each replaced by one of its own."""
    text = (RECORDED / f"{name}-{schema}.json").read_text()
    fresh = {id_: str(uuid7()) for id_ in _ID.findall(text)}
    found: Json = json.loads(_ID.sub(lambda match: fresh[match[0]], text))
    return found


def rows_of(client: ApiClient, kind: str) -> dict[str, Json]:
    """Rows as a phone gets them."""
    return {id_: row["data"] for (_, found, id_), row in pull(client)[0].items() if found == kind}


@pytest.mark.parametrize(("name", "schema"), EARLIER)
def test_recorded_payloads_have_the_effect_they_had(company: TestCompany, name: str, schema: int) -> None:
    recording, client = recorded(name, schema), company.client("alice")
    for _ in range(2):  # the second time as after a lost answer
        answer = client.call("POST", "/api/v1/sync/push", recording["push"])
        assert answer.status_code == 200, answer.content
        verdicts = [
            {key: verdict[key] for key in ("id", "status", "code", "field")} for verdict in answer.json()["verdicts"]
        ]
        assert verdicts == recording["verdicts"]
    published = rows_of(client, recording["kind"])
    assert published.keys() == recording["rows"].keys()
    for id_, row in recording["rows"].items():
        assert published[id_].items() >= row.items(), "a member that the old app reads has another value"


@pytest.mark.parametrize(("name", "schema"), EARLIER)
def test_the_shape_is_the_one_that_was_published(name: str, schema: int) -> None:
    """The file was written when that schema was the present one; the class that stands for it may not have moved."""
    published = json.loads((FOLDER / f"schemas/commands/{name}.{schema}.json").read_text())
    shape = of_payload(COMMANDS[name].shapes[schema])
    assert set(shape["required"]) == set(published["required"])
    assert {member: _limits(given) for member, given in shape["properties"].items()} == {
        member: _limits(given) for member, given in published["properties"].items()
    }


def _limits(given: Json) -> Json:
    return {key: value for key, value in given.items() if key not in ("description", "examples")}


def test_every_earlier_schema_was_recorded() -> None:
    assert {path.stem for path in RECORDED.glob("*.json")} == {f"{name}-{schema}" for name, schema in EARLIER}
    for name, schema in EARLIER:
        sent = [item["schema"] for item in recorded(name, schema)["push"]["commands"] if item["name"] == name]
        assert set(sent) == {schema}


def test_both_schemas_of_a_log_come_to_the_same(company: TestCompany) -> None:
    client = company.client("alice")
    customer, visit, old, new = (str(uuid7()) for _ in range(4))
    what = {"visit_id": visit, "result": "follow_up", "note": "要报价"}
    verdicts = push(
        client,
        command("customers.create", {"id": customer, "name": "Corner shop"}),
        command("visits.check_in", {"visit_id": visit, "customer_id": customer, "fix": None}),
        command("visits.log", what | {"id": old, "next_step": "Call", "next_step_date": "2026-12-01"}, schema=1),
        command("visits.log", what | {"id": new, "next_steps": [{"text": "Call", "due_date": "2026-12-01"}]}, schema=2),
    )
    assert [verdict["status"] for verdict in verdicts] == ["applied"] * 4
    rows = rows_of(client, "visit_log")
    for row in rows.values():
        row.pop("occurred_at")
    assert rows[old] == rows[new]


def test_an_old_app_reads_all_next_steps_as_one(company: TestCompany) -> None:
    client = company.client("alice")
    customer, visit, log = (str(uuid7()) for _ in range(3))
    steps = [
        {"text": "Call", "due_date": "2026-12-05"},
        {"text": "", "due_date": "2026-12-01"},
        {"text": "带样品", "due_date": None},
    ]
    push(
        client,
        command("customers.create", {"id": customer, "name": "Corner shop"}),
        command("visits.check_in", {"visit_id": visit, "customer_id": customer, "fix": None}),
        command("visits.log", {"id": log, "visit_id": visit, "result": "other", "next_steps": steps}),
    )
    row = rows_of(client, "visit_log")[log]
    assert (row["next_steps"], row["next_step"], row["next_step_date"]) == (steps, "Call; 带样品", "2026-12-01")
    assert client.get(f"/api/v1/visits/{visit}/logs").json()["items"][0]["next_step"] == "Call; 带样品"


old_logs = st.fixed_dictionaries(
    {"id": st.uuids().map(str), "visit_id": st.uuids().map(str), "result": st.sampled_from(["ordered", "other"])},
    optional={
        "note": st.text(max_size=50),
        "next_step": st.text(max_size=500),
        "next_step_date": st.none() | st.dates(date(2000, 1, 1), date(2100, 12, 31)).map(str),
        "mood": st.text(),
    },
)


@given(old_logs)
def test_whatever_the_first_schema_allowed_is_allowed(payload: Json) -> None:
    LogSchema1.model_validate(payload)
    now = COMMANDS["visits.log"].understand(payload, 1)
    assert isinstance(now, Log)
    said = [(payload.get("next_step", ""), payload.get("next_step_date"))]
    assert [(step.text, step.due_date and str(step.due_date)) for step in now.next_steps] == [
        step for step in said if any(step)
    ]


def test_the_reference_client_writes_the_present_schemas() -> None:
    assert {name: spec.schema for name, spec in COMMANDS.items() if spec.schema > 1} == COMMAND_SCHEMAS


def test_deprecated_members_say_what_to_read() -> None:
    deprecated = {(kind, name): item for kind, feed in FEEDS.items() for name, item in feed.deprecated.items()}
    assert ("visit_log", "next_step") in deprecated
    for (kind, name), item in deprecated.items():
        assert item.instead in {*FEEDS[kind].columns} | {*FEEDS[kind].computed}, (kind, name)
        assert item.until - item.since >= DEPRECATED_FOR


def test_a_deprecation_cannot_be_hasty_or_point_nowhere() -> None:
    with pytest.raises(ValueError, match="365 days"):
        Deprecation(since=date(2026, 1, 1), until=date(2026, 6, 1), instead="next_steps")
    year = Deprecation(since=date(2026, 1, 1), until=date(2027, 1, 1), instead="nothing")
    with pytest.raises(ValueError, match="nothing"):
        Feed("scratch", VisitLog, scope="customer_id", columns=("note",), roles=ALL_ROLES, deprecated={"note": year})
