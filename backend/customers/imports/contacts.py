"""Importing contacts of customers that are there already."""

from collections.abc import Iterable

from django.db.models import Q

from core.imports.cells import FLAG, ID, fold, reference, text
from core.imports.errors import ValueMissing
from core.imports.registry import Chunk, Column, Existing, Identity, ImportSpec, Step, edit_step, register
from core.imports.rows import Row
from customers import queries
from customers.imports.columns import as_text, resolve_customers
from customers.models import Contact

_FIELDS = ("name", "title", "phone", "email", "notes", "is_primary")


class ContactImport(ImportSpec):
    """Contacts by id, or by their name within their customer."""

    noun, en, zh = "contacts", "Contacts", "联系人"
    required = (("customer",), ("name",))
    columns = (
        Column("id", ID, "Id", "编号"),
        Column(
            "customer",
            reference(resolve_customers),
            "Customer",
            "客户",
            ("customerID", "customer code", "customer no", "customer name", "companyName", "客户代码", "客户编码",
             "客户编号", "客户ID", "客户名称", "公司名称"),
        ),
        Column("name", text(200), "Name", "姓名", ("contactName", "contact", "full name", "联系人", "联系人姓名")),
        Column("title", text(200), "Title", "职务", ("contactTitle", "job title", "position", "职位")),
        Column("phone", text(64), "Phone", "电话", ("telephone", "tel", "mobile", "手机", "手机号", "联系电话")),
        Column("email", text(254), "E-mail", "邮箱", ("mail", "电子邮件")),
        Column("notes", text(10_000), "Notes", "备注", ("note", "remark", "说明")),
        Column("is_primary", FLAG, "Primary", "首要联系人", ("is primary", "main contact", "主要联系人")),
    )  # fmt: skip

    def identities(self, row: Row) -> list[Identity]:
        """Id; customer and name."""
        names: list[Identity] = [("id", row.values["id"])] if "id" in row.values else []
        if row.get("customer") and "name" in row.values:
            names.append(("contact", (row.get("customer"), fold(row.values["name"]))))
        return names

    def load(self, chunk: Chunk) -> Iterable[Existing]:
        """The contacts of the customers that the rows name, as far as the actor sees them."""
        rows = Contact.objects.filter(Q(id__in=chunk.each("id")) | Q(customer_id__in=chunk.each("customer")))
        for contact in rows.filter(customer__in=queries.visible(chunk.actor)):
            yield Existing(contact, [("id", contact.id), ("contact", (contact.customer_id, fold(contact.name)))])

    def make(self, chunk: Chunk, row: Row) -> list[Step]:
        """customers.add_contact."""
        if row.get("customer") is None:
            row.fail("customer", ValueMissing())
            return []
        payload = row.pick(*_FIELDS) | {"id": row.get("id") or row.new_id(), "customer_id": row.get("customer")}
        return [Step("customers.add_contact", as_text(payload), {"customer_id": "customer"})]

    def amend(self, chunk: Chunk, row: Row, existing: Existing) -> list[Step]:
        """customers.update_contact. A contact found by its name keeps the way it is written."""
        fields = _FIELDS if "id" in row.values else _FIELDS[1:]
        return edit_step("customers.update_contact", existing.row, row.given(*fields), {})


register(ContactImport())
