"""What phones get of trails: what is asked of their users, what they agreed to, their own days, and who looked.

Positions do not travel by sync: nobody's phone holds anybody's trail.
"""

from calendars.hours import WeeklyHours
from core.feeds import Feed, publish
from trails.models import Access, Consent, ConsentText, Day, Policy
from trails.purposes import Purpose, View
from trails.schemas import PurposeDays

POLICY = publish(
    Feed(
        "trail_policy",
        Policy,
        scope="company_id",
        columns=(
            "org_unit_id", "effective_at", "tracks", "purposes", "hours", "viewer_roles", "gap_after_s", "live_s",
        ),
        members={"purposes": list[PurposeDays], "hours": WeeklyHours | None},
    )
)  # fmt: skip
CONSENT_TEXT = publish(
    Feed(
        "trail_consent_text",
        ConsentText,
        scope="company_id",
        columns=("text_version", "en", "zh", "renews", "effective_at"),
    )
)
CONSENT = publish(
    Feed(
        "trail_consent",
        Consent,
        scope="user_id",
        columns=("user_id", "gives", "text_id", "occurred_at", "occurred_verified"),
    )
)
DAY = publish(
    Feed(
        "trail_day",
        Day,
        scope="user_id",
        where="t.derived_at is not null",
        columns=("user_id", "day", "moved_m", "bridged_m", "stops", "stopped_s", "derived_at"),
    )
)
ACCESS = publish(
    Feed(
        "trail_access",
        Access,
        scope="user_id",
        columns=("viewer_id", "view", "purpose", "note", "from_date", "to_date", "at", "until_at"),
        members={"view": View, "purpose": Purpose},
    )
)
