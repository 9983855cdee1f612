"""Pages under concurrent writers: whatever order they take turns in, every replica ends equal to the truth.

The negative controls break one rule each, and must be caught: a test that cannot see the fault proves nothing.
"""

import os
import random
from dataclasses import replace
from typing import Any

import pytest

from sync import pull as pull_module
from sync.proof import check_company
from sync.snapshots import Snapshot
from tests.personas import make_company
from tests.sync.interleaving import play
from tests.sync.phones import Phone, truth

pytestmark = pytest.mark.usefixtures("tiny_pages")
_RUNS = 12
_MOST_RUNS = 200  # of a control: most are caught in the first few
_SEED = int(os.environ.get("ROUNDSMAN_SEED") or random.SystemRandom().randrange(2**32))


def _wrong(phones: list[Phone]) -> list[str]:
    """What is wrong with which phone."""
    found = []
    for phone in phones:
        expected = truth(phone.actor.user_id)
        if phone.view() != expected:
            missing, surplus = expected.keys() - phone.view().keys(), phone.view().keys() - expected.keys()
            stale = {key for key in expected.keys() & phone.view().keys() if expected[key] != phone.view()[key]}
            found.append(f"missing {missing}, surplus {surplus}, stale {stale}")
        elif phone.digests() != Phone(phone.actor).sync(digests="all")[-1]["digests"]:
            found.append("digests")
    return found


def test_every_replica_equals_the_truth() -> None:
    for run in range(_RUNS):
        company = make_company()
        phones = play(_SEED + run, company)
        assert not (wrong := _wrong(phones)), f"ROUNDSMAN_SEED={_SEED + run}: {wrong}"
        assert not any(part.total for part in check_company(company.id)), f"ROUNDSMAN_SEED={_SEED + run}"


def test_control_tombstones_without_the_scope_rule_are_caught() -> None:
    _must_be_caught(scope_rule=False)


def test_control_the_last_pages_snapshot_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    right = pull_module._next

    def last_page(cursor: Any, page: Any, *rest: Any) -> Any:
        if cursor is not None and cursor.paging is not None:
            cursor = replace(cursor, paging=replace(cursor.paging, snapshot=Snapshot.parse(page.snapshot)))
        return right(cursor, page, *rest)

    monkeypatch.setattr(pull_module, "_next", last_page)
    _must_be_caught()


def test_control_seen_judged_by_the_first_page_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """Judging "seen" by the answer's own snapshot instead of the old cursor hides what further pages should bring."""
    right = pull_module._next

    def own(cursor: Any, page: Any, *rest: Any) -> Any:
        following = right(cursor, page, *rest)
        return replace(following, seen=following.paging.snapshot) if following.paging else following

    monkeypatch.setattr(pull_module, "_next", own)
    _must_be_caught()


def _must_be_caught(**phone_options: Any) -> None:
    caught = (_wrong(play(_SEED + run, make_company(), **phone_options)) for run in range(_MOST_RUNS))
    assert any(caught), f"not caught in {_MOST_RUNS} runs, ROUNDSMAN_SEED={_SEED}"
