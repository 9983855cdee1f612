"""What the managers' console costs at the size of a large company: every page that stands at the left, and the pages
about one row, for a manager of all reps and for an administrator."""

import time
from collections.abc import Iterator
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connections

from accounts.commands import web_sessions
from accounts.commands.users import create_users
from accounts.queries import get_company
from accounts.schemas.people import CreateUser
from benchmarks import seed
from benchmarks.load import Connection
from benchmarks.result import Result
from benchmarks.server import Server
from console.cookies import SESSION
from console.registry import PAGES
from core.fence import company_fence
from core.ids import uuid7

TEAMS = 20
REPS = 200
CUSTOMERS = 10_000
VISITS = 100_000
MUST_MS = 200
_ANSWERS = 5

# What else people ask of the large lists: that of page `name`, with this after its address.
_ASKED = (
    ("visits", "when=so_far"),
    ("visits", "q=Store%20004711"),
    ("visits", "q=nobody%20is%20called%20this"),
    ("visits", "timing=missed"),
    ("visits", "verdict=doubtful&sort=visit_date"),
    ("customers", "q=004711"),
    ("customers", "q=nobody%20is%20called%20this"),
    ("customers", "sort=-name"),
    ("customers", "view=map"),
    ("customers", "as=places"),
    ("customers", "grade=A&sort=owner_name"),
    ("customers.reassign", "from=all&q=Store%2000042"),
    ("tasks", "q=nobody%20is%20called%20this"),
    ("tasks", "state=overdue"),
    ("audit", "name=customers.create"),
    ("compliance", "by=rep"),
    ("compliance", "span=week&by=class&class=A"),
    ("compliance.visits", "outcome=missed"),
)


class _Staff(NamedTuple):
    head: UUID
    """A manager, to whom all teams belong."""
    reps: list[UUID]


def console(server: Server) -> Iterator[Result]:
    """Every page that shows something, the quickest of five answers over HTTP."""
    company = seed.make_company()
    staff = _hire(company)
    rows = _live(company, staff)
    seed.analyze()
    with company_fence(company.admin.company_id):
        code = get_company(company.admin.company_id).code
    connection = Connection(server.port)
    slow = []
    for visitor, role in (("head", "manager"), ("admin", "admin")):
        cookie = web_sessions.begin(code, visitor, seed.PASSWORD, "127.0.0.1")
        found = {path: _ask(connection, path, cookie) for path in _paths(role, rows)}
        slowest = sorted(found.items(), key=lambda item: -item[1])
        slow += [f"{path} {milliseconds:.0f} ms" for path, milliseconds in slowest if milliseconds > MUST_MS]
        ordered = sorted(found.values())
        yield Result(
            f"{len(found)} pages of the console for a {role}, {REPS} reps, {CUSTOMERS:,} customers, {VISITS:,} visits",
            f"median {ordered[len(ordered) // 2]:.0f} ms, slowest "
            + ", ".join(f"{path} {milliseconds:.0f} ms" for path, milliseconds in slowest[:5]),
            f"{MUST_MS} ms each",
            slowest[0][1] <= MUST_MS,
        )


def _paths(role: str, rows: dict[str, UUID]) -> list[str]:
    paths = []
    for name, page in sorted(PAGES.items()):
        if not page.get or role not in page.roles or name in ("customers.reassign", "views.save"):
            continue
        if "<" not in page.path:
            paths.append(f"/console/{page.path}")
        elif name in rows:
            paths.append(f"/console/{page.path}".replace("<uuid:id>", str(rows[name])))
    return paths + [f"/console/{PAGES[name].path}?{query}" for name, query in _ASKED]


def _ask(connection: Connection, path: str, cookie: str) -> float:
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {SESSION}={cookie}\r\n\r\n".encode()
    taken = []
    for _ in range(_ANSWERS):
        began = time.perf_counter()
        answer = connection.post(request)
        taken.append(time.perf_counter() - began)
        if answer.status != 200:
            raise RuntimeError(f"{path} answers {answer.status}")
    return min(taken) * 1000


def _hire(company: seed.Company) -> _Staff:
    region, teams = uuid7(), [uuid7() for _ in range(TEAMS)]
    units = [{"id": str(region), "name": "All regions"}]
    units += [{"id": str(id_), "name": f"Team {n}", "parent_id": str(region)} for n, id_ in enumerate(teams)]
    for unit in units:
        seed.run(company.admin, "accounts.create_org_unit", [unit])
    head, reps = uuid7(), [uuid7() for _ in range(REPS)]
    people = [{"id": head, "username": "head", "name": "Head of sales", "roles": ["manager"], "org_unit_id": region}]
    people += [
        {"id": id_, "username": f"rep{n}", "name": f"Rep {n}", "roles": ["rep"], "org_unit_id": teams[n % TEAMS]}
        for n, id_ in enumerate(reps)
    ]
    create_users(company.admin, [CreateUser.model_validate(person) for person in people], seed.PASSWORD)
    return _Staff(head, reps)


def _live(company: seed.Company, staff: _Staff) -> dict[str, UUID]:
    """Customers with sites by the product's commands, their past by plain SQL; returns a row for pages about one."""
    customers = [seed.customer_payload(number, staff.reps[number % REPS]) for number in range(CUSTOMERS)]
    seed.run(company.admin, "customers.create", customers)
    sites = [
        {
            "id": str(uuid7()),
            "customer_id": customer["id"],
            "name": "Shop",
            "position": {"lat": 39.7 + number % 100 * 0.004, "lon": 116.1 + number // 100 * 0.006},
        }
        for number, customer in enumerate(customers)
    ]
    seed.run(company.admin, "customers.add_site", sites)
    cycles = [
        {"id": str(uuid7()), "name": grade, "customer_class": grade, "every_weeks": 2, "valid_from": "2026-01-05"}
        for grade in "ABCD"
    ]
    seed.run(company.admin, "visits.set_cycle", cycles)
    members = {"company": company.admin.company_id, "visits": VISITS, "customers": CUSTOMERS}
    with connections["owner"].cursor() as cursor:
        cursor.execute("begin")
        cursor.execute("select set_config('roundsman.company_id', %s, true)", [str(company.admin.company_id)])
        for statement in (_VISITS, _DUE, _CHECK_INS, _LOGS, _TASKS):
            cursor.execute(statement, members)
        cursor.execute(
            "select c.visit_id, c.id, c.customer_id, c.rep_id from visits_check_in c where company_id = %(company)s"
            " order by occurred_at desc limit 1",
            members,
        )
        visit, check_in, customer, rep = cursor.fetchone()
        cursor.execute("commit")
    return {
        **dict.fromkeys(("customers.customer", "customers.edit", "customers.share"), customer),
        **dict.fromkeys(("visits.evidence", "visits.override"), check_in),
        **dict.fromkeys(("visits.day", "visits.order", "planning.plan"), rep),
        **dict.fromkeys(("routes.route", "routes.edit"), _route(company, staff, customers)),
        "visits.visit": visit,
        "users.edit": rep,
        "map.site": UUID(str(sites[0]["id"])),
    }


def _route(company: seed.Company, staff: _Staff, customers: list[dict[str, Any]]) -> UUID:
    """A route over all customers of a rep."""
    id_ = uuid7()
    stops = [customer["id"] for customer in customers[::REPS]]
    route = {"id": str(id_), "name": "Round", "rep_id": str(staff.reps[0]), "customer_ids": stops, "weekdays": [1]}
    seed.run(company.admin, "visits.set_route", [route | {"valid_from": "2026-01-05"}])
    return id_


_VISITS = """
    insert into visits_visit (id, company_id, customer_id, rep_id, state, visit_date, purpose, planned_date,
      checked_in_at, checked_out_at, cancel_reason, origin, is_appointment, check_in_verdict, check_out_verdict,
      created_at)
    select gen_random_uuid(), company_id, id, owner_id, case when made then 'closed' else 'planned' end, day, '', day,
      case when made then at end, case when made then at + interval '25 minutes' end, '', 'cycle', false,
      case when made then
        (array['verified', 'verified', 'verified', 'verified', 'inaccurate', 'outside'])[1 + (random() * 5)::int] end,
      case when made then 'verified' end, day
    from (select c.*, day, day + interval '1 hour' * (random() * 9) as at,
        day <= current_date and random() < 0.95 as made
      from (select *, row_number() over (order by id) as n from customers_customer where company_id = %(company)s) c,
        generate_series(0, %(visits)s / %(customers)s - 1) turn,
        lateral (select current_date + 20 - (turn * 14 + n %% 14)::int as day) days) v"""
_DUE = """
    insert into visits_due_visit (id, company_id, cycle_id, customer_id, rep_id, window_from, window_to, due_on)
    select v.id, v.company_id, k.id, v.customer_id, v.rep_id, v.visit_date - 4, v.visit_date + 9, v.visit_date
    from visits_visit v join customers_customer c on c.id = v.customer_id
      join visits_call_cycle k on k.customer_class = c.customer_class
    where v.company_id = %(company)s and k.company_id = v.company_id"""
_CHECK_INS = """
    insert into visits_check_in (id, company_id, visit_id, customer_id, rep_id, direction, occurred_at,
      occurred_verified, raw, lat, lon, accuracy_m, is_mock, seen_at, verdict, verdict_details, rule_version, cause,
      reason, distance_m, fence_radius_m)
    select gen_random_uuid(), company_id, id, customer_id, rep_id, 'in', checked_in_at, true, '{"fix": null}', 39.9,
      116.4, 12, false, checked_in_at, check_in_verdict, '{"findings": [], "accuracy_m": 12}', 1, 'arrival', '', 14, 150
    from visits_visit where company_id = %(company)s and checked_in_at is not null"""
_LOGS = """
    insert into visits_visit_log (id, company_id, visit_id, customer_id, author_id, result, note, next_steps,
      occurred_at, occurred_verified)
    select gen_random_uuid(), company_id, id, customer_id, rep_id, 'ordered', 'Two cases of the new tea', '[]',
      checked_out_at, true
    from visits_visit where company_id = %(company)s and checked_in_at is not null and random() < 0.8"""
_TASKS = """
    insert into visits_task (id, company_id, created_at, updated_at, edits, customer_id, assignee_id, text, due_date,
      state, done_at, done_note, cancel_reason)
    select gen_random_uuid(), company_id, now(), now(), '{}', customer_id, rep_id, 'Call back about the offer',
      visit_date + 7, case when done then 'done' else 'open' end, case when done then now() end, '', ''
    from (select *, random() < 0.7 as done from visits_visit where company_id = %(company)s and random() < 0.1) v"""
