"""Runs the demo company's commands: those that were not run before, and only those."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from accounts import queries as accounts
from accounts.beside import hand_over
from accounts.passwords import NewPassword, encode
from config.demo_company import people
from config.demo_company.steps import Step
from core.actor import Actor
from core.batches import CommandRequest, Verdict
from core.clock import now
from core.commands import execute_all
from core.fence import company_fence
from core.models import CommandRecord

Tell = Callable[[str, str, int], None]
"""Called after each kind of thing with its English and Chinese name and how many were added."""


class DemoIncomplete(Exception):
    """A command of the demo company did not take effect; the message names it and says why."""


class Loader:
    """Runs steps in one company, as its administrator unless somebody else is named."""

    def __init__(self, admin: Actor, tell: Tell) -> None:
        self.admin = admin
        self._tell = tell
        self._actors: dict[str, Actor] = {}

    def id(self, key: str) -> UUID:
        """The id of the row with this key, in this company."""
        return uuid5(self.admin.company_id, key)

    def actor(self, username: str) -> Actor:
        """A person of the company."""
        if username not in self._actors:
            self._actors[username] = accounts.get_actor(self.admin.company_id, self.id(f"user/{username}"))
        return self._actors[username]

    def run(
        self, steps: Sequence[Step], english: str, chinese: str, *, by: Actor | None = None, strict: bool = True
    ) -> int:
        """Run the commands that were not run before, and tell of them. strict: all of them must take effect.

        Returns how many took effect.
        """
        done = self.run_silently(steps, by=by, strict=strict)
        if done:
            self.tell(english, chinese, done)
        return done

    def run_silently(self, steps: Sequence[Step], *, by: Actor | None = None, strict: bool = True) -> int:
        """The same without telling: for what is told together with more."""
        requests = self._missing(steps)
        if not requests:
            return 0
        verdicts = execute_all(requests, actor=by or self.admin, door="import")
        if strict:
            _require_effect(requests, verdicts)
        return sum(verdict.settled for verdict in verdicts)

    def add_people(self, steps: Sequence[Step]) -> None:
        """Add the users, all with the same first password: hashed once, handed over beside the commands."""
        requests = self._missing(steps)
        if not requests:
            return
        password = NewPassword(encode(people.PASSWORD))
        with hand_over(dict.fromkeys((request.id for request in requests), password)):
            _require_effect(requests, execute_all(requests, actor=self.admin, door="import"))
        self.tell("users", "用户", len(requests))

    def tell(self, english: str, chinese: str, count: int) -> None:
        """Say what was added."""
        self._tell(english, chinese, count)

    def happened_at(self, step: Step) -> datetime | None:
        """When a step took place; None if it never did."""
        with company_fence(self.admin.company_id):
            found = CommandRecord.objects.filter(company_id=self.admin.company_id, id=self._command_id(step))
            return found.values_list("occurred_at", flat=True).first()

    def _command_id(self, step: Step) -> UUID:
        return self.id(f"command/{step.name}/{step.key}")

    def _missing(self, steps: Sequence[Step]) -> list[CommandRequest]:
        requests = [
            CommandRequest(
                step.name,
                step.payload,
                id=self._command_id(step),
                occurred_at=step.at or now() - timedelta(days=step.days_ago),
            )
            for step in steps
        ]
        with company_fence(self.admin.company_id):
            known = set(
                CommandRecord.objects.filter(
                    company_id=self.admin.company_id, id__in=[request.id for request in requests]
                ).values_list("id", flat=True)
            )
        return [request for request in requests if request.id not in known]


def _require_effect(requests: list[CommandRequest], verdicts: list[Verdict]) -> None:
    for request, verdict in zip(requests, verdicts, strict=True):
        if not verdict.settled:
            raise DemoIncomplete(f"{request.name} {request.payload}: {verdict.code} {verdict.message}")
