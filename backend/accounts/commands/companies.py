"""Making a company, which nobody of the company can ask for: the operator does, on the command line."""

from uuid import UUID

from django.db import IntegrityError
from pydantic import ValidationError

from accounts import queries
from accounts.beside import hand_over
from accounts.errors import CompanyCodeTaken
from accounts.models import Company
from accounts.passwords import NewPassword, encode, require_strong
from accounts.schemas.people import CreateCompany, CreateUser
from core.actor import Actor
from core.commands import execute
from core.errors import InvalidInput
from core.fence import company_fence
from core.ids import uuid7


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

    The administrator is recorded as having created himself. Raises core.invalid_input, accounts.company_code_taken,
    accounts.password_too_weak.
    """
    words = {"code": code, "name": name, "admin": admin, "locale": locale, "time_zone": time_zone}
    try:
        wanted = CreateCompany.model_validate(words)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        raise InvalidInput(".".join(map(str, first["loc"])), reason=first["msg"]) from error
    require_strong(password, wanted.admin)
    encoded = encode(password)
    company = Company(**wanted.model_dump(exclude={"admin"}))
    founder = Actor(company.id, admin_id or uuid7(), frozenset({"admin"}), locale=wanted.locale)
    user = CreateUser(
        id=founder.user_id, username=wanted.admin, name=wanted.admin, roles=["admin"], locale=wanted.locale
    )
    with company_fence(company.id):
        _add(company)
        command_id = uuid7()
        with hand_over({command_id: NewPassword(encoded)}):
            verdict = execute("accounts.create_user", user, actor=founder, command_id=command_id, door="console")
        if not verdict.settled:
            raise InvalidInput("admin", reason=verdict.message or "")
    return founder


def _add(company: Company) -> None:
    if queries.find_company_id(company.code) is not None:
        raise CompanyCodeTaken(company=company.code)
    try:
        company.save(force_insert=True)
    except IntegrityError as error:  # made by somebody else in this very moment
        raise CompanyCodeTaken(company=company.code) from error
