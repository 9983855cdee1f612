"""The outbox: commands with contiguous sequence numbers, stored before anything else happens, and their verdicts.

A command is in one of these states; none of them loses its payload.
  unsent     no verdict yet (never sent, or its answer was lost). It will be sent, again and again.
  answered   it has its verdict, but no complete answer has contained it yet.
  contained  the server's rows hold its effect. Kept 30 days, to be sent again if the server's history is lost.
`parked` is a verdict that is not the last word: the command waits for a person at the server.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from roundsman_client.clock import Reading
from roundsman_client.protocol import BATCH_BYTES, KEEP_DAYS, Command, Json, Verdict, status_of, to_text
from roundsman_client.store import Store

_UNSENT = "(verdict.command_id is null or command.resend)"
_JOINED = "from command left join verdict on verdict.command_id = command.id"


@dataclass(frozen=True, slots=True)
class Pending:
    """A command that is not settled yet. status: unsent, answered, waiting (parked) or held."""

    command: Command
    status: str


class Outbox:
    """Commands and verdicts in the store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    # Recording

    def record(
        self, id_: str, name: str, payload: str, schema: int, reading: Reading, depends_on: Sequence[str]
    ) -> Command:
        """Store a command durably under the next sequence number and return it. payload: JSON text."""
        clock = reading.wire()
        with self._store.transaction() as db:
            seq = self._store.recall("last_seq", 0) + 1
            self._store.remember("last_seq", seq)
            db.execute(
                "insert into command (seq, id, name, schema, payload, at, uptime_ms, boot_id, depends_on)"
                " values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (seq, id_, name, schema, payload, *clock.values(), json.dumps(list(depends_on))),
            )
        return Command(seq, id_, name, schema, json.loads(payload), **clock, depends_on=tuple(depends_on))

    def seq_of(self, id_: str) -> int | None:
        """The number of a command, or None if it is not kept any more."""
        with self._store.transaction() as db:
            found = db.execute("select seq from command where id = ?", (id_,)).fetchone()
        return found["seq"] if found else None

    # Sending

    def next_batch(self, after_seq: int, limit: int) -> list[Command]:
        """The next commands to send, in order: at most `limit`, and not more than one batch's bytes."""
        batch: list[Command] = []
        size = 0
        with self._store.transaction() as db:
            found = db.execute(
                f"select command.* {_JOINED} where {_UNSENT} and seq > ? order by seq limit ?", (after_seq, limit)
            )
            for row in found:
                size += len(row["payload"].encode())
                if batch and size > BATCH_BYTES:
                    break
                batch.append(_command(row))
        return batch

    def count_unsent(self) -> int:
        """How many recorded commands the server has not judged: no verdict yet, or held back here."""
        return self._count("status is null or status = 'held'")

    def count_held(self) -> int:
        """How many commands are held back here because the server would not even read them."""
        return self._count("status = 'held'")

    def has_unsent(self, after_seq: int) -> bool:
        """Whether there is anything to send behind `after_seq`."""
        return self._count(f"{_UNSENT} and seq > {int(after_seq)}") > 0

    def _count(self, where: str) -> int:
        with self._store.transaction() as db:
            count: int = db.execute(f"select count(*) {_JOINED} where {where}").fetchone()[0]
        return count

    # Verdicts

    def store_verdicts(self, verdicts: Iterable[Verdict], received_at_ms: int) -> None:
        """Keep what the server answered. A settlement known from the feed is newer than a repeated receipt."""
        with self._store.transaction() as db:
            for verdict in verdicts:
                db.execute(
                    "update command set resend = 0, answered_at_ms = ? where id = ?",
                    (received_at_ms, verdict.command_id),
                )
                settled = db.execute(
                    "select 1 from verdict where command_id = ? and settled_at is not null", (verdict.command_id,)
                ).fetchone()
                if not settled:
                    self._write(verdict)

    def settle_from_feed(self) -> None:
        """Take over verdicts that arrived as rows of the kind `verdict`: what an operator settled days later."""
        with self._store.transaction() as db:
            rows = db.execute(
                "select server_row.id, command.seq, data from server_row join command on command.id = server_row.id"
                " where kind = 'verdict'"
            ).fetchall()
            for row in rows:
                data: Json = json.loads(row["data"])
                self._write(
                    Verdict(
                        row["id"],
                        row["seq"],
                        status_of(data),
                        code=data.get("code"),
                        field=data.get("field"),
                        message=data.get("message"),
                        details=data.get("details") or {},
                        settled_at=data.get("settled_at"),
                    )
                )

    def hold(self, command: Command, code: str, message: str) -> None:
        """Keep back a command that the server would not even read; it is tried again when the app starts anew."""
        self._write(Verdict(command.id, command.seq, "held", code=code, message=message))

    def release_held(self) -> None:
        """Let the commands that were kept back be sent again: the server may have learnt to read them.

        Their effects stay until an answer contains them, so what is contained counts from before the first of them.
        """
        with self._store.transaction() as db:
            first = db.execute(f"select min(seq) {_JOINED} where status = 'held'").fetchone()[0]
            if first is not None:
                self.set_contained(min(self.contained, first - 1))
            db.execute("delete from verdict where status = 'held'")

    def _write(self, verdict: Verdict) -> None:
        with self._store.transaction() as db:
            if not db.execute("select 1 from command where id = ?", (verdict.command_id,)).fetchone():
                return  # older than we keep
            db.execute(
                "insert into verdict values (?, ?, ?, ?, ?, ?, ?, ?) on conflict (command_id) do update set"
                " status = excluded.status, code = excluded.code, field = excluded.field, message = excluded.message,"
                " details = excluded.details, settled_at = excluded.settled_at,"
                # The feed tells of conflicts in rows of their own; the receipt's list is not lost to an empty one.
                " conflicts = case excluded.conflicts when '[]' then conflicts else excluded.conflicts end",
                (
                    verdict.command_id,
                    verdict.status,
                    verdict.code,
                    verdict.field,
                    verdict.message,
                    to_text(verdict.details),
                    to_text(list(verdict.conflicts)),
                    verdict.settled_at,
                ),
            )

    # Containment

    @property
    def contained(self) -> int:
        """Commands up to this sequence number have their effect in the replica."""
        value: int = self._store.recall("contained", 0)
        return value

    def passed(self, acknowledged: int) -> int:
        """The number up to which everything is acknowledged, held, or judged although it stands behind what is held.

        A held command has no verdict at the server, whose `acknowledged` therefore stands still before it (SHOW-7).
        """
        with self._store.transaction() as db:
            found = db.execute(
                f"select seq, status, resend {_JOINED} where seq > ? order by seq", (acknowledged,)
            ).fetchall()
        passed, behind_held = acknowledged, False
        for row in found:
            behind_held |= row["status"] == "held"
            judged = row["status"] is not None and not row["resend"]
            if row["seq"] != passed + 1 or not (behind_held and judged):
                break
            passed = row["seq"]
        return passed

    def set_contained(self, seq: int) -> None:
        """Note what a complete answer contains. It goes back only when the server's history was lost."""
        self._store.remember("contained", seq)

    def send_again(self, except_ids: Iterable[str]) -> None:
        """The server's history changed: send every kept command once more, but for those judged in the new one."""
        with self._store.transaction() as db:
            db.execute("update command set resend = 1 where answered_at_ms is not null")
            db.executemany("update command set resend = 0 where id = ?", [(id_,) for id_ in except_ids])

    def purge(self, now_ms: int) -> None:
        """Forget commands answered more than 30 days ago by the server's time, unless they are still waiting."""
        with self._store.transaction() as db:
            db.execute(
                "delete from command where answered_at_ms < ? and seq <= ? and not resend and id not in"
                " (select command_id from verdict where status = 'parked')",
                (now_ms - KEEP_DAYS * 86_400_000, self.contained),
            )

    def renumber(self) -> None:
        """This phone is a new device to the server: unsent commands keep their ids and are counted from 1 again."""
        with self._store.transaction() as db:
            db.execute("delete from command where id in (select command_id from verdict where status <> 'held')")
            seqs = [row["seq"] for row in db.execute("select seq from command order by seq")]
            for new, old in enumerate(seqs, start=1):
                db.execute("update command set seq = ?, resend = 0 where seq = ?", (new, old))
            self._store.remember("last_seq", len(seqs))
            self._store.remember("contained", 0)

    # Reading

    def shown_over_server_rows(self) -> Iterator[tuple[Command, str]]:
        """The commands whose effect the user sees although the replica lacks it, oldest first, each with its state.

        `pending`: on its way. `waiting`: parked or held. A refused command is not among them: its effect is gone.
        """
        for item in self.list_pending():
            yield item.command, "waiting" if item.status in ("waiting", "held") else "pending"

    def list_pending(self) -> list[Pending]:
        """Every command that is not settled yet, oldest first."""
        with self._store.transaction() as db:
            rows = db.execute(
                "select command.*, verdict.status, resend and verdict.status not in ('parked', 'held') as again"
                f" {_JOINED} where verdict.status is null or verdict.status in ('parked', 'held') or"
                " (seq > ? and verdict.status <> 'refused') order by seq",
                (self.contained,),
            ).fetchall()
        # What is due to be sent once more counts as unsent, whatever its verdict in the old history was.
        names = {"parked": "waiting", "held": "held", None: "unsent"}
        return [
            Pending(_command(row), "unsent" if row["again"] else names.get(row["status"], "answered")) for row in rows
        ]

    def list_verdicts(self) -> list[Verdict]:
        """The verdicts of all commands that are kept, oldest first."""
        with self._store.transaction() as db:
            rows = db.execute(
                "select verdict.*, command.seq, command.name from verdict join command on command.id = command_id"
                " order by seq"
            ).fetchall()
        return [
            Verdict(
                row["command_id"],
                row["seq"],
                row["status"],
                row["name"],
                row["code"],
                row["field"],
                row["message"],
                json.loads(row["details"]),
                tuple(json.loads(row["conflicts"])),
                row["settled_at"],
            )
            for row in rows
        ]


def _command(row: sqlite3.Row) -> Command:
    return Command(
        row["seq"],
        row["id"],
        row["name"],
        row["schema"],
        json.loads(row["payload"]),
        row["at"],
        row["uptime_ms"],
        row["boot_id"],
        tuple(json.loads(row["depends_on"])),
    )
