"""How the files of photos, signatures and voice notes hang on them."""

from files.attaching import AttachmentSource, attach_files
from visits.queries.photos import list_caption_lines

PHOTO_FILES = AttachmentSource(
    "visit_photo",
    table="visits_photo",
    subject="visit",
    sql=(
        "select p.company_id, p.id, p.customer_id as scope_id, p.visit_id as subject_id, p.kind, p.sha256, p.bytes,"
        " p.media_type, p.author_id as user_id, p.device_id, p.withdrawn_at is null as wanted from {rows} p"
    ),
    captions=list_caption_lines,
)
attach_files(PHOTO_FILES)
