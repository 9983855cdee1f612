"""Where what is attached can be read, and in which form."""

from datetime import datetime

from files.addresses import Address, seal
from files.errors import NoRendition, NotStored
from files.kinds import SUFFIXES
from files.models import Attachment, State
from files.storage import rendition_name

CONTENT = "/api/v1/files/content"
"""The endpoint that answers sealed addresses."""


def address_of(attachment: Attachment, rendition: str) -> Address:
    """What may be read of an attachment, which comes with its file. Raises files.not_stored, files.no_rendition."""
    file = attachment.file
    if attachment.state != State.STORED or file is None:
        raise NotStored("id", state=attachment.state)
    shown_as = f"{attachment.kind}-{attachment.id.hex[-12:]}"
    if rendition == "original":
        # A recording has no other form to be played in; a picture's original is evidence, and is not shown in pages.
        inline = not file.media_type.startswith("image/")
        return Address(file.name, file.media_type, f"{shown_as}.{SUFFIXES[file.media_type]}", file.sha256, inline)
    if rendition not in attachment.renditions:
        raise NoRendition("rendition", rendition=rendition)
    name = rendition_name(attachment.company_id, attachment.id, rendition)
    tag = f"{attachment.id.hex}-{rendition}-{int(attachment.prepared_at.timestamp())}"
    return Address(name, "image/jpeg", f"{shown_as}-{rendition}.jpg", tag, inline=True)


def url_of(address: Address) -> tuple[str, datetime]:
    """The URL of what may be read, and until when it is good."""
    query, until = seal(address)
    return f"{CONTENT}?{query}", until
