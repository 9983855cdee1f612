"""The end of a run on the terminal: what holds, how long requests took, where the report is."""

from collections.abc import Iterator

from rich.console import Console
from rich.table import Table

from simulation.fleet.figures import Json
from simulation.fleet.words import CHECKS, STATUSES, plain

_SHOWN = 12


def print_summary(figures: Json, console: Console) -> None:
    """Print what was found, in both languages."""
    for text in _lines(figures):
        console.print(text, markup=False, highlight=False, soft_wrap=True)
    console.print(_latencies(figures))
    verdict = "PROVEN / 已证明" if figures["proven"] else f"NOT PROVEN / 未能证明 (seed {figures['setting']['seed']})"
    console.print(f"\n{verdict}", markup=False, highlight=False)


def _lines(figures: Json) -> Iterator[str]:
    yield ""
    for row in figures["checks"]:
        words = CHECKS[row["check"]]
        mark = "✗" if row["faults"] else "✓"
        yield f"{mark} {words.english} ({row['examined']:,})\n  {words.chinese}"
        for found in row["findings"][:_SHOWN]:
            yield f"  ✗ {found['device']}: {found['words']}"
    yield ""
    if "monday" in figures:
        yield from _monday(figures["monday"])
    commands = figures["commands"]
    statuses = (
        f"{count:,} {STATUSES.get(name, plain(name)).english} {STATUSES.get(name, plain(name)).chinese}"
        for name, count in commands["by_status"].items()
    )
    yield f"Commands / 命令: {commands['total']:,}: {', '.join(statuses)}"
    traffic = figures["traffic"]
    if traffic["device_days"]:
        up, down = traffic["bytes_up"], traffic["bytes_down"]
        yield (
            f"Bytes per device and day / 单机每日字节: {up['p50']:,} up 上行, {down['p50']:,} down 下行 (p50);"
            f" {up['p95']:,}, {down['p95']:,} (p95)"
        )
    if figures["faults"]:
        yield "Faults / 故障: " + ", ".join(f"{count:,} {name}" for name, count in figures["faults"].items())
    if figures["events"]:
        yield "Events / 事件: " + ", ".join(f"{count:,} {name}" for name, count in figures["events"].items())
    if figures["cost"]:
        parts = (f"{name} {part['cpu_s']:,.0f} s, {part['memory_mb']:,} MB" for name, part in figures["cost"].items())
        yield f"CPU and most memory / CPU 与内存峰值: {'; '.join(parts)}"
    yield ""


def _monday(monday: Json) -> Iterator[str]:
    yield (
        f"Monday / 周一: {monday['came']:,} devices 设备; done after p50 {monday['done_p50_s']:.2f} s,"
        f" p99 {monday['done_p99_s']:.2f} s, max {monday['done_max_s']:.2f} s"
    )
    yield (
        f"  turned away / 被婉拒: {monday['turned_away']:,} requests 请求 ({monday['turned_away_share']:.1%});"
        f" errors / 错误: {monday['failed_share']:.2%}"
    )
    longest = monday["asked_for"][-1][1] if monday["asked_for"] else 0
    yield f"  asked to stay away / 被请求稍后再来: {monday['asked']:,} devices 设备, {longest} s at most 最长"


def _latencies(figures: Json) -> Table:
    table = Table(box=None, padding=(0, 2), show_edge=False)
    table.add_column("")
    for head in ("requests 请求", "p50 ms", "p95 ms", "p99 ms", "turned away 婉拒", "failed 失败"):
        table.add_column(head, justify="right")
    for row in figures["requests"]:
        numbers = (row["requests"], row["p50_ms"], row["p95_ms"], row["p99_ms"], row["turned_away"], row["failed"])
        table.add_row(row["kind"], *(f"{number:,}" for number in numbers))
    return table
