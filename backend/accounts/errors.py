"""The typed refusals of accounts."""

from typing import Any

from core.errors import DomainError, NotFound, Then


class SignInFailed(DomainError):
    """Company, user name or password is wrong."""

    code = "accounts.sign_in_failed"
    zh = "公司、用户名或密码不正确。"
    status = 401
    then = Then.CORRECT


class LockedOut(DomainError):
    """Too many failed attempts. Try again in {retry_after_s} seconds."""

    code = "accounts.locked_out"
    zh = "失败次数过多，请在 {retry_after_s} 秒后重试。"
    status = 429


class RefreshInvalid(DomainError):
    """This session has ended. Sign in again; what you recorded is kept on the phone."""

    code = "accounts.refresh_invalid"
    zh = "会话已结束，请重新登录；您的记录仍保存在手机上。"
    status = 401


class RefreshReused(DomainError):
    """A refresh token was used a second time, so the session was ended for safety. Sign in again."""

    code = "accounts.refresh_reused"
    zh = "刷新令牌被重复使用，为安全起见会话已结束，请重新登录。"
    status = 401


class DeviceRevoked(DomainError):
    """This device was revoked. Its data has to be removed."""

    code = "accounts.device_revoked"
    zh = "该设备已被停用，其上的数据须清除。"
    status = 401
    then = Then.WIPE

    def __init__(self, field: str | None = None, **details: Any) -> None:
        super().__init__(field, **({"wipe": True} | details))


class UserInactive(DomainError):
    """This user is deactivated. Ask your administrator."""

    code = "accounts.user_inactive"
    zh = "该用户已停用，请联系管理员。"
    status = 401
    then = Then.ASK


class DeviceTaken(DomainError):
    """This device id belongs to somebody else. Sign in without it to get a new one."""

    code = "accounts.device_taken"
    zh = "该设备编号属于其他用户，请不带设备编号重新登录。"
    then = Then.NEW_DEVICE


class DeviceNotFound(NotFound):
    """There is no such device, or it is not visible to you."""

    code = "accounts.device_not_found"
    zh = "设备不存在，或您无权查看。"


class UserNotFound(NotFound):
    """There is no such user."""

    code = "accounts.user_not_found"
    zh = "用户不存在。"


class OrgUnitNotFound(NotFound):
    """There is no such org unit."""

    code = "accounts.org_unit_not_found"
    zh = "组织单元不存在。"


class TerritoryNotFound(NotFound):
    """There is no such territory."""

    code = "accounts.territory_not_found"
    zh = "片区不存在。"


class UsernameTaken(DomainError):
    """This user name is taken."""

    code = "accounts.username_taken"
    zh = "该用户名已被使用。"
    constraint = "accounts_user_username"


class ExternalIdTaken(DomainError):
    """Another user has this external id."""

    code = "accounts.external_id_taken"
    zh = "该外部编号已属于另一用户。"
    constraint = "accounts_user_external_id"


class TerritoryCodeTaken(DomainError):
    """This territory code is taken."""

    code = "accounts.territory_code_taken"
    zh = "该片区代码已被使用。"
    constraint = "accounts_territory_code"


class CompanyCodeTaken(DomainError):
    """The company code {company} is taken."""

    code = "accounts.company_code_taken"
    zh = "公司代码 {company} 已被使用。"
    then = Then.OFFICE


class LastAdmin(DomainError):
    """This would leave the company without an active administrator."""

    code = "accounts.last_admin"
    zh = "此操作将使公司没有可用的管理员。"
    then = Then.ASK


class OrgUnitCycle(DomainError):
    """An org unit cannot be moved below itself."""

    code = "accounts.org_unit_cycle"
    zh = "组织单元不能移到自身之下。"


class PasswordMissing(DomainError):
    """A new password can only be set over its own endpoint; commands never carry one."""

    code = "accounts.password_missing"
    zh = "新密码只能通过专用接口设置，命令中不携带密码。"
    status = 422
    then = Then.REPORT


class PasswordWrong(DomainError):
    """The current password is wrong."""

    code = "accounts.password_wrong"
    zh = "当前密码不正确。"
    status = 403
    then = Then.CORRECT


class PasswordTooWeak(DomainError):
    """The password needs at least {least} characters and must not be the user name."""

    code = "accounts.password_too_weak"
    zh = "密码至少需要 {least} 个字符，且不能与用户名相同。"
    status = 422


class SavedViewNotFound(NotFound):
    """You have no such saved view."""

    code = "accounts.saved_view_not_found"
    zh = "您没有这个已保存的视图。"


class WebSessionEnded(DomainError):
    """Your session has ended. Please sign in again."""

    code = "accounts.web_session_ended"
    zh = "会话已结束，请重新登录。"
    status = 401
    then = Then.SIGN_IN


class ApiKeyInvalid(DomainError):
    """There is no such API key, or it was revoked."""

    code = "accounts.api_key_invalid"
    zh = "API 密钥不存在或已被撤销。"
    status = 401
    then = Then.OFFICE


class ApiKeyExpired(DomainError):
    """This API key has expired. Ask an administrator for a new one."""

    code = "accounts.api_key_expired"
    zh = "该 API 密钥已过期，请向管理员申请新密钥。"
    status = 401
    then = Then.OFFICE


class ScopeMissing(DomainError):
    """This API key is not for that: it lacks the scope {scope}."""

    code = "accounts.scope_missing"
    zh = "该 API 密钥未获授权：缺少权限范围 {scope}。"
    status = 403
    then = Then.OFFICE


class NotForApiKeys(DomainError):
    """This is for people who have signed in, not for API keys."""

    code = "accounts.not_for_api_keys"
    zh = "此操作仅限已登录的人员，不能使用 API 密钥。"
    status = 403
    then = Then.OFFICE


class ApiKeyNotFound(NotFound):
    """There is no such API key."""

    code = "accounts.api_key_not_found"
    zh = "API 密钥不存在。"


class ApiKeySecretMissing(DomainError):
    """An API key can only be made over its own endpoint; commands never carry one."""

    code = "accounts.api_key_secret_missing"
    zh = "API 密钥只能通过专用接口创建，命令中不携带密钥。"
    status = 422
    then = Then.REPORT


class CodeRequired(DomainError):
    """Enter the code that your authenticator app shows, or a recovery code."""

    code = "accounts.code_required"
    zh = "请输入身份验证应用显示的验证码，或一个恢复码。"
    status = 401
    then = Then.CORRECT


class CodeWrong(DomainError):
    """This code is wrong, or was used before. Wait for the next one."""

    code = "accounts.code_wrong"
    zh = "验证码不正确或已被使用，请等待下一个验证码。"
    status = 403
    then = Then.CORRECT


class CodeMissing(DomainError):
    """A second factor can only be changed over its own endpoint; commands never carry codes."""

    code = "accounts.code_missing"
    zh = "二次验证只能通过专用接口更改，命令中不携带验证码。"
    status = 422
    then = Then.REPORT


class SecondFactorOn(DomainError):
    """You have a second factor already. Take it off first."""

    code = "accounts.second_factor_on"
    zh = "您已启用二次验证，请先停用。"


class SecondFactorOff(DomainError):
    """There is no second factor."""

    code = "accounts.second_factor_off"
    zh = "未启用二次验证。"


class EnrolmentExpired(DomainError):
    """This secret is too old. Begin anew and scan the new code."""

    code = "accounts.enrolment_expired"
    zh = "此密钥已过期，请重新开始并扫描新的二维码。"
    then = Then.CORRECT


class PasswordsOff(DomainError):
    """Sign in with the account of your organisation: passwords are switched off here."""

    code = "accounts.passwords_off"
    zh = "此处已停用密码登录，请使用贵单位账户登录。"
    status = 403
    then = Then.OFFICE


class SingleSignOnFailed(DomainError):
    """Signing in with the account of your organisation did not work. Please try again."""

    code = "accounts.single_sign_on_failed"
    zh = "使用单位账户登录未成功，请重试。"
    status = 401
    then = Then.OFFICE


class SingleSignOnUnknown(DomainError):
    """Your organisation knows you, but no active user here goes with that account. Ask your administrator."""

    code = "accounts.single_sign_on_unknown"
    zh = "单位账户验证成功，但系统中没有与之对应的在用用户，请联系管理员。"
    status = 403
    then = Then.OFFICE


class SingleSignOnUnavailable(DomainError):
    """The sign-in of your organisation cannot be reached just now. Please try again in a moment."""

    code = "accounts.single_sign_on_unavailable"
    zh = "暂时无法连接单位账户登录服务，请稍后重试。"
    status = 503
    then = Then.OFFICE
