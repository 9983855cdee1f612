"""What the demo company sells."""

from typing import NamedTuple


class Product(NamedTuple):
    """A product. price: yuan per unit, a decimal string."""

    code: str
    name: str
    unit: str
    price: str


CURRENCY = "CNY"
CATEGORIES = {
    "drinks": ("饮料 Beverages", None),
    "water": ("饮用水与茶 Water and Tea", "drinks"),
    "juice": ("果汁与汽水 Juice and Soda", "drinks"),
    "dairy": ("乳制品 Dairy", None),
    "staples": ("米面粮油 Rice, Flour, Oil", None),
    "sauces": ("调味品 Sauces and Spices", None),
    "snacks": ("休闲食品 Snacks", None),
    "frozen": ("冷冻食品 Frozen Food", None),
}
"""Key → name and the key of the parent."""
PRODUCTS = {
    "water": (
        Product("W-101", "饮用天然泉水 550ml×24 Spring Water", "箱 case", "28.80"),
        Product("W-102", "饮用天然泉水 4L×4 Spring Water, Family Size", "箱 case", "36.00"),
        Product("W-201", "无糖乌龙茶 500ml×15 Oolong Tea, Unsweetened", "箱 case", "52.50"),
        Product("W-202", "茉莉花茶 500ml×15 Jasmine Tea", "箱 case", "48.00"),
        Product("W-203", "冰红茶 1L×12 Iced Black Tea", "箱 case", "44.40"),
        Product("W-301", "苏打气泡水（青柠）330ml×24 Sparkling Water, Lime", "箱 case", "79.20"),
    ),
    "juice": (
        Product("J-101", "鲜橙汁 1L×12 Orange Juice", "箱 case", "118.80"),
        Product("J-102", "山楂果肉饮料 350ml×15 Hawthorn Drink", "箱 case", "67.50"),
        Product("J-103", "酸梅汤 500ml×15 Sour Plum Drink", "箱 case", "63.00"),
        Product("J-201", "橙味汽水 玻璃瓶 248ml×24 Orange Soda, Glass Bottle", "箱 case", "57.60"),
        Product("J-202", "可乐 330ml×24 Cola", "箱 case", "49.20"),
        Product("J-203", "姜汁汽水 330ml×24 Ginger Ale", "箱 case", "88.00"),
    ),
    "dairy": (
        Product("D-101", "纯牛奶 250ml×16 Whole Milk", "箱 case", "55.90"),
        Product("D-102", "低脂牛奶 1L×12 Low-Fat Milk", "箱 case", "132.00"),
        Product("D-201", "原味酸奶 200g×12 Plain Yoghurt", "箱 case", "66.00"),
        Product("D-202", "老北京瓷瓶酸奶 180g×20 Old Beijing Yoghurt in Porcelain", "箱 case", "90.00"),
        Product("D-301", "马苏里拉奶酪碎 3kg Shredded Mozzarella", "袋 bag", "128.00"),
        Product("D-302", "淡奶油 1L Whipping Cream", "盒 carton", "39.50"),
    ),
    "staples": (
        Product("S-101", "五常大米 10kg Wuchang Rice", "袋 bag", "89.00"),
        Product("S-102", "泰国茉莉香米 25kg Jasmine Rice", "袋 bag", "215.00"),
        Product("S-201", "高筋小麦粉 25kg Bread Flour", "袋 bag", "118.00"),
        Product("S-202", "饺子粉 5kg Dumpling Flour", "袋 bag", "26.80"),
        Product("S-301", "一级大豆油 20L Soybean Oil", "桶 drum", "198.00"),
        Product("S-302", "压榨花生油 5L Peanut Oil", "桶 drum", "139.90"),
        Product("S-303", "特级初榨橄榄油 1L Extra Virgin Olive Oil", "瓶 bottle", "96.00"),
    ),
    "sauces": (
        Product("C-101", "特级生抽 1.9L×6 Light Soy Sauce", "箱 case", "112.80"),
        Product("C-102", "老抽 500ml×12 Dark Soy Sauce", "箱 case", "94.80"),
        Product("C-201", "山西老陈醋 420ml×20 Aged Vinegar", "箱 case", "136.00"),
        Product("C-202", "芝麻酱（二八酱）3kg Sesame Paste", "桶 tub", "62.00"),
        Product("C-203", "郫县豆瓣酱 1kg×10 Broad Bean Chilli Paste", "箱 case", "145.00"),
        Product("C-301", "花椒 500g Sichuan Pepper", "袋 bag", "58.00"),
    ),
    "snacks": (
        Product("N-101", "原味薯片 75g×22 Potato Crisps", "箱 case", "132.00"),
        Product("N-102", "海苔米饼 84g×20 Rice Crackers with Seaweed", "箱 case", "98.00"),
        Product("N-201", "冰糖葫芦（真空装）Candied Hawthorn", "盒 box", "45.00"),
        Product("N-202", "黑巧克力 72% 100g×12 Dark Chocolate", "盒 box", "168.00"),
        Product("N-203", "每日坚果 25g×30 Mixed Nuts", "盒 box", "129.00"),
    ),
    "frozen": (
        Product("F-101", "手工水饺（猪肉白菜）1kg×10 Dumplings, Pork and Cabbage", "箱 case", "189.00"),
        Product("F-102", "羊肉卷 500g×20 Sliced Lamb for Hotpot", "箱 case", "620.00"),
        Product("F-201", "薯条 2kg×6 French Fries", "箱 case", "174.00"),
        Product("F-202", "香草冰淇淋 4L Vanilla Ice Cream", "桶 tub", "142.50"),
    ),
}
"""Key of the category → its products."""
