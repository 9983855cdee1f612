"""The one query of compliance equals a reckoning by hand, over random worlds and rules, in every grouping."""

import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any
from unittest.mock import patch
from uuid import UUID

import pytest

from core.fence import company_fence
from core.ids import uuid7
from customers.models import Customer
from tests.personas import Persona, TestCompany
from tests.visits.compliance_by_hand import Judged, World, judge, local_day
from tests.visits.planning import ZONE
from visits.compliance import BUILT_IN
from visits.models.absences import Absence
from visits.models.plans import CallCycle, DueVisit
from visits.models.visits import Visit, VisitLog

MONDAY = date(2026, 6, 1)
DAYS = 56
CUSTOMERS = 14
COUNTS = ("due", "valid", "late", "missed", "excluded", "pending", "pending_made")
FIRST, LAST = MONDAY + timedelta(days=3), MONDAY + timedelta(days=DAYS)
MEMBERS = {"rep": "rep_id", "org_unit": "org_unit_id", "customer_class": "customer_class", "cycle": "cycle_id"}
REPS = ("alice", "bob", "zed", "carol")
VERDICTS = ("verified", "outside", "mock")


class Maker:
    """Puts a random world into the database; a seed makes the same one again."""

    def __init__(self, company: TestCompany, seed: int) -> None:
        self.company, self.random, self.world = company, random.Random(seed), World()
        self.reps = [company.people[name] for name in REPS]

    def make(self) -> World:
        """Customers of all classes with due visits in windows that touch, overlap and leave gaps, and what was made."""
        self._rules()
        with company_fence(self.company.id):
            self._customers()
            self._absences()
            for customer in self.customers:
                self._dues(customer)
                self._visits(customer)
            self._logs()
        return self.world

    def _customers(self) -> None:
        at = datetime(2026, 1, 1, tzinfo=ZONE)
        ids = {"company_id": self.company.id}
        self.customers = []
        for number in range(CUSTOMERS):
            row = Customer(name=f"Shop {number}", customer_class=self._pick("A", "B", None), created_at=at, **ids)
            row.updated_at = at
            gone = self._instant(self.random.randrange(DAYS))
            if self.random.random() < 0.2:
                row.archived_at = gone
            elif self.random.random() < 0.2:
                row.stage, row.edits = "lost", {"stage": {"at": gone.isoformat(), "by": str(self.company.dora.id)}}
            if row.archived_at or row.stage == "lost":
                self.world.gone[row.id] = local_day(gone)
            self.customers.append(row)
        Customer.objects.bulk_create(self.customers)
        self.cycles = [
            CallCycle(
                name=f"Calls {number}", customer_class="A", every_weeks=1, valid_from=MONDAY, updated_at=at,
                updated_by_id=self.company.dora.id, scope_id=self.company.id, **ids,
            )
            for number in range(2)
        ]  # fmt: skip
        CallCycle.objects.bulk_create(self.cycles)

    def _absences(self) -> None:
        at = datetime(2026, 1, 1, tzinfo=ZONE)
        for rep in self.random.sample(self.reps, 3):
            first = MONDAY + timedelta(days=self.random.randrange(DAYS))
            others = [other.id for other in self.reps if other is not rep]
            self.world.absences.append(
                Absence(
                    company_id=self.company.id, rep_id=rep.id, substitute_id=self._pick(None, *others),
                    from_date=first, to_date=first + timedelta(days=self.random.randrange(10)),
                    created_at=at, created_by_id=rep.id,
                )
            )  # fmt: skip
        Absence.objects.bulk_create(self.world.absences)

    def _dues(self, customer: Customer) -> None:
        owner, length = self._rep(), self._pick(7, 14)
        start, made = MONDAY, []
        while start < MONDAY + timedelta(days=DAYS):
            end = start + timedelta(days=length - 1)
            made.append(
                DueVisit(
                    company_id=self.company.id, cycle_id=self._pick(*self.cycles).id, customer_id=customer.id,
                    rep_id=owner.id, window_from=start, window_to=end,
                    due_on=start + timedelta(days=self.random.randrange(length)),
                )
            )  # fmt: skip
            start = end + timedelta(days=self._pick(1, 1, 1, 4, -2))
        DueVisit.objects.bulk_create(made)
        self.world.dues += made

    def _visits(self, customer: Customer) -> None:
        made = []
        for due in [one for one in self.world.dues if one.customer_id == customer.id]:
            for number in range(self._pick(0, 0, 1, 2, 3)):
                day = due.window_from + timedelta(
                    days=self.random.randrange((due.window_to - due.window_from).days + 6)
                )
                substitute = self.random.random() < 0.3
                rep_id = self._rep().id if substitute else due.rep_id
                of_the_plan = number == 0
                visit = Visit(
                    id=due.id if of_the_plan else uuid7(), company_id=self.company.id, customer_id=customer.id,
                    rep_id=rep_id, for_rep_id=due.rep_id if substitute and rep_id != due.rep_id else None,
                    state="planned", visit_date=day, planned_date=day, origin="cycle" if of_the_plan else "ad_hoc",
                    created_at=self._instant(0),
                )  # fmt: skip
                self._live(visit, day)
                made.append(visit)
        Visit.objects.bulk_create(made)
        self.world.visits += made

    def _live(self, visit: Visit, day: date) -> None:
        how = self.random.random()
        if how < 0.1:
            visit.state, visit.cancelled_at = "cancelled", self._instant(0)
            visit.withdrawn = self._pick(None, "fulfilled")
        if how < 0.2:
            return
        visit.state, visit.checked_in_at = "open", self._at(day)
        visit.check_in_verdict = self._pick(*VERDICTS, "verified", "verified")
        if how < 0.9:
            visit.state = "closed"
            visit.checked_out_at = visit.checked_in_at + timedelta(minutes=self._pick(-3, 4, 20, 60))
            visit.check_out_verdict = self._pick(*VERDICTS, "verified")

    def _logs(self) -> None:
        rows = []
        for visit in self.world.visits:
            for number in range(self._pick(0, 1, 1, 2) if visit.checked_in_at else 0):
                result = self._pick("ordered", "other", "closed")
                self.world.logs.setdefault(visit.id, []).append(result)
                rows.append(
                    VisitLog(
                        company_id=self.company.id, visit_id=visit.id, customer_id=visit.customer_id,
                        author_id=visit.rep_id, result=result, occurred_verified=True,
                        occurred_at=visit.checked_in_at + timedelta(minutes=number),
                    )
                )  # fmt: skip
        VisitLog.objects.bulk_create(rows)

    def _rules(self) -> None:
        self.world.rules.append((BUILT_IN.applies_from, BUILT_IN.rules.model_dump(mode="json")))
        for _ in range(self.random.randrange(1, 3)):
            first = MONDAY + timedelta(days=self._pick(-30, 0, 20, 40))
            rules = {
                "check_out_required": self._pick(True, False, False),
                "check_in_verdicts": self._pick(None, None, ["verified"], ["verified", "outside"]),
                "check_out_verdicts": self._pick(None, None, ["verified", "outside"]),
                "min_dwell_minutes": self._pick(0, 0, 10),
                "log_required": self._pick(True, False, False, False),
                "grace_days": self._pick(0, 2, 5, 5, 20),
                "leave_out": [w for w in ("closed", "customer_gone", "rep_absent") if self.random.random() < 0.6],
                "credit": self._pick("owed_by", "made_by"),
            }
            payload = {"id": uuid7(), "applies_from": first, "rules": rules}
            answer = self.company.client("carol").call("POST", "/api/v1/visits/compliance-rules", payload)
            assert answer.status_code == 200, answer.content
            self.world.rules.append((first, rules))

    def _pick(self, *values: Any) -> Any:
        return self.random.choice(values)

    def _rep(self) -> Persona:
        return self.random.choice(self.reps)

    def _at(self, day: date) -> datetime:
        return datetime.combine(day, time(self.random.randrange(24), self.random.randrange(60)), ZONE)

    def _instant(self, day: int) -> datetime:
        return self._at(MONDAY + timedelta(days=day))


def ask(client: Any, path: str, today: date, **asked: Any) -> dict[str, Any]:
    query = "&".join(f"{name}={value}" for name, value in asked.items() if value is not None)
    with patch("visits.api.compliance.now", lambda: datetime.combine(today, time(12), ZONE)):
        answer = client.call("GET", f"/api/v1/visits/{path}?{query}")
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = answer.json()
    return found


def pages(client: Any, today: date, **asked: Any) -> Iterator[dict[str, Any]]:
    cursor = None
    while True:
        page = ask(client, "compliance/due-visits", today, limit=17, cursor=cursor, **asked)
        yield from page["items"]
        cursor = page["next"]
        if cursor is None:
            return


def figures(judged: list[Judged]) -> dict[str, Any]:
    counts: Counter[str] = Counter()
    for one in judged:
        counts[one.outcome] += 1
        counts["due"] += one.outcome in ("valid", "missed")
        counts["late"] += one.reason == "late"
        counts["pending_made"] += one.reason == "made"
    rate = round(counts["valid"] / counts["due"], 4) if counts["due"] else None
    return {name: counts[name] for name in COUNTS} | {"rate": rate}


@pytest.mark.parametrize("seed", range(10))
def test_the_query_equals_the_reckoning_by_hand(company: TestCompany, seed: int) -> None:
    world = Maker(company, seed).make()
    today = MONDAY + timedelta(days=random.Random(seed).randrange(20, DAYS + 40))
    asked = {due.id: due for due in world.dues if FIRST <= due.due_on <= LAST}
    expected = {id_: judge(world, due, today) for id_, due in asked.items()}
    classes = customer_classes(company)
    for who in ("dora", "carol", "alice", "zed"):
        mine = visible(company, who)
        seen = {id_: one for id_, one in expected.items() if one.rep_id in mine}
        client = company.client(who)
        compare_pages(client, today, asked, seen)
        groups = {id_: groups_of(company, asked[id_], one, classes) for id_, one in seen.items()}
        for by in (None, "rep", "customer_class", "cycle", *(["org_unit"] if who == "carol" else [])):
            for period in (None, "week", "month"):
                compare_figures(client, today, by, period, asked, seen, groups)


def compare_pages(client: Any, today: date, asked: dict[UUID, Any], seen: dict[UUID, Judged]) -> None:
    found = {UUID(row["id"]): row for row in pages(client, today, from_date=FIRST, to_date=LAST)}
    assert list(found) == sorted(seen, key=lambda id_: (asked[id_].due_on, id_))
    for id_, row in found.items():
        shown = (row["outcome"], row["reason"], row["visit_id"] and UUID(row["visit_id"]), UUID(row["rep_id"]))
        assert shown == seen[id_], vars(asked[id_])


def compare_figures(
    client: Any,
    today: date,
    by: str | None,
    period: str | None,
    asked: dict[UUID, Any],
    seen: dict[UUID, Judged],
    groups: dict[UUID, dict[str | None, list[str | None]]],
) -> None:
    answer = ask(client, "compliance", today, by=by, period=period, from_date=FIRST, to_date=LAST)
    assert answer["total"] == figures(list(seen.values()))
    expected: dict[Any, list[Judged]] = defaultdict(list)
    for id_, one in seen.items():
        for key in groups[id_][by] if by or period else ():
            expected[key, bucket(asked[id_].due_on, period)].append(one)
    rows = {(row[MEMBERS[by]] if by else None, row["period"]): row for row in answer["rows"]}
    assert len(rows) == len(answer["rows"])
    shown = {key: {name: row[name] for name in (*COUNTS, "rate")} for key, row in rows.items()}
    assert shown == {key: figures(judged) for key, judged in expected.items()}


def groups_of(
    company: TestCompany, due: Any, judged: Judged, classes: dict[UUID, str | None]
) -> dict[str | None, list[str | None]]:
    """The groups that a due visit belongs to, by grouping. Org units: those of carol's and below."""
    units = [company.units["region"]]
    if judged.rep_id != company.carol.id:
        units.append(company.units["north"])
    return {
        None: [None],
        "rep": [str(judged.rep_id)],
        "customer_class": [classes[due.customer_id]],
        "cycle": [str(due.cycle_id)],
        "org_unit": [str(unit) for unit in units],
    }


def visible(company: TestCompany, who: str) -> set[UUID]:
    names = {"dora": REPS, "carol": ("alice", "bob", "carol")}.get(who, (who,))
    return {company.people[name].id for name in names}


def customer_classes(company: TestCompany) -> dict[UUID, str | None]:
    with company_fence(company.id):
        return dict(Customer.objects.values_list("id", "customer_class"))


def bucket(day: date, period: str | None) -> str | None:
    if period is None:
        return None
    return str(day - timedelta(days=day.weekday()) if period == "week" else day.replace(day=1))
