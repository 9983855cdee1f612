"""The typed refusals of trails, and why a point is not stored."""

from core.errors import DomainError, NotFound, Then


class TrailNotFound(NotFound):
    """There is no such trail, or it is not visible to you."""

    code = "trails.not_found"
    zh = "轨迹不存在，或您无权查看。"


class PurposeMissing(DomainError):
    """Say what for: name the purpose for which you look at somebody else's trail."""

    code = "trails.purpose_missing"
    zh = "请说明用途：查看他人轨迹须注明用途。"
    status = 422
    then = Then.CORRECT


class PurposeNotAllowed(DomainError):
    """The trail policy of this org unit does not open this to you for the purpose {purpose}."""

    code = "trails.purpose_not_allowed"
    zh = "该组织单元的轨迹策略不允许您以“{purpose}”为由查看。"
    status = 403


class DayExpired(DomainError):
    """For the purpose {purpose}, this day is no longer kept."""

    code = "trails.day_expired"
    zh = "就“{purpose}”这一用途而言，当日轨迹已不再保留。"
    status = 410


class TextNotFound(NotFound):
    """There is no such consent text."""

    code = "trails.text_not_found"
    zh = "同意书不存在。"


class TextOutdated(DomainError):
    """A newer text asks for your consent anew. Read and agree to version {version}."""

    code = "trails.text_outdated"
    zh = "已有新版同意书要求重新同意，请阅读并同意第 {version} 版。"
    then = Then.REFRESH


class VersionTaken(DomainError):
    """There is a consent text with this version already."""

    code = "trails.version_taken"
    zh = "该版本的同意书已存在。"
    constraint = "trails_consent_text_version"


class PolicyRetroactive(DomainError):
    """A trail policy takes effect when it is made, or later."""

    code = "trails.policy_retroactive"
    zh = "轨迹策略不能追溯生效。"
    then = Then.CORRECT


class BatchIdReused(DomainError):
    """This batch id was already used for other points."""

    code = "trails.batch_id_reused"
    zh = "该批次编号已用于其他轨迹点。"
    then = Then.REPORT


class TooManyPoints(DomainError):
    """A batch has at most {limit} points."""

    code = "trails.too_many_points"
    zh = "每批最多 {limit} 个轨迹点。"
    status = 413


# Why a point is not stored. Never raised: the batch is accepted, and its answer counts its points by these.


class PositionInvalid(DomainError):
    """The position is missing or not on the Earth."""

    code = "trails.position_invalid"
    zh = "位置缺失或无效。"
    status = 422


class AccuracyInvalid(DomainError):
    """The accuracy is missing, zero or negative: the phone does not know where it is."""

    code = "trails.accuracy_invalid"
    zh = "精度缺失、为零或为负：手机并不知道自身位置。"
    status = 422


class InFuture(DomainError):
    """The point lies in the future, by a clock that cannot be corrected."""

    code = "trails.in_future"
    zh = "该点时间在未来，且时钟无法校正。"
    status = 422


class TrackingOff(DomainError):
    """No trail policy of the org unit was in force."""

    code = "trails.tracking_off"
    zh = "当时组织单元未启用轨迹。"


class NoConsent(DomainError):
    """The employee's consent was not given."""

    code = "trails.no_consent"
    zh = "当时员工未给予同意。"


class OutsideHours(DomainError):
    """It was outside of working hours."""

    code = "trails.outside_hours"
    zh = "不在工作时间内。"


class DayClosed(DomainError):
    """The points of this day are no longer kept."""

    code = "trails.day_closed"
    zh = "当日轨迹已不再保留。"


class PointRepeated(DomainError):
    """The batch has another point of the same moment."""

    code = "trails.point_repeated"
    zh = "同一批次中有相同时刻的另一个点。"
