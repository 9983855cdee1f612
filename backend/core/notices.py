"""The registry of notices: what users are told of without having asked, such as that something is overdue.

An app declares the kinds that it sends, with their texts, and sends in its own transaction. Who keeps notices stands
above the apps and registers here, so that none of them has to know of it.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from string import Formatter
from uuid import UUID

KINDS: dict[str, "NoticeKind"] = {}
_receivers: list["Receiver"] = []


@dataclass(frozen=True)
class Words:
    """A text in the languages that people read it in. It may name parameters in {braces}."""

    en: str
    zh: str


@dataclass(frozen=True)
class NoticeKind:
    """One kind of notice.

    name: stable, `<app>.<what>`. title, text: made of the parameters whenever somebody reads it; no prose is stored.
    """

    name: str
    title: Words
    text: Words

    @property
    def parameters(self) -> frozenset[str]:
        """What its texts are made of."""
        texts = (self.title.en, self.title.zh, self.text.en, self.text.zh)
        return frozenset(name for text in texts for _, name, _, _ in Formatter().parse(text) if name)

    def say(self, locale: str, parameters: Mapping[str, str]) -> tuple[str, str]:
        """Title and text as `locale` says them, with nothing where a parameter is missing."""
        known = defaultdict(str, parameters)
        title, text = ((words.zh if locale == "zh-Hans" else words.en) for words in (self.title, self.text))
        return title.format_map(known), text.format_map(known)


@dataclass(frozen=True, slots=True)
class Notice:
    """What one user is to be told.

    subject_kind, subject_id: the row that it is about, by its kind in the feeds. key: a user is told of one key once,
    however often it is sent. parameters: what its texts are made of.
    """

    user_id: UUID
    kind: str
    subject_kind: str
    subject_id: UUID
    key: str
    parameters: Mapping[str, str] = field(default_factory=dict)


Receiver = Callable[[UUID, Sequence[Notice]], int]


def declare(kind: NoticeKind) -> NoticeKind:
    """Register a kind of notice. Names are unique."""
    if KINDS.setdefault(kind.name, kind) is not kind:
        raise ValueError(f"notice {kind.name} is declared twice")
    return kind


def receive(receiver: Receiver) -> Receiver:
    """Register who keeps notices: called with the company and what is sent. Called once, by the app that owns them."""
    _receivers[:] = [receiver]
    return receiver


def send(company_id: UUID, notices: Iterable[Notice]) -> int:
    """Have notices kept for their users, in the running transaction and the company's fence; returns how many are new.

    One statement, none without notices. Raises ValueError when a notice lacks a parameter of its texts.
    """
    wanted = list(notices)
    for notice in wanted:
        if missing := KINDS[notice.kind].parameters - notice.parameters.keys():
            raise ValueError(f"notice {notice.kind} lacks {sorted(missing)}")
    return _receivers[0](company_id, wanted) if wanted else 0
