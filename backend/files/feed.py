"""What phones get of files: what is attached to the rows they see, in the scope of those rows."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from core.feeds import Feed, publish
from files.models import Attachment, State
from files.schemas import Exif, FileKind

ATTACHMENT = publish(
    Feed(
        "attachment",
        Attachment,
        scope="scope_id",
        columns=(
            "subject_kind", "subject_id", "kind", "sha256", "bytes", "media_type", "state", "code", "width", "height",
            "exif", "readable", "renditions", "near_duplicate",
        ),
        about="A file that belongs to a visit or the like. The row's id is that of the photo, signature or voice note."
        " It is there before its bytes are.",
        members={
            "subject_kind": Annotated[
                str, Field(description="the kind of what it belongs to", examples=["visit"])
            ],
            "subject_id": Annotated[UUID, Field(description="what it belongs to")],
            "kind": Annotated[FileKind, Field(description="photo, signature or voice note")],
            "sha256": Annotated[
                str,
                Field(
                    description="SHA-256 of the bytes, in hex",
                    examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"],
                ),
            ],
            "bytes": Annotated[int, Field(description="size; as the command said until the bytes are here")],
            "media_type": Annotated[
                str,
                Field(
                    description="what it is; as the command said until the bytes are here", examples=["image/jpeg"]
                ),
            ],
            "state": Annotated[
                State, Field(description="whether the bytes are awaited, here, or nothing that is kept")
            ],
            "code": Annotated[
                str | None, Field(description="why the bytes were rejected, as in errors.md", examples=[None])
            ],
            "width": Annotated[int | None, Field(description="pixels, of a picture", examples=[4032])],
            "height": Annotated[int | None, Field(description="pixels, of a picture", examples=[3024])],
            "exif": Annotated[
                Exif | None, Field(description="what the picture says of itself; null before it was looked into")
            ],
            "readable": Annotated[
                bool | None,
                Field(description="whether the picture can be decoded; null before it was looked into"),
            ],
            "renditions": Annotated[
                list[Literal["shown", "thumbnail"]],
                Field(description="what can be asked for besides the original, without any metadata"),
            ],
            "near_duplicate": Annotated[
                bool, Field(description="it looks like a photo of another visit, see `/files/…/likenesses`")
            ],
        },
    )
)  # fmt: skip
