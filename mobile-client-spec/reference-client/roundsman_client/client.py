"""The client as an app uses it: sign in, do things, sync, read rows. Everything else in this package is behind it.

    client = Client("phone.sqlite", "https://crm.example.com")
    client.sign_in("demo", "rep1", password, "Pixel 9")
    client.sync()
    client.do("visits.check_in", {"visit_id": client.new_id(), "customer_id": customer.id, "fix": fix})
    report = client.sync()

`do` and the reading methods never touch the network and may be called while another thread is inside `sync`.
"""

import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

from roundsman_client.clock import Clock, SystemClock
from roundsman_client.digest import Digest
from roundsman_client.errors import DeviceRevoked, PayloadInvalid, UnsentWork
from roundsman_client.files import Files, FilesReport
from roundsman_client.ids import IdMaker
from roundsman_client.link import Link
from roundsman_client.outbox import Outbox, Pending
from roundsman_client.overlay import LocalRow, Overlay
from roundsman_client.protocol import (
    COMMAND_BYTES,
    COMMAND_SCHEMAS,
    PAGE_BYTES,
    Json,
    Row,
    Verdict,
    holds_nul,
    to_text,
)
from roundsman_client.receiver import Receiver
from roundsman_client.repair import Repairs
from roundsman_client.replica import Replica
from roundsman_client.revocation import Revocation
from roundsman_client.session import Session
from roundsman_client.store import Store
from roundsman_client.sync import Sync, SyncReport
from roundsman_client.trail import Trail, TrailReport
from roundsman_client.transport import HttpTransport, Transport

_APP_VERSION = "0.1.0"
_log = logging.getLogger(__name__)


class Client:
    """One phone of one user: a store, a session and the sync between them. Several may live in one process."""

    def __init__(
        self,
        store_path: str | Path,
        base_url: str = "",
        *,
        clock: Clock | None = None,
        transport: Transport | None = None,
        language: str = "en",
        page_bytes: int = PAGE_BYTES,
        platform: str = "other",
    ) -> None:
        """store_path: the SQLite file, made if missing. base_url: the server; not needed when a transport is given.

        language: of the server's messages (`en`, `zh-Hans`). page_bytes: the wished size of a page of an answer.
        """
        self._clock = clock or SystemClock()
        self._platform = platform
        self._link = Link(transport or HttpTransport(base_url), language)
        self._ids = IdMaker(self._clock)
        self._store = Store(store_path)
        self._outbox = Outbox(self._store)
        self._replica = Replica(self._store)
        self._repairs = Repairs(self._store, self._replica)
        self._overlay = Overlay(self._store, self._outbox)
        self._receiver = Receiver(self._store, self._outbox, self._replica, self._repairs, self._overlay)
        self._session = Session(self._store, self._outbox, self._link, self._clock, self._ids)
        self._revocation = Revocation(self._store, self._outbox, self._session, self._link, self._clock)
        self._sync = Sync(self._session, self._outbox, self._receiver, self._repairs, self._clock, page_bytes)
        self._files = Files(self._store, self._session)
        self._trail = Trail(self._store, self._session, self._clock)
        self._syncing = threading.Lock()
        self._outbox.release_held()
        # The app may have been killed between storing a command and showing it.
        self._overlay.rebase()

    # Signing in and out

    def sign_in(
        self,
        company: str,
        username: str,
        password: str,
        device_name: str,
        *,
        new_device: bool = False,
        code: str | None = None,
    ) -> None:
        """Sign in on this phone; needs the network. Signing in again keeps rows and outbox.

        new_device: become a new device, for a phone that was revoked with unsent work on it; that work is sent under
        the new one. code: of the user's second factor, once the server has asked for it (`accounts.code_required`).
        Raises `OtherUser`, `DeviceRevoked`, `ServerRefused` (such as a wrong password), `Transient`.
        """
        device = {"name": device_name, "platform": self._platform, "app_version": _APP_VERSION}
        with self._syncing:
            try:
                self._session.sign_in(company, username, password, device, new_device=new_device, code=code)
            except DeviceRevoked as revoked:
                self._revocation.carry_out(revoked)
                raise

    def sign_out(self) -> bool:
        """Forget the tokens. Rows and outbox stay for this user's next sign-in. Returns whether the server was told."""
        with self._syncing:
            return self._session.sign_out()

    @property
    def user(self) -> Json:
        """Who is signed in: `{id, name, roles, org_unit_id}`. Raises `NotSignedIn`."""
        user: Json = self._session.identity["user"]
        return user

    @property
    def device_id(self) -> str:
        """This phone's id at the server. Raises `NotSignedIn`."""
        return str(self._session.identity["device_id"])

    @property
    def signed_in(self) -> bool:
        """Whether there are tokens; without them, recording goes on and syncing asks for the password."""
        return self._session.has_tokens

    @property
    def server_level(self) -> int | None:
        """The server's API level at the last sign-in or refresh, None before the first.

        Below the level that the app was built for, some of its commands wait for the server's update (parked).
        """
        return self._session.server_level

    # Doing

    def new_id(self) -> str:
        """An id for a row that the next command makes."""
        return self._ids.next()

    def do(self, name: str, payload: Json, depends_on: Sequence[str] = (), *, schema: int | None = None) -> str:
        """Record a command and return its id. When this returns, it is on the disk and shows its effect.

        depends_on: ids of commands without which this one makes no sense. schema: the version of the payload, by
        default the one that this app writes. Raises `PayloadInvalid`, `NotSignedIn`.
        """
        self.user  # noqa: B018 - raises NotSignedIn: a command needs somebody who gave it
        try:
            text = to_text(payload)
        except (TypeError, ValueError, RecursionError) as error:
            raise PayloadInvalid(str(error)) from error
        if holds_nul(payload):
            raise PayloadInvalid("a NUL character")
        if len(text.encode()) > COMMAND_BYTES:
            raise PayloadInvalid(f"more than {COMMAND_BYTES} bytes")
        written = schema or COMMAND_SCHEMAS.get(name, 1)
        command = self._outbox.record(self._ids.next(), name, text, written, self._clock.read(), depends_on)
        self._overlay.show(command)
        return command.id

    def seq_of(self, command_id: str) -> int | None:
        """The number of a command that is kept here."""
        return self._outbox.seq_of(command_id)

    def changes(self, kind: str, id_: str, **values: Any) -> Json:
        """The payload of an edit: `{id, changes: {field: {from, to}}}`, based on what the user sees of that row."""
        row = self.row(kind, id_)
        seen = dict(row.data) if row else {}
        if kind == "site" and seen.get("lat") is not None:
            seen["position"] = {"lat": seen["lat"], "lon": seen["lon"]}  # one value, for it changes as one
        return {"id": id_, "changes": {field: {"from": seen.get(field), "to": to} for field, to in values.items()}}

    def keep_file(self, content: bytes, media_type: str) -> Json:
        """Keep a photo, a signature or a recording; returns what a command names it by: `{sha256, bytes, media_type}`.

        It stays here until the server has it. Raises `PayloadInvalid` for an empty one.
        """
        return self._files.keep(content, media_type)

    def find_file(self, sha256: str) -> bytes | None:
        """The content of a file that is still kept here."""
        return self._files.find(sha256)

    def note_position(self, lat: float, lon: float, accuracy_m: float | None) -> None:
        """Keep one position of the user's trail, measured now. lat, lon: degrees, WGS-84."""
        self._trail.note_position(lat, lon, accuracy_m)

    def note_tracking(self, state: str) -> None:
        """Keep what is true of the tracking from now on, such as `no_signal`: it explains a gap in the trail."""
        self._trail.note_state(state)

    # Syncing

    def sync(self, digests: str = "sample") -> SyncReport:
        """Send what is recorded and take what changed. One call at a time; a second one waits for the first.

        digests: `all` compares every scope with the server. Network trouble and a busy server are in the report
        (`complete`, `problem`, `retry_after_s`). Raises `NotSignedIn`, `SignInRequired`, `DeviceRevoked` (everything
        delivered and erased), `ServerRefused`, `AnswerInvalid`.
        """
        report = SyncReport()
        with self._connected():
            self._link.traffic = report
            if (unfinished := self._revocation.unfinished()) is not None:
                raise unfinished
            self._sync.run(report, digests)
        _log.info("sync: %s", report)
        return report

    def send_files(self) -> FilesReport:
        """Send the files that the server awaits from this phone; call it after a sync, when the network is good.

        What is interrupted goes on where it stood. Raises `NotSignedIn`, `SignInRequired`, `DeviceRevoked`.
        """
        report = FilesReport()
        with self._connected():
            self._files.send(report)
        _log.info("files: %s", report)
        return report

    def send_trail(self) -> TrailReport:
        """Send the positions that are kept here; call it after a sync, some minutes apart.

        Raises `NotSignedIn`, `SignInRequired`, `DeviceRevoked`.
        """
        report = TrailReport()
        with self._connected():
            self._trail.send(report)
        _log.info("trail: %s", report)
        return report

    def reset(self) -> SyncReport:
        """Flush, then fetch everything anew. What is held back stays, and does not hinder it.

        Raises `UnsentWork`, with nothing changed, if the flush failed.
        """
        self.sync()
        if unsent := self._outbox.count_unsent() - self._outbox.count_held():
            raise UnsentWork(unsent)
        with self._syncing:
            self._receiver.drop_cursor()
        return self.sync()

    @contextmanager
    def _connected(self) -> Iterator[None]:
        """One call at a time; a device that turns out to be revoked delivers and erases everything first."""
        with self._syncing:
            try:
                yield
            except DeviceRevoked as revoked:
                self._revocation.carry_out(revoked)
                raise

    # Reading

    def rows(self, kind: str) -> list[LocalRow]:
        """The rows of a kind as the user sees them: the server's, with his pending commands on top."""
        return self._overlay.list_rows(kind)

    def kinds(self) -> list[str]:
        """The kinds of which there are rows to see, also those that this version does not know."""
        return self._overlay.list_kinds()

    def row(self, kind: str, id_: str) -> LocalRow | None:
        """One row as the user sees it."""
        return self._overlay.find(kind, id_)

    def server_rows(self) -> dict[tuple[str, str], Row]:
        """The replica alone: (kind, id) → row with scope, version, tag and data."""
        return {(row.kind, row.id): row for row in self._replica.rows()}

    @property
    def has_cursor(self) -> bool:
        """Whether the next pull goes on from an earlier one."""
        return self._receiver.has_cursor

    def digests(self) -> dict[str, Digest]:
        """Scope → digest of what is here of it."""
        return {scope: self._replica.digest(scope) for scope in self._replica.list_scopes()}

    def verdicts(self) -> list[Verdict]:
        """What became of this phone's commands, oldest first; a parked one changes when somebody settles it."""
        return self._outbox.list_verdicts()

    def conflicts(self) -> list[LocalRow]:
        """Edits of a field that met another edit; `sync.restore_value` brings the losing value back."""
        return self._overlay.list_rows("conflict")

    def pending(self) -> list[Pending]:
        """Commands that are not settled: unsent, answered but not yet seen in rows, waiting (parked), held."""
        return self._outbox.list_pending()

    def repairs(self) -> dict[str, int]:
        """Rows that repairs found wrong since the store was made, by kind. Anything here is a bug report."""
        return self._repairs.totals()

    def close(self) -> None:
        """Close the store and the connection. Nothing is lost by not calling it."""
        self._link.close()
        self._store.close()

    def __enter__(self) -> "Client":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
