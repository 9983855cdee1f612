"""The customers of the demo company: shops and kitchens all over Beijing, made from short lists, always the same ones.

Names come as they do in a real company's list: Chinese, English, both, short, and as long as the trade register has
them. Positions are WGS-84; telephone numbers belong to nobody.
"""

import random
from dataclasses import dataclass, field
from math import cos, radians
from typing import Any, NamedTuple

M_PER_DEGREE = 111_195
_PER_PLACE = 4


class Place(NamedTuple):
    """A neighbourhood: its territory and a point in the middle of it."""

    territory: str
    zh: str
    en: str
    lat: float
    lon: float


@dataclass
class Shop:
    """One customer with what belongs to it; `key` never changes, and ids are derived from it."""

    key: str
    territory: str
    owner: str
    customer: dict[str, Any]
    sites: list[dict[str, Any]] = field(default_factory=list)
    contacts: list[dict[str, Any]] = field(default_factory=list)
    shared_with: str | None = None


PLACES = (
    Place("HD", "五道口", "Wudaokou", 39.9929, 116.3376),
    Place("HD", "中关村", "Zhongguancun", 39.9838, 116.3163),
    Place("HD", "知春路", "Zhichun Road", 39.9763, 116.3398),
    Place("HD", "上地", "Shangdi", 40.0329, 116.3190),
    Place("HD", "魏公村", "Weigongcun", 39.9573, 116.3238),
    Place("HD", "公主坟", "Gongzhufen", 39.9075, 116.3100),
    Place("HD", "清河", "Qinghe", 40.0300, 116.3430),
    Place("CP", "回龙观", "Huilongguan", 40.0708, 116.3362),
    Place("CP", "天通苑", "Tiantongyuan", 40.0752, 116.4128),
    Place("CP", "沙河", "Shahe", 40.1480, 116.2890),
    Place("CP", "昌平城关", "Changping Town", 40.2207, 116.2312),
    Place("CP", "立水桥", "Lishuiqiao", 40.0530, 116.4120),
    Place("CY", "望京", "Wangjing", 39.9989, 116.4700),
    Place("CY", "三里屯", "Sanlitun", 39.9339, 116.4541),
    Place("CY", "国贸", "Guomao", 39.9087, 116.4605),
    Place("CY", "酒仙桥", "Jiuxianqiao", 39.9700, 116.4900),
    Place("CY", "双井", "Shuangjing", 39.8937, 116.4617),
    Place("CY", "常营", "Changying", 39.9260, 116.5990),
    Place("CY", "亚运村", "Asian Games Village", 39.9870, 116.4050),
    Place("FT", "方庄", "Fangzhuang", 39.8660, 116.4310),
    Place("FT", "六里桥", "Liuliqiao", 39.8800, 116.3020),
    Place("FT", "草桥", "Caoqiao", 39.8450, 116.3510),
    Place("FT", "丰台科技园", "Fengtai Science Park", 39.8250, 116.2900),
    Place("FT", "西局", "Xiju", 39.8650, 116.3030),
)
_DISTRICTS = {"HD": "海淀区", "CP": "昌平区", "CY": "朝阳区", "FT": "丰台区"}
_OWNERS = {"HD": ("rep1", "rep2"), "CP": ("rep3",), "CY": ("rep4", "rep5"), "FT": ("rep6",)}
_COLLEAGUES = {"rep1": "rep3", "rep2": "rep4", "rep3": "rep1", "rep4": "rep6", "rep5": "rep2", "rep6": "rep5"}
_TRADES = (
    ("福满楼饭庄", "Fumanlou Restaurant"),
    ("好邻居便利店", "Good Neighbour Convenience"),
    ("京味斋", "Jingweizhai Kitchen"),
    ("四季鲜超市", "Four Seasons Fresh Market"),
    ("老灶火锅", "Old Stove Hotpot"),
    ("晨光幼儿园食堂", "Morning Light Kindergarten Canteen"),
    ("山水酒店", "Shanshui Hotel"),
    ("麦香烘焙坊", "Maixiang Bakery"),
    ("一杯茶饮", "One Cup Tea Bar"),
    ("利民粮油店", "Limin Grain and Oil"),
    ("清真牛羊肉馆", "Halal Beef and Lamb House"),
)
_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
_GIVEN = ("建国", "淑芬", "伟", "晓东", "丽娟", "志强", "雨桐", "子轩", "秀英", "海燕", "文博", "佳怡")
_FOREIGN = ("Maria Fernández", "John Whitaker", "Yuki Tanaka", "Анна Соколова")
_TITLES = ("店长 Store Manager", "采购 Buyer", "老板 Owner", "后厨主管 Head Chef", "会计 Accountant")
_SITES = ("门店 Shop", "仓库 Storeroom", "后门收货口 Delivery Entrance")
_NOTES = ("", "", "周一不收货 No deliveries on Mondays", "到店前请先打电话 Call before you come", "现结 Pays cash")


def list_shops() -> list[Shop]:
    """Every customer, in an order that never changes."""
    chance = random.Random("roundsman demo")  # noqa: S311  the same company on every machine, not a secret
    return [_shop(number, PLACES[number // _PER_PLACE], chance) for number in range(len(PLACES) * _PER_PLACE)]


def _shop(number: int, place: Place, chance: random.Random) -> Shop:
    trade_zh, trade_en = _TRADES[(number * 5 + number // _PER_PLACE) % len(_TRADES)]
    district = _DISTRICTS[place.territory]
    address = f"北京市{district}{place.zh}{chance.choice('东西南北中')}路{chance.randint(1, 180)}号"
    names = (
        f"{trade_zh}（{place.zh}店）",
        f"{trade_zh} {trade_en}, {place.en}",
        f"{trade_en} {place.en}",
        f"北京市{district}{trade_zh}商贸有限公司{place.zh}第{chance.choice('一二三四')}分公司",
    )
    owners = _OWNERS[place.territory]
    owner = owners[number % len(owners)]
    shop = Shop(f"customer/{number}", place.territory, owner, {})
    shop.customer = {
        "name": names[number % len(names)],
        "code": f"YH-{number + 1:04}",
        "customer_class": chance.choices("ABCD", (2, 4, 5, 2))[0],
        "stage": chance.choices(("active", "prospect", "lead", "dormant"), (8, 2, 1, 1))[0],
        "phone": _phone(number),
        "address": address,
        "notes": chance.choice(_NOTES),
        "credit_hold": number % 31 == 30,
    }
    lat, lon = _beside(place.lat, place.lon, 900, chance)
    for name in _SITES[: chance.choices((1, 2, 3), (6, 3, 1))[0]]:
        site_lat, site_lon = _beside(lat, lon, 60, chance)
        position = {"lat": site_lat, "lon": site_lon}
        shop.sites.append({"name": name, "address": address, "position": position, "fence_radius_m": 150})
    for rank in range(chance.choices((1, 2), (2, 1))[0]):
        person = chance.choice(_FOREIGN) if chance.random() < 0.08 else chance.choice(_SURNAMES) + chance.choice(_GIVEN)
        contact = {"name": person, "title": chance.choice(_TITLES), "phone": _phone(500 + number * 2 + rank)}
        shop.contacts.append(contact | {"is_primary": rank == 0})
    if number % 8 == 3:
        shop.shared_with = _COLLEAGUES[owner]
    return shop


def _phone(number: int) -> str:
    return f"010-5550-{number:04}"


def _beside(lat: float, lon: float, within_m: float, chance: random.Random) -> tuple[float, float]:
    """A point at most so far north or south, and east or west, of another one."""
    north, east = (chance.uniform(-within_m, within_m) / M_PER_DEGREE for _ in range(2))
    return round(lat + north, 6), round(lon + east / cos(radians(lat)), 6)
