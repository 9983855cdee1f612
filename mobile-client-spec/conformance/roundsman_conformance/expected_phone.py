"""What the phone under test must hold, by the answers that reached it."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from roundsman_conformance.answers import Changes
from roundsman_conformance.names import Json
from roundsman_conformance.rows import Replica


@dataclass(frozen=True)
class OpenAnswer:
    """An answer whose last page has not come. digests: as asked for; whole: it began without a cursor.

    acknowledged: as its first page said; all pages tell of that moment.
    """

    digests: str
    whole: bool
    acknowledged: int
    entered: frozenset[str] = frozenset()


@dataclass(frozen=True)
class ExpectedPhone:
    """A state of the phone. It is never changed; an answer makes another one of it."""

    replica: Replica = field(default_factory=Replica)
    cursor: str | None = None
    open_answer: OpenAnswer | None = None

    def after(self, body: Json, changes: Changes, *, complete: bool, cursor: str, acknowledged: int) -> "ExpectedPhone":
        """The state when one page, asked for by `body`, was taken."""
        first = OpenAnswer(str(body.get("digests", "sample")), body.get("cursor") is None, acknowledged)
        asked = self.open_answer or first
        entered = asked.entered | set(changes.enter)
        held = self.replica.copy()
        changes.apply(held)
        if not complete:
            return ExpectedPhone(held, cursor, replace(asked, entered=entered))
        if asked.whole:
            held.keep_only(entered)
        return ExpectedPhone(held, cursor)

    def in_new_history(self, scopes: Iterable[str]) -> "ExpectedPhone":
        """The state when the server's history changed and it named these scopes."""
        held = self.replica.copy()
        held.keep_only(scopes)
        return replace(self, replica=held)
