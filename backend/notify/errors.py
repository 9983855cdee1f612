"""Why a command about notifications is refused."""

from core import errors


class NotificationNotFound(errors.NotFound):
    """You have no such notification."""

    code = "notify.not_found"
    zh = "您没有该通知。"
