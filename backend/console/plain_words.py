"""A command's payload for people: each member under its name in the reader's language, values as one reads them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from console.reasons import in_words
from console.voice import Voice
from console.wording import has_text
from core.errors import CATALOGUE

_FRAMES = ("changes", "id")
Names = dict[str, str]
"""What ids stand for, as far as it is known to the reader."""


def members_in_words(payload: Any, voice: Voice, names: Names) -> list[tuple[str, str]]:
    """Every member with its value. An edit's changes are told as what was and what is to be."""
    if not isinstance(payload, dict):
        return [(voice.say("audit.command.payload"), str(payload))] if payload else []
    told = []
    for name, value in payload.items():
        if name == "changes" and isinstance(value, dict):
            told += [(_label(field, voice), _change(change, voice, names)) for field, change in value.items()]
        elif name != "id" or names.get(value) not in (None, payload.get("name")):
            told.append((_label(name, voice), _value(value, voice, names)))
    return told


def summary(payload: Any, voice: Voice, names: Names) -> str:
    """The members that a reader can take in at a glance: those that are no bare ids."""
    told = members_in_words(payload, voice, names)
    return "; ".join(f"{label}: {value}" for label, value in told if value and not _is_id(value))


def value_in_words(value: Any, voice: Voice, names: Names) -> str:
    """One value as one reads it; a dash for none."""
    return _value(value, voice, names) or "–"


def label_in_words(member: str, voice: Voice) -> str:
    """What a member is called."""
    return _label(member, voice)


def reason_in_words(judged: Any, voice: Voice) -> str:
    """Why a command was not simply applied; as it was stored where its code is known no more."""
    kind = CATALOGUE.get(judged.code or "")
    if kind is None:
        return judged.message or ""
    details = {key: in_words(str(value), voice.locale) for key, value in judged.details.items()}
    return kind(_field(judged.field, voice), **details).message(voice.locale)


def _field(path: str | None, voice: Voice) -> str | None:
    """The member at fault as people call it: of `changes.name.from` it is the name."""
    names = [part for part in (path or "").split(".") if has_text(f"member.{part}") and part not in _FRAMES]
    return _label(names[-1], voice) if names else path


def ids_in(value: Any) -> set[UUID]:
    """Every id that stands anywhere in the payload."""
    if isinstance(value, dict):
        return set().union(*(ids_in(child) for child in value.values()))
    if isinstance(value, list):
        return set().union(*(ids_in(child) for child in value))
    return {UUID(value)} if isinstance(value, str) and _is_id(value) else set()


def _label(name: str, voice: Voice) -> str:
    return voice.say_if_known(f"member.{name}", name)


def _change(change: Any, voice: Voice, names: Names) -> str:
    if not isinstance(change, dict):
        return _value(change, voice, names)
    was, becomes = (_value(change.get(side), voice, names) or "–" for side in ("from", "to"))
    return f"{was} → {becomes}"


def _value(value: Any, voice: Voice, names: Names) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return voice.say("yes" if value else "no")
    if isinstance(value, dict):
        return "; ".join(
            f"{_label(name, voice)}: {_value(child, voice, names) or '–'}" for name, child in value.items()
        )
    if isinstance(value, list):
        return ", ".join(_value(child, voice, names) for child in value)
    if isinstance(value, str):
        return names.get(value.lower()) or _instant(value, voice)
    return str(value)


def _instant(text: str, voice: Voice) -> str:
    """The text; where it is an instant, in the reader's time zone."""
    if "T" not in text or not text[:4].isdigit():
        return text
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return text
    return voice.instant(instant) if instant.tzinfo else text


def _is_id(text: str) -> bool:
    try:
        return len(text) == 36 and bool(UUID(text))
    except ValueError:
        return False
