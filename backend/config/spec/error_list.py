"""`errors.md`: every error code with its status, both messages, whether to retry and what to tell the user."""

from collections.abc import Iterator

from config.spec.error_advice import ADVICE, Words
from config.spec.heads import head_of
from core.errors import CATALOGUE, DomainError, Then

_ROWS = """
| code / 代码 | status | English | 中文 | do / 处理 |
|---|---|---|---|---|
"""


def errors_text() -> str:
    """Returns the document."""
    return "\n".join([head_of("errors"), *_advice(), *_apps()])


def _advice() -> Iterator[str]:
    used = {kind.advice() for kind in CATALOGUE.values()}
    for then in Then:
        if then not in used:
            continue
        advice = ADVICE[then]
        yield f"### {advice.name.en} / {advice.name.zh}\n"
        yield f"- send again? / 重发？ {_both(advice.again)}"
        yield f"- the app / 应用: {_both(advice.app)}"
        yield f"- tell the user, beside the message / 除提示外告知用户: {_both(advice.say)}\n"


def _apps() -> Iterator[str]:
    apps: dict[str, list[str]] = {}
    for code in sorted(CATALOGUE):
        apps.setdefault(code.partition(".")[0], []).append(code)
    for app, codes in apps.items():
        yield f"## {app}\n{_ROWS}" + "\n".join(_row(code, CATALOGUE[code]) for code in codes) + "\n"


def _row(code: str, kind: type[DomainError]) -> str:
    name = ADVICE[kind.advice()].name
    link = f"[{name.en} / {name.zh}](#{anchor(f'{name.en} / {name.zh}')})"
    messages = f"{_cell(kind.template('en'))} | {_cell(kind.template('zh-Hans'))}"
    return f"| `{code}` | {kind.status} | {messages} | {link} |"


def anchor(heading: str) -> str:
    """Returns the anchor that a page gives to a heading."""
    return "".join(char for char in heading.lower().replace(" ", "-") if char.isalnum() or char in "-_")


def _both(words: Words) -> str:
    return f"{words.en} · {words.zh}"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
