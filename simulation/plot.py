"""What must happen on this day besides ordinary visits: the cases that an offline product is judged by.

- One user corrects one field on two devices; the earlier correction is made on the phone whose clock is hours ahead.
- Two users who share a customer correct one field.
- A manager gives customers of an offline rep to another one, and takes a share back, while that rep goes on visiting
  and editing them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from simulation.cast import Rep
from simulation.morning import Event
from simulation.office import Json, Office
from simulation.phone import Phone
from simulation.world import Customer, Round

DISCARDED = "负责人已亲自处理 The owner has seen to it himself"


class Check(NamedTuple):
    """Something that must be true in the end, in both languages."""

    english: str
    chinese: str
    holds: bool


class Meeting(NamedTuple):
    """Two users who correct the same field of one customer; the second one later."""

    first: Phone
    second: Phone
    customer: Customer


@dataclass
class Plot:
    """The day's special customers. The first two reps are its heroes.

    rounds, phones, offices: by user name. tablet: the first rep's second device.
    restored: the value that had lost and was put back.
    """

    reps: Sequence[Rep]
    rounds: Mapping[str, Round]
    phones: Mapping[str, Phone]
    tablet: Phone
    offices: Mapping[str, Office]
    restored: str | None = None

    def __post_init__(self) -> None:
        hero, other = self.reps[0].username, self.reps[1].username
        self.hero, self.other = self.phones[hero], self.phones[other]
        self.manager = self.offices[self.reps[0].manager]
        self.twice, self.lent = self.rounds[hero].quiet
        self.moved = [*self.rounds[other].quiet, self.rounds[other].visited[-1]]
        self.meetings = [
            Meeting(self.phones[a.username], self.phones[b.username], self.rounds[a.username].visited[0])
            for a, b in zip(self.reps[::2], self.reps[1::2], strict=False)
        ]

    def share(self) -> None:
        """Before the day: let the others see what they are to edit."""
        for rep, meeting in zip(self.reps[::2], self.meetings, strict=False):
            self._share(self.offices[rep.manager], "share", meeting.customer, meeting.second)
        self._share(self.manager, "share", self.lent, self.other)

    def events(self, start: datetime) -> Iterator[Event]:
        """The edits, at their minutes after `start`."""

        def at(minute: int) -> datetime:
            return start + timedelta(minutes=minute)

        yield _edit(at(70), self.hero, self.twice, phone="010-5552-0001")
        yield _edit(at(90), self.tablet, self.twice, phone="010-5552-0002", notes="平板上补充 Added on the tablet")
        for meeting in self.meetings:
            yield _edit(at(80), meeting.first, meeting.customer, address="成府路 28 号 28 Chengfu Road")
            yield _edit(at(110), meeting.second, meeting.customer, address="成府路 82 号 82 Chengfu Road")
        yield _edit(at(150), self.other, self.moved[0], phone="010-5552-0003")
        yield Event(at(152), self.other, self._add_contact)
        yield _edit(at(155), self.other, self.lent, stage="dormant")

    def interfere(self) -> str:
        """The manager reassigns and takes back a share, while the phones are offline; what he was told beforehand."""
        order = {"customer_ids": [customer.id for customer in self.moved], "owner_id": self.hero.client.user["id"]}
        preview = self.manager.ask("customers/reassign/dry-run", order)
        self.manager.act("customers/reassign", order)
        self._share(self.manager, "unshare", self.lent, self.other)
        told = (f"{user['username']} +{len(user['gains'])} −{len(user['loses'])}" for user in preview["users"])
        return f"{', '.join(told)}; {preview['devices']} devices 台设备"

    def restore(self) -> None:
        """One tap: the user puts back the value that had lost."""
        for row in self.hero.client.conflicts():
            if row.data["row_id"] == self.twice.id and row.data["state"] == "open":
                self.restored = row.data["yours" if row.data["kept"] == "theirs" else "theirs"]
                self.hero.do("sync.restore_value", {"conflict_id": row.id})

    def settle(self) -> str:
        """The manager decides about what is parked: releases it as the new owner, or discards it.

        What waits for a command that he decides about is settled with it.
        """
        released = discarded = 0
        waiting = self._list_parked()
        while waiting:
            command = waiting[-1]  # the oldest
            about = {command["payload"].get("id"), command["payload"].get("customer_id")}
            order: Json = {"command_id": command["id"]}
            if self.lent.id in about:
                self.manager.act("sync/commands/discard", order | {"reason": DISCARDED})
            else:
                self.manager.act("sync/commands/release", order | {"as_user_id": self.hero.client.user["id"]})
            left = self._list_parked()
            settled = len(waiting) - len(left)
            if not settled:
                break  # the proof will name what is still parked
            if self.lent.id in about:
                discarded += settled
            else:
                released += settled
            waiting = left
        return f"{released} released 放行, {discarded} discarded 放弃"

    def check(self) -> Iterator[Check]:
        """What must be true on the phones in the end."""
        later = self.restored == "010-5552-0001"
        yield Check(
            "The later of two edits won, although the other phone's clock was hours ahead",
            "后做的修改胜出，尽管另一部手机的时钟快了数小时",
            later,
        )
        for device in (self.hero, self.tablet):
            row = device.client.row("customer", self.twice.id)
            yield Check(
                f"The lost value came back by one tap ({device.name})",
                f"被覆盖的值已一键恢复（{device.name}）",
                row is not None and row.data["phone"] == self.restored and row.data["notes"] != "",
            )
        for meeting in self.meetings:
            row = meeting.second.client.row("customer", meeting.customer.id)
            kept = [c for c in meeting.first.client.conflicts() if c.data["row_id"] == meeting.customer.id]
            yield Check(
                f"Two users edited one field: the later value stands, the other is kept for {meeting.first.username}",
                f"两人修改同一字段：保留较晚的值，另一值为 {meeting.first.username} 留存",
                row is not None and row.data["address"].startswith("成府路 82") and len(kept) == 1,
            )
        row = self.hero.client.row("customer", self.moved[0].id)
        contacts = {r.data["customer_id"] for r in self.hero.client.rows("contact") if r.data["title"] == _DEPUTY}
        yield Check(
            "What the former owner recorded offline was applied as the new owner",
            "原负责人离线记录的内容已以新负责人名义执行",
            row is not None and row.data["phone"] == "010-5552-0003" and self.moved[0].id in contacts,
        )
        yield Check(
            "The visit to a reassigned customer was kept, and stays with the rep who made it",
            "对已转移客户的拜访得以保留，并仍归当时的业务员",
            self._visit_is_kept(self.moved[-1]),
        )
        gone = {*(customer.id for customer in self.moved), self.lent.id}
        held = set(self.other.client.digests()) & gone
        yield Check(
            "Reassigned and unshared customers have left the phone", "已转移和取消共享的客户已从手机移除", not held
        )
        refused = [v for v in self.other.client.verdicts() if v.code == "sync.discarded" and v.settled_at]
        yield Check(
            "The phone learnt by an ordinary pull that an edit was discarded, and why",
            "手机通过普通拉取得知修改被放弃及其原因",
            len(refused) == 1 and DISCARDED in (refused[0].message or ""),
        )

    def _list_parked(self) -> list[Json]:
        """The commands of the offline rep's phone that wait for a person, the newest first."""
        found = self.manager.each("sync/commands", status="parked", device_id=self.other.client.device_id)
        return [command for command in found if command["verdict"]["status"] == "parked"]

    def _visit_is_kept(self, customer: Customer) -> bool:
        """Whether the new owner's phone has the former one's visits there, closed, with evidence and logs."""
        rep_id, client = self.other.client.user["id"], self.hero.client
        rows = [row for row in client.rows("visit") if row.data["customer_id"] == customer.id]
        visits = {row.id for row in rows}
        states = {(row.data["rep_id"], row.data["state"]) for row in rows}
        proofs = [row for row in client.rows("check_in") if row.data["visit_id"] in visits]
        authors = {row.data["author_id"] for row in client.rows("visit_log") if row.data["visit_id"] in visits}
        return states == {(rep_id, "closed")} and len(proofs) == 2 * len(visits) and authors == {rep_id}

    def _add_contact(self) -> str:
        contact = {"id": self.other.client.new_id(), "customer_id": self.moved[0].id, "name": "吴小姐 Ms Wu"}
        self.other.do("customers.add_contact", contact | {"title": _DEPUTY})
        return f"新联系人 adds a contact at {self.moved[0].name}"

    @staticmethod
    def _share(office: Office, verb: str, customer: Customer, phone: Phone) -> None:
        office.act(f"customers/{verb}", {"customer_id": customer.id, "user_id": phone.client.user["id"]})


_DEPUTY = "副店长 Deputy"


def _edit(at: datetime, device: Phone, customer: Customer, /, **values: str) -> Event:
    def act() -> str:
        device.edit("customers.update", "customer", customer.id, **values)
        return f"修改 edits {customer.name}"

    return Event(at, device, act)
