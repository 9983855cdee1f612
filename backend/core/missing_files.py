"""The registry by which a phone is told which files the server still awaits from it.

`sync` asks in every complete answer, and knows nothing of files: who does declares SQL here, and `sync` puts it into
its one statement.
"""

MOST_NAMED = 200
"""So many are named in one answer; when they have come, the next answer names further ones."""
_SOURCES: list[str] = []


def provide_missing_files(sql: str) -> None:
    """Register SQL that yields `sha256` (text of 64 hex digits) for the user `us` on his device `dev`.

    It is run by every complete pull, so it must be as good as free when nothing is missing.
    """
    _SOURCES.append(sql)


def missing_files_sql() -> str:
    """SQL for the JSON text of the list."""
    if not _SOURCES:
        return "'[]'"
    rows = " union ".join(_SOURCES)
    return (
        "coalesce((select '[' || string_agg('\"' || m.sha256 || '\"', ',') || ']'"
        f" from (select distinct sha256 from ({rows}) s order by 1 limit {MOST_NAMED}) m), '[]')"
    )
