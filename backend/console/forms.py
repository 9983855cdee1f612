"""A form, declared: its fields and the command that it sends. Page, dialog, faults and the last word follow.

A form is a page of its own at an address of its own. Where scripts run, a link with `data-dialog` opens it in a dialog.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect

from console import cookies
from console.doors import is_htmx
from console.reasons import in_words
from console.registry import CONSOLE_ROLES, Page, Place, register
from console.rendering import render, visitor_of, voice_of
from console.voice import Voice
from core.actor import Actor
from core.batches import Verdict
from core.commands import execute
from core.errors import CATALOGUE, DomainError, InvalidInput
from core.fence import company_fence
from core.ids import uuid7
from core.models import Status

Values = dict[str, Any]


@dataclass(frozen=True)
class Field:
    """One member of the payload. Its label is the text `<form>.field.<name>`; `<form>.hint.<name>` may stand below.

    kind: text, textarea, number, date, time, check, choice, password or hidden; many: words that the form's own
    template sends under one name, read as one text with a blank between. choices: of a choice, as (word, label); among:
    the same where they depend on the row that the form is about. empty: what an empty field means.
    """

    name: str
    kind: str = "text"
    required: bool = True
    choices: Callable[[Actor, Voice], list[tuple[str, str]]] | None = None
    among: Callable[[Any, Actor, Voice], list[tuple[str, str]]] | None = None
    empty: Any = None

    def read(self, text: str) -> Any:
        """The member as the command takes it. What is not one is handed on: the command says what is wrong."""
        if self.kind == "password":
            return text or self.empty
        text = text.strip()
        if text == "":
            return self.empty
        if self.kind == "number":
            try:
                return int(text) if text.lstrip("-").isdigit() else float(text)
            except ValueError:
                return text
        return text == "on" if self.kind == "check" else text


@dataclass(frozen=True)
class CommandForm:
    """One form of the console.

    name: of its page, and the beginning of its texts: `<name>.title`, `.lead`, `.submit`, `.done`, and `.action` for
    the button that opens it from a list. path: with `<uuid:id>` where it is about a row. command: what it sends.
    subject: reads the row that it is about, inside the fence; raises what the app raises for one that is not visible.
    named: how the row is called above the fields. start: the values that the fields begin with. payload: what is sent,
    of the address's members and the fields' values. back: the page behind it. danger: it takes something away.
    template: one that extends `form.html`. outcome: where it depends on more than the command, what is said in the end:
    a text or the key of one, and its tone; asked inside the fence.
    send: how the command is run, where something goes beside it that no record may hold. ending: what answers once it
    took effect, where something has to be shown that is shown but once.
    rework: what a button other than the last one makes of the values, None for the last one; more: what the template
    shows besides the fields, of the row and the values; asked inside the fence. in_dialog: whether it fits into one.
    """

    name: str
    path: str
    command: str
    fields: Sequence[Field] = ()
    subject: Callable[..., Any] = lambda actor: None
    named: Callable[[Any], str] = lambda subject: subject or ""
    start: Callable[[Any, HttpRequest], Values] = lambda subject, request: {}
    payload: Callable[[Values, Values], Values] = lambda path, values: path | values
    back: str = "home"
    danger: bool = False
    template: str = "form.html"
    outcome: Callable[[Actor, Values, Voice], tuple[str, str]] | None = None
    send: Callable[[HttpRequest, Actor, Values, UUID], Verdict] | None = None
    ending: Callable[[HttpRequest], HttpResponse] | None = None
    rework: Callable[[HttpRequest, Values], Values | None] = lambda request, values: None
    more: Callable[[Any, Values, Actor, Voice], Values] = lambda subject, values, actor, voice: {}
    in_dialog: bool = True
    place: Place | None = None
    roles: frozenset[str] = field(default=CONSOLE_ROLES)

    def register(self) -> "CommandForm":
        """Put the form at its address."""
        register(
            Page(
                self.name,
                self.path,
                get=self.get,
                post=self.post,
                place=self.place,
                roles=self.roles,
                in_dialog=self.in_dialog,
            )
        )
        return self

    def get(self, request: HttpRequest, **path: Any) -> HttpResponse:
        """The form as it begins."""
        subject = self._subject(request, path)
        return self._show(request, subject, self.start(subject, request))

    def post(self, request: HttpRequest, **path: Any) -> HttpResponseBase:
        """Send the command; then back, or here again with what was refused."""
        visitor = visitor_of(request)
        assert visitor is not None
        with company_fence(visitor.actor.company_id):
            subject = self._subject(request, path)
        sent = {item.name: _sent(item, request) for item in self.fields if self._is_sent(item, request)}
        if (reworked := self.rework(request, sent)) is not None:
            with company_fence(visitor.actor.company_id):
                return self._show(request, subject, self.start(subject, request) | reworked)
        values = {item.name: item.read(sent[item.name]) for item in self.fields if item.name in sent}
        payload = self.payload({name: str(value) for name, value in path.items()}, values)
        verdict = self._run(request, visitor.actor, payload)
        if verdict.status == Status.REFUSED:
            with company_fence(visitor.actor.company_id):
                return self._show(request, subject, self.start(subject, request) | sent, verdict)
        if self.ending is not None and verdict.settled:
            return self.ending(request)
        response = go(request, return_address(request, reverse(f"console:{self.back}")))
        cookies.leave_word(response, *self._last_word(request, verdict, path))
        return response

    def _run(self, request: HttpRequest, actor: Actor, payload: Values) -> Verdict:
        command_id = read_command_id(request)
        if self.send is None:
            return execute(self.command, payload, actor=actor, command_id=command_id, door="console")
        try:
            return self.send(request, actor, payload, command_id)
        except DomainError as refusal:
            message = refusal.message(actor.locale)
            return Verdict(command_id, Status.REFUSED, None, refusal.code, refusal.field, message, refusal.details)

    def _last_word(self, request: HttpRequest, verdict: Verdict, path: Values) -> tuple[str, str]:
        visitor = visitor_of(request)
        if verdict.status == Status.PARKED:
            return verdict.message or "", "warn"
        if self.outcome is None or visitor is None:
            return f"{self.name}.done", "good"
        with company_fence(visitor.actor.company_id):
            return self.outcome(visitor.actor, path, voice_of(request))

    def _is_sent(self, item: Field, request: HttpRequest) -> bool:
        """An unchecked box is not sent by browsers; any other field that is not there is not meant to change."""
        return item.name in request.POST or (item.kind == "check" and "command_id" in request.POST)

    def _subject(self, request: HttpRequest, path: Values) -> Any:
        visitor = visitor_of(request)
        assert visitor is not None
        return self.subject(visitor.actor, **path)

    def _show(self, request: HttpRequest, subject: Any, values: Values, refused: Verdict | None = None) -> HttpResponse:
        visitor, voice = visitor_of(request), voice_of(request)
        assert visitor is not None
        faults = self._faults(refused, voice) if refused else {}
        fields = [
            self._field(item, voice, values, faults) | {"options": self._options(item, subject, visitor.actor, voice)}
            for item in self.fields
            if item.kind != "many"
        ]
        return render(
            request,
            self.template,
            422 if refused else 200,
            **self.more(subject, values, visitor.actor, voice),
            form=self,
            fields=fields,
            subject=self.named(subject),
            faults=faults,
            fault=faults.get(""),
            back=return_address(request, reverse(f"console:{self.back}")),
        )

    def _faults(self, refused: Verdict, voice: Voice) -> dict[str, str]:
        """What is wrong, by field, which is called as its label; under an empty name what belongs to none."""
        named = set((refused.field or "").split("."))
        name = next((item.name for item in self.fields if item.name in named and item.kind != "hidden"), "")
        kind = CATALOGUE.get(refused.code or "")
        if not name or kind is None:
            return {name: refused.message or ""}
        details = {key: in_words(str(value), voice.locale) for key, value in refused.details.items()}
        return {name: kind(voice.say(f"{self.name}.field.{name}"), **details).message(voice.locale)}

    def _options(self, item: Field, subject: Any, actor: Actor, voice: Voice) -> Sequence[tuple[str, str]]:
        if item.among is not None:
            return item.among(subject, actor, voice)
        return item.choices(actor, voice) if item.choices else ()

    def _field(self, item: Field, voice: Voice, values: Values, faults: Mapping[str, str]) -> dict[str, Any]:
        value = None if item.kind == "password" else values.get(item.name)
        return {
            "name": item.name,
            "kind": item.kind,
            "required": item.required,
            "label": voice.say(f"{self.name}.field.{item.name}") if item.kind != "hidden" else "",
            "hint": voice.say_if_known(f"{self.name}.hint.{item.name}", ""),
            "value": "" if value is None else value,
            "fault": faults.get(item.name),
        }


def _sent(item: Field, request: HttpRequest) -> str:
    return " ".join(request.POST.getlist(item.name)) if item.kind == "many" else request.POST.get(item.name, "")


def read_command_id(request: HttpRequest) -> UUID:
    """The id that was made with the form, so that a form sent twice is one command. Raises core.invalid_input."""
    try:
        return UUID(request.POST.get("command_id") or str(uuid7()))
    except ValueError:
        raise InvalidInput("command_id", reason="must be a UUID") from None


def return_address(request: HttpRequest, otherwise: str) -> str:
    """Where `next` leads, if it is an address of the console."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    inside = wanted.startswith(cookies.PATH) and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if inside else otherwise


def go(request: HttpRequest, address: str) -> HttpResponseBase:
    """Have the browser load another page."""
    return HttpResponseClientRedirect(address) if is_htmx(request) else HttpResponseRedirect(address)
