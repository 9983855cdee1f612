"""The words of the report, in both languages."""

from typing import NamedTuple


class Words(NamedTuple):
    """One text in English and in Chinese."""

    english: str
    chinese: str


def plain(text: str) -> Words:
    """A name that is the same in both: of a command, a code, a kind of request."""
    return Words(text, text)


CHECKS = {
    "commands": Words(
        "Every recorded command is on the server exactly once, with one verdict, and the phone shows that verdict",
        "每条记录的命令在服务器上恰好一份、裁决唯一，且手机显示该裁决",
    ),
    "effects": Words(
        "Every command that took effect has its effect once; refused and parked ones have none",
        "已执行的命令恰好生效一次；被拒绝和待处理的命令没有任何效果",
    ),
    "replicas": Words(
        "Every replica equals a fresh pull of the same user, row by row",
        "每个副本与同一用户的全新拉取逐行相同",
    ),
    "grants": Words(
        "Every device holds exactly the scopes that its user may see",
        "每台设备恰好持有其用户可见的范围",
    ),
    "versions": Words(
        "The version of a row never went back on a phone, over its whole life",
        "在手机的整个生命期内，行的版本从未倒退",
    ),
    "told": Words(
        "Every refusal, parked command and conflict is visible to its user, with its reason",
        "每次拒绝、待处理命令和冲突都对其用户可见，并说明原因",
    ),
    "repairs": Words("Nothing had to be repaired", "没有任何数据需要修复"),
    "times": Words(
        "Field times are right although clocks were wrong by up to two days",
        "尽管时钟误差可达两天，现场时间仍然正确",
    ),
    "answered": Words(
        "Every request of every device was answered: done, or told when to come again",
        "每台设备的每个请求都得到应答：已处理，或被告知何时再来",
    ),
}
STATUSES = {
    "applied": Words("applied", "已执行"),
    "merged": Words("merged", "已合并"),
    "refused": Words("refused", "已拒绝"),
    "parked": Words("still parked", "待处理"),
}
FAULTS = {
    "delay": Words("delayed", "延迟"),
    "cut_request": Words("request cut", "请求被截断"),
    "cut_answer": Words("answer cut", "应答被截断"),
    "double": Words("arrived twice", "重复到达"),
    "late": Words("arrived late, out of order", "迟到、乱序"),
    "busy": Words("503 with Retry-After", "503 并附 Retry-After"),
    "too_many": Words("429 with Retry-After", "429 并附 Retry-After"),
}
EVENTS = {
    "apps died during a sync": Words("apps died between two requests", "应用在两次请求之间退出"),
    "apps killed with their process": Words("processes killed while syncing", "同步中的进程被强行结束"),
    "users set the clock": Words("users set the clock", "用户改动时钟"),
    "users signed in again": Words("users signed in again", "用户重新登录"),
}
PARTS = {
    "web": Words("web server", "网页服务"),
    "postgres": Words("PostgreSQL", "数据库"),
    "network": Words("faulty network", "故障网络"),
    "drivers": Words("phones", "手机"),
}
ROLES = {
    "phone": Words("phones", "手机"),
    "tablet": Words("tablets, second devices", "平板（第二台设备）"),
    "absent": Words("phones away for 30 days", "离线 30 天的手机"),
    "desk": Words("phones of superiors", "主管的手机"),
    "monday": Words("phones", "手机"),
}
