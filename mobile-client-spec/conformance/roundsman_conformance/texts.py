"""What the tool says to people, in English and in Chinese."""

_TEXTS = {
    "client": ("Client: {name}; capabilities: {capabilities}", "客户端：{name}；能力：{capabilities}"),
    "none": ("none", "无"),
    "playing": ("{id}: {title}", "{id}：{title}"),
    "scenario_passed": ("passed", "通过"),
    "scenario_failed": ("FAILED", "失败"),
    "scenario_skipped": ("not played, needs {lacking}", "未执行，需要能力 {lacking}"),
    "rule": ("rule", "规则"),
    "level": ("level", "级别"),
    "result": ("result", "结果"),
    "passed": ("passed", "通过"),
    "failed": ("FAILED", "失败"),
    "advice": ("not followed", "未遵循"),
    "not_tested": ("not tested", "未测试"),
    "failure": ("{scenario}, step {step}", "场景 {scenario}，第 {step} 步"),
    "expected": ("expected: {text}", "预期：{text}"),
    "got": ("got:      {text}", "实际：{text}"),
    "lacking": ("the client lacks: {text}", "客户端缺少能力：{text}"),
    "stopped": ("ended early over another rule: {text}", "因其他规则提前结束：{text}"),
    "summary": (
        "{must} MUST: {passed} passed, {failed} failed, {untested} not tested; {advice} SHOULD not followed.",
        "必须遵守的规则 {must} 条：通过 {passed}，失败 {failed}，未测试 {untested}；未遵循的建议 {advice} 条。",
    ),
    "no_adapter": (
        "Name the adapter: --adapter COMMAND or --adapter-url URL.",
        "请指定适配器：--adapter 命令 或 --adapter-url 地址。",
    ),
    "no_scenarios": (
        "There are no scenarios in {folder}. Name the folder: --scenarios FOLDER.",
        "{folder} 中没有场景，请用 --scenarios 指定文件夹。",
    ),
    "nothing_chosen": ("No scenario covers {names}.", "没有场景涉及 {names}。"),
    "gone": ("The adapter does not answer: {reason}", "适配器没有应答：{reason}"),
    "broken": ("A scenario cannot be read: {reason}", "场景文件无法读取：{reason}"),
}


def say(language: str, which: str, **members: object) -> str:
    """A text in a language (`zh…` is Chinese, all else English)."""
    english, chinese = _TEXTS[which]
    return (chinese if language.startswith("zh") else english).format_map(members)
