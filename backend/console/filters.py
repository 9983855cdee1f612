"""The filters of a list: how each is shown, and what it makes of the words in the address."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import reduce
from operator import or_
from typing import Any, Protocol
from uuid import UUID

from django.db.models import Q, QuerySet

from console.voice import Voice
from core.actor import Actor
from core.errors import InvalidInput

Options = list[tuple[str, str]]


class Filter(Protocol):
    """One filter. name: its word in the address; its label is the text `<list>.filter.<name>`. kind: of its control."""

    @property
    def name(self) -> str: ...

    @property
    def kind(self) -> str: ...

    def condition(self, word: str, voice: Voice) -> Q:
        """The rows that the word asks for. Raises core.invalid_input."""

    def options(self, list_name: str, actor: Actor, voice: Voice) -> Options:
        """What can be chosen, as words with labels; empty where anything can be typed."""


@dataclass(frozen=True)
class Search:
    """Rows with the word in any of these columns, or about somebody or something that it names.

    about: columns of ids, each with what finds the rows behind it by the word. Of large tables these are asked first,
    by themselves: joined to the list, every row of it would be read with them to be compared.
    """

    columns: tuple[str, ...]
    about: Mapping[str, Callable[[str], QuerySet[Any]]] = field(default_factory=dict)
    name: str = "q"
    kind: str = "search"

    def condition(self, word: str, voice: Voice) -> Q:
        own = [Q(**{f"{column}__icontains": word}) for column in self.columns]
        about = [Q(**{f"{column}__in": find(word).values("id")}) for column, find in self.about.items()]
        return reduce(or_, own + about)

    def options(self, list_name: str, actor: Actor, voice: Voice) -> Options:
        return []


@dataclass(frozen=True)
class Choice:
    """One of a few states, each with the rows that it means; labelled by the texts `<list>.<name>.<word>`.

    otherwise: the rows while none is chosen, with the label `<list>.<name>.otherwise`; None: all of them.
    """

    name: str
    states: Mapping[str, Q]
    otherwise: Q | None = None
    kind: str = "choice"

    def condition(self, word: str, voice: Voice) -> Q:
        if word not in self.states:
            raise InvalidInput(self.name, reason=voice.say("list.bad_choice"))
        return self.states[word]

    def options(self, list_name: str, actor: Actor, voice: Voice) -> Options:
        return [(word, voice.say(f"{list_name}.{self.name}.{word}")) for word in self.states]


@dataclass(frozen=True)
class OneOf:
    """One of the values of a column, as the reader can see them. choices: asks for them, at most one query."""

    name: str
    column: str
    choices: Callable[[Actor, Voice], Options]
    read: Callable[[str], Any] = str
    kind: str = "choice"

    def condition(self, word: str, voice: Voice) -> Q:
        try:
            return Q(**{self.column: self.read(word)})
        except ValueError:
            raise InvalidInput(self.name, reason=voice.say("list.bad_choice")) from None

    def options(self, list_name: str, actor: Actor, voice: Voice) -> Options:
        return self.choices(actor, voice)


@dataclass(frozen=True)
class Only:
    """Rows of one other row, named by its id: set by links, never typed; shown only while it is set."""

    name: str
    column: str
    kind: str = "only"

    def condition(self, word: str, voice: Voice) -> Q:
        try:
            return Q(**{self.column: UUID(word)})
        except ValueError:
            raise InvalidInput(self.name, reason=voice.say("list.bad_choice")) from None

    def options(self, list_name: str, actor: Actor, voice: Voice) -> Options:
        return []


@dataclass(frozen=True)
class Day:
    """Rows from a day on, or until its end, in the reader's time zone. column: of an instant."""

    name: str
    column: str
    until: bool = False
    kind: str = "date"

    def condition(self, word: str, voice: Voice) -> Q:
        try:
            day = date.fromisoformat(word)
            at = voice.next_midnight(day) if self.until else voice.midnight(day)
        except (ValueError, OverflowError):
            raise InvalidInput(self.name, reason=voice.say("list.bad_day")) from None
        return Q(**{f"{self.column}__{'lt' if self.until else 'gte'}": at})

    def options(self, list_name: str, actor: Actor, voice: Voice) -> Options:
        return []


@dataclass(frozen=True)
class CalendarDay:
    """Rows from a day on, or until it. column: of days of the company's calendar."""

    name: str
    column: str
    until: bool = False
    kind: str = "date"

    def condition(self, word: str, voice: Voice) -> Q:
        try:
            day = date.fromisoformat(word)
        except ValueError:
            raise InvalidInput(self.name, reason=voice.say("list.bad_day")) from None
        return Q(**{f"{self.column}__{'lte' if self.until else 'gte'}": day})

    def options(self, list_name: str, actor: Actor, voice: Voice) -> Options:
        return []


@dataclass(frozen=True)
class Relative(Choice):
    """One of a few states that depend on the time at which one looks: a saved view of today shows tomorrow's day then.

    states: what each means, of the reader.
    """

    states: Mapping[str, Callable[[Voice], Q]]  # type: ignore[assignment]

    def condition(self, word: str, voice: Voice) -> Q:
        super().condition(word, voice)
        return self.states[word](voice)
