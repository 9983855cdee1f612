"""Why a field was refused, in the reader's language: what judges payloads gives its reasons in English."""

import re

# Of pydantic, by the beginning that all of a kind have in common; what is not here stays as it is.
_CHINESE = (
    (re.compile(r"String should have at most (\d+) characters?"), r"最多 \1 个字符"),
    (re.compile(r"String should have at least 1 character"), "不能为空"),
    (re.compile(r"String should have at least (\d+) characters?"), r"至少 \1 个字符"),
    (re.compile(r"Field required"), "必填"),
    (re.compile(r"Input should be greater than or equal to (\S+)"), r"不能小于 \1"),
    (re.compile(r"Input should be less than or equal to (\S+)"), r"不能大于 \1"),
    (re.compile(r"Input should be greater than (\S+)"), r"必须大于 \1"),
    (re.compile(r"Input should be less than (\S+)"), r"必须小于 \1"),
    (re.compile(r"Input should be a valid (integer|number|decimal).*"), "应为数字"),
    (re.compile(r"Input should be a valid (date|datetime).*"), "应为有效日期"),
    (re.compile(r"Input should be a valid (string|UUID|boolean|list|dictionary).*"), "格式不正确"),
    (re.compile(r"Input should be ('.*')"), r"应为 \1"),
    (re.compile(r"String should match pattern .*"), "格式不正确"),
    (re.compile(r"Value error, must be a day.*"), "应为有效日期"),
    (re.compile(r"Value error, must be a time zone.*"), "不是有效的时区"),
    (re.compile(r"Value error, must be 1 to 64 letters.*"), "只能包含 1 至 64 个字母、数字或 . _ @ + -"),
    (re.compile(r"Value error, (.*) may not be null"), "不能为空"),
    (re.compile(r"Value error, has to be said in English.*"), "中文和英文至少填写一种"),
    (re.compile(r"List should have at least (\d+) items? .*"), r"至少需要 \1 项"),
    (re.compile(r"List should have at most (\d+) items? .*"), r"最多 \1 项"),
    (re.compile(r"must lie in the future"), "必须晚于现在"),
    (re.compile(r"Value error, must be a decimal string.*"), "应为数字，整数部分最多 9 位，小数部分最多 6 位"),
)


def in_words(reason: str, locale: str) -> str:
    """The reason as `locale` says it."""
    if locale != "zh-Hans":
        return reason.removeprefix("Value error, ")
    for english, chinese in _CHINESE:
        if (found := english.fullmatch(reason)) is not None:
            return found.expand(chinese)
    return reason.removeprefix("Value error, ")
