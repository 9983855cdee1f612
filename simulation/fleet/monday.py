"""Monday morning: very many devices that come online within a minute after a weekend."""

import random
import time
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from simulation.fleet import crowd
from simulation.fleet.checks import Check
from simulation.fleet.company import settle
from simulation.fleet.evidence import Evidence
from simulation.fleet.figures import Json
from simulation.fleet.orders import Order
from simulation.fleet.processes import Cost
from simulation.fleet.progress import Progress
from simulation.fleet.setting import Calendar, Monday, Places, Roster, Server
from simulation.fleet.timed import NO_ANSWER
from simulation.fleet.watcher import Costs, Watcher
from simulation.fleet.wires import Drivers
from simulation.office import Office

_SHOPS_A_REP = 4
_REASSIGNED = 3
_SOON_S = 3.0
_STEP_S = 1.0


class MondayRun:
    """One Monday. servers: the same server, once for each company. folder: for phones and evidence, empty."""

    def __init__(self, monday: Monday, servers: list[Server], costs: Costs, folder: Path, progress: Progress) -> None:
        self._monday = monday
        self._servers = servers
        self._costs = costs
        self._folder = folder
        self._progress = progress
        self.evidence_file = folder / "evidence.sqlite"
        self.spent: dict[str, Cost] = {}

    def live(self) -> bool:
        """Friday to Monday, and the examination. Returns whether everything is as it must be."""
        evidence = Evidence(self.evidence_file)
        with self._progress.step("People and customers", "人员与客户") as step:
            rosters = tuple(
                settle(server, reps, self._monday.seed + number, shops_a_rep=_SHOPS_A_REP)
                for number, (server, reps) in enumerate(zip(self._servers, self._sizes(), strict=True))
            )
            step.note = f"{self._monday.devices:,} reps 业务员, {len(rosters)} companies 公司"
        drivers = Drivers(crowd.drive, self._parts(rosters))
        watcher = Watcher(self._costs, {"drivers": drivers.pids})
        try:
            self._drive(drivers, watcher, rosters)
        finally:
            watcher.look()
            self.spent = watcher.spent
            drivers.end()
        unanswered = evidence.read(
            "select kind, status, count(*) from exchange where status = ? or (status >= 500 and status <> 503)"
            " group by kind, status",
            (NO_ANSWER,),
        )
        faults = [f"{count} × {kind}: {status or 'no answer'}" for kind, status, count in unanswered]
        requests = evidence.read("select count(*) from exchange")[0][0]
        evidence.note_findings(Check.ANSWERED, "", faults, requests)
        good = not evidence.read("select 1 from finding limit 1")
        evidence.close()
        return good

    def _drive(self, drivers: Drivers, watcher: Watcher, rosters: tuple[Roster, ...]) -> None:
        def do(order: Order, english: str, chinese: str, *values: object) -> None:
            with self._progress.step(english, chinese) as step:
                tally = drivers.do(order, lambda told: step.tell(watcher.describe(told)), *values)
                step.note = watcher.describe(tally)

        do(Order.JOIN, "Friday: phones sign in and pull", "周五：手机登录并首次拉取")
        do(Order.WEEKEND, "What they record over the weekend", "周末期间手机上的记录")
        with self._progress.step("What the offices change over the weekend", "周末期间办公室的改动") as step:
            changed = sum(_change(roster, self._monday.seed) for roster in rosters)
            step.note = f"{changed:,} changes 改动"
        do(Order.MONDAY, "Monday: everybody at once", "周一：全部上线", time.time() + _SOON_S)
        do(Order.REST, "Last syncs of the sample", "样本的最后同步")
        do(Order.EXAMINE, "Every command, and the sample row by row", "核对每条命令，并逐行比较样本")

    def _sizes(self) -> list[int]:
        companies = len(self._servers)
        return [self._monday.devices // companies + (n < self._monday.devices % companies) for n in range(companies)]

    def _parts(self, rosters: tuple[Roster, ...]) -> list[crowd.Crowd]:
        monday = self._monday
        chance = random.Random(monday.seed)
        people = [(number, rep) for number, roster in enumerate(rosters) for team in roster.teams for rep in team.reps]
        chance.shuffle(people)
        sampled = frozenset(rep.username for _, rep in people[: monday.sample])
        calendar = Calendar.ending_now(datetime.now(UTC), 1)
        places = Places(self._folder, self.evidence_file, self._servers[0].url)
        return [
            crowd.Crowd(monday, rosters, tuple(people[number :: monday.drivers]), sampled, calendar, places, number)
            for number in range(monday.drivers)
        ]


def _change(roster: Roster, seed: int) -> int:
    """What an office does over a weekend: prices, corrections, some customers for somebody else. How many changes."""
    chance = random.Random(seed)
    server = roster.server
    desk = Office(server.url, server.company, server.admin, server.password)
    products = list(desk.each("products", limit=500))
    prices = [
        {"id": product["id"], "changes": {"price": {"from": product["price"], "to": f"{chance.randint(50, 200)}.00"}}}
        for product in products
    ]
    desk.push("catalog.update_product", prices)
    shops = [(rep, shop) for team in roster.teams for rep in team.reps for shop in team.shops[rep.username]]
    corrected = [shop for _, shop in shops if chance.random() < 0.25]
    desk.push(
        "customers.update",
        [
            {"id": shop.id, "changes": {"notes": {"from": "", "to": "周末核对 Checked at the weekend"}}}
            for shop in corrected
        ],
    )
    for team in roster.teams:
        giver, taker = chance.sample(team.reps, 2)
        moved = [shop.id for shop in team.shops[giver.username][:_REASSIGNED]]
        desk.act("customers/reassign", {"customer_ids": moved, "owner_id": taker.id})
    desk.close()
    return len(prices) + len(corrected) + len(roster.teams)


def take_monday(evidence: Evidence) -> Json:
    """How Monday went: who came when, how long it took, who was asked to stay away."""
    visits = evidence.read("select came, done, asked_s, idle from visit")
    first = [(came, done, asked) for came, done, asked, idle in visits if not idle]
    took = sorted(done - came for came, done, _ in first)
    requests, away, failed = evidence.read(
        "select count(*), sum(status = 503), sum(status = 0 or (status >= 500 and status <> 503)) from exchange"
        " where kind in ('sync', 'pull', 'push', 'refresh') and began >= ("
        "  select min(began) from exchange where kind = 'sync')"
    )[0]
    end = max((done for _, done, _, _ in visits), default=0.0)
    asked = [asked for _, _, asked in first if asked > 0]
    return {
        "came": len(first),
        "step_s": _STEP_S,
        "arrivals": _per_step((came for came, _, _ in first), end),
        "done": _per_step((done for _, done, _ in first), end),
        "again": _per_step((came for came, _, _, idle in visits if idle), end),
        "done_p50_s": round(took[len(took) // 2], 3) if took else 0.0,
        "done_p99_s": round(took[min(len(took) - 1, int(0.99 * len(took)))], 3) if took else 0.0,
        "done_max_s": round(took[-1], 3) if took else 0.0,
        "turned_away": away or 0,
        "turned_away_share": (away or 0) / max(1, requests),
        "failed_share": (failed or 0) / max(1, requests),
        "asked": len(asked),
        "asked_for": _in_steps(asked),
    }


def _per_step(moments: Iterable[float], end: float) -> list[float]:
    counts = Counter(int(moment / _STEP_S) for moment in moments)
    return [counts[number] / _STEP_S for number in range(int(end / _STEP_S) + 1)]


def _in_steps(asked: list[float]) -> list[tuple[int, int, int]]:
    """How many were asked to stay away for how long: from, to and number, in ten equal steps."""
    if not asked:
        return []
    width = max(1, -(-int(max(asked)) // 10))
    counts = Counter(int((seconds - 1) // width) for seconds in asked)
    return [(number * width + 1, (number + 1) * width, counts[number]) for number in range(max(counts) + 1)]
