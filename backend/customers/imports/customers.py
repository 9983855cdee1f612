"""Importing customers, each with a contact if the table has one in the same row."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q

from accounts.imports import resolve_territories, resolve_users
from core.imports.cells import FLAG, ID, choice, fold, reference, text
from core.imports.errors import KeptAsItIs
from core.imports.registry import Chunk, Column, Existing, Identity, ImportSpec, Step, edit_step, register
from core.imports.rows import Row
from customers import queries
from customers.imports.columns import address_columns, as_text, join_address
from customers.models import Contact, Customer

CLASS = choice({letter: (f"{letter}类", f"{letter}级", f"{letter}类客户", f"{letter}级客户") for letter in "ABCD"})
STAGE = choice(
    {
        "lead": ("线索", "线索客户"),
        "prospect": ("意向", "潜在", "意向客户", "潜在客户"),
        "active": ("活跃", "成交", "正式", "活跃客户", "成交客户", "正式客户", "customer"),
        "dormant": ("休眠", "沉睡", "休眠客户", "inactive"),
        "lost": ("流失", "流失客户"),
    }
)
_FIELDS = (
    "name",
    "code",
    "external_id",
    "customer_class",
    "channel",
    "stage",
    "phone",
    "address",
    "notes",
    "credit_hold",
)
_CONTACT = {"contact_name": "name", "contact_title": "title", "contact_phone": "phone", "contact_email": "email"}


class CustomerImport(ImportSpec):
    """Customers by id, external id or code. Whose they are is said for new ones only; reassigning is a step of its
    own, for it moves customers between phones."""

    noun, en, zh = "customers", "Customers", "客户"
    required = (("name",),)
    columns = (
        Column("id", ID, "Id", "编号"),
        Column("external_id", text(64), "External id", "外部编号", ("customerID", "customer id", "erp id", "客户ID")),
        Column("code", text(64), "Code", "客户代码", ("customer code", "customer no", "客户编码", "客户编号")),
        Column(
            "name",
            text(200),
            "Name",
            "客户名称",
            ("companyName", "customer name", "customer", "company", "account name", "公司名称", "单位名称", "名称"),
        ),
        Column("customer_class", CLASS, "Class", "客户等级", ("abc", "grade", "客户级别", "等级")),
        Column("channel", text(64), "Channel", "渠道", ("outlet type", "channel type", "业态", "渠道类型")),
        Column("stage", STAGE, "Stage", "阶段", ("status", "客户阶段", "客户状态", "状态")),
        Column(
            "owner",
            reference(resolve_users),
            "Owner",
            "负责人",
            ("sales rep", "account owner", "业务员", "销售", "归属人"),
        ),
        Column("territory", reference(resolve_territories), "Territory", "片区", ("territoryID", "区域")),
        Column("phone", text(64), "Phone", "电话", ("telephone", "tel", "联系电话", "电话号码", "固定电话")),
        *address_columns(),
        Column("notes", text(10_000), "Notes", "备注", ("note", "remark", "comment", "说明")),
        Column("credit_hold", FLAG, "Credit hold", "信用冻结"),
        Column("contact_name", text(200), "Contact", "联系人", ("contactName", "contact person", "联系人姓名")),
        Column("contact_title", text(200), "Contact's title", "联系人职务", ("contactTitle",)),
        Column("contact_phone", text(64), "Contact's phone", "联系人电话", ("contactPhone", "联系人手机")),
        Column("contact_email", text(254), "Contact's e-mail", "联系人邮箱", ("contactEmail", "email", "邮箱")),
    )

    def prepare(self, row: Row) -> None:
        """The address from its parts."""
        join_address(row)

    def identities(self, row: Row) -> list[Identity]:
        """Id, external id and code."""
        return [(name, value) for name, value in row.given("id", "external_id", "code").items()]

    def load(self, chunk: Chunk) -> Iterable[Existing]:
        """The customers that the rows name and the actor sees, with the contacts of those that need them."""
        wanted = Q(id__in=chunk.each("id"))
        wanted |= Q(external_id__in=chunk.each("external_id")) | Q(code__in=chunk.each("code"))
        found = list(queries.visible(chunk.actor).filter(wanted))
        contacts: dict[Any, dict[str, Contact]] = {}
        if chunk.each("contact_name"):
            for contact in Contact.objects.filter(customer_id__in=[row.id for row in found]).order_by("-id"):
                contacts.setdefault(contact.customer_id, {})[fold(contact.name)] = contact
        return [Existing(row, known_as(row), contacts.get(row.id, {})) for row in found]

    def make(self, chunk: Chunk, row: Row) -> list[Step]:
        """customers.create, and customers.add_contact."""
        payload = row.pick(*_FIELDS) | {"id": row.get("id") or row.new_id()}
        payload |= {f"{name}_id": id_ for name, id_ in row.pick("owner", "territory").items()}
        columns = {"owner_id": "owner", "territory_id": "territory"}
        return [
            Step("customers.create", as_text(payload), columns),
            *self._add_contact(row, payload["id"]),
        ]

    def amend(self, chunk: Chunk, row: Row, existing: Existing) -> list[Step]:
        """customers.update, and the contact added or updated."""
        customer = existing.row
        assert isinstance(customer, Customer)
        for column, present in (("owner", customer.owner_id), ("territory", customer.territory_id)):
            if column in row.values and row.values[column] != present:
                row.note(column, KeptAsItIs())
        steps = edit_step("customers.update", customer, row.given(*_FIELDS), {})
        contact = existing.more.get(fold(row.values.get("contact_name", "")))
        if contact is None:
            return steps + self._add_contact(row, customer.id)
        said = {member: row.values[name] for name, member in _CONTACT.items() if name in row.values}
        columns = {member: name for name, member in _CONTACT.items()}
        return steps + edit_step("customers.update_contact", contact, said | {"name": contact.name}, columns)

    def _add_contact(self, row: Row, customer_id: Any) -> list[Step]:
        members = {member: value for name, member in _CONTACT.items() if (value := row.get(name)) is not None}
        if "name" not in members:
            return []
        payload = members | {"id": row.new_id("contact"), "customer_id": customer_id}
        return [Step("customers.add_contact", as_text(payload), {member: name for name, member in _CONTACT.items()})]


def known_as(customer: Customer) -> list[Identity]:
    """The names by which a customer is known."""
    return [("id", customer.id), ("external_id", customer.external_id), ("code", customer.code)]


register(CustomerImport())
