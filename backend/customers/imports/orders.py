"""Importing the customers of past orders: who ordered before is a customer, and the orders know his address."""

from collections.abc import Iterable

from django.db.models import Q

from core.imports.cells import text
from core.imports.references import ids_among
from core.imports.registry import Chunk, Column, Existing, Identity, ImportSpec, Step, edit_step, register
from core.imports.rows import Row
from customers import queries
from customers.imports.columns import address_columns, as_text, join_address

_ENRICHED = ("phone", "address")


class OrderCustomerImport(ImportSpec):
    """One customer per customer id in a table of orders, from his first order. What is known of a customer stays;
    only what is empty is filled in."""

    noun, en, zh = "order_customers", "Customers of past orders", "历史订单中的客户"
    required = (("customer",), ("name",))
    folds = True
    columns = (
        Column(
            "customer",
            text(64),
            "Customer's id",
            "客户编号",
            ("customerID", "customer", "customer code", "customer no", "客户代码", "客户编码", "客户ID", "外部编号"),
        ),
        Column(
            "name", text(200), "Customer's name", "客户名称", ("shipName", "ship to", "name", "收货单位", "购货单位")
        ),
        Column("phone", text(64), "Phone", "电话", ("shipPhone", "联系电话", "收货电话")),
        *address_columns("ship"),
    )

    def prepare(self, row: Row) -> None:
        """The address from its parts."""
        join_address(row)

    def identities(self, row: Row) -> list[Identity]:
        """The customer's id in the orders: our id, a code or an external id."""
        return [("customer", row.values["customer"])] if "customer" in row.values else []

    def load(self, chunk: Chunk) -> Iterable[Existing]:
        """The customers that the orders name and the actor sees."""
        texts = chunk.each("customer")
        ids = ids_among(texts)
        rows = queries.visible(chunk.actor).filter(Q(id__in=ids) | Q(code__in=texts) | Q(external_id__in=texts))
        for row in rows:
            names = {row.code, row.external_id, ids.get(row.id)} & texts
            yield Existing(row, [("customer", name) for name in names])

    def make(self, chunk: Chunk, row: Row) -> list[Step]:
        """customers.create, with the orders' id as external id."""
        payload = row.pick("name", *_ENRICHED) | {"id": row.new_id()}
        if "customer" in row.values:
            payload["external_id"] = row.values["customer"]
        else:
            payload["external_id"] = ""  # refused as missing, by its column
        return [Step("customers.create", as_text(payload), {"external_id": "customer"})]

    def amend(self, chunk: Chunk, row: Row, existing: Existing) -> list[Step]:
        """customers.update of what is empty."""
        wanted = {name: value for name, value in row.given(*_ENRICHED).items() if not getattr(existing.row, name)}
        return edit_step("customers.update", existing.row, wanted, {})


register(OrderCustomerImport())
