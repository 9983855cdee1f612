"""The statement-level triggers, made from the registry, that keep `files_attachment` equal to what other rows name.

A file whose deletion is near is not relied on: the row is made as `missing`, and the phone is asked for the bytes.
"""

from datetime import timedelta

from files.attaching import SOURCES, AttachmentSource
from files.kinds import KINDS

UNNAMED_KEPT = timedelta(days=30)
"""Files that no row names are deleted after that."""
_RELIED_ON_DAYS = UNNAMED_KEPT.days - 1

_FUNCTION = """
create or replace function files_attach_{name}() returns trigger
language plpgsql set search_path = public, pg_temp set enable_seqscan = off as $$
begin
  if tg_op = 'INSERT' then
    insert into files_attachment (
      company_id, id, source, scope_id, subject_kind, subject_id, kind, sha256, bytes, media_type, user_id, device_id,
      wanted, state, code, file_id, width, height, renditions, near_duplicate)
    select s.company_id, s.id, '{name}', s.scope_id, '{subject}', s.subject_id, s.kind, s.sha256,
           coalesce(f.bytes, s.bytes), coalesce(f.media_type, s.media_type), s.user_id, s.device_id, s.wanted,
           coalesce(f.state, 'missing'), f.code, f.file_id, f.width, f.height, '{{}}', false
    from ({new}) s
    left join lateral (
      select k.bytes, k.media_type, k.width, k.height,
             case when k.fits then k.state else 'rejected' end as state,
             case when k.fits then k.code else 'files.content_not_allowed' end as code,
             case when k.fits and k.state = 'stored' then k.id end as file_id
      from (select i.*, i.state = 'rejected' or (s.kind, i.media_type) in ({fitting}) as fits
            from files_file i
            where i.company_id = s.company_id and i.sha256 = s.sha256
              and (i.unnamed_at is null or i.unnamed_at > now() - interval '{relied_on} days')) k
    ) f on true;
  elsif tg_op = 'UPDATE' then
    update files_attachment a
    set scope_id = s.scope_id, subject_id = s.subject_id, wanted = s.wanted
    from ({new}) s
    where a.id = s.id and a.source = '{name}'
      and (a.scope_id, a.subject_id, a.wanted) is distinct from (s.scope_id, s.subject_id, s.wanted);
  else
    delete from files_attachment a using ({old}) s where a.id = s.id and a.source = '{name}';
  end if;
  return null;
end $$;
"""


def all_triggers_sql() -> str:
    """Everything that keeps attachments equal to the rows that name them."""
    return "\n".join(_trigger_sql(SOURCES[name]) for name in sorted(SOURCES))


def trigger_tables() -> dict[str, str]:
    """The triggers by name, each with its table."""
    return {
        f"files_attach_{source.name}_{event}": source.table for source in SOURCES.values() for event in _TRANSITIONS
    }


_TRANSITIONS = {
    "insert": "referencing new table as new_rows",
    "update": "referencing old table as old_rows new table as new_rows",
    "delete": "referencing old table as old_rows",
}


def _fitting_sql() -> str:
    """The pairs of kind and media type that go together."""
    return ", ".join(f"('{kind.name}', '{name}')" for kind in KINDS.values() for name in sorted(kind.media_types))


def _trigger_sql(source: AttachmentSource) -> str:
    parts = [
        _FUNCTION.format(
            name=source.name,
            subject=source.subject,
            old=source.sql.format(rows="old_rows"),
            new=source.sql.format(rows="new_rows"),
            relied_on=_RELIED_ON_DAYS,
            fitting=_fitting_sql(),
        )
    ]
    for event, referencing in _TRANSITIONS.items():
        trigger = f"files_attach_{source.name}_{event}"
        parts.append(f"drop trigger if exists {trigger} on {source.table};")
        parts.append(
            f"create trigger {trigger} after {event} on {source.table} {referencing}"
            f" for each statement execute function files_attach_{source.name}();"
        )
    return "\n".join(parts)
