"""A visit type while somebody edits it: the words of the form's fields, what the command takes of them, their faults.

The fields of an action begin with its id: `shelf.en`. The fields `order` name the actions in theirs.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.http import QueryDict
from pydantic import ValidationError

from console.reasons import in_words
from console.voice import Voice
from visits.actions import MAX_ACTIONS
from visits.schemas.types import SetVisitType

CLASSES = ("A", "B", "C", "D")
ROLES = ("rep", "engineer", "dispatcher", "manager", "admin")
KINDS = ("photo", "form", "competitor", "log", "signature")
_ONCE = ("form", "log")
Payload = dict[str, Any]


@dataclass
class Audience:
    """Whom something is for, as the form's fields say it. channels: parted by commas."""

    classes: list[str] = field(default_factory=list)
    channels: str = ""
    roles: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, stored: Mapping[str, Any] | None) -> "Audience":
        """As it is stored."""
        given = stored or {}
        channels = ", ".join(given.get("channels", ()))
        return cls(list(given.get("customer_classes", ())), channels, list(given.get("roles", ())))

    @classmethod
    def sent(cls, form: QueryDict, prefix: str) -> "Audience":
        """As it was sent."""
        classes, roles = form.getlist(f"{prefix}.class"), form.getlist(f"{prefix}.role")
        return cls(classes, form.get(f"{prefix}.channels", "").strip(), roles)

    def payload(self) -> Payload:
        """As the command takes it."""
        channels = [part.strip() for part in self.channels.replace("，", ",").split(",")]
        return {
            "customer_classes": self.classes,
            "channels": [channel for channel in channels if channel],
            "roles": self.roles,
        }

    @property
    def is_narrow(self) -> bool:
        """Whether it leaves anybody out."""
        return bool(self.classes or self.channels or self.roles)


@dataclass
class ActionDraft:
    """One action, as the form's fields say it."""

    id: str
    kind: str
    en: str = ""
    zh: str = ""
    min_count: str = "1"
    label: str = ""
    form_id: str = ""
    only_for: Audience = field(default_factory=Audience)

    @classmethod
    def sent(cls, form: QueryDict, id_: str) -> "ActionDraft":
        """As it was sent."""
        texts = {name: form.get(f"{id_}.{name}", "").strip() for name in ("kind", "en", "zh", "label", "form_id")}
        return cls(id_, min_count=form.get(f"{id_}.min_count", "1").strip(), only_for=Audience.sent(form, id_), **texts)

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "ActionDraft":
        """As it is stored."""
        names = stored["names"]
        plain = {"kind": stored["kind"], "label": stored["label"], "form_id": stored["form_id"] or ""}
        audience = Audience.of(stored["only_for"])
        return cls(
            stored["id"], en=names["en"], zh=names["zh"], min_count=str(stored["min_count"]), only_for=audience, **plain
        )

    def payload(self) -> Payload:
        """As the command takes it: without what its kind does not have, which the form keeps all the same."""
        counted = int(self.min_count) if self.min_count.isdecimal() else self.min_count
        return {
            "id": self.id,
            "kind": self.kind,
            "names": {"en": self.en, "zh": self.zh},
            "min_count": 1 if self.kind in _ONCE else counted,
            "label": self.label if self.kind == "photo" else "",
            "form_id": (self.form_id or None) if self.kind == "form" else None,
            "only_for": self.only_for.payload(),
        }


@dataclass
class Draft:
    """A visit type, as the form's fields say it. by_rule: whether it is chosen where nobody names a type."""

    id: UUID
    code: str = ""
    en: str = ""
    zh: str = ""
    position: str = "0"
    archived: bool = False
    by_rule: bool = True
    rule: Audience = field(default_factory=Audience)
    actions: list[ActionDraft] = field(default_factory=list)

    @classmethod
    def of(cls, row: Any) -> "Draft":
        """As it is stored."""
        return cls(
            row.id,
            row.code,
            row.names["en"],
            row.names["zh"],
            str(row.position),
            row.archived,
            row.chosen_for is not None,
            Audience.of(row.chosen_for),
            [ActionDraft.of(action) for action in row.actions],
        )

    @classmethod
    def sent(cls, id_: UUID, form: QueryDict) -> "Draft":
        """As it was sent."""
        code, en, zh, position = (form.get(name, "").strip() for name in ("code", "en", "zh", "position"))
        named = list(dict.fromkeys(form.getlist("order")))[:MAX_ACTIONS]
        return cls(
            id_,
            code,
            en,
            zh,
            position,
            "archived" in form,
            form.get("by_rule") == "yes",
            Audience.sent(form, "rule"),
            [ActionDraft.sent(form, action) for action in named],
        )

    def payload(self) -> Payload:
        """As the command takes it."""
        return {
            "id": str(self.id),
            "code": self.code,
            "names": {"en": self.en, "zh": self.zh},
            "position": int(self.position) if self.position.isdecimal() else self.position,
            "chosen_for": self.rule.payload() if self.by_rule else None,
            "actions": [action.payload() for action in self.actions],
            "archived": self.archived,
        }

    def change(self, intent: str) -> str:
        """Add an action, move one or take one out, as a button says it: `add:photo`, `up:shelf`. The action's id."""
        what, _, which = intent.partition(":")
        if what == "add" and which in KINDS and len(self.actions) < MAX_ACTIONS:
            self.actions.append(ActionDraft(self._free_id(), which))
            return self.actions[-1].id
        place = next((number for number, action in enumerate(self.actions) if action.id == which), None)
        if place is None:
            return ""
        action = self.actions.pop(place)
        if what == "remove":
            return ""
        self.actions.insert(max(0, place + {"up": -1, "down": 1}.get(what, 0)), action)
        return action.id

    def _free_id(self) -> str:
        taken = {action.id for action in self.actions}
        return next(name for number in range(1, MAX_ACTIONS + 2) if (name := f"action_{number}") not in taken)

    def check(self, voice: Voice) -> tuple[SetVisitType | None, dict[str, str]]:
        """The type, or what is wrong with which field."""
        try:
            return SetVisitType.model_validate(self.payload()), {}
        except ValidationError as error:
            faults: dict[str, str] = {}
            for one in error.errors(include_url=False, include_context=False):
                faults.setdefault(self.field_of(".".join(map(str, one["loc"]))), in_words(one["msg"], voice.locale))
            return None, faults

    def field_of(self, path: str) -> str:
        """The field of the form that a member of the payload came from: `actions.0.names` came from `shelf.en`."""
        parts = path.split(".")
        prefix = ""
        if parts[0] == "actions" and len(parts) > 1 and parts[1].isdecimal() and int(parts[1]) < len(self.actions):
            action = self.actions[int(parts[1])]
            prefix, parts = f"{action.id}.", parts[2:] or ["form_id" if action.kind == "form" else "kind"]
        if parts[0] in ("chosen_for", "only_for"):
            prefix = prefix or "rule."
            parts = ["channels"]
        return f"{prefix}{'en' if parts[0] == 'names' else parts[0]}"
