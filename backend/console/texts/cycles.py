"""Call cycles."""

from console.texts.rhythms import DAY_LABELS

_FIELDS = {
    "field.name": ("Name", "名称"),
    "field.customer_class": ("For whom", "适用对象"),
    "field.org_unit_id": ("Reps of", "适用团队"),
    "field.rhythm": ("How often", "拜访频率"),
    "field.dwell_minutes": ("Length in minutes", "时长（分钟）"),
    "hint.dwell_minutes": ("30 minutes unless you say something else.", "不填则按 30 分钟计算。"),
    "field.purpose": ("Purpose", "拜访目的"),
    "field.valid_from": ("First day", "开始日期"),
    "field.valid_to": ("Last day", "结束日期"),
    "hint.valid_to": ("Leave it empty for no end.", "留空表示长期有效。"),
} | DAY_LABELS
_WHOM = ("field.customer_class", "field.org_unit_id")
TEXTS = {
    "cycles.place": ("Call cycles", "拜访周期"),
    "cycles.title": ("Call cycles", "拜访周期"),
    "cycles.lead": (
        "How often customers are visited. The rolling plan follows the next time it is published.",
        "客户的拜访频率。下次发布计划时，滚动计划将据此更新。",
    ),
    "cycles.empty": ("No call cycle yet", "还没有拜访周期"),
    "cycles.empty_hint": (
        "A cycle asks for visits of all customers of a class, such as one every two weeks. Make the first one.",
        "拜访周期按客户等级规定拜访频率，例如每两周一次。请新建第一个周期。",
    ),
    "cycles.column.name": ("Cycle", "周期"),
    "cycles.column.whom": ("For whom", "适用对象"),
    "cycles.column.often": ("How often", "拜访频率"),
    "cycles.column.days": ("Preferred days", "优先日期"),
    "cycles.column.dwell": ("Minutes", "时长（分钟）"),
    "cycles.column.purpose": ("Purpose", "目的"),
    "cycles.column.from": ("First day", "开始日期"),
    "cycles.column.to": ("Last day", "结束日期"),
    "cycles.filter.q": ("Cycle or customer", "周期或客户"),
    "cycles.filter.kind": ("For", "对象"),
    "cycles.kind.class": ("Classes of customers", "客户等级"),
    "cycles.kind.customer": ("Single customers", "单个客户"),
    "cycles.class": ("Customers of class {grade}", "{grade} 级客户"),
    "cycles.per_month": ("{count} a month", "每月 {count} 次"),
    "cycles.any_day": ("any working day", "任意工作日"),
    "cycles.whole_company": ("The whole company", "全公司"),
    "cycles.new.action": ("New cycle", "新建周期"),
    "cycles.new.title": ("New call cycle", "新建拜访周期"),
    "cycles.new.lead": (
        "Without a preferred day, visits are spread over all working days.",
        "不选优先日期时，拜访将均匀分布在所有工作日。",
    ),
    "cycles.new.submit": ("Make the cycle", "新建周期"),
    "cycles.new.done": ("The cycle was made.", "周期已新建。"),
    "customers.cycle.action": ("Own cycle", "单独设置周期"),
    "customers.cycle.title": ("A call cycle for this customer", "为此客户设置拜访周期"),
    "customers.cycle.lead": (
        "It counts in place of the cycle of the customer's class. The plan follows the next time it is published.",
        "此周期优先于该客户等级的周期。下次发布计划时生效。",
    ),
    "customers.cycle.submit": ("Make the cycle", "新建周期"),
    "customers.cycle.done": ("The customer has a cycle of its own.", "已为该客户单独设置周期。"),
    "cycles.edit.action": ("Edit", "修改"),
    "cycles.edit.title": ("Edit this call cycle", "修改拜访周期"),
    "cycles.edit.lead": (
        "What it made due before stays. To end it, set its last day.",
        "此前产生的应拜访不变。如需停用，请设置结束日期。",
    ),
    "cycles.edit.submit": ("Save", "保存"),
    "cycles.edit.done": ("The cycle was saved.", "周期已保存。"),
} | {f"cycles.{form}.{key}": text for form in ("new", "edit") for key, text in _FIELDS.items()}
TEXTS |= {f"customers.cycle.{key}": text for key, text in _FIELDS.items() if key not in _WHOM}
