"""Acknowledged means stored: sixteen devices push at once; every verdict's command is there, with one effect."""

import random
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from core.fence import company_fence
from core.models import CommandRecord, Entry
from customers.models import Customer
from tests.concurrency.installation import WebServer
from tests.concurrency.phone import Phone, Unavailable, record_work
from tests.personas import PASSWORD, TestCompany
from visits.models.visits import CheckIn, Visit, VisitLog

_DEVICES = 16
_ROUNDS = 6


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The web server with two workers, on this test run's own database."""
    from django.conf import settings

    environment = {"ROUNDSMAN_SECRET_KEY": settings.SECRET_KEY, "ROUNDSMAN_KEYS": str(settings.KEYS_DIR)}
    server = WebServer(tmp_path_factory.mktemp("web"), environment)
    yield server
    server.close()


def _work(phone: Phone, seed: int) -> None:
    """Record and push; one request in eight is sent by two connections at once, as an impatient phone would."""
    luck = random.Random(seed)
    customers: list[str] = []
    for _ in range(_ROUNDS):
        for _ in range(luck.randint(1, 6)):
            record_work(phone, customers, luck)
        if luck.random() < 0.125:
            other = Phone(phone.url, phone.company, phone.username, phone.password, device=phone.device)
            other.outbox = list(phone.outbox)
            with ThreadPoolExecutor(1) as impatient:
                twin = impatient.submit(_sync, other)
                _sync(phone)
                twin.result()
            shared = phone.verdicts.keys() & other.verdicts.keys()
            assert shared
            assert all(phone.verdicts[id_] == other.verdicts[id_] for id_ in shared)
            other.close()
        else:
            _sync(phone)


def _sync(phone: Phone) -> None:
    try:
        phone.sync()
    except Unavailable:
        phone.drain()


def test_what_was_acknowledged_is_stored(web: WebServer, company: TestCompany) -> None:
    people = ["alice", "bob", "zed", "carol"]
    phones = [Phone(web.url, company.code, people[n % len(people)], PASSWORD) for n in range(_DEVICES)]
    for phone in phones:
        phone.drain()
    with ThreadPoolExecutor(_DEVICES) as threads:
        for done in [threads.submit(_work, phone, seed) for seed, phone in enumerate(phones)]:
            done.result()
    for phone in phones:
        phone.drain()
        assert phone.acknowledged == phone.seq == len(phone.verdicts)
    verdicts = {id_: verdict for phone in phones for id_, verdict in phone.verdicts.items()}
    assert len(verdicts) > 16 * _ROUNDS
    assert {verdict["status"] for verdict in verdicts.values()} <= {"applied", "merged"}
    with company_fence(company.id):
        records = list(CommandRecord.objects.filter(company_id=company.id, id__in=verdicts))
        assert {str(record.id): record.status for record in records} == {
            id_: verdict["status"] for id_, verdict in verdicts.items()
        }
        made = {
            "customers.create": (Customer, "id"),
            "visits.check_in": (Visit, "visit_id"),
            "visits.log": (VisitLog, "id"),
        }
        for name, (model, member) in made.items():
            wanted = {record.payload[member] for record in records if record.name == name}
            assert wanted
            assert {str(id_) for id_ in model.objects.filter(id__in=wanted).values_list("id", flat=True)} == wanted
            assert Entry.objects.filter(id__in=wanted, body__isnull=False).count() == len(wanted)
        evidence = {record.id for record in records if record.name in ("visits.check_in", "visits.check_out")}
        assert set(CheckIn.objects.filter(id__in=evidence).values_list("id", flat=True)) == evidence
        assert CheckIn.objects.filter(company_id=company.id).count() == len(evidence)
    for phone in phones:
        phone.drain()
        assert phone.replica == phone.fresh()
        phone.close()
