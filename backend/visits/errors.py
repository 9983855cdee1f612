"""Why a visit command is refused."""

from core import errors


class NotFound(errors.NotFound):
    """There is no such visit, or it is not visible to you."""

    code = "visits.not_found"
    zh = "拜访不存在，或您无权查看。"


class AlreadyOpen(errors.DomainError):
    """Somebody has already checked in to this visit."""

    code = "visits.already_open"
    zh = "该拜访已签到。"
    then = errors.Then.REFRESH


class AlreadyClosed(errors.DomainError):
    """This visit is already closed."""

    code = "visits.already_closed"
    zh = "该拜访已结束。"
    then = errors.Then.REFRESH


class AlreadyCancelled(errors.DomainError):
    """This visit is already cancelled."""

    code = "visits.already_cancelled"
    zh = "该拜访已取消。"
    then = errors.Then.REFRESH


class NotOpen(errors.DomainError):
    """Nobody has checked in to this visit (it is {state}), so nobody can check out of it."""

    code = "visits.not_open"
    zh = "该拜访尚未签到（当前状态：{state}），无法签退。"
    then = errors.Then.REFRESH


class NotYours(errors.DomainError):
    """This visit belongs to another rep."""

    code = "visits.not_yours"
    zh = "该拜访属于其他业务员。"
    status = 403


class NotYourTeam(errors.DomainError):
    """You may plan visits only for yourself and for the people of your teams."""

    code = "visits.not_your_team"
    zh = "您只能为自己或所辖团队的成员安排拜访。"
    status = 403


class RepLacksCustomer(errors.DomainError):
    """The rep has no access to this customer. Share or reassign the customer first."""

    code = "visits.rep_lacks_customer"
    zh = "该业务员无权访问此客户，请先共享或转移客户。"
    then = errors.Then.ASK


class OtherCustomer(errors.DomainError):
    """This visit is planned at another customer."""

    code = "visits.other_customer"
    zh = "该拜访安排在另一客户。"
    then = errors.Then.REFRESH


class MovedMeanwhile(errors.DomainError):
    """This visit was moved to {planned_date} meanwhile."""

    code = "visits.moved_meanwhile"
    zh = "该拜访已被改期到 {planned_date}。"
    then = errors.Then.REFRESH


class CycleOutOfReach(errors.DomainError):
    """Only administrators set cycles for the whole company; managers set them for their org units and customers."""

    code = "visits.cycle_out_of_reach"
    zh = "全公司的拜访周期仅管理员可设置；主管只能为所辖组织单元和客户设置。"
    status = 403


class OutsideFence(errors.DomainError):
    """You are {distance_m} m from the nearest site; checking in here needs you within {fence_radius_m} m."""

    code = "visits.outside_fence"
    zh = "您距最近的网点 {distance_m} 米，此处签到须在 {fence_radius_m} 米以内。"


class EvidenceNotFound(errors.NotFound):
    """There is no such check-in or check-out, or it is not visible to you."""

    code = "visits.evidence_not_found"
    zh = "签到或签退记录不存在，或您无权查看。"


class RulesNotFound(errors.NotFound):
    """There is no version {version} of the rules."""

    code = "visits.rules_not_found"
    zh = "规则的第 {version} 版不存在。"


class RecomputationNotFound(errors.NotFound):
    """There is no such recomputation, or it is not yours."""

    code = "visits.recomputation_not_found"
    zh = "该重新评定任务不存在，或不属于您。"


class NotYourSubordinate(errors.DomainError):
    """Only a manager of this rep or an administrator may decide about his evidence."""

    code = "visits.not_your_subordinate"
    zh = "仅该业务员的主管或管理员可裁定其签到证据。"
    status = 403


class NotOverridden(errors.DomainError):
    """Nobody has overridden the verdict on this evidence."""

    code = "visits.not_overridden"
    zh = "该证据的结论未被人工裁定过。"


class PhotoNotFound(errors.NotFound):
    """There is no such photo, signature or voice note, or it is not visible to you."""

    code = "visits.photo_not_found"
    zh = "照片、签名或语音不存在，或您无权查看。"


class PhotoWithdrawn(errors.DomainError):
    """This was taken back before."""

    code = "visits.photo_withdrawn"
    zh = "该记录此前已撤回。"
    then = errors.Then.REFRESH


class AbsenceNotFound(errors.NotFound):
    """There is no such absence."""

    code = "visits.absence_not_found"
    zh = "缺勤记录不存在。"


class AbsenceOverlaps(errors.DomainError):
    """The rep is away on some of these days already."""

    code = "visits.absence_overlaps"
    zh = "该业务员在其中某些日期已登记缺勤。"
    then = errors.Then.CORRECT


class SubstituteAway(errors.DomainError):
    """The substitute is away himself on some of these days."""

    code = "visits.substitute_away"
    zh = "代理人在其中某些日期也已缺勤。"
    then = errors.Then.CORRECT


class OtherDay(errors.DomainError):
    """A visit in this order is planned for another day: {planned_date}."""

    code = "visits.other_day"
    zh = "顺序中的某次拜访安排在另一天：{planned_date}。"
    then = errors.Then.REFRESH


class CompetitorNotFound(errors.NotFound):
    """There is no such competitor."""

    code = "visits.competitor_not_found"
    zh = "竞争对手不存在。"


class CompetitorNameTaken(errors.DomainError):
    """Another competitor has this name."""

    code = "visits.competitor_name_taken"
    zh = "已有同名的竞争对手。"
    constraint = "visits_competitor_name"
    then = errors.Then.CORRECT


class CompetitorProductNotFound(errors.NotFound):
    """There is no such product of a competitor."""

    code = "visits.competitor_product_not_found"
    zh = "竞品不存在。"


class BarcodeTaken(errors.DomainError):
    """Another product of a competitor has this barcode."""

    code = "visits.barcode_taken"
    zh = "该条码已被另一竞品使用。"
    constraint = "visits_rival_barcode"
    then = errors.Then.CORRECT


class ObservationNotFound(errors.NotFound):
    """There is no such observation of a competitor, or it is not visible to you."""

    code = "visits.observation_not_found"
    zh = "竞品观察记录不存在，或您无权查看。"


class ObservationWithdrawn(errors.DomainError):
    """This observation was taken back before."""

    code = "visits.observation_withdrawn"
    zh = "该竞品观察记录此前已撤回。"
    then = errors.Then.REFRESH


class ObservationListed(errors.DomainError):
    """Who made this observation named the product himself. If he was mistaken, it is withdrawn and made anew."""

    code = "visits.observation_listed"
    zh = "记录人已指明该竞品；如有误，请撤回后重新记录。"


class TaskNotFound(errors.NotFound):
    """There is no such task, or it is not visible to you."""

    code = "visits.task_not_found"
    zh = "待办任务不存在，或您无权查看。"


class TaskNotYours(errors.DomainError):
    """This is somebody else's task."""

    code = "visits.task_not_yours"
    zh = "该待办任务属于其他人。"
    status = 403


class TaskDone(errors.DomainError):
    """This task is done already."""

    code = "visits.task_done"
    zh = "该待办任务已完成。"
    then = errors.Then.REFRESH


class TaskOpen(errors.DomainError):
    """This task is still to be done as it is."""

    code = "visits.task_open"
    zh = "该待办任务本就未完成。"
    then = errors.Then.REFRESH


class TaskCancelled(errors.DomainError):
    """This task was given up already."""

    code = "visits.task_cancelled"
    zh = "该待办任务已取消。"
    then = errors.Then.REFRESH


class TypeCodeTaken(errors.DomainError):
    """Another visit type has this code."""

    code = "visits.type_code_taken"
    zh = "该拜访类型代码已被另一类型使用。"
    constraint = "visits_visit_type_code"
    then = errors.Then.CORRECT
