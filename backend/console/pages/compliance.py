"""Compliance: how many of the visits that were due were made, by team, rep, class and cycle, and how that goes on."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase

from accounts import queries as account_queries
from console import exports
from console.cells import Cell
from console.charts import Chart, Series
from console.compliance_asked import CLASSES, GROUPS, SPANS, Question, read
from console.filters import Options
from console.pages.visits import list_people_choices, list_team_choices
from console.registry import Place, page
from console.rendering import render, visitor_of, voice_of
from console.voice import Voice, percent
from core.actor import Actor
from core.clock import now
from core.fence import company_fence
from visits.policies import RULE_SETTERS
from visits.queries import compliance as queries
from visits.queries import plans as plan_queries

MOST_ROWS = 100
_CHART_ROWS = 15
_MOST_CHOICES = 500
_COUNTS = ("due", "valid", "late", "missed", "excluded", "pending")
_OUTCOMES = {
    "due": {"outcome": "due"},
    "valid": {"outcome": "valid"},
    "late": {"reason": "late"},
    "missed": {"outcome": "missed"},
    "excluded": {"outcome": "excluded"},
    "pending": {"outcome": "pending"},
}
"""What the list of due visits is asked for behind each count."""
_NEXT = {"team": "rep", "rep": "cycle", "class": "team", "cycle": "team"}
"""By what a group is looked into further."""


@dataclass(frozen=True)
class Group:
    """A row of figures. key: of the group as text; None: customers without a class, reps without an org unit."""

    key: str | None
    name: str
    depth: int
    figures: Mapping[str, Any]
    path: Sequence[str] = ()


@page("compliance", "compliance", place=Place("work", 43, "chart"))
def show_compliance(request: HttpRequest) -> HttpResponseBase:
    """The figures of the days that the address asks for, or all of them as a file. A fixed number of statements."""
    visitor, voice = visitor_of(request), voice_of(request)
    assert visitor is not None
    actor, question = visitor.actor, read(request.GET, voice)
    if (form := request.GET.get("format")) is not None:
        return _export(actor, question, voice, form)
    found = queries.break_down(queries.reckon(actor, now()), question.asked, GROUPS[question.by], question.step)
    groups = _sorted(_groups(found.groups, question.by, actor, voice), question.sort)
    buckets = list(_buckets(found.periods, question))
    total = queries.figures(found.total)
    is_empty = not total["due"] and not total["excluded"] and not total["pending"]
    return render(
        request,
        "compliance.html",
        question=question,
        title=f"{voice.day(question.first)} – {voice.day(question.last)}",
        moves=_moves(question, voice),
        controls=_controls(question, actor, voice),
        figures=_figures(total, question, voice),
        trend=_trend_chart(buckets, question, voice),
        trend_rows=[_bucket_row(begin, figures, question, voice) for begin, figures in buckets],
        heads=_heads(question, voice),
        rows=[_row(group, question, voice) for group in groups[:MOST_ROWS]],
        hidden=max(0, len(groups) - MOST_ROWS),
        charts=_group_charts(groups[:_CHART_ROWS], question, voice),
        charted=_CHART_ROWS if len(groups) > _CHART_ROWS else 0,
        exports=[(form, question.query(format=form)) for form in ("xlsx", "csv")],
        due_visits=question.due_visits(),
        is_empty=is_empty,
        may_set_rules=not RULE_SETTERS.isdisjoint(actor.roles),
        has_cycles=is_empty and plan_queries.list_cycles(actor).exists(),
    )


# The address


def _moves(question: Question, voice: Voice) -> dict[str, str | None]:
    today = voice.today()
    is_now = question.first <= today <= question.last
    return {
        "before": question.moved(-1),
        "after": question.moved(1),
        "now": None if is_now or question.span == "days" else question.query(day=None),
    }


def _controls(question: Question, actor: Actor, voice: Voice) -> list[dict[str, Any]]:
    """The choices above the figures; three statements."""
    options = {
        "team": list_team_choices(actor, voice),
        "rep": list_people_choices(actor, voice),
        "class": [(grade, class_name(grade, voice)) for grade in CLASSES],
        "cycle": list_cycle_choices(actor, voice),
    }
    said = {
        "span": (question.span, [(word, voice.say(f"compliance.span.{word}")) for word in SPANS]),
        "by": (question.by, [(word, voice.say(f"compliance.by.{word}")) for word in GROUPS]),
        "step": (question.step, [(word, voice.say(f"compliance.step.{word}")) for word in question.steps]),
    }
    narrowing = {name: (question.words.get(name, ""), choices) for name, choices in options.items()}
    return [
        {
            "name": name,
            "label": voice.say(f"compliance.filter.{name}"),
            "word": word,
            "options": choices,
            "may_be_unset": name in narrowing,
        }
        for name, (word, choices) in (said | narrowing).items()
    ]


def list_cycle_choices(actor: Actor, voice: Voice) -> Options:
    """The call cycles of classes; those of single customers would be too many."""
    rows = plan_queries.list_cycles(actor).filter(customer_id=None).order_by("name").values_list("id", "name")
    return [(str(id_), name) for id_, name in rows[:_MOST_CHOICES]]


def class_name(grade: str | None, voice: Voice) -> str:
    """What the customers of a class are called; `none`, or None: those without one."""
    known = grade not in (None, "none")
    return voice.say("evidence_rules.class", grade=grade) if known else voice.say("evidence_rules.others")


# The figures


def _groups(found: Mapping[str | None, Mapping[str, int]], by: str, actor: Actor, voice: Voice) -> list[Group]:
    """The groups with what they are called (one query)."""
    ids = {UUID(key) for key in found if key and by != "class"}
    names: dict[str, str] = {}
    paths: dict[str, list[str]] = {}
    if by == "team":
        units = account_queries.list_org_units(ids)
        names = {str(id_): unit.name for id_, unit in units.items()}
        paths = {str(id_): [str(above) for above in unit.path if above in units] for id_, unit in units.items()}
    elif by == "rep":
        names = {str(id_): person.name for id_, person in account_queries.list_users(ids).items()}
    elif by == "cycle":
        rows = plan_queries.list_cycles(actor).filter(id__in=ids).values_list("id", "name")
        names = {str(id_): name for id_, name in rows}
    nobody = voice.say(f"compliance.without.{by}")
    return [
        Group(
            key,
            class_name(key, voice) if by == "class" else names.get(key or "", nobody),
            min(4, max(0, len(paths.get(key or "", ())) - 1)),
            queries.figures(counts),
            [names[above] for above in paths.get(key or "", ())],
        )
        for key, counts in found.items()
    ]


def _sorted(groups: list[Group], sort: str) -> list[Group]:
    """In the order that is asked for: a team below the one that it belongs to; a share of nothing comes last."""
    name, downwards = sort.removeprefix("-"), sort.startswith("-")
    if name == "name":
        return sorted(groups, key=lambda one: (one.key is None, one.path or [one.name]), reverse=downwards)
    by_name = sorted(groups, key=lambda one: one.name)
    known = [one for one in by_name if one.figures[name] is not None]
    unknown = [one for one in by_name if one.figures[name] is None]
    return [*sorted(known, key=lambda one: one.figures[name], reverse=downwards), *unknown]


def _buckets(found: Mapping[date, Mapping[str, int]], question: Question) -> Iterator[tuple[date, Mapping[str, Any]]]:
    """Every place of the trend, also where nothing was due."""
    nothing = dict.fromkeys(queries.COUNTS, 0)
    begin = question.first
    if question.step == "week":
        begin -= timedelta(days=begin.weekday())
    elif question.step == "month":
        begin = begin.replace(day=1)
    while begin <= question.last:
        yield begin, queries.figures(found.get(begin, nothing))
        begin = question.bucket_after(begin)


def _figures(total: Mapping[str, Any], question: Question, voice: Voice) -> list[dict[str, Any]]:
    """The cards: the share first, then the counts, each with the due visits behind it."""
    cards = [
        {
            "name": name,
            "value": voice.number(total[name]),
            "href": question.due_visits(**_OUTCOMES[name]) if total[name] else None,
            "tone": "bad" if name == "missed" and total[name] else "",
        }
        for name in ("due", "valid", "missed", "excluded", "pending")
    ]
    made = voice.say("compliance.already_made", count=voice.number(total["pending_made"]))
    late = voice.say("compliance.of_these_late", count=voice.number(total["late"]))
    hints = {"valid": late if total["late"] else "", "pending": made if total["pending_made"] else ""}
    share = {"name": "rate", "value": voice.share(total["rate"]), "href": None, "tone": ""}
    return [share, *(card | {"hint": hints.get(str(card["name"]), "")} for card in cards)]


def _cells(
    figures: Mapping[str, Any], names: Sequence[str], voice: Voice, address: Callable[..., str] | None
) -> list[dict[str, Any]]:
    """The counts of a row, each with the due visits behind it. address: of these; None where no filter says so."""
    return [
        {
            "label": voice.say(f"compliance.figure.{name}"),
            "value": voice.number(figures[name]),
            "is_nothing": not figures[name],
            "href": address(**_OUTCOMES[name]) if address and figures[name] else None,
            "tone": "bad" if name == "missed" and figures[name] else "",
        }
        for name in names
    ]


def _row(group: Group, question: Question, voice: Voice) -> dict[str, Any]:
    word = "none" if group.key is None and question.by == "class" else group.key

    def behind(**more: object) -> str:
        return question.due_visits(**{question.by: word}, **more)

    return {
        "name": group.name,
        "depth": group.depth,
        "href": f"?{_further(question, word)}" if word else None,
        "share": voice.share(group.figures["rate"]),
        "cells": _cells(group.figures, _COUNTS, voice, behind if word else None),
    }


def _further(question: Question, word: str) -> str:
    """The query by which a group is looked into."""
    return question.query(**{question.by: word, "by": _NEXT[question.by], "sort": None})


def _bucket_row(begin: date, figures: Mapping[str, Any], question: Question, voice: Voice) -> dict[str, Any]:
    since, until = question.bucket(begin)

    def behind(**more: object) -> str:
        return question.due_visits(since=since, until=until, **more)

    return {
        "name": _bucket_name(begin, question, voice),
        "share": voice.share(figures["rate"]),
        "cells": _cells(figures, ("due", "valid", "missed", "pending"), voice, behind),
    }


def _bucket_name(begin: date, question: Question, voice: Voice) -> str:
    since, until = question.bucket(begin)
    if question.step == "month":
        return voice.month_of(begin)
    first, last = voice.short_day(since), voice.short_day(until)
    return first if since == until else f"{first} – {last}"


def _heads(question: Question, voice: Voice) -> list[dict[str, Any]]:
    """The table's heads; those that it can be sorted by lead to that order and back."""
    heads = []
    for name in ("name", "rate", *_COUNTS):
        label = voice.say(f"compliance.by.{question.by}" if name == "name" else f"compliance.figure.{name}")
        head: dict[str, Any] = {"label": label, "is_number": name != "name", "query": None, "order": None}
        if name in ("name", "rate", "due", "missed"):
            upwards, downwards = question.sort == name, question.sort == f"-{name}"
            order = "ascending" if upwards else "descending" if downwards else None
            head |= {"query": question.query(sort=f"-{name}" if upwards else name), "order": order}
        heads.append(head)
    return heads


# The charts


def _trend_chart(buckets: Sequence[tuple[date, Mapping[str, Any]]], question: Question, voice: Voice) -> Chart:
    figures = [one for _, one in buckets]
    spans = [question.bucket(begin) for begin, _ in buckets]
    return Chart(
        labels=[_bucket_name(begin, question, voice) for begin, _ in buckets],
        series=[
            *_count_series(figures, voice, with_pending=True),
            Series(voice.say("compliance.figure.rate"), "wait", _shares(figures), shape="line", unit="%"),
        ],
        links=[question.due_visits(since=since, until=until) for since, until in spans],
    )


def _group_charts(groups: Sequence[Group], question: Question, voice: Voice) -> dict[str, Chart]:
    """The same groups twice: their shares, and the counts that these come from."""
    labels, figures = [group.name for group in groups], [group.figures for group in groups]
    words = ["none" if group.key is None and question.by == "class" else group.key for group in groups]
    links = [f"?{_further(question, word)}" if word else "" for word in words]
    share = Series(voice.say("compliance.figure.rate"), "good", _shares(figures), unit="%")
    counts = _count_series(figures, voice)
    return {"share": Chart(labels, [share], links, lies=True), "counts": Chart(labels, counts, links, lies=True)}


def _count_series(figures: Sequence[Mapping[str, Any]], voice: Voice, *, with_pending: bool = False) -> list[Series]:
    tones: dict[str, Any] = {"valid": "good", "missed": "bad"} | ({"pending": "plain"} if with_pending else {})
    return [
        Series(voice.say(f"compliance.figure.{name}"), tone, [one[name] for one in figures])
        for name, tone in tones.items()
    ]


def _shares(figures: Sequence[Mapping[str, Any]]) -> list[float | None]:
    return [None if one["rate"] is None else percent(one["rate"]) for one in figures]


# The file


def _export(actor: Actor, question: Question, voice: Voice, form: str) -> HttpResponseBase:
    """The figures of each group in each step, to be worked with."""
    heads = [voice.say(f"compliance.step.{question.step}"), voice.say(f"compliance.by.{question.by}")]
    heads += [voice.say(f"compliance.figure.{name}") for name in (*_COUNTS, "rate_percent")]
    return exports.send("compliance", heads, _read(actor, question, voice), voice, form)


def _read(actor: Actor, question: Question, voice: Voice) -> Iterator[list[list[Cell]]]:
    with company_fence(actor.company_id):
        reckoning = queries.reckon(actor, now())
        *rows, _ = queries.count_due(reckoning, question.asked, GROUPS[question.by], question.step)
        groups = _groups({row["key"]: row for row in rows}, question.by, actor, voice)
    names = {group.key: " / ".join(group.path) or group.name for group in groups}
    yield [
        [
            question.bucket(row["period"])[0],
            names[row["key"]],
            *(row[name] for name in _COUNTS),
            percent(row["valid"] / row["due"]) if row["due"] else None,
        ]
        for row in rows
    ]
