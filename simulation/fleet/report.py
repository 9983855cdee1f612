"""The report of a run: one page with charts, and the figures beside it as JSON."""

import json
from collections.abc import Iterator
from pathlib import Path

from simulation.fleet import charts, page
from simulation.fleet.charts import Bar, Line
from simulation.fleet.figures import Json
from simulation.fleet.words import CHECKS, EVENTS, FAULTS, PARTS, ROLES, STATUSES, Words, plain

_LOOKS = ("first", "second", "third", "fourth")
_SHOWN_CODES = 12


def write_report(figures: Json, folder: Path, title: Words) -> Path:
    """Write `report.html` and `figures.json` into the folder; the page's path."""
    folder.mkdir(parents=True, exist_ok=True)
    figures_file, file = folder / "figures.json", folder / "report.html"
    figures_file.write_text(json.dumps(figures, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    file.write_text(page.whole_page(title, _parts(figures, title)), encoding="utf-8")
    return file


def _parts(figures: Json, title: Words) -> Iterator[str]:
    yield page.heading(title, 1)
    yield _setting(figures)
    yield _verdict(figures)
    yield _tiles(figures)
    yield from _checks(figures)
    if "monday" in figures:
        yield from _monday(figures["monday"])
    yield from _latencies(figures)
    yield from _timeline(figures)
    yield from _commands(figures)
    yield from _traffic(figures)
    yield from _mishaps(figures)
    yield from _cost(figures)
    yield page.paragraph(
        Words("The raw figures are in figures.json beside this page.", "原始数据见同目录下的 figures.json。"), "soft"
    )


def _setting(figures: Json) -> str:
    words = ", ".join(f"{name} {value}" for name, value in figures["setting"].items())
    return page.paragraph(f"{figures['taken_at']} · {words}", "soft")


def _verdict(figures: Json) -> str:
    good = figures["proven"]
    words = (
        Words("Proven: everything below holds.", "已证明：以下各项全部成立。")
        if good
        else Words("Not proven: see what is marked ✗.", "未能证明：请见标有 ✗ 的各项。")
    )
    return f'<div class="verdict {"" if good else "bad"}">{"✓" if good else "✗"} {page.both(words)}</div>'


def _tiles(figures: Json) -> str:
    requests = sum(row["requests"] for row in figures["requests"])
    return page.tiles(
        [
            (f"{sum(figures['devices']['by_role'].values()):,}", Words("devices", "台设备")),
            (f"{figures['commands']['total']:,}", Words("commands", "条命令")),
            (f"{requests:,}", Words("requests answered", "次请求得到应答")),
            (f"{sum(figures['faults'].values()):,}", Words("faults on the network", "次网络故障")),
            (
                f"{figures['commands']['most_of_one_device']:,}",
                Words("commands of one phone at most", "单机最多命令数"),
            ),
            (f"{sum(figures['seconds'].values()):,.0f} s", Words("from start to verdict", "总耗时")),
        ]
    )


def _checks(figures: Json) -> Iterator[str]:
    yield page.heading(Words("What must be true", "必须成立的各项"))
    rows = [
        (
            "✗" if row["faults"] else "✓",
            CHECKS[row["check"]],
            f"{row['examined']:,}",
            f"{row['faults']:,}",
        )
        for row in figures["checks"]
    ]
    yield page.table(["", Words("check", "检查"), Words("looked at", "检查数"), Words("wrong", "错误")], rows, (2, 3))
    wrong = [(row["check"], found) for row in figures["checks"] for found in row["findings"]]
    if wrong:
        yield page.heading(Words("What is wrong", "错误明细"))
        yield page.table(
            [Words("check", "检查"), Words("device", "设备"), Words("finding", "内容")],
            [(check, found["device"], found["words"]) for check, found in wrong],
        )


def _latencies(figures: Json) -> Iterator[str]:
    title = Words("Latency by kind of request", "各类请求的延迟")
    yield page.heading(title)
    yield page.paragraph(
        Words(
            "From the request's first byte to the answer's last, at the server's door: faults on the network do not"
            " count. The machine also ran the phones.",
            "从请求首字节到应答末字节，在服务器一侧测得，不含网络故障造成的延迟。手机与服务器在同一台机器上运行。",
        ),
        "soft",
    )
    yield page.key([("first", plain("p50")), ("second", plain("p95")), ("third", plain("p99"))])
    rows = [
        (plain(row["kind"]), (row["p50_ms"], row["p95_ms"], row["p99_ms"]), f"p99 {row['p99_ms']:,.0f} ms")
        for row in figures["requests"]
    ]
    yield charts.latency_bars(rows, title)
    heads: list[page.Cell] = [
        Words("kind", "类型"),
        Words("requests", "请求数"),
        "p50 ms",
        "p95 ms",
        "p99 ms",
        "max ms",
    ]
    heads += [Words("turned away", "被婉拒"), Words("failed", "失败")]
    yield page.table(
        heads,
        [
            (
                row["kind"],
                f"{row['requests']:,}",
                *(f"{row[name]:,.1f}" for name in ("p50_ms", "p95_ms", "p99_ms", "max_ms")),
                f"{row['turned_away']:,}",
                f"{row['failed']:,}",
            )
            for row in figures["requests"]
        ],
        range(1, 8),
    )


def _timeline(figures: Json) -> Iterator[str]:
    moments = figures["timeline"]
    if len(moments) < 2:
        return
    step = moments[1]["at_s"] - moments[0]["at_s"]
    title = Words("The run over time", "运行过程")
    yield page.heading(title)
    answered = Line(Words("requests a second", "每秒请求数"), [moment["per_second"] for moment in moments], "first")
    away = Line(
        Words("of them turned away", "其中被婉拒"), [moment["turned_away_per_second"] for moment in moments], "third"
    )
    yield charts.lines([answered, away], step, Words("per second", "每秒"), title)
    slow = Line(Words("p95 in milliseconds", "p95（毫秒）"), [moment["p95_ms"] for moment in moments], "second")
    yield charts.lines([slow], step, Words("milliseconds", "毫秒"), title)


def _commands(figures: Json) -> Iterator[str]:
    commands = figures["commands"]
    title = Words("Commands by verdict", "各裁决的命令数")
    yield page.heading(title)
    yield charts.bars(
        [
            Bar(STATUSES.get(status, plain(status)), [(count, _LOOKS[number % 4])], f"{count:,}")
            for number, (status, count) in enumerate(commands["by_status"].items())
        ],
        title,
    )
    codes = list(commands["by_code"].items())[:_SHOWN_CODES]
    if codes:
        yield page.table(
            [Words("reason", "原因"), Words("commands", "命令数")], [(c, f"{n:,}") for c, n in codes], (1,)
        )
    yield page.table(
        [Words("command", "命令"), Words("recorded", "记录数")],
        [(name, f"{count:,}") for name, count in commands["by_name"].items()],
        (1,),
    )
    if figures["desks"]:
        yield page.heading(Words("Done at desks meanwhile", "期间办公室的操作"), 3)
        yield page.table(
            [Words("act", "操作"), Words("done", "完成"), Words("refused", "被拒")],
            [(row["act"], f"{row['done']:,}", f"{row['refused']:,}") for row in figures["desks"]],
            (1, 2),
        )


def _traffic(figures: Json) -> Iterator[str]:
    traffic = figures["traffic"]
    if not traffic["device_days"]:
        return
    title = Words("Bytes of a device on one day", "单台设备每日流量")
    yield page.heading(title)
    names = {"bytes_up": Words("sent", "上行"), "bytes_down": Words("received", "下行")}
    names["requests"] = Words("requests", "请求数")
    yield page.table(
        [
            Words(f"{traffic['device_days']:,} device days", f"{traffic['device_days']:,} 设备日"),
            "p50",
            "p95",
            Words("mean", "平均"),
        ],
        [
            (words, *(f"{traffic[name][column]:,}" for column in ("p50", "p95", "mean")))
            for name, words in names.items()
        ],
        (1, 2, 3),
    )
    sizes = {name: dict(traffic[f"{name}_histogram"]) for name in ("bytes_up", "bytes_down")}
    lows = sorted({low for counts in sizes.values() for low in counts})
    yield page.key([("first", names["bytes_up"]), ("second", names["bytes_down"])])
    yield charts.columns(
        [
            (_size(low), [(sizes["bytes_up"].get(low, 0), "first"), (sizes["bytes_down"].get(low, 0), "second")])
            for low in lows
        ],
        title,
    )


def _mishaps(figures: Json) -> Iterator[str]:
    if not (figures["faults"] or figures["events"]):
        return
    title = Words("What went wrong on purpose", "有意制造的故障")
    yield page.heading(title)
    devices = figures["devices"]
    rows = [
        Bar(FAULTS.get(name, plain(name)), [(count, "second")], f"{count:,}")
        for name, count in figures["faults"].items()
    ]
    rows += [
        Bar(EVENTS.get(name, plain(name)), [(count, "third")], f"{count:,}")
        for name, count in figures["events"].items()
    ]
    yield charts.bars(rows, title)
    hours = devices["most_wrong_s"] / 3600
    roles = [(ROLES.get(role, plain(role)), f"{count:,}") for role, count in devices["by_role"].items()]
    roles.append(
        (
            Words(f"wrong clocks, by {hours:.0f} h at most", f"时钟错误，最多 {hours:.0f} 小时"),
            f"{devices['wrong_clocks']:,}",
        )
    )
    roles.append((Words("apps that know only the first schemas", "只懂旧版格式的应用"), f"{devices['old_apps']:,}"))
    yield page.table([Words("devices", "设备"), Words("how many", "数量")], roles, (1,))


def _cost(figures: Json) -> Iterator[str]:
    cost = figures["cost"]
    if not cost:
        return
    title = Words("What it cost", "资源消耗")
    yield page.heading(title)
    yield charts.bars(
        [
            Bar(
                PARTS.get(name, plain(name)),
                [(part["cpu_s"], _LOOKS[number % 4])],
                f"{part['cpu_s']:,} s CPU, {part['memory_mb']:,} MB",
            )
            for number, (name, part) in enumerate(cost.items())
        ],
        title,
    )


def _monday(monday: Json) -> Iterator[str]:
    title = Words("Monday morning", "周一早晨")
    yield page.heading(title)
    yield page.tiles(
        [
            (f"{monday['came']:,}", Words("devices came", "台设备上线")),
            (f"{monday['done_p50_s']:.1f} s", Words("until a device was done, p50", "单机完成时间 p50")),
            (f"{monday['done_p99_s']:.1f} s", Words("the same, p99", "单机完成时间 p99")),
            (f"{monday['turned_away_share']:.1%}", Words("of requests turned away", "请求被婉拒")),
            (f"{monday['failed_share']:.2%}", Words("of requests failed", "请求失败")),
            (f"{monday['asked']:,}", Words("devices asked to stay away", "台设备被请求稍后再来")),
        ]
    )
    step = monday["step_s"]
    looks = (("arrivals", Words("came", "上线"), "first"), ("done", Words("were done", "完成"), "fourth"))
    series = [Line(words, monday[name], look) for name, words, look in looks]
    series.append(Line(Words("came again, idle", "再次同步（空闲）"), monday["again"], "second"))
    yield charts.lines(series, step, Words("devices a second", "每秒设备数"), title)
    if monday["asked_for"]:
        asked = Words("For how long devices were asked to stay away", "被请求等待的时长")
        yield page.heading(asked, 3)
        yield charts.columns(
            [(f"{low}–{high} s", [(count, "second")]) for low, high, count in monday["asked_for"]], asked
        )


def _size(low: int) -> str:
    return f"≥ {low // 2**20} MiB" if low >= 2**20 else f"≥ {low // 1024} KiB" if low >= 1024 else f"≥ {low} B"
