"""Takes answers into the store: one page, one transaction, so that a killed app finds either all of a page or none.

Order within a page: verdicts, then leaves, then enters (drop what is here of that scope), then rows. When the answer is
complete: what the answer contains leaves the overlay, digests are compared, the cursor is final. After every page the
overlay is built again.
"""

from collections import Counter
from dataclasses import asdict, dataclass, field, replace

from roundsman_client.outbox import Outbox
from roundsman_client.overlay import Overlay
from roundsman_client.protocol import Answer
from roundsman_client.repair import DIVERGED, NEW_HISTORY, Repairs
from roundsman_client.replica import Replica
from roundsman_client.store import Store


@dataclass(frozen=True, slots=True)
class Pull:
    """A pull that is being answered, page by page. It is durable: an interrupted answer goes on at its next page.

    cursor: what the next request carries. repair: as named with the first page (the cursors of the further pages
    remember it). digests: as asked for with every page. pages: how many have been taken. whole: it began without a
    cursor and brings every scope. acknowledged: the lowest value that its pages have named, with what stands behind
    held commands.
    """

    cursor: str | None
    repair: list[str] = field(default_factory=list)
    digests: str = "sample"
    pages: int = 0
    whole: bool = False
    acknowledged: int = 0


@dataclass(frozen=True, slots=True)
class Taken:
    """What a page amounted to. repaired: rows that had been wrong, by kind; expected: the same after a new history."""

    new_history: bool = False
    repaired: Counter[str] = field(default_factory=Counter)
    expected: Counter[str] = field(default_factory=Counter)


class Receiver:
    """Applies answers to outbox, replica, repairs and overlay."""

    def __init__(self, store: Store, outbox: Outbox, replica: Replica, repairs: Repairs, overlay: Overlay) -> None:
        self._store = store
        self._outbox = outbox
        self._replica = replica
        self._repairs = repairs
        self._overlay = overlay

    # What to ask

    def open_pull(self) -> Pull | None:
        """The pull whose answer is not complete yet, or None."""
        found = self._store.recall("open_pull")
        return Pull(**found) if found else None

    @property
    def has_cursor(self) -> bool:
        """Whether a cursor is stored, of a complete answer or of one that was interrupted."""
        return bool(self._store.recall("cursor") or self._store.recall("open_pull"))

    def new_pull(self, repair: list[str], digests: str) -> Pull:
        """A pull from where the last complete answer left off."""
        cursor = self._store.recall("cursor")
        if self._store.recall("compare_all"):
            digests = "all"
        return Pull(cursor, repair if cursor else [], digests, whole=cursor is None)

    def drop_cursor(self) -> None:
        """Begin anew at the next pull. Rows stay until the server's replace them; the outbox is not touched."""
        with self._store.transaction():
            self._store.remember("cursor", None)
            self._store.remember("open_pull", None)

    # What to do with an answer

    def take_receipt(self, answer: Answer) -> None:
        """The answer of a push alone: verdicts, nothing else. Its rows come with the next pull."""
        with self._store.transaction():
            self._outbox.store_verdicts(answer.verdicts, answer.received_at_ms)
            self._overlay.rebase()

    def take(self, asked: Pull, answer: Answer) -> Taken:
        """One page of the answer to `asked`."""
        with self._store.transaction():
            self._outbox.store_verdicts(answer.verdicts, answer.received_at_ms)
            pull = self._page_taken(asked, answer)
            new_history = self._notice_history(answer)
            if asked.pages == 0:
                self._repairs.set_aside(asked.repair)
                if asked.whole:
                    self._replica.begin_whole()
            for leave in answer.leave:
                self._replica.leave(leave.scope)
            for scope in answer.enter:
                self._replica.enter(scope)
            self._replica.apply(answer.rows)
            taken = Taken(new_history)
            if new_history and asked.cursor is not None:
                self._meet_new_history(answer)
            elif answer.complete:
                taken = self._complete(pull, answer, new_history)
            else:
                self._store.remember("open_pull", asdict(pull))
            self._overlay.rebase()
        return taken

    def _page_taken(self, asked: Pull, answer: Answer) -> Pull:
        # All pages show the snapshot of the first one. A later page may acknowledge more, because a doubled or delayed
        # request arrived in between; the rows of this answer do not contain that yet.
        passed = self._outbox.passed(answer.acknowledged)
        lowest = min(asked.acknowledged, passed) if asked.pages else passed
        return replace(asked, cursor=answer.cursor, pages=asked.pages + 1, acknowledged=lowest)

    def _notice_history(self, answer: Answer) -> bool:
        """Whether the server's history is another one than before. If so, what it acknowledged may be lost."""
        known = self._store.recall("epoch")
        self._store.remember("epoch", answer.epoch)
        if known in (None, answer.epoch):
            return False
        self._outbox.send_again(except_ids=[verdict.command_id for verdict in answer.verdicts])
        self._outbox.set_contained(min(self._outbox.contained, answer.acknowledged))
        return True

    def _meet_new_history(self, answer: Answer) -> None:
        """Our cursor meant nothing to the server, so it sent the digests of all scopes and no rows: compare them all.

        What this very request pushed is acknowledged but not in the rows here; it stays in the overlay until the next
        complete answer.
        """
        self._repairs.forget()
        self._drop_unnamed(answer)
        self._repairs.want(self._replica.differing(answer.digests), NEW_HISTORY)
        self._close(answer)

    def _complete(self, pull: Pull, answer: Answer, new_history: bool) -> Taken:
        if pull.whole:
            self._replica.end_whole()
        self._outbox.set_contained(pull.acknowledged)
        self._outbox.settle_from_feed()
        repaired, expected = self._repairs.finish(pull.repair)
        if pull.whole:
            self._repairs.forget()
        self._compare(pull, answer)
        self._outbox.purge(answer.received_at_ms)
        self._close(answer)
        return Taken(new_history, repaired, expected)

    def _compare(self, pull: Pull, answer: Answer) -> None:
        differing = self._replica.differing(answer.digests)
        if pull.pages > 1:
            # Rows show the first page's moment, these digests the last page's: a difference may only mean that
            # somebody worked in between. Ask for all digests with the next answer, which will most likely be one page.
            self._store.remember("compare_all", True if differing else None)
            return
        self._store.remember("compare_all", None)
        self._repairs.want(differing, DIVERGED)
        if pull.digests == "all":
            self._drop_unnamed(answer)

    def _drop_unnamed(self, answer: Answer) -> None:
        """The server named every scope of this user; whatever else is here is not his any more."""
        for scope in self._replica.list_scopes():
            if scope not in answer.digests:
                self._replica.leave(scope)

    def _close(self, answer: Answer) -> None:
        self._store.remember("cursor", answer.cursor)
        self._store.remember("open_pull", None)
        self._store.remember("missing_files", list(answer.missing_files))
