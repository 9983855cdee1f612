"""The people of the demo company, its teams and its territories."""

from typing import NamedTuple

COMPANY = "demo"
COMPANY_NAME = "北京燕禾丰源食品饮料商贸有限公司 Yanhe Harvest Food & Beverage Distribution (Beijing)"
PASSWORD = "roundsman-demo"  # noqa: S105  printed for everybody, and of use on this machine only
ADMIN = "admin1"
TIME_ZONE = "Asia/Shanghai"


class Unit(NamedTuple):
    """An org unit, known by `key` in this module's lists."""

    key: str
    name: str
    parent: str | None


class Person(NamedTuple):
    """A user. unit: where he belongs; territories: what he covers; locale: the language he is answered in."""

    username: str
    name: str
    role: str
    unit: str
    territories: tuple[str, ...] = ()
    locale: str = "zh-Hans"


class Territory(NamedTuple):
    """A territory, known by its code."""

    code: str
    name: str
    unit: str


UNITS = (
    Unit("hq", "总部 Headquarters", None),
    Unit("north", "北区 North Region", "hq"),
    Unit("south", "南区 South Region", "hq"),
    Unit("haidian", "海淀队 Haidian Team", "north"),
    Unit("changping", "昌平队 Changping Team", "north"),
    Unit("chaoyang", "朝阳队 Chaoyang Team", "south"),
    Unit("fengtai", "丰台与大客户队 Fengtai and Key Accounts Team", "south"),
)
TERRITORIES = (
    Territory("HD", "海淀 Haidian", "haidian"),
    Territory("CP", "昌平 Changping", "changping"),
    Territory("CY", "朝阳 Chaoyang", "chaoyang"),
    Territory("FT", "丰台 Fengtai", "fengtai"),
)
ADMIN_NAME = "周雅琴 Zhou Yaqin"
PEOPLE = (
    Person("manager1", "陈思远 Chen Siyuan", "manager", "north"),
    Person("manager2", "Margaret O’Sullivan-Zhang 张慕兰", "manager", "south", locale="en"),
    Person("rep1", "李明 Li Ming", "rep", "haidian", ("HD",), "en"),
    Person("rep2", "欧阳慧敏 Ouyang Huimin", "rep", "haidian", ("HD",)),
    Person("rep3", "王磊 Wang Lei", "rep", "changping", ("CP",)),
    Person("rep4", "赵雪 Zhao Xue", "rep", "chaoyang", ("CY",), "en"),
    Person("rep5", "阿依古丽·买买提 Ayiguli Maimaiti", "rep", "chaoyang", ("CY",)),
    Person(
        "rep6", "Alexandre Dubois-Lefebvre（大客户经理 Key Account Representative）", "rep", "fengtai", ("FT",), "en"
    ),
    Person("engineer1", "刘洋 Liu Yang", "engineer", "haidian"),
    Person("engineer2", "孙浩然 Sun Haoran", "engineer", "chaoyang"),
    Person("engineer3", "Тимур Ахметов 铁木尔", "engineer", "fengtai", locale="en"),
    Person("dispatcher1", "何静 He Jing", "dispatcher", "hq"),
)
REPS = tuple(person.username for person in PEOPLE if person.role == "rep")
