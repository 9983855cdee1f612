"""Importing products, with the categories that they name."""

import re
from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q

from catalog.models import Category, Product
from core.imports.cells import DECIMAL, FLAG, ID, Kind, shorten, text
from core.imports.errors import AlsoCreates, ChoiceUnknown
from core.imports.references import choose, ids_among
from core.imports.registry import Chunk, Column, Existing, Identity, ImportSpec, Step, edit_step, register
from core.imports.rows import Row

_CURRENCIES = {
    "CNY": ("RMB", "￥", "¥", "元", "人民币", "CN¥"),
    "USD": ("$", "US$", "美元"),
    "EUR": ("€", "欧元"),
    "GBP": ("£", "英镑"),
    "JPY": ("日元",),
    "HKD": ("HK$", "港币", "港元"),
}


def _to_currency(cell: str) -> str:
    code = next((code for code, words in _CURRENCIES.items() if cell.upper() in words), cell.upper())
    if not re.fullmatch(r"[A-Z]{3}", code):
        raise ChoiceUnknown(value=shorten(cell), choices=", ".join(_CURRENCIES) + " …")
    return code


class ProductImport(ImportSpec):
    """Products by their code. A category that does not exist yet is created."""

    noun, en, zh = "products", "Products", "产品"
    required = (("code",), ("name",), ("unit",), ("price",), ("currency",))
    columns = (
        Column("id", ID, "Id", "编号"),
        Column(
            "code",
            text(64),
            "Code",
            "产品代码",
            ("product code", "sku", "item no", "产品编码", "产品编号", "物料编码", "货号", "productID"),
        ),
        Column("name", text(200), "Name", "产品名称", ("productName", "description", "名称", "品名", "物料名称")),
        Column("category", text(200), "Category", "类别", ("categoryName", "product category", "产品类别", "分类")),
        Column("unit", text(32), "Unit", "单位", ("uom", "quantityPerUnit", "计量单位")),
        Column("price", DECIMAL, "Price", "单价", ("unitPrice", "list price", "价格", "售价")),
        Column("currency", Kind("text", _to_currency), "Currency", "币种", ("货币",)),
        Column("is_active", FLAG, "Active", "在售", ("is active", "启用")),
        Column("discontinued", FLAG, "Discontinued", "停产", ("停售",)),
    )

    def prepare(self, row: Row) -> None:
        """A discontinued product is not active."""
        if row.get("discontinued") is not None and "is_active" not in row.values:
            row.derive("is_active", not row.get("discontinued"), ("discontinued",))

    def identities(self, row: Row) -> list[Identity]:
        """Id and code."""
        return [(name, row.get(name)) for name in ("id", "code") if row.get(name) is not None]

    def load(self, chunk: Chunk) -> Iterable[Existing]:
        """The products and the categories that the rows name (two queries)."""
        texts = chunk.each("category")
        by_id = ids_among(texts)
        categories = Category.objects.filter(Q(id__in=by_id) | Q(name__in=texts))
        chunk.memo |= choose(texts, ((item.id, ((by_id.get(item.id),), (item.name,))) for item in categories))
        products = Product.objects.filter(Q(id__in=chunk.each("id")) | Q(code__in=chunk.each("code")))
        return [Existing(product, [("id", product.id), ("code", product.code)]) for product in products]

    def make(self, chunk: Chunk, row: Row) -> list[Step]:
        """catalog.create_product, and catalog.create_category before it where the category is new."""
        payload = row.pick("code", "name", "unit", "currency", "is_active")
        payload["id"] = str(row.get("id") or row.new_id())
        if row.get("price") is not None:
            payload["price"] = format(row.get("price"), "f")
        category_id, steps = self._category(chunk, row, row.get("category"))
        if category_id is not None:
            payload["category_id"] = str(category_id)
        return [*steps, Step("catalog.create_product", payload, {"category_id": "category"})]

    def amend(self, chunk: Chunk, row: Row, existing: Existing) -> list[Step]:
        """catalog.update_product, and catalog.create_category before it where the category is new."""
        wanted = row.given("code", "name", "unit", "price", "currency", "is_active")
        category_id, steps = self._category(chunk, row, row.values.get("category"))
        if category_id is not None:
            wanted["category_id"] = category_id
        return [*steps, *edit_step("catalog.update_product", existing.row, wanted, {"category_id": "category"})]

    def _category(self, chunk: Chunk, row: Row, name: str | None) -> tuple[UUID | None, list[Step]]:
        """The category's id, and the command that makes it where it is new; rows that name the same share it."""
        meant = chunk.memo.get(name) if name is not None else None
        if name is None or isinstance(meant, UUID):
            return meant, []
        if meant is not None:
            row.fail("category", meant)
            return None, []
        id_ = row.shared_id(name)
        row.note("category", AlsoCreates(value=shorten(name)))
        step = Step("catalog.create_category", {"id": str(id_), "name": name}, {"name": "category"}, shared=name)
        return id_, [step]


register(ProductImport())
