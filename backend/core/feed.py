"""What phones get of the ground floor: verdicts that need to be seen, and conflicts."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from core.feeds import Feed, instant_sql, publish
from core.models import CommandRecord, Conflict, Status

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
        about="What became of a command of the user's, on any of his devices. The row's id is the command's. Commands"
        " that were simply applied have no such row; one that a person settled later has the later verdict.",
        members={
            "device_id": Annotated[UUID | None, Field(description="the device that sent it; null at the other doors")],
            "seq": Annotated[int | None, Field(description="that device's number of the command")],
            "name": Annotated[
                str, Field(description="the command's name, as in commands.md", examples=["customers.update"])
            ],
            "status": Annotated[Status, Field(description="what became of it", examples=["parked"])],
            "code": Annotated[
                str | None,
                Field(description="why it was refused or parked, as in errors.md", examples=["sync.scope_lost"]),
            ],
            "field": Annotated[
                str | None, Field(description="the member that the code is about, dotted", examples=[None])
            ],
            "message": Annotated[
                str | None,
                Field(
                    description="the same in the user's language",
                    examples=["您已无权访问该客户。更改已保存，等待主管处理。"],
                ),
            ],
            "details": Annotated[dict[str, Any], Field(description="what the message was filled from")],
            "settled_at": Annotated[
                datetime | None, Field(description="when a person settled it; null while nobody has", examples=[None])
            ],
        },
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
        members={
            "command_id": Annotated[UUID, Field(description="the command that met the conflict")],
            "kind": Annotated[str, Field(description="the kind of the row in conflict", examples=["customer"])],
            "row_id": Annotated[UUID, Field(description="the id of the row in conflict")],
            "field": Annotated[str, Field(description="the member of that row", examples=["phone"])],
            "yours": Annotated[Any, Field(description="the value of the command", examples=["+86 10 8888 0000"])],
            "theirs": Annotated[Any, Field(description="the value that it found", examples=["+86 10 6666 0000"])],
            "kept": Annotated[Literal["yours", "theirs"], Field(description="which of the two stands")],
            "your_at": Annotated[datetime, Field(description="when the command's edit was made, in field time")],
            "their_at": Annotated[datetime | None, Field(description="when the other edit was made; null: unknown")],
            "your_user_id": Annotated[UUID, Field(description="who made the command's edit")],
            "their_user_id": Annotated[UUID | None, Field(description="who made the other; null: unknown")],
            "state": Annotated[
                Literal["open", "restored", "accepted"],
                Field(description="restored: the losing value was put back; accepted: it was left as it stands"),
            ],
        },
    )
)  # fmt: skip
