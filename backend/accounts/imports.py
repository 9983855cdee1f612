"""Importing users, and finding the people, teams and territories that tables of other apps refer to."""

import re
from collections.abc import Iterable, Mapping
from uuid import UUID

from django.db.models import Q

from accounts.models import OrgUnit, Territory, User
from accounts.policies import ADMIN
from accounts.usernames import normalise_username
from core.actor import Actor
from core.errors import DomainError
from core.feeds import ALL_ROLES
from core.imports.cells import ID, Kind, choice, fold, reference, shorten, text
from core.imports.errors import ChoiceUnknown
from core.imports.references import choose, ids_among
from core.imports.registry import Chunk, Column, Existing, Identity, ImportSpec, Step, edit_step, register
from core.imports.rows import Row

Found = Mapping[str, UUID | DomainError]
_ROLE_WORDS = {
    "rep": ("sales", "sales rep", "业务员", "业务", "销售", "销售代表"),
    "engineer": ("service engineer", "technician", "工程师", "售后工程师", "技术员"),
    "dispatcher": ("dispatch", "调度员", "调度"),
    "manager": ("sales manager", "supervisor", "主管", "经理"),
    "admin": ("administrator", "管理员"),
}
# The first of these that a job title holds tells the role. Nobody becomes an administrator by his title.
_ROLE_OF_TITLE = (
    ("rep", r"\baccount manager\b|客户经理"),
    ("manager", r"\b(manager|director|president|supervisor|head|chief)\b|经理|主管|总监|主任|部长|总裁"),
    ("dispatcher", r"\bdispatch(er)?\b|调度"),
    ("engineer", r"\b(engineer|technician|mechanic)\b|工程师|技师|技术员|维修|售后"),
    ("rep", r"\b(sales|representative|rep)\b|业务|销售|代表"),
)
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


def resolve_users(actor: Actor, texts: set[str]) -> Found:
    """Users by id, user name or external id, else by their name."""
    names = {normalise_username(given): given for given in texts}
    rows = User.objects.filter(
        Q(id__in=ids_among(texts)) | Q(username__in=names) | Q(external_id__in=texts) | Q(name__in=texts)
    )
    by_id = ids_among(texts)
    return choose(
        texts, ((row.id, ((by_id.get(row.id), names.get(row.username), row.external_id), (row.name,))) for row in rows)
    )


def resolve_territories(actor: Actor, texts: set[str]) -> Found:
    """Territories by id or code, else by their name."""
    by_id = ids_among(texts)
    rows = Territory.objects.filter(Q(id__in=by_id) | Q(code__in=texts) | Q(name__in=texts))
    return choose(texts, ((row.id, ((by_id.get(row.id), row.code), (row.name,))) for row in rows))


def resolve_org_units(actor: Actor, texts: set[str]) -> Found:
    """Org units by id, else by their name."""
    by_id = ids_among(texts)
    rows = OrgUnit.objects.filter(Q(id__in=by_id) | Q(name__in=texts))
    return choose(texts, ((row.id, ((by_id.get(row.id),), (row.name,))) for row in rows))


def _to_roles(cell: str) -> list[str]:
    words = {fold(word): role for role, others in _ROLE_WORDS.items() for word in (role, *others)}
    given = [word for word in re.split(r"[,;/|+、，；]", cell) if word.strip()]
    unknown = next((word for word in given if fold(word) not in words), None)
    if unknown is not None or not given:
        raise ChoiceUnknown(value=shorten(unknown or cell), choices=", ".join(sorted(ALL_ROLES)))
    return sorted({words[fold(word)] for word in given})


def role_of_title(title: str) -> str | None:
    """The role that follows from a job title, if one does."""
    folded = fold(title)
    return next((role for role, pattern in _ROLE_OF_TITLE if re.search(pattern, folded)), None)


class UserImport(ImportSpec):
    """People, without passwords: an administrator sets those, or they sign in by other means."""

    noun, en, zh = "users", "Users", "用户"
    roles = ADMIN
    required = (("name", "first_name", "last_name", "username"),)
    columns = (
        Column("id", ID, "Id", "编号"),
        Column("external_id", text(64), "External id", "外部编号", ("employeeID", "employee no", "工号", "员工编号")),
        Column("username", Kind("text", normalise_username), "User name", "用户名", ("login", "account", "账号")),
        Column("name", text(200), "Name", "姓名", ("full name", "employee name", "员工姓名")),
        Column("first_name", text(100), "First name", "名", ("given name",)),
        Column("last_name", text(100), "Last name", "姓", ("surname", "family name")),
        Column("roles", Kind("text", _to_roles), "Roles", "角色", ("role",)),
        Column("title", text(200), "Job title", "职务", ("title", "position", "职位", "岗位")),
        Column(
            "org_unit", reference(resolve_org_units), "Org unit", "组织单元", ("department", "team", "部门", "团队")
        ),
        Column("email", text(254), "E-mail", "邮箱", ("mail", "电子邮件")),
        Column("phone", text(64), "Phone", "电话", ("mobile", "homePhone", "手机", "手机号", "联系电话")),
        Column(
            "locale",
            choice({"en": ("english", "英文", "英语"), "zh-Hans": ("zh", "zh-CN", "chinese", "中文", "简体中文")}),
            "Language",
            "语言",
        ),
    )

    def prepare(self, row: Row) -> None:
        """The name from its parts, and for a new user without a user name one from his name."""
        first, last = row.get("first_name"), row.get("last_name")
        if row.get("name") is None and (first or last):
            parts = [last, first] if _CHINESE.search(f"{first}{last}") else [first, last]
            glue = "" if _CHINESE.search(f"{first}{last}") else " "
            row.derive("name", glue.join(part for part in parts if part), ("first_name", "last_name"))
        if row.get("name") is None and "username" in row.values:
            row.fallbacks["name"] = row.values["username"]
        if row.get("username") is None and row.get("name"):
            words = re.findall(r"[\w-]+", row.get("name"))
            row.memo["username"] = normalise_username(".".join(words))[:64]

    def identities(self, row: Row) -> list[Identity]:
        """Id, external id, user name; a derived user name only where nothing else is given."""
        names: list[Identity] = [(name, row.values[name]) for name in ("id", "external_id") if name in row.values]
        if "username" in row.values:
            return [*names, ("username", row.values["username"])]
        derived = row.memo.get("username")
        # Under another key, a derived name is only compared within the file: it must not find a namesake.
        return [*names, ("new_username" if names else "username", derived)]

    def load(self, chunk: Chunk) -> Iterable[Existing]:
        """The users named by the rows (one query)."""
        wanted: dict[str, set[object]] = {"id": set(), "external_id": set(), "username": set()}
        for row in chunk.rows:
            if not row.errors:
                for key, value in self.identities(row):
                    wanted.get(key, set()).add(value)
        rows = User.objects.filter(
            Q(id__in=wanted["id"]) | Q(external_id__in=wanted["external_id"]) | Q(username__in=wanted["username"])
        )
        for user in rows:
            yield Existing(user, [("id", user.id), ("external_id", user.external_id), ("username", user.username)])

    def make(self, chunk: Chunk, row: Row) -> list[Step]:
        """accounts.create_user."""
        payload = row.pick("name", "external_id", "email", "phone", "locale")
        payload |= {"id": str(row.get("id") or row.new_id()), "roles": self._roles(row)}
        payload["username"] = row.get("username") or row.memo.get("username")
        if row.get("org_unit"):
            payload["org_unit_id"] = str(row.get("org_unit"))
        return [Step("accounts.create_user", payload, {"org_unit_id": "org_unit"})]

    def amend(self, chunk: Chunk, row: Row, existing: Existing) -> list[Step]:
        """accounts.update_user. A job title changes no roles that somebody has."""
        wanted = row.given("username", "name", "external_id", "email", "phone", "locale", "roles")
        if "org_unit" in row.values:
            wanted["org_unit_id"] = row.values["org_unit"]
        return edit_step("accounts.update_user", existing.row, wanted, {"org_unit_id": "org_unit"})

    def _roles(self, row: Row) -> list[str]:
        title = row.values.get("title")
        if "roles" in row.values or title is None:
            return row.get("roles", [])
        role = role_of_title(title)
        if role is None and "roles" in row.fallbacks:
            return row.get("roles", [])
        if role is None:
            row.fail("title", ChoiceUnknown(value=shorten(title), choices=", ".join(sorted(ALL_ROLES))))
        return [role] if role else []


register(UserImport())
