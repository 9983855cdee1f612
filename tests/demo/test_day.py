"""A small day: two reps, three devices, made tracks, a real server; and what the proof says of a tampered replica."""

import os
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from config.demo_company.load import load
from config.demo_company.people import PASSWORD
from roundsman_client.protocol import parse_pull
from simulation.__main__ import main
from simulation.day import Day, Setting
from simulation.show import Show
from tests.web_server import free_port, web_server

SEED = 11


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The address of a running server on this process's database."""
    port = free_port()
    with web_server(port, workers=2, jobs=True):  # which look into the photos
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(scope="module")
def code() -> str:
    """The code of a demo company of its own."""
    company = f"day-{os.getpid()}"
    load(company)
    return company


@pytest.fixture(scope="module")
def printed() -> StringIO:
    """What the day has printed."""
    return StringIO()


@pytest.fixture(scope="module")
def day(server: str, code: str, printed: StringIO, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    """A day that has been lived, up to the last sync."""
    folder = tmp_path_factory.mktemp("phones")
    console = Console(file=printed, width=100)
    lived = Day(Setting(server, code, PASSWORD, 2, None, folder, SEED), Show(console))
    lived.live()
    yield lived
    lived.close()


def test_the_day_is_proven(day: Day, printed: StringIO) -> None:
    assert day.prove(), printed.getvalue()
    text = printed.getvalue()
    assert "PROVEN: 3 replicas" in text and "已证明：3 个副本" in text
    assert "✗" not in text
    statuses = {verdict.status for phone in day.devices for verdict in phone.client.verdicts()}
    assert statuses == {"applied", "merged", "refused"}
    assert any(sum(phone.network.seen.values()) > 1 for phone in day.devices), "the bad network was a good one"


@pytest.mark.parametrize(
    ("tampering", "told"),
    [
        ("update server_row set data = replace(data, '{', '{\"x\":1,') where rowid_ is first", "data is"),
        ("update server_row set scope = lower(hex(randomblob(16))) where rowid_ is first", "scope is"),
        ("delete from server_row where rowid_ is first", "lacks customer"),
        ("update server_row set id = lower(hex(randomblob(16))) where rowid_ is first", "holds customer"),
    ],
)
def test_a_tampered_replica_is_found(day: Day, printed: StringIO, tampering: str, told: str) -> None:
    phone = day.devices[1]
    first = "id = (select min(id) from server_row where kind = 'customer') and kind = 'customer'"
    with sqlite3.connect(phone.store) as store:
        before = store.execute("select * from server_row").fetchall()
        store.execute(tampering.replace("rowid_ is first", first))
        store.commit()
    printed.seek(0)
    printed.truncate()
    try:
        assert not day.prove()
    finally:
        with sqlite3.connect(phone.store) as store:
            store.execute("delete from server_row")
            store.executemany("insert into server_row values (?, ?, ?, ?, ?, ?)", before)
            store.commit()
    assert f"✗ {phone.name}" in printed.getvalue()
    assert told in printed.getvalue()
    assert "NOT PROVEN" in printed.getvalue()


def test_a_command_that_never_arrived_is_found(day: Day, printed: StringIO) -> None:
    phone = day.devices[0]
    lost = phone.recorded[3]
    phone.recorded.append(type(lost)(phone.client.new_id(), lost.name, lost.at, lost.boot, lost.offered_at))
    try:
        assert not day.prove()
    finally:
        phone.recorded.pop()
    assert "is not on the server" in printed.getvalue()


def test_a_second_day_in_the_same_company(
    server: str, code: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--server", server, "--company", code, "--reps", "2", "--seed", "12", "--tracks", str(tmp_path / "none")]
    assert main([*options, "--folder", str(tmp_path)]) == 0
    assert "PROVEN: 3 replicas" in capsys.readouterr().out
    assert sorted(path.name for path in tmp_path.glob("*.sqlite")) == [
        "rep1-phone.sqlite",
        "rep1-tablet.sqlite",
        "rep2-phone.sqlite",
    ]


def test_phones_that_do_not_drop_what_was_taken_away_are_found(
    server: str, code: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("roundsman_client.sync.parse_pull", lambda body: replace(parse_pull(body), leave=()))
    options = ["--server", server, "--company", code, "--reps", "2", "--tracks", str(tmp_path / "none")]
    assert main([*options, "--folder", str(tmp_path)]) == 1
    shown = capsys.readouterr().out
    assert "✗ Reassigned and unshared customers have left the phone" in shown
    assert "✗ rep2 phone: holds contact" in shown


def test_a_wrong_password_and_a_server_that_is_not_there(
    server: str, code: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--company", code, "--reps", "2", "--folder", str(tmp_path)]
    assert main(["--server", server, *options, "--password", "another"]) == 2
    nobody = f"http://127.0.0.1:{free_port()}"
    assert main(["--server", nobody, *options]) == 2
    assert capsys.readouterr().out.count("提前中止") == 2
