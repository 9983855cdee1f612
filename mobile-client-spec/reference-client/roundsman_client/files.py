"""Files that commands name: kept on the phone until the server has them, and sent by tus 1.0, resumable at any byte.

Their content lies in the store beside the commands, so that one transaction keeps both. An app with many photos keeps
files in a folder instead, synced to the disk before the command is recorded.
"""

import base64
import hashlib
import logging
from dataclasses import dataclass, field

from roundsman_client.errors import AnswerInvalid, PayloadInvalid, ServerRefused, Transient
from roundsman_client.protocol import FILES, Json
from roundsman_client.session import Session
from roundsman_client.store import Store
from roundsman_client.transport import HttpResponse

PIECE_BYTES = 1 << 20
"""So much goes up in one request: what a bad network takes back is sent again."""
_MOST_SETBACKS = 5
_TUS = {"Tus-Resumable": "1.0.0"}
_log = logging.getLogger(__name__)


@dataclass
class FilesReport:
    """What one call of `send_files` did.

    sent: hashes of files that the server has now. rejected: by hash, with the code of the reason. left: files that the
    server still awaits from this phone. problem: why there are some, if the network or the server is it.
    """

    sent: list[str] = field(default_factory=list)
    rejected: dict[str, str] = field(default_factory=dict)
    left: int = 0
    problem: str | None = None


class Files:
    """The files in the store, and their way to the server."""

    def __init__(self, store: Store, session: Session) -> None:
        self._store = store
        self._session = session

    def keep(self, content: bytes, media_type: str) -> Json:
        """Keep a file durably and return what a command names it by: `{sha256, bytes, media_type}`.

        Raises `PayloadInvalid` for an empty one.
        """
        if not content:
            raise PayloadInvalid("an empty file")
        sha256 = hashlib.sha256(content).hexdigest()
        with self._store.transaction() as db:
            db.execute(
                "insert into file (sha256, media_type, content) values (?, ?, ?) on conflict do nothing",
                (sha256, media_type, content),
            )
        return {"sha256": sha256, "bytes": len(content), "media_type": media_type}

    def find(self, sha256: str) -> bytes | None:
        """The content of a file that is kept here, to show it."""
        with self._store.transaction() as db:
            row = db.execute("select content from file where sha256 = ?", (sha256,)).fetchone()
        return None if row is None else bytes(row["content"])

    def drop_stored(self) -> None:
        """Forget files of which the server's rows say that they are stored."""
        with self._store.transaction() as db:
            db.execute(
                "delete from file where sha256 in (select json_extract(data, '$.sha256') from server_row"
                " where kind = 'attachment' and json_extract(data, '$.state') = 'stored')"
            )

    def send(self, report: FilesReport) -> None:
        """Send what the last complete answer named as missing and this phone has, one after the other.

        What time heals ends up in the report. Raises `SignInRequired`, `DeviceRevoked`.
        """
        self.drop_stored()
        waiting = self._waiting()
        report.left = len(waiting)
        try:
            for sha256 in waiting:
                self._send_one(sha256, report)
                report.left -= 1
                named = self._store.recall("missing_files", [])
                self._store.remember("missing_files", [other for other in named if other != sha256])
        except Transient as trouble:
            report.problem = str(trouble)

    def _waiting(self) -> list[str]:
        named = self._store.recall("missing_files", [])
        with self._store.transaction() as db:
            rows = db.execute("select sha256 from file where rejected is null").fetchall()
        here = {row["sha256"] for row in rows}
        return [sha256 for sha256 in named if sha256 in here]

    def _send_one(self, sha256: str, report: FilesReport) -> None:
        for _ in range(_MOST_SETBACKS):
            try:
                self._go_on(sha256)
            except ServerRefused as refusal:
                if refusal.status in (404, 409, 410, 460) or refusal.code == "files.hash_mismatch":
                    _log.info("upload of %s set back: %s", sha256, refusal.code)
                    if refusal.status not in (409, 460):
                        self._note(sha256, "upload", None)  # it is gone: create it anew
                    continue
                if refusal.status not in (413, 422):
                    raise
                self._note(sha256, "rejected", refusal.code)  # this content is never taken; it stays, to be shown
                report.rejected[sha256] = refusal.code
                return
            report.sent.append(sha256)
            return
        raise AnswerInvalid("an upload that does not move on")

    def _go_on(self, sha256: str) -> None:
        """From where the upload stands to its end."""
        with self._store.transaction() as db:
            row = db.execute(
                "select media_type, length(content) as bytes, upload from file where sha256 = ?", (sha256,)
            ).fetchone()
        path, size = row["upload"], row["bytes"]
        if path is None:
            path, offset = self._create(sha256, row["media_type"], size)
        else:
            offset = _offset(self._session.exchange("HEAD", path, _TUS))
        while offset < size:
            response = self._patch(path, offset, self._piece(sha256, offset))
            if _offset(response) <= offset:
                raise AnswerInvalid("an upload that does not move on")
            offset = _offset(response)

    def _create(self, sha256: str, media_type: str, size: int) -> tuple[str, int]:
        """The upload's path, remembered, and how much of it the server has already."""
        metadata = ",".join(
            f"{name} {_base64(value.encode())}" for name, value in (("sha256", sha256), ("media_type", media_type))
        )
        headers = {**_TUS, "Upload-Length": str(size), "Upload-Metadata": metadata}
        response = self._session.exchange("POST", FILES, headers)
        id_ = response.headers.get("location", "").rstrip("/").rpartition("/")[2]
        if not id_:
            raise AnswerInvalid("an upload without an address")
        self._note(sha256, "upload", FILES + id_)
        return FILES + id_, _offset(response)

    def _patch(self, path: str, offset: int, piece: bytes) -> HttpResponse:
        headers = {
            **_TUS,
            "Content-Type": "application/offset+octet-stream",
            "Upload-Offset": str(offset),
            "Upload-Checksum": f"sha256 {_base64(hashlib.sha256(piece).digest())}",
        }
        return self._session.exchange("PATCH", path, headers, piece)

    def _piece(self, sha256: str, offset: int) -> bytes:
        with self._store.transaction() as db:
            row = db.execute(
                "select substr(content, ?, ?) as piece from file where sha256 = ?", (offset + 1, PIECE_BYTES, sha256)
            ).fetchone()
        return bytes(row["piece"])

    def _note(self, sha256: str, column: str, value: str | None) -> None:
        with self._store.transaction() as db:
            db.execute(f"update file set {column} = ? where sha256 = ?", (value, sha256))


def _offset(response: HttpResponse) -> int:
    try:
        return int(response.headers["upload-offset"])
    except (KeyError, ValueError) as error:
        raise AnswerInvalid("an upload without an offset") from error


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode()
