"""Who takes part in the day, and the words they use. The people are those of the demo company."""

from typing import NamedTuple

PASSWORD = "roundsman-demo"  # noqa: S105  of the demo company, printed for everybody
ADMIN = "admin1"


class Rep(NamedTuple):
    """A rep and his manager, by user name."""

    username: str
    manager: str


REPS = (
    Rep("rep1", "manager1"),
    Rep("rep2", "manager1"),
    Rep("rep3", "manager1"),
    Rep("rep4", "manager2"),
    Rep("rep5", "manager2"),
    Rep("rep6", "manager2"),
)
"""The first two share a manager: he gives a customer of the second to the first."""

SHOPS = (
    "清风小馆 Breeze Bistro",
    "学院路咖啡 College Road Coffee",
    "万家福超市 Wanjiafu Supermarket",
    "胡同口面馆 Hutong Corner Noodles",
    "银杏餐厅 Ginkgo Restaurant",
    "北辰食堂 Beichen Canteen",
    "Sunrise Bakery 日出烘焙",
    "双桥粮油 Shuangqiao Grain and Oil",
    "玉兰茶舍 Magnolia Tea House",
    "Café Lumière 光影咖啡",
    "和顺便利店 Heshun Convenience",
    "长河烤鸭店（学清路店） Changhe Roast Duck, Xueqing Road",
    "西山农家院 Western Hills Farmhouse Kitchen",
    "蓝旗营水果店 Lanqiying Fruit",
    "The Long Table 长桌餐吧",
    "燕园书吧 Yanyuan Book Bar",
    "骆驼刀削面 Camel Knife-Cut Noodles",
    "金汤火锅 Golden Broth Hotpot",
)
NEW_SHOPS = (
    "新开张：小满饭堂 Xiaoman Diner, just opened",
    "路过发现：转角鲜榨 Corner Juice Bar",
    "朋友介绍：三味书屋咖啡 Three Flavours Café",
    "Новая столовая «Байкал» 贝加尔餐厅",
)
CONTACTS = ("张伟", "李娜", "王芳 Wang Fang", "刘强", "Sergei Petrov", "陈静 Chen Jing", "杨帆", "Emma Thompson")
TITLES = ("店长 Store Manager", "采购 Buyer", "老板 Owner", "厨师长 Head Chef")
NOTES = (
    "试饮反馈不错，下周送样 Liked the tasting; samples next week",
    "货架已补满，竞品降价 2 元 Shelf is full; a competitor is 2 yuan cheaper",
    "老板不在，约了周四 Owner was out; appointment on Thursday",
    "要求月结，需财务确认 Wants monthly accounts; finance has to agree",
    "订了 20 箱乌龙茶 Ordered 20 cases of oolong",
    "",
)
RESULTS = ("ordered", "interested", "follow_up", "not_interested", "absent", "other")
NEXT_STEPS = (("送样品 Bring samples",), ("签合同 Sign the contract", "带发票 Bring the invoice"), ())
