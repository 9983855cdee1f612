"""What the imports of this app share: addresses from their parts, and finding the customer that a cell means."""

import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import Q

from core.actor import Actor
from core.errors import DomainError
from core.imports.cells import text
from core.imports.references import choose, ids_among
from core.imports.registry import Column
from core.imports.rows import Row
from customers import queries

ADDRESS_PARTS = ("address", "district", "city", "region", "postal_code", "country")
_LATIN_ORDER = ("address", "district", "city", "region", "postal_code", "country")
_CHINESE_ORDER = ("country", "region", "city", "district")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


def address_columns(prefix: str = "") -> tuple[Column, ...]:
    """The columns of an address. prefix: what an export puts before its headers, such as `ship`."""

    def alias(*names: str) -> tuple[str, ...]:
        return tuple(prefix + name for name in names) if prefix else names

    return (
        Column("address", text(500), "Address", "地址", (*alias("street", "address"), "详细地址", "收货地址")),
        Column("district", text(100), "District", "区县", (*alias("district", "county"), "区")),
        Column("city", text(100), "City", "城市", (*alias("city", "town"), "市")),
        Column("region", text(100), "Region", "省份", (*alias("region", "state", "province"), "省", "地区")),
        Column("postal_code", text(32), "Postal code", "邮编", (*alias("zip", "zip code", "postalCode"), "邮政编码")),
        Column("country", text(100), "Country", "国家", alias("country")),
    )


def join_address(row: Row) -> None:
    """Set the address from its parts: `Obere Str. 57, Berlin, 12209, Germany`; `广东省深圳市南山区科技路1号`."""
    parts: dict[str, str] = row.pick(*ADDRESS_PARTS)
    if not parts:
        return
    street = parts.get("address", "")
    if any(_CHINESE.search(part) for part in parts.values()):
        before = "".join(parts[name] for name in _CHINESE_ORDER if name in parts and parts[name] not in street)
        joined = " ".join(part for part in (before + street, parts.get("postal_code")) if part)
    else:
        joined = ", ".join(parts[name] for name in _LATIN_ORDER if name in parts)
    row.derive("address", joined, ADDRESS_PARTS)


def resolve_customers(actor: Actor, texts: set[str]) -> Mapping[str, UUID | DomainError]:
    """Customers that the actor sees, by id, code or external id, else by their name."""
    by_id = ids_among(texts)
    rows = queries.visible(actor).filter(
        Q(id__in=by_id) | Q(code__in=texts) | Q(external_id__in=texts) | Q(name__in=texts)
    )
    found = rows.values_list("id", "code", "external_id", "name")
    return choose(texts, ((id_, ((by_id.get(id_), code, external), (name,))) for id_, code, external, name in found))


def as_text(values: Mapping[str, Any]) -> dict[str, Any]:
    """Payload members, ids as text."""
    return {name: str(value) if isinstance(value, UUID) else value for name, value in values.items()}
