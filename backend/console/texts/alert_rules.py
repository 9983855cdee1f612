"""The rules of alerts."""

TEXTS = {
    "alert_rules.place": ("Alert rules", "提醒规则"),
    "alert_rules.title": ("Alert rules", "提醒规则"),
    "alert_rules.lead": (
        "When people are told of tasks and visits that are due or overdue. They are told in the morning of working"
        " days, of each matter once; the superiors of whoever leaves something undone are told some days later.",
        "规定何时提醒到期或逾期的待办任务和拜访。仅在工作日早晨提醒，每件事只提醒一次；逾期未办的，若干天后提醒其上级。",
    ),
    "alert_rules.field.task_after_days": (
        "Superiors hear of an overdue task after so many working days",
        "待办任务逾期几个工作日后提醒上级",
    ),
    "alert_rules.field.visit_after_days": (
        "Superiors hear of an overdue visit after so many working days",
        "拜访逾期几个工作日后提醒上级",
    ),
    "alert_rules.hint.task_after_days": ("1 to 20; left empty: never.", "1 至 20；留空表示不提醒。"),
    "alert_rules.hint.visit_after_days": ("1 to 20; left empty: never.", "1 至 20；留空表示不提醒。"),
    "alert_rules.field.morning": ("From this time of day on", "每天从几点开始提醒"),
    "alert_rules.hint.morning": (
        "In the time zone of each team's work calendar.",
        "按各团队工作日历所在时区计算。",
    ),
    "alert_rules.submit": ("Save", "保存"),
    "alert_rules.done": ("The rules for alerts were saved.", "提醒规则已保存。"),
}
