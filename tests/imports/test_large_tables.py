"""Large tables: memory stays flat, and a real worker takes them over."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.fence import company_fence
from core.imports import applying, checking, commands
from core.imports.models import Import, Mode
from customers.models import Customer
from tests.imports.tables import counts, lines, upload
from tests.personas import TestCompany

ROOT = Path(__file__).resolve().parents[2]
ROWS = 10_000


def resident_mb() -> float:
    """Memory of this process that is in use."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


@pytest.mark.slow
def test_memory_stays_flat(company: TestCompany, tmp_path: Path) -> None:
    """10,000 rows of 1,900 bytes: 19 MB of text that neither reading, checking nor applying ever holds whole."""
    path = tmp_path / "customers.csv"
    with path.open("wb") as file:
        file.write(lines("code,name,notes"))
        for number in range(ROWS):
            file.write(lines(f"C{number},Customer {number},{f'{number:09d} ' * 188}"))
    assert path.stat().st_size > 18_000_000
    seen: list[float] = []
    actor = company.actor("dora")
    with path.open("rb") as table:
        item = commands.upload(actor, "customers", table, file_name="customers.csv")
        seen.append(resident_mb())
        checking.check(item, actor, lambda done: seen.append(resident_mb()))
        applying.begin(item, actor, Mode.ALL_OR_NOTHING)
        applying.apply(item, actor, lambda done: seen.append(resident_mb()))
    assert item.counts == {"create": ROWS}
    warm = seen[3]  # after some parts: what is loaded and cached once is there
    assert max(seen) - warm < 20, f"grew from {warm:.0f} to {max(seen):.0f} MB"


@pytest.mark.slow
def test_a_worker_checks_and_applies(company: TestCompany, monkeypatch: pytest.MonkeyPatch) -> None:
    """The jobs as an operator runs them: `manage.py procrastinate worker`."""
    monkeypatch.setattr("core.imports.running.AT_ONCE", 10)
    client = company.dora.client()
    rows = [f"C{number},Customer {number}" for number in range(600)]
    body = upload(client, "customers", lines("code,name", *rows)).json()
    assert body["state"] == "checking"
    work()
    body = client.get(f"/api/v1/imports/{body['id']}").json()
    assert (body["state"], counts(body)) == ("checked", {"create": 600})
    assert client.call("POST", f"/api/v1/imports/{body['id']}/apply", {}).status_code == 202
    work()
    body = client.get(f"/api/v1/imports/{body['id']}").json()
    assert (body["state"], counts(body)) == ("applied", {"create": 600})
    with company_fence(company.id):
        assert Customer.objects.count() == 600
        assert Import.objects.get().applied_by_id == company.dora.id


def work() -> None:
    """Run a worker until nothing waits."""
    command = [sys.executable, str(ROOT / "manage.py"), "procrastinate", "worker", "--one-shot", "--queues", "imports"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
