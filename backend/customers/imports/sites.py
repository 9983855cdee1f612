"""Importing sites of customers that are there already."""

from collections.abc import Iterable
from math import isclose
from typing import Any

from django.db.models import Q

from core.edits import plain
from core.geodesy import to_wgs84
from core.imports.cells import ID, NUMBER, choice, fold, reference, text
from core.imports.errors import ValueMissing
from core.imports.registry import Chunk, Column, Existing, Identity, ImportSpec, Step, edit_step, register
from core.imports.rows import Row
from customers import queries
from customers.imports.columns import address_columns, as_text, join_address, resolve_customers
from customers.models import Site

_DATUM = choice(
    {
        "WGS-84": ("wgs84", "gps", "大地坐标"),
        "GCJ-02": ("gcj02", "amap", "高德", "火星坐标", "腾讯"),
        "BD-09": ("bd09", "baidu", "百度"),
    }
)
_FIELDS = ("name", "address", "fence_radius_m")
_COLUMNS = {"customer_id": "customer", "lat": "lat", "lon": "lon", "datum": "datum", "position": "lat"}
_SAME_DEGREES = 1e-9


class SiteImport(ImportSpec):
    """Sites by id, or by their name within their customer. Positions in any of the three datums."""

    noun, en, zh = "sites", "Sites", "网点"
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
        Column("name", text(200), "Name", "网点名称", ("site", "site name", "store", "门店名称", "地点", "网点")),
        *address_columns(),
        Column("lat", NUMBER, "Latitude", "纬度", ("y",)),
        Column("lon", NUMBER, "Longitude", "经度", ("lng", "long", "x")),
        Column("datum", _DATUM, "Datum", "坐标系", ("crs",)),
        Column("fence_radius_m", NUMBER, "Fence radius in metres", "围栏半径", ("radius", "fence radius", "半径")),
    )  # fmt: skip

    def prepare(self, row: Row) -> None:
        """The address from its parts, the position from its two halves."""
        join_address(row)
        halves = row.given("lat", "lon")
        if len(halves) == 1:
            row.fail("lon" if "lat" in halves else "lat", ValueMissing())
        elif halves:
            row.values["position"] = halves | {"datum": row.get("datum", "WGS-84")}

    def identities(self, row: Row) -> list[Identity]:
        """Id; customer and name."""
        names: list[Identity] = [("id", row.values["id"])] if "id" in row.values else []
        if row.get("customer") and "name" in row.values:
            names.append(("site", (row.get("customer"), fold(row.values["name"]))))
        return names

    def load(self, chunk: Chunk) -> Iterable[Existing]:
        """The sites of the customers that the rows name, as far as the actor sees them."""
        rows = Site.objects.filter(Q(id__in=chunk.each("id")) | Q(customer_id__in=chunk.each("customer")))
        for site in rows.filter(customer__in=queries.visible(chunk.actor)):
            yield Existing(site, [("id", site.id), ("site", (site.customer_id, fold(site.name)))])

    def make(self, chunk: Chunk, row: Row) -> list[Step]:
        """customers.add_site."""
        if row.get("customer") is None:
            row.fail("customer", ValueMissing())
            return []
        payload = row.pick(*_FIELDS, "position") | {"id": row.get("id") or row.new_id()}
        payload["customer_id"] = row.get("customer")
        return [Step("customers.add_site", as_text(payload), _COLUMNS)]

    def amend(self, chunk: Chunk, row: Row, existing: Existing) -> list[Step]:
        """customers.update_site. A site found by its name keeps the way it is written."""
        site = existing.row
        assert isinstance(site, Site)
        fields = _FIELDS if "id" in row.values else _FIELDS[1:]
        steps = edit_step("customers.update_site", site, row.given(*fields), _COLUMNS)
        moved = row.values.get("position")
        if moved is None or _is_at(site, moved):
            return steps
        changes: dict[str, Any] = dict(steps[0].payload["changes"]) if steps else {}
        changes["position"] = {"from": plain(site.position), "to": moved}
        return [Step("customers.update_site", {"id": str(site.id), "changes": changes}, _COLUMNS)]


def _is_at(site: Site, position: dict[str, Any]) -> bool:
    if site.lat is None or site.lon is None or not (abs(position["lat"]) <= 90 and abs(position["lon"]) <= 180):
        return False
    lat, lon = to_wgs84(position["lat"], position["lon"], position["datum"])
    return isclose(site.lat, lat, abs_tol=_SAME_DEGREES) and isclose(site.lon, lon, abs_tol=_SAME_DEGREES)


register(SiteImport())
