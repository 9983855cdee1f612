"""What the console's templates say: texts, icons, times, the addresses of built files."""

from datetime import datetime
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from console.assets import asset_url
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


@register.simple_tag
def command_id() -> str:
    """`{% command_id %}`: the id of the command that a form will send; sent twice, it is one command."""
    return str(uuid7())
