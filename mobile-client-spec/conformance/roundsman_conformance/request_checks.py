"""What every request must look like, whatever the scenario is about, and what a pull must carry."""

from collections.abc import Callable, Collection
from typing import Any

from roundsman_conformance.device_clock import Clocks, malformed
from roundsman_conformance.expected_phone import ExpectedPhone
from roundsman_conformance.findings import Findings
from roundsman_conformance.names import Json

MOST_COMMANDS = 1_000
MOST_BYTES = 16 * 2**20
MOST_REPAIRS = 500


class RequestChecks:
    """Notes what is wrong with a request."""

    def __init__(self, findings: Findings, clocks: Clocks, say: Callable[[Any], str], *, moves_clock: bool) -> None:
        """say: a value for people. moves_clock: whether the client takes its clocks from the adapter."""
        self._note = findings.note
        self._clocks = clocks
        self._say = say
        self._moves_clock = moves_clock

    def form(self, headers: dict[str, str], body: Any, size: int) -> bool:
        """Headers, size and clock. Returns whether the body is an object that can be read on."""
        if "gzip" not in headers.get("accept-encoding", ""):
            self._note("NET-4", "Accept-Encoding with gzip", repr(headers.get("accept-encoding")))
        if size > MOST_BYTES:
            self._note("OUT-3", f"a request of at most {MOST_BYTES} bytes", str(size))
        if not isinstance(body, dict) or body.get("schema", 1) != 1:
            self._note("OUT-1", "a JSON object with schema 1", repr(body)[:100])
            return False
        if len(body.get("commands") or ()) > MOST_COMMANDS:
            self._note("OUT-3", f"at most {MOST_COMMANDS} commands", str(len(body["commands"])))
        self._clock(body.get("clock"))
        return True

    def _clock(self, clock: Any) -> None:
        if problem := malformed(clock):
            self._note("CLK-2", "clock with at, uptime_ms and boot_id", problem)
        elif self._moves_clock and (problem := self._clocks.phone.misfit(clock)):
            rule = "CLK-3" if problem.startswith(("uptime", "boot")) else "CLK-2"
            self._note(rule, "clock: what the phone's clocks show now", problem)

    def pull(self, body: Json, phone: ExpectedPhone, wanted: Json, rule: Callable[[str, str], str]) -> None:
        """Cursor, repair and digests of a pull. wanted: the exchange; rule: (facet, built-in rule) → rule."""
        if body.get("cursor") != phone.cursor:
            said = "the cursor of the last answer" if phone.cursor else "null"
            built_in = "ANS-8" if phone.open_answer else "ANS-9"
            self._note(rule("cursor", built_in), f"cursor: {said}", f"{str(body.get('cursor'))[:24]}")
        if phone.open_answer:
            self._continuation(body, phone.open_answer.digests)
            return
        repair = body.get("repair") or []
        if len(repair) > MOST_REPAIRS:
            self._note("DIG-3", f"at most {MOST_REPAIRS} scopes in repair", str(len(repair)))
        due = wanted.get("repair") or []
        if not _same_scopes(repair, due):
            self._note(rule("repair", "DIG-2"), f"repair: {self._say(due)}", self._say(repair))
        mode = wanted.get("digests")
        if mode and body.get("digests", "sample") != mode:
            self._note(rule("digests", "DIG-4"), f"digests: {mode}", repr(body.get("digests", "sample")))

    def _continuation(self, body: Json, digests: str) -> None:
        if body.get("commands"):
            self._note("ANS-8", "a further page asked for without commands", "commands in it")
        if body.get("repair"):
            self._note("ANS-8", "a further page asked for without repair", self._say(body["repair"]))
        if body.get("digests", "sample") != digests:
            self._note("ANS-8", f"digests: {digests}, as with the first page", repr(body.get("digests", "sample")))


def _same_scopes(one: Any, other: Collection[str]) -> bool:
    return isinstance(one, list) and sorted(map(str, one)) == sorted(other)
