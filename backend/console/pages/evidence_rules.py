"""Verdict rules: what evidence is judged by, what other rules would change, and judging stored evidence again."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from pydantic import ValidationError

from accounts import queries as account_queries
from console.cells import as_html
from console.forms import CommandForm, Field, Values
from console.registry import Page, Place, register
from console.rendering import render, voice_of
from console.rule_pages import Faults, actor_of, faults_in, field, put_in_force, words_in
from console.verdicts import verdict_chip
from console.voice import Voice
from core.fence import company_fence
from core.ids import uuid7
from visits.evidence import BUILT_IN, Rules
from visits.previewing import preview
from visits.queries import evidence as queries
from visits.schemas.evidence import PreviewVerdicts, VerdictDifference

ROLES = frozenset({"admin"})
_DAYS = 7
_KMH = 3.6
_CLASSES = ("A", "B", "C", "D", "")
"""The last: of every other customer."""
_MODES = ("soft", "hard", "off")
_NUMBERS = ("max_age_s", "max_accuracy_m", "max_speed_kmh", "online_within_s")
_MEMBERS = {"max_age_ms": "max_age_s", "max_speed_mps": "max_speed_kmh"}
_SHOWN = 10


def _plain(number: float) -> str:
    return f"{round(number, 1):g}"


def _words_of(rules: Rules) -> dict[str, str]:
    """The fields as they begin: seconds and kilometres per hour, as people think of them."""
    limit = rules.max_accuracy_m
    words = {
        "max_age_s": _plain(rules.max_age_ms / 1_000),
        "max_accuracy_m": "" if limit is None else _plain(limit),
        "max_speed_kmh": _plain(rules.max_speed_mps * _KMH),
        "online_within_s": _plain(rules.online_within_s),
        "unconfirmed_sites_count": "on" if rules.unconfirmed_sites_count else "",
        "note": "",
    }
    for grade in _CLASSES:
        words[f"in_{grade}"] = rules.fence_mode("in", grade or None)
        words[f"out_{grade}"] = rules.fence_mode("out", grade or None)
    return words


def _rules_of(words: Mapping[str, str], voice: Voice) -> tuple[dict[str, Any], dict[str, str]]:
    """The rules as the command takes them, and what is wrong with the fields."""
    faults: dict[str, str] = {}
    numbers: dict[str, float | None] = {}
    for name in _NUMBERS:
        try:
            numbers[name] = float(words[name]) if words[name] else None
        except ValueError:
            numbers[name] = None
            faults[name] = voice.say("evidence_rules.no_number")
    rules: dict[str, Any] = {
        "max_accuracy_m": numbers["max_accuracy_m"],
        "online_within_s": numbers["online_within_s"],
        "max_age_ms": None if numbers["max_age_s"] is None else numbers["max_age_s"] * 1_000,
        "max_speed_mps": None if numbers["max_speed_kmh"] is None else numbers["max_speed_kmh"] / _KMH,
        "unconfirmed_sites_count": words["unconfirmed_sites_count"] == "on",
        "fences": [
            {"direction": direction, "customer_class": grade or None, "mode": words[f"{direction}_{grade}"]}
            for grade in _CLASSES
            for direction in ("in", "out")
        ],
    }
    try:
        Rules.model_validate(rules)
    except ValidationError as error:
        errors = error.errors(include_url=False, include_context=False)
        faults = faults_in(errors, _MEMBERS, voice) | faults
    return rules, faults


def show_rules(request: HttpRequest) -> HttpResponse:
    """The rules in force, to be changed."""
    return _show(request, _words_of(queries.get_rules().rules))


def change_rules(request: HttpRequest) -> HttpResponseBase:
    """Say what these rules would change; or put them in force."""
    actor, voice = actor_of(request), voice_of(request)
    words = words_in(request, _words_of(BUILT_IN.rules))
    rules, faults = _rules_of(words, voice)
    if faults:
        with company_fence(actor.company_id):
            return _show(request, words, faults=faults, status=422)
    if request.POST.get("intent") != "set":
        today = voice.today()
        span = {"from_date": str(today - timedelta(days=_DAYS - 1)), "to_date": str(today)}
        asked = PreviewVerdicts.model_validate(span | {"rules": rules})
        with company_fence(actor.company_id):
            return _show(request, words, difference=preview(actor, asked))
    return put_in_force(
        request,
        "evidence_rules",
        "visits.set_evidence_rules",
        {"rules": rules, "note": words["note"]},
        lambda refused: _show(request, words, faults=refused, status=422),
    )


register(
    Page(
        "evidence_rules",
        "evidence-rules",
        get=show_rules,
        post=change_rules,
        place=Place("system", 40, "check"),
        roles=ROLES,
    )
)


def _show(
    request: HttpRequest,
    words: Mapping[str, str],
    faults: Faults | None = None,
    difference: VerdictDifference | None = None,
    status: int = 200,
) -> HttpResponse:
    actor, voice = actor_of(request), voice_of(request)
    own = list(queries.list_rules()[:_SHOWN])
    authors = account_queries.list_users({row.created_by_id for row in own})
    return render(
        request,
        "evidence_rules.html",
        status,
        numbers=[field("evidence_rules", name, words, faults or {}, voice) for name in _NUMBERS],
        unconfirmed=words["unconfirmed_sites_count"],
        note=field("evidence_rules", "note", words, faults or {}, voice),
        fences=[_fences(grade, words, voice) for grade in _CLASSES],
        difference=difference and _tell(difference, voice),
        days=_DAYS,
        in_force=own[0].version if own else 1,
        versions=[(row, authors[row.created_by_id].name) for row in own if row.created_by_id in authors],
        recomputations=queries.list_recomputations(actor)[:_SHOWN],
    )


def _fences(grade: str, words: Mapping[str, str], voice: Voice) -> dict[str, Any]:
    """One line of the fences: of a class of customers, how strict check-ins and check-outs are."""
    label = voice.say("evidence_rules.class", grade=grade) if grade else voice.say("evidence_rules.others")
    sides = []
    for direction in ("in", "out"):
        name = f"{direction}_{grade}"
        options = [(mode, voice.say(f"evidence_rules.mode.{mode}"), mode == words[name]) for mode in _MODES]
        side = voice.say(f"evidence_rules.direction.{direction}")
        sides.append({"name": name, "label": f"{label}: {side}", "options": options})
    return {"label": label, "sides": sides}


def _tell(difference: VerdictDifference, voice: Voice) -> dict[str, Any]:
    changes = sorted(difference.changes, key=lambda one: -one.count)
    return {
        "total": voice.number(difference.total),
        "unchanged": voice.number(difference.unchanged),
        "overridden": voice.number(difference.overridden),
        "changes": [
            (as_html(verdict_chip(one.before), voice), as_html(verdict_chip(one.after), voice), voice.number(one.count))
            for one in changes
        ],
    }


def _last_days(subject: Any, request: HttpRequest) -> Values:
    today = voice_of(request).today()
    return {"from_date": str(today - timedelta(days=_DAYS - 1)), "to_date": str(today)}


RECOMPUTE = CommandForm(
    "evidence_rules.recompute",
    "evidence-rules/recompute",
    command="visits.recompute_verdicts",
    fields=(Field("from_date", "date"), Field("to_date", "date")),
    start=_last_days,
    payload=lambda path, values: values | {"id": str(uuid7())},
    back="evidence_rules",
    roles=ROLES,
).register()
