"""Reads of imports. All need the company's fence."""

from collections import Counter
from collections.abc import Iterable, Iterator
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from core.actor import Actor
from core.clock import now
from core.imports.commands import read_results, read_rows, read_undo_results
from core.imports.errors import ImportNotFound
from core.imports.ids import MOST_STEPS, command_id
from core.imports.models import Import, ImportPart
from core.imports.registry import SPECS
from core.imports.rows import Outcome, Result, tally
from core.imports.undo_results import UndoOutcome, UndoResult
from core.models import CommandRecord, Status

_LOCK = 4  # of the advisory locks that are named by an id; 1 to 3 are taken by commands and grants


def list_imports(actor: Actor) -> QuerySet[Import]:
    """The actor's own imports, for an administrator everybody's, as far as the actor may use their nouns."""
    nouns = [noun for noun, spec in SPECS.items() if not actor.roles.isdisjoint(spec.roles)]
    rows = Import.objects.filter(noun__in=nouns, expires_at__gt=now())
    return rows if actor.has_role("admin") else rows.filter(user_id=actor.user_id)


def get_import(actor: Actor, import_id: UUID) -> Import:
    """An import that the actor may see. Raises imports.not_found."""
    item = list_imports(actor).filter(id=import_id).first()
    if item is None:
        raise ImportNotFound
    return item


def count_parts(item: Import) -> int:
    """In how many parts the table is kept."""
    return ImportPart.objects.filter(source_id=item.id).count()


def get_part(item: Import, number: int) -> ImportPart:
    """One part of the table, from 0."""
    return ImportPart.objects.get(source_id=item.id, number=number)


def list_parts_with_errors(item: Import) -> list[int]:
    """The numbers of the parts that hold rows with errors."""
    parts = ImportPart.objects.filter(source_id=item.id, counts__has_key="error")
    return list(parts.order_by("number").values_list("number", flat=True))


def list_results(
    item: Import, outcome: Outcome | None = None, after: int = 0, *, noted: bool = False
) -> Iterator[Result]:
    """The results behind row number `after`, of one outcome or of all, read part by part. noted: only good rows with
    notes."""
    parts = ImportPart.objects.filter(source_id=item.id).order_by("number")
    if outcome is not None:
        parts = parts.filter(counts__has_key=outcome)
    if noted:
        parts = parts.filter(counts__has_key="noted")
    for number in _behind(parts, after):
        for result in read_results(get_part(item, number)):
            wanted = outcome in (None, result.outcome) and (not noted or "noted" in tally([result]))
            if result.row > after and wanted:
                yield result


def list_undo_results(item: Import, outcome: UndoOutcome | None = None, after: int = 0) -> Iterator[UndoResult]:
    """What undoing makes of the rows behind row number `after`, of one outcome or of all, read part by part."""
    parts = ImportPart.objects.filter(source_id=item.id, undo_results__isnull=False).order_by("number")
    if outcome is not None:
        parts = parts.filter(undo_counts__has_key=outcome)
    for number in _behind(parts, after):
        for result in read_undo_results(get_part(item, number)):
            if result.row > after and outcome in (None, result.outcome):
                yield result


def _behind(parts: QuerySet[ImportPart], after: int) -> Iterator[int]:
    """The numbers of those parts, in their order, that may hold rows behind row number `after` (one query)."""
    firsts = list(parts.values_list("number", "first_row"))
    for position, (number, _) in enumerate(firsts):
        if position + 1 == len(firsts) or firsts[position + 1][1] > after:
            yield number


def count_undo_outcomes(item: Import) -> Counter[str]:
    """Rows by what undoing makes of them (one query)."""
    counts: Counter[str] = Counter()
    for found in ImportPart.objects.filter(source_id=item.id).values_list("undo_counts", flat=True):
        counts.update(found)
    return counts


def list_effects(item: Import, rows: Iterable[int]) -> dict[int, list[tuple[int, CommandRecord]]]:
    """The commands of these rows that took effect, each with its number within its row, in that order (one query).

    A command that several rows share is of none of them.
    """
    places = {command_id(item.id, row, ordinal): (row, ordinal) for row in rows for ordinal in range(MOST_STEPS)}
    records = CommandRecord.objects.filter(
        company_id=item.company_id, id__in=list(places), status__in=[Status.APPLIED, Status.MERGED]
    )
    found: dict[int, list[tuple[int, CommandRecord]]] = {}
    for record in records:
        row, ordinal = places[record.id]
        found.setdefault(row, []).append((ordinal, record))
    for effects in found.values():
        effects.sort(key=lambda effect: effect[0])
    return found


def find_cells(item: Import, numbers: Iterable[int]) -> dict[int, list[str]]:
    """What stands in these rows of the file, by number (one query for each part that they lie in, and one)."""
    wanted = set(numbers)
    parts = ImportPart.objects.filter(source_id=item.id).order_by("number").values_list("first_row", "number")
    firsts = list(parts)
    holding = {max((pair for pair in firsts if pair[0] <= number), default=(0, 0))[1] for number in wanted}
    rows = [row for number in sorted(holding) for row in read_rows(get_part(item, number))]
    return {row.number: row.cells for row in rows if row.number in wanted}


def try_lock(item: Import) -> bool:
    """Hold the import until the end of the transaction; False when somebody else does."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(hashtextextended(%s, %s))", [str(item.id), _LOCK])
        return bool(cursor.fetchone()[0])
