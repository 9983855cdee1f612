"""Pages on which rules are tried before they are put in force: their fields, and what is done with what was entered."""

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse

from console import cookies
from console.forms import Values, go, read_command_id
from console.reasons import in_words
from console.rendering import visitor_of
from console.voice import Voice
from core.actor import Actor
from core.commands import execute
from core.fence import company_fence

Faults = dict[str, str]


def actor_of(request: HttpRequest) -> Actor:
    """Who is at the page."""
    visitor = visitor_of(request)
    assert visitor is not None
    return visitor.actor


def words_in(request: HttpRequest, names: Mapping[str, str]) -> dict[str, str]:
    """What was entered into the fields of these names; an empty word for a box that was not ticked."""
    return {name: request.POST.get(name, "").strip() for name in names}


def field(page: str, name: str, words: Mapping[str, str], faults: Faults, voice: Voice, kind: str = "text") -> Values:
    """A field for `field.html`, with the texts `<page>.field.<name>` and `<page>.hint.<name>`."""
    return {
        "name": name,
        "kind": kind,
        "required": False,
        "label": voice.say(f"{page}.field.{name}"),
        "hint": voice.say_if_known(f"{page}.hint.{name}", ""),
        "value": words[name],
        "fault": faults.get(name),
    }


def faults_in(errors: list[Any], names: Mapping[str, str], voice: Voice) -> Faults:
    """What pydantic has against the rules, by field. names: the field that stands for a member, where it is another."""
    found: Faults = {}
    for one in errors:
        member = str(one["loc"][0])
        found.setdefault(names.get(member, member), in_words(one["msg"], voice.locale))
    return found


def put_in_force(
    request: HttpRequest, page: str, command: str, payload: Values, refused: Callable[[Faults], HttpResponse]
) -> HttpResponseBase:
    """Set the rules by their command, under the id that was made with the form; then back to the page.

    refused: shows the page again, inside the fence, with what was refused.
    """
    actor, command_id = actor_of(request), read_command_id(request)
    verdict = execute(command, {"id": str(command_id)} | payload, actor=actor, command_id=command_id, door="console")
    if not verdict.settled:
        with company_fence(actor.company_id):
            return refused({"note": verdict.message or ""})
    response = go(request, reverse(f"console:{page}"))
    cookies.leave_word(response, f"{page}.done", "good")
    return response
