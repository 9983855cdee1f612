"""A company with something on every page, and what the addresses of pages about one row name."""

import io
from dataclasses import dataclass, field
from uuid import UUID

from accounts.commands.api_keys import create_with_secret
from accounts.models import TerritoryMember
from console.registry import PAGES
from core.fence import company_fence
from core.ids import uuid7
from core.imports.models import Mode
from core.imports.running import apply_checked, preview_undo, upload_and_check
from customers.models import Customer
from tests.browser.full_day import make_full_day
from tests.console.form_samples import furnish_forms
from tests.console.plan_samples import furnish_plans
from tests.console.setting_samples import furnish_settings
from tests.console.troubles import make_troubles
from tests.console.visit_samples import furnish_visits
from tests.contract.wire import command
from tests.personas import ApiClient, Persona, TestCompany, make_company
from tests.visits.field import add_customer, add_site

NORTH, SOUTH = "Nordlicht", "Suedwind"
"""Marks in texts of team north, which carol manages, and of team south, which she does not."""


@dataclass
class Furnished:
    """The company, clients of its phones by name, and rows of carol's region by what they are."""

    company: TestCompany = field(default_factory=make_company)
    phones: dict[str, ApiClient] = field(default_factory=dict)
    rows: dict[str, UUID] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.rows |= make_full_day(self.company)
        for name, row, mark in (("alice", "site", NORTH), ("zed", "foreign_site", SOUTH)):
            customer = add_customer(self.company.people[name], name=f"{mark} Depot")
            self.rows[row] = add_site(self.company.people[name], customer, 31.21, 121.49, name=f"{mark} Gate 4")
        self.rows |= {"import": self._import("carol", NORTH), "foreign_import": self._import("dora", SOUTH)}
        self.rows |= {"undoable": self._undoable("carol", NORTH), "foreign_undoable": self._undoable("dora", SOUTH)}
        self.rows["foreign_customer"] = add_customer(self.company.zed, name=f"{SOUTH} Depot")
        self._belongings("alice", NORTH, self.rows["customer"], "")
        self._belongings("zed", SOUTH, self.rows["foreign_customer"], "foreign_")
        for name, mark in (("alice", NORTH), ("bob", NORTH), ("zed", SOUTH)):
            self.phones[name] = self._phone(name, mark)
        self.rows |= furnish_visits(self.company, {"alice": NORTH, "zed": SOUTH})
        self.rows |= furnish_forms(self.company, {"alice": NORTH, "zed": SOUTH})
        self.rows |= furnish_settings(self.company, self.rows["form"])
        self.rows |= furnish_plans(self.company, {"alice": NORTH, "zed": SOUTH})
        self.rows["device"] = self.phones["alice"].device_id
        self.rows["foreign_device"] = self.phones["zed"].device_id
        for prefix, name, mark in (("", "alice", NORTH), ("foreign_", "zed", SOUTH)):
            self._organise(prefix, self.company.people[name], mark)
        self.rows |= make_troubles(self.company, self.phones, NORTH, SOUTH)
        for name, row in (("carol", "view"), ("dora", "foreign_view")):
            self.rows[row] = uuid7()
            view = {"id": str(self.rows[row]), "page": "devices", "name": "Silent ones 未同步", "query": "state=silent"}
            assert self.company.people[name].execute("accounts.save_view", view).settled

    def _import(self, name: str, mark: str) -> UUID:
        """A table that somebody has uploaded: a row that is new and one with an error."""
        table = io.BytesIO(f"name,class\n{mark} Kiosk 报刊亭,A\n{mark} Bar,Z\n".encode())
        file_name = f"{mark} customers 客户.csv"
        return upload_and_check(self.company.people[name].actor, "customers", table, file_name=file_name).id

    def _undoable(self, name: str, mark: str) -> UUID:
        """A table that somebody applied and thinks of undoing: a row that is removed, one that stays."""
        actor = self.company.people[name].actor
        table = io.BytesIO(f"code,name,phone\n{mark}-1,{mark} Pier 码头店,1\n{mark}-2,{mark} Quay,2\n".encode())
        item = upload_and_check(actor, "customers", table, file_name=f"{mark} harbour 港口.csv")
        apply_checked(actor, item.id, Mode.ALL_OR_NOTHING)
        with company_fence(self.company.id):
            quay = Customer.objects.get(code=f"{mark}-2").id
        change = {"id": str(quay), "changes": {"phone": {"from": "2", "to": "3"}}}
        assert self.company.people[name].execute("customers.update", change).settled
        return preview_undo(actor, item.id).id

    def _belongings(self, name: str, mark: str, customer: UUID, prefix: str) -> None:
        """A site, a contact and a proposal for the site's position at a customer of somebody."""
        person = self.company.people[name]
        place = add_site(person, customer, 31.2301, 121.4702, name=f"{mark} Gate")
        contact, pin = uuid7(), uuid7()
        sent = {"id": str(contact), "customer_id": str(customer), "name": f"{mark} Li"}
        assert person.execute("customers.add_contact", sent).settled
        position = {"lat": 31.2306, "lon": 121.4710}
        sent = {"id": str(pin), "customer_id": str(customer), "site_id": str(place), "position": position}
        assert person.execute("customers.propose_pin", sent | {"note": f"{mark} 在后门 at the rear"}).settled
        self.rows |= {f"{prefix}place": place, f"{prefix}contact": contact, f"{prefix}pin": pin}

    def _organise(self, prefix: str, rep: Persona, mark: str) -> None:
        """A team and a territory with a member, and somebody who is new."""
        team = "north" if mark == NORTH else "south"
        unit, territory, person = uuid7(), uuid7(), uuid7()
        below, roles = str(self.company.units[team]), ["engineer", "rep"]
        membership = {"territory_id": str(territory), "user_id": str(rep.id)}
        for command_, payload in (
            ("create_org_unit", {"id": str(unit), "name": f"{mark} Team 一队", "parent_id": below}),
            ("create_territory", {"id": str(territory), "name": f"{mark} Riverside 滨江片区", "code": mark}),
            ("add_territory_member", membership),
            ("create_user", {"id": str(person), "username": mark, "name": f"{mark} Neu 新同事", "roles": roles}),
            ("update_user", {"id": str(person), "changes": {"org_unit_id": {"from": None, "to": str(unit)}}}),
            ("update_territory", {"id": str(territory), "changes": {"org_unit_id": {"from": None, "to": str(unit)}}}),
        ):
            verdict = self.company.dora.execute(f"accounts.{command_}", payload)
            assert verdict.settled, verdict
        with company_fence(self.company.id):
            member = TerritoryMember.objects.get(territory_id=territory)
        key = {"id": str(uuid7()), "name": f"{mark} ERP 系统", "user_id": str(person), "scopes": ["customers:write"]}
        assert create_with_secret(self.company.dora.actor, key, None).verdict.settled
        self.rows[f"{prefix}api_key"] = UUID(key["id"])
        rows = {"unit": unit, "territory": territory, "person": person, "territory_member": member.id}
        self.rows |= {f"{prefix}{name}": id_ for name, id_ in rows.items()}

    def _phone(self, name: str, mark: str) -> ApiClient:
        """Somebody's phone: it sends a command that is applied and one that is refused, and pulls."""
        phone = self.company.client(name)
        assert (
            self.company.people[name]
            .execute("accounts.rename_device", {"id": str(phone.device_id), "name": f"{mark} {name} 手机"})
            .settled
        )
        created = command("customers.create", {"id": str(uuid7()), "name": f"{mark} Store", "phone": "=1+1"})
        broken = command("customers.update", {"id": str(uuid7()), "changes": {"name": {"from": "", "to": mark}}})
        body = {"schema": 1, "commands": [created, broken], "clock": {"at": created["at"]} if "at" in created else None}
        answer = phone.call("POST", "/api/v1/sync", body)
        assert [verdict["status"] for verdict in answer.json()["verdicts"]] == ["applied", "refused"], answer.content
        self.rows["command" if mark == NORTH else "foreign_command"] = UUID(created["id"])
        return phone


ROWS: dict[str, str] = {
    "attention.accept": "conflict",
    "attention.discard": "parked",
    "attention.release": "parked",
    "attention.restore": "conflict",
    "attention.retry": "parked",
    "api_keys.revoke": "api_key",
    "audit.command": "command",
    **dict.fromkeys(
        (
            *("customers.customer", "customers.edit", "customers.archive", "customers.unarchive", "customers.add_site"),
            *("customers.add_contact", "customers.cycle", "customers.share", "customers.unshare", "customers.follow"),
            "customers.unfollow",
        ),
        "customer",
    ),
    **dict.fromkeys(("customers.edit_site", "customers.remove_site"), "place"),
    **dict.fromkeys(("customers.edit_contact", "customers.remove_contact"), "contact"),
    **dict.fromkeys(("customers.pin", "customers.approve_pin", "customers.reject_pin"), "pin"),
    **dict.fromkeys(("calendars.calendar", "calendars.day", "calendars.edit", "calendars.remove"), "calendar"),
    "devices.rename": "device",
    "devices.revoke": "device",
    "imports.import": "import",
    "imports.undo": "undoable",
    "map.site": "site",
    "org_units.add": "unit",
    "org_units.edit": "unit",
    "tasks.cancel": "task",
    "tasks.complete": "task",
    "tasks.edit": "task",
    "tasks.reopen": "task",
    "forms.archive": "form",
    "forms.design": "form",
    "forms.publish": "form",
    "forms.rename": "form",
    "forms.results": "form",
    "forms.unarchive": "form",
    "forms.version": "form_version",
    "cycles.edit": "cycle",
    **dict.fromkeys(("routes.edit", "routes.end", "routes.route"), "route"),
    "planning.absence": "rep",
    "planning.cancel": "planned_visit",
    "planning.end_absence": "absence",
    "planning.move": "planned_visit",
    "planning.publication": "publication",
    "planning.plan": "rep",
    "territories.add_member": "territory",
    "territories.edit": "territory",
    "territory_members.remove": "territory_member",
    "users.deactivate": "person",
    "users.factor_off": "person",
    "users.edit": "person",
    "users.password": "person",
    "users.reactivate": "person",
    "views.forget": "view",
    "visit_types.type": "visit_type",
    **dict.fromkeys(("visits.day", "visits.order"), "rep"),
    "visits.evidence": "evidence",
    "visits.lift": "evidence",
    "visits.override": "evidence",
    "visits.photo": "photo",
    "visits.visit": "visit",
}
"""For each page about one row: which row of the furnished company it is about."""
COMPANY_WIDE = {"forms", "visit_types"}
"""Lists of what the whole company has in common: everybody who comes to them sees the same rows."""
ASKED: dict[str, str] = {"customers.reassign": "?from=all", "views.save": "?page=devices&query=state%3Dsilent"}
"""What a page has to be asked with."""


def readable_pages() -> list[str]:
    """The pages that show something, by name."""
    return [name for name, page in PAGES.items() if page.get]


def address_of(name: str, furnished: Furnished, *, foreign: bool = False) -> str:
    """The address of a page; of one about a row, the row of carol's region, or else the one that is not hers."""
    path = PAGES[name].path
    if "<" in path:
        row = f"foreign_{ROWS[name]}" if foreign else ROWS[name]
        path = path.replace("<uuid:id>", str(furnished.rows[row]))
    return f"/console/{path}{ASKED.get(name, '')}"
