"""Refusals of the sync protocol itself."""

from core.errors import DomainError, NotFound, Then


class CursorInvalid(DomainError):
    """This cursor was not made for this device. Pull again with a null cursor; the outbox is not touched."""

    code = "sync.cursor_invalid"
    zh = "该游标不属于此设备。请以空游标重新拉取；待发送的数据不受影响。"
    status = 400
    then = Then.PULL_ANEW


class TooManyCommands(DomainError):
    """A push holds at most {limit} commands. Send them in several pushes."""

    code = "sync.too_many_commands"
    zh = "一次推送最多 {limit} 条命令，请分多次发送。"
    status = 413
    then = Then.SPLIT


class SchemaUnknown(DomainError):
    """This server does not speak version {schema} of the protocol."""

    code = "sync.protocol_unknown"
    zh = "服务器不支持第 {schema} 版协议。"
    status = 400
    then = Then.UPDATE


class CommandNotFound(NotFound):
    """There is no such command, or it is not visible to you."""

    code = "sync.command_not_found"
    zh = "命令不存在，或您无权查看。"


class NotWaiting(DomainError):
    """This command is not waiting for anybody: it was settled before."""

    code = "sync.not_waiting"
    zh = "该命令已处理，无需再次处理。"
    then = Then.REFRESH


class ConflictNotFound(NotFound):
    """There is no such conflict, or it is not visible to you."""

    code = "sync.conflict_not_found"
    zh = "冲突不存在，或您无权查看。"


class AlreadyRestored(DomainError):
    """The value was restored before."""

    code = "sync.already_restored"
    zh = "该值已被恢复。"
    then = Then.REFRESH


class ConflictSettled(DomainError):
    """This conflict was settled before."""

    code = "sync.conflict_settled"
    zh = "该冲突已处理。"
    then = Then.REFRESH


class Discarded(DomainError):
    """A manager decided not to apply this: {reason}"""

    code = "sync.discarded"
    zh = "主管决定不执行此操作：{reason}"
    then = Then.ASK


class FromRevokedDevice(DomainError):
    """This device was revoked. What it had recorded is kept and waits for a manager."""

    code = "sync.device_revoked"
    zh = "此设备已被吊销。其记录已保存，等待主管处理。"
    status = 202
    parks = True
