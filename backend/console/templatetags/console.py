"""What the console's templates say: texts, icons, times, the addresses of built files."""

from datetime import date, datetime
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from console import basemap
from console.assets import asset_url
from console.charts import Chart
from console.icons import ICONS
from core.clock import to_wire
from core.ids import uuid7

register = template.Library()
register.simple_tag(asset_url, name="asset")


@register.simple_tag(takes_context=True)
def say(context: dict[str, Any], key: str, **values: object) -> str:
    """`{% say "devices.title" %}`: a text in the reader's language; it is escaped as every value is."""
    return str(context["voice"].say(key, **values))


@register.simple_tag
def icon(name: str) -> SafeString:
    """`{% icon "phone" %}`: a drawing beside a text that says the same; screen readers pass over it."""
    return format_html('<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="{}"/></svg>', ICONS[name])


@register.simple_tag(takes_context=True)
def instant(context: dict[str, Any], value: datetime | None) -> SafeString | str:
    """`{% instant row.at %}`: how long ago, with day and time in the reader's zone as its title."""
    if value is None:
        return "–"
    voice = context["voice"]
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', to_wire(value), voice.instant(value), voice.ago(value)
    )


@register.simple_tag(takes_context=True)
def clock(context: dict[str, Any], value: datetime) -> str:
    """`{% clock visit.planned_at %}`: the time of day in the reader's zone."""
    return str(context["voice"].time(value))


@register.simple_tag(takes_context=True)
def calendar_day(context: dict[str, Any], value: date) -> str:
    """`{% calendar_day visit.visit_date %}`: a day as the reader writes it."""
    return str(context["voice"].day(value))


@register.simple_tag(takes_context=True)
def map_frame(context: dict[str, Any], id_: str, label: str, kind: str = "") -> SafeString:
    """`{% map_frame "live-map" label %}`: the element for `openMap` of `parts/map.ts`; the page loads `map.css`.

    label: what screen readers call the map. kind: `cooperative` where the page scrolls past the map: a wheel or one
    finger then moves the page.
    """
    cooperative = mark_safe(" data-cooperative") if kind == "cooperative" else ""
    return format_html(
        '<div class="map" id="{}" data-map="{}"{}></div>',
        id_, basemap.frame(context["voice"], label), cooperative,
    )  # fmt: skip


@register.simple_tag
def chart_frame(chart: Chart, label: str) -> SafeString:
    """`{% chart_frame chart label %}`: the element for `drawCharts` of `parts/chart.ts`; the page loads `chart.css`.

    label: what screen readers call the picture; the same numbers stand in a table beside it.
    """
    return format_html('<div class="chart" role="img" aria-label="{}" data-chart="{}"></div>', label, chart.as_json())


@register.simple_tag
def command_id() -> str:
    """`{% command_id %}`: the id of the command that a form will send; sent twice, it is one command."""
    return str(uuid7())
