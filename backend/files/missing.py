"""Which files a device is asked for."""

# From this very device, and from devices of the same user that were given up: a phone that was signed in anew still has
# the files that it recorded under its former id. The first condition is one look into an index that is mostly empty.
MISSING_FILES_SQL = """
select a.sha256 from files_attachment a
where a.user_id = us and a.state = 'missing' and a.wanted
  and (a.device_id = dev or a.device_id is null or not exists (
    select from accounts_device d where d.id = a.device_id and d.revoked_at is null))
"""
