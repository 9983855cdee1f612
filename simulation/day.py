"""The day from the morning's first sync to the proof."""

import random
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from functools import partial
from pathlib import Path

from simulation import cast, proof, traces
from simulation.morning import Event, Fieldwork, Habits
from simulation.office import Office
from simulation.phone import BAD, Phone
from simulation.plot import Check, Plot
from simulation.proof import Findings
from simulation.show import Device, Show, Step
from simulation.tracks import MORNING, take_mornings
from simulation.walk import Walk
from simulation.world import Round, Settler

_CHINA = timezone(timedelta(hours=8))
_BREAKFAST = timedelta(minutes=10)
_AHEAD = timedelta(hours=3)
_INTERFERENCE = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Setting:
    """Where the day takes place. tracks: folder of real ones, if there is one. folder: empty, for the phones' files.

    reps: how many take part, from 2 to 6. seed: everything that is left to chance follows from it.
    """

    server: str
    company: str
    password: str
    reps: int
    tracks: Path | None
    folder: Path
    seed: int


class Day:
    """One day. `run` lives through it and says whether everything was proven."""

    def __init__(self, setting: Setting, show: Show) -> None:
        self._setting = setting
        self._show = show
        self._reps = cast.REPS[: setting.reps]
        self._noon = datetime.now(UTC)
        self._start = self._noon - MORNING - _BREAKFAST
        self._phones: dict[str, Phone] = {}
        self.devices: list[Phone] = []
        """The phones, and a second device of the first rep."""
        self._offices: dict[str, Office] = {}

    def run(self) -> bool:
        """Live through the day. Returns whether every replica and every command is as it must be."""
        self.live()
        return self.prove()

    def live(self) -> None:
        """Everything up to the last sync."""
        with self._show.step("Phones sign in and pull", "手机登录并首次拉取", total=len(self._reps) + 1) as step:
            self._sign_in(step)
        with self._show.step("Customers placed where the tracks stay", "按轨迹停留点布置客户") as step:
            rounds = self._settle(step)
        plot = self._plot = Plot(self._reps, rounds, self._phones, self.devices[-1], self._offices)
        plot.share()
        works = self._works = self._prepare(rounds)
        self._walks = self._set_out(rounds)
        events = sorted(
            (event for source in (*(work.events() for work in works), plot.events(self._start)) for event in source),
            key=lambda event: event.at,
        )
        with self._show.step("The morning, offline", "离线的上午", total=len(events)) as step:
            told = self._live_through(events, step)
            step.note = f"{sum(work.visits for work in works)} visits 拜访, {len(self._photos())} photos 照片"
        self._show.line(f"  meanwhile {self._reps[0].manager} reassigns / 期间主管转移客户: {told}")
        for walk in self._walks.values():
            walk.until(self._noon)
        for phone in self.devices:
            phone.wait_until(self._noon)
            phone.network.faults = BAD
        with self._show.step("Online, over a bad network", "经由恶劣网络上线"):
            self._sync_all()
            self._sync_all()
        with self._show.step("The manager decides what was parked", "主管处理待处理命令") as step:
            step.note = plot.settle()
        plot.restore()
        with self._show.step("Photos and trails go up", "上传照片与轨迹") as step:
            self._sync_all()  # the server says whose photos it awaits, those of released work included
            step.note = self._send_up()
        self._looks = [traces.look(self._office(rep.manager), rep, self._walks[rep.username]) for rep in self._reps]
        with self._show.step("Last syncs", "最后同步") as step:
            traces.wait_for_pictures(self.devices)
            self._sync_all()
            self._sync_all()
            faults = sum((phone.network.seen for phone in self.devices), Counter[str]())
            words = {"lose_request": "requests lost", "lose_answer": "answers lost", "cut_answer": "cut"}
            words |= {"double": "doubled", "late": "late copies"}
            step.note = ", ".join(f"{faults[name]} {word}" for name, word in words.items())

    def prove(self) -> bool:
        """Compare every device with a new one, and every command with the server's record; print what was found."""
        devices = [Device(phone, Findings()) for phone in self.devices]
        with self._show.step("Compared with new devices, row by row", "与新设备逐行比较", total=len(devices)) as step:
            for device in devices:
                step.tick(device.phone.name)
                self._examine(device)
        managers = {name: office.user["id"] for name, office in self._offices.items()}
        traced = traces.check(self._looks, self._phones, managers, self._photos(), self._forms())
        checks = [*self._plot.check(), *traced, self._check_times(devices)]
        self._show.devices(devices)
        self._tell_check_ins()
        self._show.checks(checks)
        self._show.faults(devices)
        good = all(check.holds for check in checks) and not any(
            device.findings.replica or device.findings.commands for device in devices
        )
        commands = sum(len(phone.recorded) for phone in self.devices)
        rows = sum(device.findings.rows for device in devices)
        self._show.line()
        if good:
            self._show.line(
                f"PROVEN: {len(devices)} replicas, {rows:,} rows, {commands} commands: none lost, none twice."
            )
            self._show.line(f"已证明：{len(devices)} 个副本、{rows:,} 行、{commands} 条命令，无一丢失，无一重复。")
        else:
            self._show.line(f"NOT PROVEN, see ✗ above (seed {self._setting.seed})")
            self._show.line(f"未能证明，请见上方 ✗（随机种子 {self._setting.seed}）")
        return good

    def close(self) -> None:
        """Put everything away; the phones' files stay."""
        for phone in self.devices:
            phone.close()
        for office in self._offices.values():
            office.close()

    # Before the day

    def _sign_in(self, step: Step) -> None:
        for number, rep in enumerate(self._reps):
            # One wall clock is hours ahead. Whoever trusted it would let the wrong edit win.
            self._phones[rep.username] = self._phone(f"{rep.username} phone", rep.username, _AHEAD * (number == 0))
            step.tick(rep.username)
        self._phone(f"{self._reps[0].username} tablet", self._reps[0].username)
        step.note = f"{sum(len(phone.client.server_rows()) for phone in self.devices):,} rows 行"

    def _phone(self, name: str, username: str, clock_error: timedelta = timedelta()) -> Phone:
        store = self._setting.folder / f"{name.replace(' ', '-')}.sqlite"
        seed = self._setting.seed * 100 + len(self.devices)
        phone = Phone(name, username, self._setting.server, store, now=self._start, clock_error=clock_error, seed=seed)
        self.devices.append(phone)
        phone.sign_in(self._setting.company, self._setting.password)
        phone.sync()
        return phone

    def _office(self, username: str) -> Office:
        if username not in self._offices:
            setting = self._setting
            self._offices[username] = Office(setting.server, setting.company, username, setting.password)
        return self._offices[username]

    def _settle(self, step: Step) -> dict[str, Round]:
        mornings = take_mornings(len(self._reps), self._setting.tracks, self._setting.seed)
        settler = Settler(random.Random(self._setting.seed))
        rounds = {}
        for rep, morning in zip(self._reps, mornings, strict=True):
            owner_id = self._phones[rep.username].client.user["id"]
            moved = morning.moved_to(self._start + _BREAKFAST)
            rounds[rep.username] = settler.settle(self._office(rep.manager), owner_id, moved)
            step.tick(morning.source)
        customers = sum(len(round_.visited) + len(round_.quiet) for round_ in rounds.values())
        step.note = f"{customers} customers 客户"
        for rep in self._reps:
            morning = rounds[rep.username].morning
            stays = len(morning.stays)
            self._show.line(
                f"  {rep.username}: {morning.source}, {len(morning.fixes):,} fixes 定位, {stays} stays 停留"
            )
        return rounds

    def _prepare(self, rounds: dict[str, Round]) -> list[Fieldwork]:
        """The morning's last minutes with a network: pull the new customers, plan the day, push the plans."""
        last = len(self._reps) - 1
        habits = {rep.username: Habits() for rep in self._reps}
        habits[self._reps[1].username] = Habits(no_fix=1, double_tap=0, restart_after=2 if last == 1 else None)
        if last > 1:
            habits[self._reps[2].username] = Habits(restart_after=1)
            habits[self._reps[last].username] = Habits(coarse=1, restart_after=1 if last == 2 else None)
        works = []
        day = self._start.astimezone(_CHINA).date().isoformat()
        for number, rep in enumerate(self._reps):
            phone = self._phones[rep.username]
            phone.sync()
            habit = habits[rep.username]
            work = Fieldwork(phone, rounds[rep.username], habit, self._setting.seed + number)
            work.plan(day)
            phone.sync()
            if habit.restart_after is not None:
                # So that the first visits lie in a boot that the server never hears of.
                phone.restart()
            works.append(work)
        self.devices[-1].sync()
        return works

    # The day

    def _live_through(self, events: Iterable[Event], step: Step) -> str:
        """Let every event happen in the order of time; the manager interferes in between. What he was told."""
        told = ""
        for phone in self.devices:
            phone.network.online = False
        for event in events:
            if not told and event.at >= self._start + _INTERFERENCE:
                told = self._plot.interfere()
            for walk in self._walks.values():
                walk.until(event.at)
            event.phone.wait_until(event.at)
            what = event.act()
            step.tick(f"{event.at.astimezone(_CHINA):%H:%M} {event.phone.name}: {what}")
        for phone in self.devices:
            phone.network.online = True
        return told

    def _set_out(self, rounds: dict[str, Round]) -> dict[str, Walk]:
        """Everybody's trail, by user name; the second rep's phone has no signal for a while, and says so."""
        gaps = {self._reps[1].username: "no_signal"}
        return {
            rep.username: Walk(self._phones[rep.username], rounds[rep.username].morning, gaps.get(rep.username))
            for rep in self._reps
        }

    def _photos(self) -> set[str]:
        return {id_ for work in self._works for id_ in work.photos}

    def _forms(self) -> set[str]:
        return {id_ for work in self._works for id_ in work.forms}

    def _send_up(self) -> str:
        walks = {walk.phone: walk for walk in self._walks.values()}
        _at_once([partial(traces.send_up, phone, walks.get(phone)) for phone in self.devices])
        return f"{sum(walk.stored for walk in walks.values()):,} points 轨迹点"

    def _sync_all(self) -> None:
        """Every device at the same time, as at noon in the canteen.

        None of them asks for all digests: what a comparison would mend must not be broken in the first place.
        """
        _at_once([phone.sync for phone in self.devices])

    # The proof

    def _examine(self, device: Device) -> None:
        setting, phone, findings = self._setting, device.phone, device.findings
        fresh_store = setting.folder / f"new-{phone.store.name}"
        fresh = proof.fresh_pull(setting.server, setting.company, phone.username, setting.password, fresh_store)
        fresh_store.unlink()
        findings.rows = len(fresh)
        findings.replica = proof.check_replica(phone, fresh)
        records = self._office(cast.ADMIN).each("sync/commands", device_id=phone.client.device_id, limit=200)
        # A restored value is put back by an edit of its own, which the phone did not record.
        stored = [record for record in records if record["door"] == "push"]
        findings.commands = proof.check_commands(phone.recorded, phone.client.verdicts(), stored)
        proof.measure_field_time(phone, stored, findings)

    def _check_times(self, devices: list[Device]) -> Check:
        error = max(device.findings.field_time for device in devices).total_seconds()
        unverified = sum(device.findings.unverified for device in devices)
        return Check(
            f"Field times right to {error:.3f} s, with one clock {_AHEAD} ahead; {unverified} commands from before a"
            " restart are marked as unverified",
            f"现场时间误差不超过 {error:.3f} 秒，尽管一部手机的时钟快了 {_AHEAD}；"
            f"重启前的 {unverified} 条命令标为未核实",
            not any(device.findings.commands for device in devices),
        )

    def _tell_check_ins(self) -> None:
        verdicts: Counter[str] = Counter()
        ours = {command.id for phone in self.devices for command in phone.recorded}
        for phone in self._phones.values():
            verdicts.update(row.data["verdict"] for row in phone.client.rows("check_in") if row.id in ours)
            ours -= {row.id for row in phone.client.rows("check_in")}  # who shares a customer sees them too
        words = ", ".join(f"{count} {verdict}" for verdict, count in verdicts.most_common())
        self._show.line(f"Check-ins and check-outs by verdict / 签到签退判定: {words}\n")


def _at_once(calls: list[Callable[[], None]]) -> None:
    """Run all of them at the same time and wait; raises what the first of them raised."""
    with ThreadPoolExecutor(len(calls)) as pool:
        for done in [pool.submit(call) for call in calls]:
            done.result()
