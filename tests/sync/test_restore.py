"""The server's history was lost: a backup is restored, and the phones bring back what had been acknowledged since."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.personas import TestCompany
from tests.sync import verdict
from tests.sync.acts import visit
from tests.sync.backups import Backup
from tests.sync.gadgets import Gadget


@pytest.fixture
def gadgets(company: TestCompany, server_url: str, tmp_path: Path) -> Iterator[list[Gadget]]:
    """Two phones of alice's."""
    chance = random.Random(1)
    found = [Gadget(company.alice, tmp_path, server_url, chance, number) for number in range(2)]
    yield found
    for gadget in found:
        gadget.close()


def _create(gadget: Gadget) -> str:
    id_ = gadget.client.new_id()
    gadget.do("customers.create", {"id": id_, "name": "Customer"})
    return id_


def _work(gadget: Gadget) -> None:
    for _ in range(3):
        visit(gadget, random.Random(3), _create(gadget))
    report = gadget.sync()
    assert report is not None
    assert report.complete


def test_what_was_acknowledged_and_lost_comes_back(
    company: TestCompany, gadgets: list[Gadget], server_url: str, tmp_path: Path
) -> None:
    for gadget in gadgets:
        _work(gadget)
    backup = Backup(company.id)
    for gadget in gadgets:
        _work(gadget)
    backup.restore()
    _work(gadgets[0])
    for gadget in gadgets * 2:
        gadget.settle()
    happened = verdict.judge(gadgets, [company], tmp_path, server_url, random.Random(4))
    assert happened["applied"] == sum(len(gadget.commands) for gadget in gadgets)


def test_two_restores_of_one_backup(
    company: TestCompany, gadgets: list[Gadget], server_url: str, tmp_path: Path
) -> None:
    """The second one gives transaction ids and sequence numbers a third meaning."""
    for _ in range(2):
        backup = Backup(company.id)
        for gadget in gadgets:
            _work(gadget)
        backup.restore()
        for gadget in gadgets:
            gadget.settle()
    for gadget in gadgets:
        gadget.settle()
    verdict.judge(gadgets, [company], tmp_path, server_url, random.Random(4))


def test_a_device_that_is_revoked_before_it_heard_of_the_restore(
    company: TestCompany, gadgets: list[Gadget], server_url: str, tmp_path: Path
) -> None:
    """Before it erases everything, it delivers what the server may have lost: nobody else has it."""
    gadget = gadgets[0]
    backup = Backup(company.id)
    _work(gadget)
    backup.restore()
    _create(gadget)
    company.dora.execute("accounts.revoke_device", {"id": gadget.device_id})
    gadget.settle()
    assert gadget.wiped
    happened = verdict.judge([gadget], [company], tmp_path, server_url, random.Random(4))
    assert happened["parked sync.device_revoked"] == len(gadget.commands)
