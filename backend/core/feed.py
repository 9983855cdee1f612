"""What phones get of the ground floor: verdicts that need to be seen, and conflicts."""

from core.feeds import Feed, instant_sql, publish
from core.models import CommandRecord, Conflict

VERDICT = publish(
    Feed(
        "verdict",
        CommandRecord,
        scope="user_id",
        # A later settlement is a further row; the phone sees one verdict per command, the latest.
        row_id="coalesce(t.settles, t.id)",
        order="t.received_at, t.id",
        where="(t.status <> 'applied' or t.settles is not null)",
        columns=("device_id", "seq", "name", "status", "code", "field", "message", "details", "occurred_at"),
        computed={"settled_at": f"case when t.settles is not null then {instant_sql('t.received_at')} end"},
    )
)
CONFLICT = publish(
    Feed(
        "conflict",
        Conflict,
        scope="user_id",
        columns=(
            "command_id", "kind", "row_id", "field", "yours", "theirs", "kept",
            "your_at", "their_at", "your_user_id", "their_user_id", "state",
        ),
    )
)  # fmt: skip
