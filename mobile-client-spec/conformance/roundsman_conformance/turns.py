"""What the scripted server waits for, one exchange of a scenario at a time, and what it replies."""

from dataclasses import dataclass, field

from roundsman_conformance.accounts import Refusal
from roundsman_conformance.ledger import Ledger, Recorded
from roundsman_conformance.names import Json


@dataclass(frozen=True)
class Reply:
    """What goes back. fault: what happens to it on its way, as scenarios name faults.

    after_ms: with the fault `killed`, how long after the answer the app dies.
    """

    status: int
    body: Json
    fault: str | None = None
    retry_after_s: int | None = None
    after_ms: int = 0


LOST = Reply(503, {}, "request_lost")


@dataclass(eq=False)
class Turn:
    """One exchange that the scenario waits for. remaining: its commands that have not come; also: ones that may."""

    spec: Json
    remaining: list[Recorded] = field(default_factory=list)
    also: list[Recorded] = field(default_factory=list)
    begun: bool = False
    held: bool = False
    begun_push: bool = False

    def begin(self, ledger: Ledger) -> "Turn":
        """It is this exchange's turn: what was recorded by now may be due."""
        if not self.begun:
            self.begun = True
            self.remaining = ledger.expand(self.spec.get("commands", []))
            self.also = ledger.expand(self.spec.get("may_also", []))
        return self

    @property
    def answer(self) -> Json:
        """What the scenario says about the answer."""
        answer: Json = self.spec.get("answer", {})
        return answer

    @property
    def fault(self) -> str | None:
        """What strikes this exchange."""
        return self.spec.get("fault")

    def rule(self, facet: str, built_in: str) -> str:
        """The rule that a deviation in this facet breaks."""
        rule: str = self.spec.get("rules", {}).get(facet, built_in)
        return rule


def refusal_of(refuse: Json) -> Refusal:
    """The refusal that a scenario tells of: `{status, code, details?, retry_after_s?}`."""
    details = dict(refuse.get("details", {}))
    if "retry_after_s" in refuse:
        details["retry_after_s"] = refuse["retry_after_s"]
    return Refusal(refuse["status"], refuse["code"], **details)
