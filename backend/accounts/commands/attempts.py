"""Counting failed sign-ins, per user name of a company (codes of the second factor: per user) and per address.

Every worker sees the same counts.
"""

import hashlib
import hmac
from collections.abc import Iterable
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Greatest

from accounts.errors import LockedOut
from accounts.models import SignInAttempt

PER_NAME = 5
"""So many failures in a row lock a name: the first time for a minute, at most for 15."""


def charge(company: str, username: str, address: str) -> None:
    """Count an attempt before its password is looked at. Raises LockedOut with the seconds to wait."""
    _charge_both(_name_key(company, username), address)


def charge_code(user_id: UUID, address: str) -> None:
    """The same for a code of a user whose password was right. Raises LockedOut."""
    _charge_both(_code_key(user_id), address)


def take_back(company: str, username: str, address: str) -> None:
    """The attempt succeeded: the name is free of failures, the address has one less."""
    _take_back(_name_key(company, username), address)


def take_back_code(user_id: UUID, address: str) -> None:
    """The code was right."""
    _take_back(_code_key(user_id), address)


def forget(company: str, username: str) -> None:
    """Free a name of its failures and its lock."""
    SignInAttempt.objects.filter(key=_name_key(company, username)).delete()


def forget_codes(user_ids: Iterable[UUID]) -> None:
    """Free users of the failures and locks of their codes."""
    SignInAttempt.objects.filter(key__in=[_code_key(user_id) for user_id in user_ids]).delete()


def _charge_both(key: bytes, address: str) -> None:
    with transaction.atomic():
        waits = [_charge(_address_key(address), settings.SIGN_IN_FAILURES_PER_ADDRESS)]
        if not waits[0]:
            waits.append(_charge(key, PER_NAME))
    if any(waits):
        raise LockedOut(retry_after_s=max(waits))


def _take_back(key: bytes, address: str) -> None:
    with transaction.atomic():
        # In the order in which `_charge_both` locks the two rows.
        rows = SignInAttempt.objects.filter(key=_address_key(address))
        rows.update(failures=Greatest(F("failures") - 1, 0), locked_until=None)
        SignInAttempt.objects.filter(key=key).delete()


def _charge(key: bytes, free: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute("select accounts_charge_attempt(%s, %s)", [key, free])
        wait_s: int = cursor.fetchone()[0]
        return wait_s


def _name_key(company: str, username: str) -> bytes:
    return _key(f"name|{company}|{username}")


def _code_key(user_id: UUID) -> bytes:
    return _key(f"code|{user_id}")


def _address_key(address: str) -> bytes:
    return _key(f"address|{address}")


def _key(text: str) -> bytes:
    return hmac.digest(settings.SECRET_KEY.encode(), text.encode(), hashlib.sha256)
