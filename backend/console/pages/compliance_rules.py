"""Compliance rules: by what due visits are judged, what others would make of the last weeks, and every version."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, get_args

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from pydantic import ValidationError

from accounts import queries as account_queries
from console.registry import Page, Place, register
from console.rendering import render, voice_of
from console.rule_pages import Faults, actor_of, faults_in, field, put_in_force, words_in
from console.voice import Voice
from core.clock import now
from core.fence import company_fence
from visits.compliance import BUILT_IN, ComplianceRules, Credit, LeftOut, RuleSpan, RuleVersion, spans
from visits.compliance_trial import preview
from visits.evidence import Finding
from visits.policies import RULE_SETTERS
from visits.queries import compliance as queries
from visits.schemas.compliance import ComplianceDifference, Figures, PreviewCompliance

_DAYS = 28
_SHOWN = 20
_FLAGS = ("check_out_required", "log_required")
_NUMBERS = ("min_dwell_minutes", "grace_days")
_SIDES = {"in": "check_in_verdicts", "out": "check_out_verdicts"}
_FIELDS = {member: f"verdicts_{side}" for side, member in _SIDES.items()}
_PAGE = "compliance_rules"


def _words_of(rules: ComplianceRules, applies_from: date) -> dict[str, str]:
    """The fields as they begin."""
    words = {"applies_from": str(applies_from), "credit": rules.credit, "note": ""}
    words |= {name: "on" if getattr(rules, name) else "" for name in _FLAGS}
    words |= {name: str(getattr(rules, name)) for name in _NUMBERS}
    for side, member in _SIDES.items():
        counting = getattr(rules, member)
        words |= {f"{side}_{one}": "on" if counting is None or one in counting else "" for one in Finding}
    return words | {f"leave_{one}": "on" if one in rules.leave_out else "" for one in get_args(LeftOut)}


def _payload_of(words: Mapping[str, str]) -> dict[str, Any]:
    """What the command takes; what is no number is handed on, so that it says so."""
    rules: dict[str, Any] = {"credit": words["credit"]} | {name: words[name] == "on" for name in _FLAGS}
    rules |= {name: int(words[name]) if words[name].isdigit() else words[name] for name in _NUMBERS}
    for side, member in _SIDES.items():
        counting = [str(one) for one in Finding if words[f"{side}_{one}"] == "on"]
        rules[member] = None if len(counting) == len(Finding) else counting
    rules["leave_out"] = [one for one in get_args(LeftOut) if words[f"leave_{one}"] == "on"]
    return {"applies_from": words["applies_from"], "rules": rules, "note": words["note"]}


def _read(payload: Mapping[str, Any], today: date) -> PreviewCompliance:
    """The rules, to be tried on the last weeks as if they had applied then. Raises ValidationError."""
    span = {"from_date": str(today - timedelta(days=_DAYS)), "to_date": str(today - timedelta(days=1))}
    members = {"applies_from": payload["applies_from"], "rules": payload["rules"]}
    asked = PreviewCompliance.model_validate(span | members)
    return asked.model_copy(update={"applies_from": asked.from_date})


def _faults_of(error: ValidationError, voice: Voice) -> Faults:
    errors = error.errors(include_url=False, include_context=False)
    return faults_in([one | {"loc": one["loc"][one["loc"][0] == "rules" :]} for one in errors], _FIELDS, voice)


def show_rules(request: HttpRequest) -> HttpResponse:
    """The rules in force, to be changed."""
    today = voice_of(request).today()
    return _show(request, _words_of(_in_force(spans(queries.list_versions()), today).rules, today))


def change_rules(request: HttpRequest) -> HttpResponseBase:
    """Say what these rules would have made of the last weeks; or put them in force."""
    actor, voice = actor_of(request), voice_of(request)
    words = words_in(request, _words_of(BUILT_IN.rules, voice.today()))
    payload = _payload_of(words)
    try:
        asked = _read(payload, voice.today())
    except ValidationError as error:
        with company_fence(actor.company_id):
            return _show(request, words, faults=_faults_of(error, voice), status=422)
    if request.POST.get("intent") != "set":
        with company_fence(actor.company_id):
            return _show(request, words, difference=preview(actor, asked, now()))
    return put_in_force(
        request,
        _PAGE,
        "visits.set_compliance_rule",
        payload,
        lambda refused: _show(request, words, faults=refused, status=422),
    )


register(
    Page(
        _PAGE,
        "compliance-rules",
        get=show_rules,
        post=change_rules,
        place=Place("system", 41, "chart"),
        roles=RULE_SETTERS,
    )
)


def _in_force(found: Sequence[RuleSpan], today: date) -> RuleSpan:
    return next(span for span in found if span.first <= today <= span.last)


def _show(
    request: HttpRequest,
    words: Mapping[str, str],
    faults: Faults | None = None,
    difference: ComplianceDifference | None = None,
    status: int = 200,
) -> HttpResponse:
    voice, faults = voice_of(request), faults or {}
    rows = list(queries.list_rules())
    versions = [RuleVersion(row.version, row.applies_from, ComplianceRules.model_validate(row.rules)) for row in rows]
    known, authors = spans(versions), account_queries.list_users({row.created_by_id for row in rows})
    names: list[str | None] = [authors[row.created_by_id].name for row in rows]
    return render(
        request,
        "compliance_rules.html",
        status,
        applies_from=field(_PAGE, "applies_from", words, faults, voice, "date"),
        flags=[field(_PAGE, name, words, faults, voice, "check") for name in _FLAGS],
        numbers=[field(_PAGE, name, words, faults, voice) for name in _NUMBERS],
        sides=[_side(side, words, faults, voice) for side in _SIDES],
        leave_out=[_box(f"leave_{one}", voice.say(f"{_PAGE}.leave_out.{one}"), words) for one in get_args(LeftOut)],
        credits=[(one, voice.say(f"{_PAGE}.credit.{one}"), one == words["credit"]) for one in get_args(Credit)],
        note=field(_PAGE, "note", words, faults, voice),
        difference=difference and _tell(difference, voice),
        days=_DAYS,
        in_force=_in_force(known, voice.today()).version,
        versions=[
            _version(one, row, author, known, voice)
            for one, row, author in zip([*versions, BUILT_IN], [*rows, None], [*names, None], strict=True)
        ],
    )


def _box(name: str, label: str, words: Mapping[str, str]) -> dict[str, Any]:
    return {"name": name, "kind": "check", "label": label, "value": words[name]}


def _side(side: str, words: Mapping[str, str], faults: Faults, voice: Voice) -> dict[str, Any]:
    """Which verdicts on a check-in, or on a check-out, count."""
    boxes = [_box(f"{side}_{one}", voice.say(f"visits.verdict.{one}"), words) for one in reversed(Finding)]
    return {"label": voice.say(f"{_PAGE}.verdicts.{side}"), "boxes": boxes, "fault": faults.get(f"verdicts_{side}")}


def _version(
    version: RuleVersion, row: Any, author: str | None, known: Sequence[RuleSpan], voice: Voice
) -> dict[str, Any]:
    """A version as the history tells it. row, author: None for the one that is built in."""
    judged = [span for span in known if span.version == version.version]
    return {
        "number": version.version,
        "row": row,
        "author": author,
        "days": [_days(span, known, voice) for span in judged],
        "is_in_force": any(span.first <= voice.today() <= span.last for span in judged),
        "rules": _in_words(version.rules, voice),
    }


def _days(span: RuleSpan, known: Sequence[RuleSpan], voice: Voice) -> str:
    """The days on which what is due is judged by a version; the first and the last of all have no end."""
    if span is known[0] and span is known[-1]:
        return voice.say(f"{_PAGE}.always")
    if span is known[0]:
        return voice.say(f"{_PAGE}.until", last=voice.day(span.last))
    if span is known[-1]:
        return voice.say(f"{_PAGE}.since", first=voice.day(span.first))
    return f"{voice.day(span.first)} – {voice.day(span.last)}"


def _in_words(rules: ComplianceRules, voice: Voice) -> list[str]:
    """What a version asks for, beside a check-in in the window."""
    said = [voice.say(f"{_PAGE}.field.{name}") for name in _FLAGS if getattr(rules, name)]
    if rules.min_dwell_minutes:
        said.append(voice.say(f"{_PAGE}.says.dwell", count=rules.min_dwell_minutes))
    for side, member in _SIDES.items():
        if (counting := getattr(rules, member)) is not None:
            names = ", ".join(voice.say(f"visits.verdict.{one}") for one in counting)
            said.append(voice.say(f"{_PAGE}.says.{side}", verdicts=names))
    said = said or [voice.say(f"{_PAGE}.says.any")]
    if rules.grace_days:
        said.append(voice.say(f"{_PAGE}.says.grace", count=rules.grace_days))
    left_out = ", ".join(voice.say(f"{_PAGE}.leave_out.{one}") for one in get_args(LeftOut) if one in rules.leave_out)
    said.append(
        voice.say(f"{_PAGE}.says.left_out", what=left_out) if left_out else voice.say(f"{_PAGE}.says.all_count")
    )
    return [*said, voice.say(f"{_PAGE}.says.{rules.credit}")]


def _tell(difference: ComplianceDifference, voice: Voice) -> dict[str, Any]:
    """What would change, the reps with the greatest change first."""
    people = account_queries.list_users({one.rep_id for one in difference.reps})
    ordered = sorted(difference.reps, key=lambda one: -abs(one.after.valid - one.before.valid))
    return {
        "total": _pair(difference.before, difference.after, voice),
        "same": difference.before == difference.after and not difference.reps,
        "reps": [
            (people[one.rep_id].name, _pair(one.before, one.after, voice))
            for one in ordered[:_SHOWN]
            if one.rep_id in people
        ],
        "more": max(0, len(ordered) - _SHOWN),
    }


def _pair(before: Figures, after: Figures, voice: Voice) -> dict[str, str]:
    """Share and counts, as they are and as they would be."""
    return {
        f"{side}_{name}": text
        for side, one in (("before", before), ("after", after))
        for name, text in (("share", voice.share(one.rate)), ("counts", f"{one.valid:,} / {one.due:,}"))
    }
