"""Verdict rules."""

TEXTS = {
    "evidence_rules.place": ("Verdict rules", "判定规则"),
    "evidence_rules.title": ("Verdict rules", "判定规则"),
    "evidence_rules.lead": (
        "What check-ins and check-outs are judged by. New rules judge what arrives from then on; stored evidence keeps"
        " its verdict until you have it judged again.",
        "签到和签退按这些规则判定。新规则对之后收到的记录生效；已有记录在重新判定之前保持原判定。",
    ),
    "evidence_rules.in_force": ("Version {version} in force", "当前生效：版本 {version}"),
    "evidence_rules.field.max_age_s": ("Oldest position that counts, s", "定位最长有效时间（秒）"),
    "evidence_rules.field.max_accuracy_m": ("Coarsest position that counts, m", "可接受的最大误差（米）"),
    "evidence_rules.hint.max_accuracy_m": (
        "Left empty, the size of the site's fence is the limit.",
        "留空时以网点围栏半径为限。",
    ),
    "evidence_rules.field.max_speed_kmh": (
        "Fastest that somebody can get along, km/h",
        "最高可信移动速度（公里/小时）",
    ),
    "evidence_rules.field.online_within_s": (
        "Counts as made online if it arrives within, s",
        "多少秒内送达视为在线签到",
    ),
    "evidence_rules.hint.online_within_s": (
        "Strict fences refuse only what is made online.",
        "严格围栏只拒绝在线签到。",
    ),
    "evidence_rules.field.unconfirmed_sites_count": (
        "Sites that a rep placed count before a manager confirmed them",
        "业务员标注的网点在主管确认前即可作为判定依据",
    ),
    "evidence_rules.field.note": ("Why the rules are changed", "修改原因"),
    "evidence_rules.no_number": ("This is not a number.", "请填写数字。"),
    "evidence_rules.fences": ("Fences", "围栏"),
    "evidence_rules.fences_hint": (
        "Mark: too far away is noted. Refuse: too far away is refused while online. Ignore: the distance is only"
        " measured.",
        "标记：超出围栏时注明。拒绝：在线时超出围栏则拒绝。忽略：只测量距离。",
    ),
    "evidence_rules.class": ("Class {grade}", "{grade} 级客户"),
    "evidence_rules.others": ("Without a class", "未分级客户"),
    "evidence_rules.direction.in": ("Check-in", "签到"),
    "evidence_rules.direction.out": ("Check-out", "签退"),
    "evidence_rules.mode.soft": ("Mark", "标记"),
    "evidence_rules.mode.hard": ("Refuse", "拒绝"),
    "evidence_rules.mode.off": ("Ignore", "忽略"),
    "evidence_rules.preview": ("What would change?", "预览变化"),
    "evidence_rules.submit": ("Put in force", "启用新规则"),
    "evidence_rules.done": ("The new rules are in force.", "新规则已生效。"),
    "evidence_rules.difference": ("What would change", "变化预览"),
    "evidence_rules.difference_hint": (
        "Change something and ask what would change: the evidence of the last {days} days is judged by it on trial;"
        " nothing is stored.",
        "修改规则后点击“预览变化”：将用新规则试判最近 {days} 天的记录，不会保存任何结果。",
    ),
    "evidence_rules.total": (
        "Judged on trial: {total} of the last {days} days.",
        "试判最近 {days} 天的 {total} 条记录。",
    ),
    "evidence_rules.unchanged": ("Unchanged: {count}.", "不变：{count} 条。"),
    "evidence_rules.overridden": ("Decided by a manager, left alone: {count}.", "主管已裁定、不受影响：{count} 条。"),
    "evidence_rules.nothing": ("No verdict would change.", "没有判定会发生变化。"),
    "evidence_rules.recomputations": ("Judged again", "重新判定"),
    "evidence_rules.recomputations_none": ("Nothing was judged again yet.", "尚未重新判定过。"),
    "evidence_rules.recomputed": ("{changed} of {total} changed", "共 {total} 条，变化 {changed} 条"),
    "evidence_rules.running": ("running, {done} judged", "进行中，已判定 {done} 条"),
    "evidence_rules.history": ("Versions", "历史版本"),
    "evidence_rules.version": ("Version {version}", "版本 {version}"),
    "member.max_age_ms": ("oldest position, ms", "定位最长有效时间（毫秒）"),
    "member.max_accuracy_m": ("coarsest position, m", "最大误差（米）"),
    "member.max_speed_mps": ("fastest, m/s", "最高速度（米/秒）"),
    "member.online_within_s": ("online within, s", "在线时限（秒）"),
    "member.unconfirmed_sites_count": ("unconfirmed sites count", "未确认网点可作依据"),
    "member.fences": ("fences", "围栏"),
    "member.direction": ("direction", "方向"),
    "member.mode": ("how strict", "严格程度"),
    "evidence_rules.recompute.action": ("Judge again", "重新判定"),
    "evidence_rules.recompute.title": ("Judge stored evidence again", "重新判定已有记录"),
    "evidence_rules.recompute.lead": (
        "All evidence of these days is judged by the rules in force, in the background. What a manager decided stays.",
        "将在后台按当前规则重新判定这些日期的全部记录，主管已裁定的保持不变。",
    ),
    "evidence_rules.recompute.field.from_date": ("From", "起始日期"),
    "evidence_rules.recompute.field.to_date": ("Until", "截止日期"),
    "evidence_rules.recompute.submit": ("Judge again", "重新判定"),
    "evidence_rules.recompute.done": (
        "The evidence is being judged again. How far it is stands on this page.",
        "正在重新判定，进度显示在本页。",
    ),
}
