"""What can go wrong, one class per reason. The docstring is the English message, `zh` the Chinese one.

Two families. `Transient`: time heals it, nothing is lost, `Client.sync` reports it instead of raising. Everything else
needs a person or a new version of the app and is raised.
"""

import inspect
from typing import Any, ClassVar


class ClientError(Exception):
    """Something went wrong."""

    zh: ClassVar[str] = "出现错误。"

    def text(self, language: str = "en") -> str:
        """The message for a person, in English or (language `zh…`) in Chinese."""
        if language.lower().startswith("zh"):
            return self.zh.format_map(_Members(vars(self)))
        return " ".join((inspect.getdoc(type(self)) or "").split()).format_map(_Members(vars(self)))

    def __str__(self) -> str:
        return self.text()


class _Members(dict[str, Any]):
    """Members for a message; a missing one shows as a dash."""

    def __missing__(self, key: str) -> str:
        return "–"


class Transient(ClientError):
    """The server could not be reached just now."""

    zh = "暂时无法连接服务器。"
    retry_after_s: float | None = None


class NetworkFailed(Transient):
    """The connection failed or the answer was lost on the way: {reason}"""

    zh = "连接失败或应答丢失：{reason}"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class AnswerCut(NetworkFailed):
    """The answer arrived damaged: {reason}"""

    zh = "应答不完整：{reason}"


class ServerBusy(Transient):
    """The server asks for patience (HTTP {status})."""

    zh = "服务器繁忙，请稍后再试（HTTP {status}）。"

    def __init__(self, status: int, retry_after_s: float | None) -> None:
        super().__init__(status, retry_after_s)
        self.status = status
        self.retry_after_s = retry_after_s


class ServerRefused(ClientError):
    """{message} ({code})"""

    zh = "{message}（{code}）"

    def __init__(
        self, status: int, code: str, message: str, field: str | None = None, details: dict[str, Any] | None = None
    ) -> None:
        super().__init__(status, code, message, field)
        self.status = status
        self.code = code
        self.message = message
        self.field = field
        self.details = details or {}


class CursorInvalid(ServerRefused):
    """The server does not accept this phone's cursor; the next pull starts without one. ({code})"""

    zh = "服务器不接受此同步游标，下次将重新拉取。（{code}）"


class SignInRequired(ServerRefused):
    """Please sign in again. Everything recorded is kept and will be sent then. ({code})"""

    zh = "请重新登录。已记录的内容都已保存，登录后发送。（{code}）"


class DeviceRevoked(ServerRefused):
    """{message} ({code})"""

    wiped: bool = False
    """Whether everything on this phone has been erased."""
    unsent: int = 0
    """Commands that the server has not received yet; they are kept until it has."""


class NotSignedIn(ClientError):
    """Nobody has signed in on this phone yet."""

    zh = "尚未有人在此手机上登录。"


class OtherUser(ClientError):
    """This phone's store belongs to {username} of {company}; another user needs a store of his own."""

    zh = "此手机的数据属于 {company} 的 {username}，其他用户须使用自己的存储。"

    def __init__(self, company: str, username: str) -> None:
        super().__init__(company, username)
        self.company = company
        self.username = username


class UnsentWork(ClientError):
    """{count} recorded commands have not reached the server yet; sync first."""

    zh = "还有 {count} 条记录未送达服务器，请先同步。"

    def __init__(self, count: int) -> None:
        super().__init__(count)
        self.count = count


class PayloadInvalid(ClientError):
    """This cannot be recorded: {reason}"""

    zh = "无法记录：{reason}"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class AnswerInvalid(ClientError):
    """The server's answer breaks the protocol: {reason}"""

    zh = "服务器应答不符合协议：{reason}"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
