"""A run from the first sign-in to the verdict."""

import random
from datetime import UTC, datetime
from pathlib import Path

from simulation import proof
from simulation.fleet.checks import Check
from simulation.fleet.company import settle
from simulation.fleet.driver import drive, parts_of
from simulation.fleet.effects import check_conflicts, check_effects
from simulation.fleet.evidence import Evidence
from simulation.fleet.orders import Order
from simulation.fleet.processes import Cost
from simulation.fleet.progress import Progress
from simulation.fleet.setting import Calendar, Places, Roster, Server, Setting
from simulation.fleet.watcher import Costs, Watcher
from simulation.fleet.wires import Drivers, faulty_network
from simulation.office import Office


class Run:
    """One run against a server. folder: for the phones' files and the evidence, empty."""

    def __init__(self, setting: Setting, server: Server, costs: Costs, folder: Path, progress: Progress) -> None:
        self._setting = setting
        self._server = server
        self._costs = costs
        self._folder = folder
        self._progress = progress
        self.evidence_file = folder / "evidence.sqlite"
        self.spent: dict[str, Cost] = {}
        """By part: the server's and ours. CPU is what the whole run used; memory the most that was seen."""

    def live(self) -> bool:
        """Settle, live, and examine. Returns whether everything is as it must be."""
        setting = self._setting
        with self._progress.step("People and customers", "人员与客户") as step:
            roster = settle(self._server, setting.reps, setting.seed)
            step.note = f"{setting.reps} reps 业务员, {len(roster.teams)} teams 团队"
        evidence = Evidence(self.evidence_file)
        calendar = Calendar.ending_now(datetime.now(UTC), setting.days)
        with faulty_network(self._server.url, setting.faults, setting.seed, self.evidence_file) as (url, network):
            places = Places(self._folder, self.evidence_file, url)
            parts = parts_of(setting, roster, calendar, places, self._absent(roster))
            drivers = Drivers(drive, parts)
            watcher = Watcher(self._costs, {"network": [network], "drivers": drivers.pids})
            try:
                self._drive(drivers, watcher, roster, evidence)
            finally:
                watcher.look()
                self.spent = watcher.spent
                drivers.end()
        with self._progress.step("Effects of every command", "逐条核对命令的效果") as step:
            faults, count = check_effects(evidence)
            evidence.note_findings(Check.EFFECTS, "", proof.shortened(faults), count)
            evidence.note_findings(Check.TOLD, "", proof.shortened(check_conflicts(evidence)), 0)
            step.note = f"{count:,}"
        good = not evidence.read("select 1 from finding limit 1")
        evidence.close()
        return good

    def _drive(self, drivers: Drivers, watcher: Watcher, roster: Roster, evidence: Evidence) -> None:
        def do(order: Order, english: str, chinese: str, *values: object) -> None:
            with self._progress.step(english, chinese) as step:
                tally = drivers.do(order, lambda told: step.tell(watcher.describe(told)), *values)
                step.note = watcher.describe(tally)

        days = self._setting.days
        do(Order.JOIN, "Phones sign in and pull", "手机登录并首次拉取")
        do(Order.LIVE, f"{days} days in the field", f"外勤 {days} 天")
        do(Order.REST, "Everybody online", "全部上线")
        do(Order.SETTLE, "Managers decide what was parked", "主管处理待处理命令")
        do(Order.REST, "Last syncs", "最后同步")
        with self._progress.step("What each user may see", "每位用户的可见范围"):
            allowed = self._allowed(roster, evidence)
        do(Order.EXAMINE, "Compared with new devices, row by row", "与新设备逐行比较", allowed)

    def _absent(self, roster: Roster) -> list[str]:
        reps = [rep.username for team in roster.teams for rep in team.reps]
        return random.Random(self._setting.seed).sample(reps, min(self._setting.absent, len(reps)))

    def _allowed(self, roster: Roster, evidence: Evidence) -> dict[str, set[str]]:
        """The scopes that each user may see, worked out from who owns what and from what people at desks did.

        It is not asked of what phones pull from. The administrator's own rows join the truth on the way: conflicts
        that he lost are among them.
        """
        server = self._server
        allowed = {person.id: {roster.company_id, person.id, person.unit_id} for person in roster.people}
        desk = Office(server.url, server.company, server.admin, server.password)
        customers = {row["id"]: row["owner_id"] for row in desk.each("customers", archived="all", limit=500)}
        desk.close()
        for customer_id, owner_id in customers.items():
            if owner_id in allowed:
                allowed[owner_id].add(customer_id)
        for customer_id, user_id in standing_grants(evidence):
            if customer_id in customers:
                allowed[user_id].add(customer_id)
        store = self._folder / "new-admin.sqlite"
        fresh = proof.fresh_pull(server.url, server.company, server.admin, server.password, store)
        evidence.note_entries(fresh.values())
        return allowed


def standing_grants(evidence: Evidence) -> set[tuple[str, str]]:
    """The shares and follows that stand in the end, as (customer, user), from what was done at desks."""
    standing: set[tuple[str, str]] = set()
    query = """
        select name, json_extract(payload, '$.customer_id'),
               coalesce(json_extract(payload, '$.user_id'), json_extract(payload, '$.by'))
        from act where code is null and name in
          ('customers/share', 'customers/unshare', 'customers/follow', 'customers/unfollow') order by number
    """
    for name, customer_id, user_id in evidence.each(query):
        if name in ("customers/share", "customers/follow"):
            standing.add((customer_id, user_id))
        else:
            standing.discard((customer_id, user_id))
    return standing
