"""What visits has users told of without having asked."""

from core.notices import NoticeKind, Words, declare

TASK_ASSIGNED = declare(
    NoticeKind(
        "visits.task_assigned",
        Words("New task", "新的待办任务"),
        Words("{customer}: {task} (by {day})", "{customer}：{task}（截止 {day}）"),
    )
)
TASK_DUE = declare(
    NoticeKind(
        "visits.task_due",
        Words("Task due", "待办任务即将到期"),
        Words("{customer}: {task} (by {day})", "{customer}：{task}（截止 {day}）"),
    )
)
TASK_OVERDUE = declare(
    NoticeKind(
        "visits.task_overdue",
        Words("Task overdue", "待办任务已逾期"),
        Words("{customer}: {task} was to be done by {day}", "{customer}：{task}，应于 {day} 前完成"),
    )
)
TASK_NEGLECTED = declare(
    NoticeKind(
        "visits.task_neglected",
        Words("Task of {person} overdue", "{person} 的待办任务逾期未办"),
        Words("{customer}: {task} was to be done by {day}", "{customer}：{task}，应于 {day} 前完成"),
    )
)
VISIT_DUE = declare(
    NoticeKind(
        "visits.visit_due",
        Words("Visit due", "拜访即将到期"),
        Words("{customer} is to be visited by {day}", "{customer} 应于 {day} 前拜访"),
    )
)
VISIT_OVERDUE = declare(
    NoticeKind(
        "visits.visit_overdue",
        Words("Visit overdue", "拜访已逾期"),
        Words("{customer} was to be visited by {day}", "{customer} 原应于 {day} 前拜访"),
    )
)
VISIT_NEGLECTED = declare(
    NoticeKind(
        "visits.visit_neglected",
        Words("Visit of {person} overdue", "{person} 的拜访逾期未做"),
        Words("{customer} was to be visited by {day}", "{customer} 原应于 {day} 前拜访"),
    )
)
