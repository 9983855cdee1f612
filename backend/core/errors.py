"""Typed refusals. One class per reason; its code is stable, its docstring is the English message, `zh` the Chinese."""

import inspect
import random
import re
from enum import Enum
from typing import Any, ClassVar

CATALOGUE: dict[str, type["DomainError"]] = {}
_BY_CONSTRAINT: dict[str, type["DomainError"]] = {}


class Then(Enum):
    """What a client does when it meets an error; `config.spec.error_advice` says it in full."""

    CORRECT = "correct"
    """The user corrects what he entered and records it anew."""
    REFRESH = "refresh"
    """What the phone showed is out of date: pull, and show how things are now."""
    ASK = "ask"
    """Not his to do: somebody else has to."""
    KEPT = "kept"
    """Stored; waits for a person."""
    LATER = "later"
    """Send the same again after a pause."""
    RESUME = "resume"
    """Of an upload: ask where it stands, or create it anew, and go on."""
    SPLIT = "split"
    """Send the same in smaller requests; what is refused alone is held."""
    RENEW = "renew"
    """Exchange the refresh token, then send the same again."""
    SIGN_IN = "sign_in"
    """Ask for the password."""
    PULL_ANEW = "pull_anew"
    """Pull with a null cursor."""
    NEW_DEVICE = "new_device"
    """Sign in without the device id."""
    WIPE = "wipe"
    """Deliver what is left, then erase."""
    UPDATE = "update"
    """The app is too new or too old for this server."""
    REPORT = "report"
    """A fault of the app: hold the command, keep it, tell the makers."""
    OFFICE = "office"
    """Met only in the office, by imports and administration."""


class DomainError(Exception):
    """The request could not be carried out."""

    code: ClassVar[str] = ""
    zh: ClassVar[str] = "请求无法执行。"
    status: ClassVar[int] = 409
    parks: ClassVar[bool] = False
    """True: a command that meets this waits for a person instead of being refused."""
    constraint: ClassVar[str | None] = None
    """The database constraint whose violation means this error."""
    then: ClassVar[Then | None] = None
    """What a client does, where the status does not tell."""

    def __init__(self, field: str | None = None, **details: Any) -> None:
        self.field = field
        self.details = details
        super().__init__(self.code, field, details)

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if not cls.__dict__.get("code"):
            return
        if CATALOGUE.setdefault(cls.code, cls) is not cls:
            raise TypeError(f"error code {cls.code} is declared twice")
        if cls.constraint:
            _BY_CONSTRAINT[cls.constraint] = cls

    @classmethod
    def template(cls, locale: str) -> str:
        """The message in `locale` (`zh…` or anything else for English), its {placeholders} not filled in."""
        if locale.lower().startswith("zh"):
            return cls.zh
        return " ".join(inspect.cleandoc(cls.__doc__ or "").split("\n\n")[0].split())

    @classmethod
    def advice(cls) -> Then:
        """What a client does when it meets this error."""
        if cls.then is not None:
            return cls.then
        if cls.parks:
            return Then.KEPT
        return _BY_STATUS.get(cls.status, Then.CORRECT)

    def message(self, locale: str) -> str:
        """The message in `locale` with the details filled in."""
        return self.template(locale).format_map(_Details(self.details, field=self.field or "–"))

    def as_body(self, locale: str) -> dict[str, Any]:
        """The error body of the API: `{"error": {code, message, field, details}}`."""
        return {
            "error": {
                "code": self.code,
                "message": self.message(locale),
                "field": self.field,
                "details": self.details,
            }
        }


_BY_STATUS = {
    400: Then.REPORT,
    401: Then.SIGN_IN,
    403: Then.ASK,
    404: Then.REFRESH,
    405: Then.REPORT,
    413: Then.SPLIT,
    429: Then.LATER,
    500: Then.LATER,
    503: Then.LATER,
}


class _Details(dict[str, Any]):
    """Details for a message; a missing one shows as a dash rather than raising while an error is reported."""

    def __missing__(self, key: str) -> str:
        return "–"


def for_constraint(name: str | None) -> type[DomainError] | None:
    """The refusal that a violation of the database constraint `name` means, if one is declared."""
    return _BY_CONSTRAINT.get(name) if name else None


def field_of_constraint(name: str) -> str | None:
    """The column of a foreign key that Django named: `customers_site_customer_id_8f3c_fk_…` is `customer_id`."""
    match = re.match(r"(?:[a-z]+_){1,3}?([a-z_]+_id)_[0-9a-f]{8}_fk", name)
    return match[1] if match else None


class InvalidInput(DomainError):
    """{field} is not valid: {reason}"""

    code = "core.invalid_input"
    zh = "{field} 无效：{reason}"
    status = 422


class InvalidJson(DomainError):
    """The request body is not valid JSON: {reason}"""

    code = "core.invalid_json"
    zh = "请求内容不是有效的 JSON：{reason}"
    status = 400


class BadRequest(DomainError):
    """The request is malformed."""

    code = "core.bad_request"
    zh = "请求格式不正确。"
    status = 400


class InvalidText(DomainError):
    """{field} holds a character that text may not hold (NUL or half of a surrogate pair)."""

    code = "core.invalid_text"
    zh = "{field} 含有文本中不允许的字符（NUL 或不完整的代理对）。"
    status = 422


class IdReused(DomainError):
    """This command id was already used for another command."""

    code = "sync.id_reused"
    zh = "该命令编号已用于另一条命令。"
    status = 409
    then = Then.REPORT


class IdTaken(DomainError):
    """A row with this id already exists."""

    code = "core.id_taken"
    zh = "该编号的记录已存在。"
    then = Then.REPORT


class ReferenceInvalid(DomainError):
    """{field} names something that does not exist."""

    code = "core.reference_invalid"
    zh = "{field} 所指的记录不存在。"
    status = 422
    then = Then.REFRESH


class NotFound(DomainError):
    """There is no such record, or it is not visible to you."""

    code = "core.not_found"
    zh = "记录不存在，或您无权查看。"
    status = 404


class Forbidden(DomainError):
    """Your role does not allow this."""

    code = "core.forbidden"
    zh = "您的角色无权执行此操作。"
    status = 403


class UnknownCommand(DomainError):
    """This server does not know the command yet. It is kept and will be applied after an upgrade."""

    code = "sync.unknown_command"
    zh = "服务器尚不认识该命令，已保存，升级后执行。"
    status = 202
    parks = True
    then = Then.UPDATE


class UnknownSchema(DomainError):
    """This server does not know version {schema} of the command yet. It is kept, and applied after an upgrade."""

    code = "sync.unknown_schema"
    zh = "服务器尚不认识该命令的第 {schema} 版，已保存，升级后执行。"
    status = 202
    parks = True
    then = Then.UPDATE


class ScopeLost(DomainError):
    """You no longer have access to this customer. The change is kept and a manager decides about it."""

    code = "sync.scope_lost"
    zh = "您已无权访问该客户。更改已保存，等待主管处理。"
    status = 202
    parks = True


class DependencyWaiting(DomainError):
    """This builds on command {waits_for}, which is not settled yet. It is kept and follows it."""

    code = "sync.dependency_waiting"
    zh = "此操作依赖尚未处理的命令 {waits_for}，已保存，将随其一并处理。"
    status = 202
    parks = True


class Unexpected(DomainError):
    """The server met an unexpected fault. What you recorded is kept and will be processed after the repair."""

    code = "sync.unexpected_error"
    zh = "服务器出现意外故障。您的记录已保存，修复后处理。"
    status = 202
    parks = True


class TooLarge(DomainError):
    """The request is larger than the limit of {limit}."""

    code = "core.too_large"
    zh = "请求超过上限 {limit}。"
    status = 413


class PayloadTooLarge(DomainError):
    """The payload of one command may have at most {limit} bytes."""

    code = "core.payload_too_large"
    zh = "单条命令的内容不得超过 {limit} 字节。"
    status = 413
    then = Then.REPORT


class Unauthenticated(DomainError):
    """Sign in first: the access token is missing, expired or not valid."""

    code = "accounts.unauthenticated"
    zh = "请先登录：访问令牌缺失、已过期或无效。"
    status = 401
    then = Then.RENEW


class MethodNotAllowed(DomainError):
    """This address does not offer that method."""

    code = "core.method_not_allowed"
    zh = "该地址不支持此方法。"
    status = 405


_AWAY_S = (2, 6)
"""Within so many seconds a server that cannot answer is tried again."""


class Unavailable(DomainError):
    """The server cannot answer just now. Try again in a moment; nothing is lost."""

    code = "core.unavailable"
    zh = "服务器暂时无法响应，请稍后重试；数据不会丢失。"
    status = 503

    def __init__(self, field: str | None = None, **details: Any) -> None:
        # Everybody meets it at the same moment; they shall not come back at the same one.
        super().__init__(field, **({"retry_after_s": random.randint(*_AWAY_S)} | details))  # noqa: S311


class Busy(DomainError):
    """The server has more to do than it can just now. Try again in {retry_after_s} seconds; nothing is lost."""

    code = "core.busy"
    zh = "服务器当前繁忙，请在 {retry_after_s} 秒后重试；数据不会丢失。"
    status = 503
