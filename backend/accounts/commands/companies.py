"""Making a company, which nobody of the company can ask for: the operator does, on the command line."""

import re
from uuid import UUID

from django.db import IntegrityError

from accounts import queries
from accounts.errors import CompanyCodeTaken
from accounts.models import Company
from accounts.passwords import NewPassword, encode, hand_over, require_strong
from accounts.schemas import CreateUser
from core.actor import Actor
from core.commands import execute
from core.errors import InvalidInput
from core.fence import company_fence
from core.ids import uuid7

_CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


def create_company(
    code: str,
    name: str,
    *,
    admin: str,
    password: str,
    locale: str = "en",
    time_zone: str = "Asia/Shanghai",
    admin_id: UUID | None = None,
) -> Actor:
    """Make a company with its first administrator, and return him. All or nothing.

    The administrator is recorded as having created himself. Raises accounts.company_code_taken, core.invalid_input,
    accounts.password_too_weak.
    """
    if not _CODE.fullmatch(code):
        raise InvalidInput("code", reason="must be lower-case letters, digits and hyphens")
    require_strong(password, admin)
    encoded = encode(password)
    company = Company(code=code, name=name, locale=locale, time_zone=time_zone)
    founder = Actor(company.id, admin_id or uuid7(), frozenset({"admin"}), locale=locale)
    payload = CreateUser.model_validate(
        {"id": founder.user_id, "username": admin, "name": admin, "roles": ["admin"], "locale": locale}
    )
    with company_fence(company.id):
        if queries.find_company_id(code) is not None:
            raise CompanyCodeTaken(company=code)
        try:
            company.save(force_insert=True)
        except IntegrityError as error:  # made by somebody else in this very moment
            raise CompanyCodeTaken(company=code) from error
        command_id = uuid7()
        with hand_over({command_id: NewPassword(encoded)}):
            verdict = execute("accounts.create_user", payload, actor=founder, command_id=command_id, door="console")
        if not verdict.settled:
            raise InvalidInput("admin", reason=verdict.message or "")
    return founder
