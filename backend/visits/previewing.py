"""What judging stored evidence again would change, counted without changing anything."""

from collections import Counter
from collections.abc import Iterator
from itertools import groupby

from core.actor import Actor
from visits.evidence import RuleSet
from visits.models.visits import CheckIn
from visits.queries import evidence as queries
from visits.queries.visits import list_visits
from visits.schemas.evidence import PreviewVerdicts, VerdictChange, VerdictDifference, VerdictExample
from visits.scoring import judge_again

_EXAMPLES = 50
_MOST_AT_ONCE = 5_000


def preview(actor: Actor, asked: PreviewVerdicts) -> VerdictDifference:
    """Judge the evidence that was asked for, rep by rep, and count what differs. Raises visits.rules_not_found."""
    rules = RuleSet(0, asked.rules) if asked.rules else queries.get_rules(asked.version)
    evidence = queries.list_evidence(actor, from_date=asked.from_date, to_date=asked.to_date, rep_id=asked.rep_id)
    total = overridden = 0
    changes: Counter[tuple[str, str]] = Counter()
    examples: list[VerdictExample] = []
    for rows in _by_rep(evidence.iterator(chunk_size=500)):
        total += len(rows)
        open_rows = [row for row in rows if row.cause != "override"]
        overridden += len(rows) - len(open_rows)
        judged = judge_again(open_rows, list_visits({row.visit_id for row in open_rows}), rules)
        for row in open_rows:
            after = str(judged[row.id].verdict)
            if after != row.verdict:
                changes[row.verdict, after] += 1
                if len(examples) < _EXAMPLES:
                    examples.append(_example(row, after))
    return VerdictDifference(
        total=total,
        unchanged=total - overridden - changes.total(),
        overridden=overridden,
        changes=[VerdictChange(before=b, after=a, count=n) for (b, a), n in sorted(changes.items())],
        examples=examples,
    )


def _by_rep(rows: Iterator[CheckIn]) -> Iterator[list[CheckIn]]:
    """One rep's evidence at a time, and of a very long one so much as fits."""
    for _, own in groupby(rows, key=lambda row: row.rep_id):
        chunk: list[CheckIn] = []
        for row in own:
            chunk.append(row)
            if len(chunk) == _MOST_AT_ONCE:
                yield chunk
                chunk = []
        if chunk:
            yield chunk


def _example(row: CheckIn, after: str) -> VerdictExample:
    return VerdictExample(
        id=row.id,
        visit_id=row.visit_id,
        rep_id=row.rep_id,
        occurred_at=row.occurred_at,
        before=row.verdict,
        after=after,
    )
