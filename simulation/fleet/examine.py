"""The examination of devices at rest: beside the truth, as a new device of the same user gets it."""

from collections.abc import Sequence
from pathlib import Path
from threading import Lock

from simulation import proof
from simulation.fleet import checks
from simulation.fleet.checks import Check
from simulation.fleet.evidence import Evidence, Json
from simulation.fleet.handset import Handset
from simulation.fleet.setting import Roster
from simulation.fleet.timed import timed_office
from simulation.fleet.watch import count_watched, list_regressions


class Examiner:
    """Examines devices and notes what it finds. Several threads may use it."""

    def __init__(self, roster: Roster, evidence: Evidence, folder: Path) -> None:
        """folder: for the files of new devices, which are thrown away."""
        self._roster = roster
        self._evidence = evidence
        self._folder = folder
        server = roster.server
        self._desk = timed_office(server.url, server.company, server.admin, server.password, evidence)
        self._at_the_desk = Lock()

    def close(self) -> None:
        """Leave the desk."""
        self._desk.close()

    def examine(self, handsets: Sequence[Handset], allowed: set[str]) -> None:
        """All devices of one user. allowed: the scopes that he may see."""
        first = handsets[0]
        server = self._roster.server
        store = self._folder / f"new-{first.store.name}"
        fresh = proof.fresh_pull(server.url, server.company, first.username, self._roster.password, store)
        store.unlink()
        self._evidence.note_entries(fresh.values())
        for handset in handsets:
            records = self._records_of(handset)
            self._evidence.note_records(handset.client.device_id, records)
            self._examine_one(handset, fresh, records, allowed)

    def _examine_one(self, handset: Handset, fresh: proof.Rows, records: list[Json], allowed: set[str]) -> None:
        client = handset.client
        verdicts = client.verdicts()
        waiting = sum(record["verdict"]["status"] == "parked" for record in records)
        rows = client.server_rows()
        shown = [row for kind in sorted({kind for kind, _ in fresh}) for row in client.rows(kind)]
        recorded = handset.recorded
        found = {
            Check.COMMANDS: (
                proof.check_commands(recorded, verdicts, records, may_wait=True),
                len(recorded),
            ),
            Check.REPLICAS: (proof.compare_rows(rows, fresh) + checks.check_view(shown, waiting), len(fresh)),
            Check.GRANTS: (checks.check_grants(client.digests(), allowed), len(allowed)),
            Check.VERSIONS: (list_regressions(handset.store), count_watched(handset.store)),
            Check.TOLD: (checks.check_told(records, verdicts, fresh), len(records)),
            Check.REPAIRS: (checks.check_repairs(client.repairs()), 1),
            Check.TIMES: (
                checks.check_times(recorded, handset.attempts, records),
                len(recorded),
            ),
        }
        for check, (faults, examined) in found.items():
            self._evidence.note_findings(check, handset.name, faults, examined)

    def _records_of(self, handset: Handset) -> list[Json]:
        """The server's records of what this device pushed."""
        with self._at_the_desk:
            records = list(self._desk.each("sync/commands", device_id=handset.client.device_id, limit=200))
        return [record for record in records if record["door"] == "push"]
