"""Signing keys: made once, rotated by command, never in the way of tokens that are still valid."""

import io
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from multiprocessing import get_context
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from accounts import signing_keys, tokens
from accounts.signing_keys import KeyRing, make_first_key, make_key, rotate
from core.errors import Unauthenticated
from tests.personas import TestCompany


@pytest.fixture
def keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A directory of keys of its own, in use by this process."""
    directory = tmp_path / "keys"
    monkeypatch.setattr(settings, "KEYS_DIR", directory)
    monkeypatch.setattr(tokens, "_keys", KeyRing(directory, on_change=tokens._verified.clear))
    yield directory
    tokens._verified.clear()


def rotation(*options: str) -> str:
    out = io.StringIO()
    call_command("rotate_signing_keys", *options, stdout=out)
    return out.getvalue()


def kids(directory: Path) -> list[str]:
    return sorted(path.stem for path in directory.glob("*.pem"))


def test_first_key_is_made_at_the_first_signature(keys: Path, company: TestCompany) -> None:
    assert not keys.exists()
    token = company.alice.sign_in().json()["access_token"]
    assert len(kids(keys)) == 1
    assert tokens.verify(token).user_id == company.alice.id
    assert stat.S_IMODE(next(keys.glob("*.pem")).stat().st_mode) == 0o600
    assert stat.S_IMODE(keys.stat().st_mode) == 0o700


def test_processes_at_their_first_start_make_one_key(tmp_path: Path) -> None:
    directory = tmp_path / "keys"
    with get_context("fork").Pool(4) as pool:
        pool.map(make_first_key, [directory] * 16)
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(make_first_key, [directory] * 16))
    assert len(kids(directory)) == 1


def test_rotation_keeps_old_tokens_valid(keys: Path, company: TestCompany) -> None:
    old = company.alice.sign_in().json()["access_token"]
    first = kids(keys)
    assert "signs from now on" in rotation()
    new = company.alice.sign_in().json()["access_token"]
    assert tokens._keys.signing_key()[0] == kids(keys)[-1] not in first
    tokens._verified.clear()
    assert tokens.verify(old).user_id == tokens.verify(new).user_id


def test_another_process_learns_of_a_new_key_by_its_first_token(keys: Path, company: TestCompany) -> None:
    company.alice.client()
    another = KeyRing(keys)
    another.signing_key()
    kid = make_key(keys)
    another._looked_at -= 1
    assert another.public_key(kid) is not None
    assert another.public_key("20990101-unknown") is None


def test_old_keys_go_when_their_tokens_have_run_out(tmp_path: Path) -> None:
    first = make_key(tmp_path)
    second, removed = rotate(tmp_path, keep=timedelta(minutes=16))
    assert removed == []
    _, removed = rotate(tmp_path, keep=timedelta(0))
    assert removed == [first, second]


def test_dropped_keys_verify_nothing_from_now_on(
    keys: Path, company: TestCompany, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = company.alice.sign_in().json()["access_token"]
    assert tokens.verify(old)
    assert rotation("--drop-old").count("removed") == 1
    monkeypatch.setattr(signing_keys, "_LOOK_AGAIN_S", -1.0)
    tokens._keys.look(-1.0)  # at the latest 5 s later
    with pytest.raises(Unauthenticated):
        tokens.verify(old)
    assert tokens.verify(company.alice.sign_in().json()["access_token"])


def test_a_file_that_is_no_ed25519_key_is_not_overlooked(tmp_path: Path) -> None:
    (tmp_path / "a.pem").write_text("no key")
    with pytest.raises(ValueError, match="PEM"):
        KeyRing(tmp_path).signing_key()
