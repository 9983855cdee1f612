"""The typed refusals of customers."""

from core.errors import DomainError, NotFound, Then


class CustomerNotFound(NotFound):
    """There is no such customer, or it is not visible to you."""

    code = "customers.not_found"
    zh = "客户不存在，或您无权查看。"


class SiteNotFound(NotFound):
    """There is no such site, or its customer is not visible to you."""

    code = "customers.site_not_found"
    zh = "地点不存在，或您无权查看其客户。"


class ContactNotFound(NotFound):
    """There is no such contact, or its customer is not visible to you."""

    code = "customers.contact_not_found"
    zh = "联系人不存在，或您无权查看其客户。"


class CodeTaken(DomainError):
    """Another customer has this code."""

    code = "customers.code_taken"
    zh = "该客户代码已被另一客户使用。"
    constraint = "customers_customer_code"


class ExternalIdTaken(DomainError):
    """Another customer has this external id."""

    code = "customers.external_id_taken"
    zh = "该外部编号已属于另一客户。"
    constraint = "customers_customer_external_id"


class HasHistory(DomainError):
    """This customer has history (such as visits) and cannot be deleted. Archive it instead."""

    code = "customers.has_history"
    zh = "该客户已有历史记录（如拜访），不能删除，请改为归档。"


class NotInCharge(DomainError):
    """Only the customer's owner, a manager over the owner or an administrator may do this."""

    code = "customers.not_in_charge"
    zh = "仅客户负责人、其主管或管理员可执行此操作。"
    status = 403


class NotSuperior(DomainError):
    """You may only assign customers between people of your own org unit and below."""

    code = "customers.not_superior"
    zh = "您只能在本组织及下级人员之间分配客户。"
    status = 403


class CreditHoldProtected(DomainError):
    """Only managers and administrators may change a credit hold."""

    code = "customers.credit_hold_protected"
    zh = "仅主管和管理员可更改信用冻结状态。"
    status = 403


class UserInactive(DomainError):
    """This user is deactivated and cannot be given customers."""

    code = "customers.user_inactive"
    zh = "该用户已停用，不能分配客户。"
    then = Then.REFRESH


class SiteConfirmed(DomainError):
    """This site was confirmed by a manager. Propose where it should be instead of moving it."""

    code = "customers.site_confirmed"
    zh = "该网点已由主管确认，请提交位置变更建议，而不是直接移动。"
    status = 403


class PinNotFound(NotFound):
    """There is no such proposal for a pin, or it is not visible to you."""

    code = "customers.pin_not_found"
    zh = "该位置变更建议不存在，或您无权查看。"


class PinSettled(DomainError):
    """This proposal was settled before (it is {state})."""

    code = "customers.pin_settled"
    zh = "该位置变更建议已处理（当前状态：{state}）。"
