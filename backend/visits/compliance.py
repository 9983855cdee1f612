"""Compliance: which of the visits that cycles made due were made as the company's rules want it. Pure.

What a due visit comes to is worked out in `visits.queries.compliance`; here are the rules and when each is in force.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Literal

from pydantic import Field

from core.payloads import Flag, Payload
from visits.evidence import Finding

LONGEST_GRACE = 31
LeftOut = Literal["closed", "customer_gone", "rep_absent"]
Credit = Literal["owed_by", "made_by"]
Outcome = Literal["valid", "missed", "excluded", "pending"]
Reason = Literal[
    "in_time", "late", "not_visited", "not_checked_out", "verdict", "too_short", "no_log", "needed_elsewhere",
    "closed", "customer_gone", "rep_absent", "made", "open",
]  # fmt: skip
_Verdicts = Annotated[list[Finding], Field(min_length=1, max_length=len(Finding))]
_ALL_DAYS = (date(2000, 1, 1), date(2100, 12, 31))


class ComplianceRules(Payload):
    """The parameters of one version of the rules."""

    check_out_required: Flag = Field(False, description="whether only a visit with a check-out counts")
    check_in_verdicts: _Verdicts | None = Field(
        None, description="the verdicts on a check-in that count, a superior's override included; null: all"
    )
    check_out_verdicts: _Verdicts | None = Field(
        None, description="the verdicts on a check-out that count; null: all, even where there is none"
    )
    min_dwell_minutes: Annotated[int, Field(strict=True, ge=0, le=720)] = Field(
        0, description="how long a visit lasts at least, from check-in to check-out; 0: does not matter"
    )
    log_required: Flag = Field(False, description="whether only a visit with a log counts")
    grace_days: Annotated[int, Field(strict=True, ge=0, le=LONGEST_GRACE)] = Field(
        0, description="so many days after the end of the window a visit still stands for it"
    )
    leave_out: Annotated[list[LeftOut], Field(max_length=3)] = Field(
        ["closed", "customer_gone", "rep_absent"],
        description="what takes a due visit that was not made out of the reckoning: `closed` the last log of a visit "
        "says so, `customer_gone` archived or lost by the window's end, `rep_absent` on its day without substitute",
    )
    credit: Credit = Field(
        "owed_by", description="whose a visit is that a substitute made: the rep's who owes it, or the substitute's"
    )


@dataclass(frozen=True, slots=True)
class RuleVersion:
    """One version of a company's rules, for what is due from a day on."""

    version: int
    applies_from: date
    rules: ComplianceRules


BUILT_IN = RuleVersion(1, _ALL_DAYS[0], ComplianceRules.model_validate({}))


@dataclass(frozen=True, slots=True)
class RuleSpan:
    """The days, both included, on which what is due is judged by one version."""

    first: date
    last: date
    version: int
    rules: ComplianceRules


def spans(versions: Iterable[RuleVersion]) -> list[RuleSpan]:
    """By which version what is due on each day is judged: the highest of those that apply from that day or before.

    The built-in version applies where no other does. The spans follow each other without gaps.
    """
    known = sorted([BUILT_IN, *versions], key=lambda one: one.version)
    found: list[RuleSpan] = []
    for first in sorted({max(one.applies_from, _ALL_DAYS[0]) for one in known}):
        chosen = [one for one in known if one.applies_from <= first][-1]
        if found and found[-1].version == chosen.version:
            continue
        if found:
            earlier = found[-1]
            found[-1] = RuleSpan(earlier.first, first - timedelta(days=1), earlier.version, earlier.rules)
        found.append(RuleSpan(first, _ALL_DAYS[1], chosen.version, chosen.rules))
    return found
