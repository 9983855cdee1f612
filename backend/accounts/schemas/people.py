"""Companies, users, org units and territories on the wire."""

from functools import cache
from typing import Annotated, Literal
from uuid import UUID
from zoneinfo import available_timezones

from ninja import Schema
from pydantic import AfterValidator, Field, StringConstraints

from accounts.passwords import LONGEST
from accounts.usernames import Username
from core.payloads import Change, Code, EditPayload, Name, Payload, first_bad_text
from core.rest_schemas import PageQuery

Role = Literal["rep", "engineer", "dispatcher", "manager", "admin"]
Locale = Literal["en", "zh-Hans"]


def clean_text(text: str) -> str:
    """The text. Raises ValueError where it holds what no column takes."""
    if first_bad_text(text) is not None:
        raise ValueError("must not hold NUL or half of a surrogate pair")
    return text


def _sorted_once(roles: list[Role]) -> list[Role]:
    return sorted(set(roles))


Roles = Annotated[list[Role], Field(max_length=20), AfterValidator(_sorted_once)]
Text = Annotated[str, AfterValidator(clean_text)]
ShortText = Annotated[Text, StringConstraints(max_length=64)]
Password = Annotated[Text, StringConstraints(min_length=1, max_length=LONGEST)]


@cache
def _time_zones() -> set[str]:
    return available_timezones()  # which reads hundreds of files


def _time_zone(name: str) -> str:
    if name not in _time_zones():
        raise ValueError("must be a time zone of the IANA database, such as Asia/Shanghai")
    return name


def _own_time_zone(name: str) -> str:
    return name and _time_zone(name)


OwnTimeZone = Annotated[str, StringConstraints(max_length=64), AfterValidator(_own_time_zone)]
TimeZone = Annotated[str, StringConstraints(max_length=64), AfterValidator(_time_zone)]


# Companies


class CreateCompany(Payload):
    """A new company and the user name of its first administrator."""

    code: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]
    name: Annotated[Name, AfterValidator(clean_text)]
    admin: Username
    locale: Locale = "en"
    time_zone: TimeZone = "Asia/Shanghai"


# Users


class CreateUser(Payload):
    """A new user. Without a password he cannot sign in yet."""

    id: UUID
    username: Username
    name: Name
    roles: Roles = []
    org_unit_id: UUID | None = None
    external_id: Code | None = None
    email: Annotated[str, StringConstraints(max_length=254)] = ""
    phone: ShortText = ""
    locale: Locale | None = Field(None, description="the company's, where none is named")


class UserChanges(EditPayload):
    """The fields of a user that can be edited."""

    never_null = frozenset({"username", "name", "roles", "email", "phone", "locale"})
    username: Change[Username] | None = None
    name: Change[Name] | None = None
    roles: Change[Roles] | None = None
    org_unit_id: Change[UUID] | None = None
    external_id: Change[Code] | None = None
    email: Change[Annotated[str, StringConstraints(max_length=254)]] | None = None
    phone: Change[ShortText] | None = None
    locale: Change[Locale] | None = None


class UpdateUser(Payload):
    """An edit of a user."""

    id: UUID
    changes: UserChanges


Theme = Literal["auto", "light", "dark"]


class SetPreferences(Payload):
    """How the caller wants to see things; a member that is absent stays as it is.

    locale: the language of pages and messages. time_zone: of times on pages, IANA; empty for the company's. theme: of
    pages, auto follows the browser.
    """

    locale: Locale | None = None
    time_zone: OwnTimeZone | None = Field(None, examples=["Asia/Shanghai"])
    theme: Theme | None = None


class SaveView(Payload):
    """A list of the console as it stands, under a name; the one of that name is replaced.

    id: the view's. page: which list. name: for its owner. query: filters and order, as in the address.
    """

    id: UUID
    page: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]{0,63}$")] = Field(examples=["devices"])
    name: Name
    query: Annotated[str, StringConstraints(max_length=2000)] = ""


class ViewId(Payload):
    """Names a saved view. id: the view's."""

    id: UUID


class UserId(Payload):
    """Names a user."""

    id: UUID


class Nothing(Payload):
    """A command that needs no more than who sends it."""


class CreateUserIn(CreateUser):
    """A new user with his first password. The password is not part of the command that is recorded."""

    password: Password | None = None


class SetPasswordIn(UserId):
    """The password that an administrator gives to a user."""

    password: Password


class ChangePasswordIn(Schema):
    """A user's own new password."""

    current_password: Password
    new_password: Password


# Org units and territories


class CreateOrgUnit(Payload):
    """A new org unit; without a parent it is a root."""

    id: UUID
    name: Name
    parent_id: UUID | None = None


class OrgUnitChanges(EditPayload):
    """The fields of an org unit that can be edited; another parent moves it with everything below."""

    never_null = frozenset({"name"})
    name: Change[Name] | None = None
    parent_id: Change[UUID] | None = None


class UpdateOrgUnit(Payload):
    """An edit of an org unit."""

    id: UUID
    changes: OrgUnitChanges


class CreateTerritory(Payload):
    """A new territory."""

    id: UUID
    code: Code
    name: Name
    org_unit_id: UUID | None = None


class TerritoryChanges(EditPayload):
    """The fields of a territory that can be edited."""

    never_null = frozenset({"code", "name"})
    code: Change[Code] | None = None
    name: Change[Name] | None = None
    org_unit_id: Change[UUID] | None = None


class UpdateTerritory(Payload):
    """An edit of a territory."""

    id: UUID
    changes: TerritoryChanges


class TerritoryMembership(Payload):
    """A user and a territory that he covers, or covers no more."""

    territory_id: UUID
    user_id: UUID


class UserQuery(PageQuery):
    """Which users. q: part of the name or the user name. org_unit_id: that unit and all below it."""

    q: ShortText | None = None
    role: Role | None = None
    org_unit_id: UUID | None = None
    is_active: bool | None = None


class OrgUnitQuery(PageQuery):
    """Which org units. under: that unit and all below it."""

    under: UUID | None = None


class TerritoryQuery(PageQuery):
    """Which territories. member_id: those that this user covers."""

    org_unit_id: UUID | None = None
    member_id: UUID | None = None


class UserOut(Schema):
    """A user, as phones get him too."""

    id: UUID
    version: int
    username: str
    name: str
    roles: list[str]
    org_unit_id: UUID | None
    is_active: bool


class OrgUnitOut(Schema):
    """An org unit."""

    id: UUID
    version: int
    name: str
    parent_id: UUID | None


class TerritoryOut(Schema):
    """A territory."""

    id: UUID
    version: int
    code: str
    name: str
    org_unit_id: UUID | None


class UserPage(Schema):
    """A page of users; `next` is the cursor of the next page, or null."""

    items: list[UserOut]
    next: str | None


class OrgUnitPage(Schema):
    """A page of org units."""

    items: list[OrgUnitOut]
    next: str | None


class TerritoryPage(Schema):
    """A page of territories."""

    items: list[TerritoryOut]
    next: str | None
