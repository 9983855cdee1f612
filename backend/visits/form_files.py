"""How the files of photos and signatures in answer sets hang on them."""

from files.attaching import AttachmentSource, attach_files
from visits.queries.forms import list_caption_lines

FORM_FILES = AttachmentSource(
    "visit_form",
    table="visits_form_answer",
    subject="visit",
    sql=(
        "select a.company_id, (f.value ->> 'id')::uuid as id, a.customer_id as scope_id, a.visit_id as subject_id,"
        " f.value ->> 'kind' as kind, f.value ->> 'sha256' as sha256, (f.value ->> 'bytes')::bigint as bytes,"
        " f.value ->> 'media_type' as media_type, a.author_id as user_id, a.device_id, true as wanted"
        " from {rows} a cross join lateral jsonb_array_elements(a.files) f (value)"
    ),
    captions=list_caption_lines,
)
attach_files(FORM_FILES)
