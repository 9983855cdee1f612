"""What a text in a cell refers to: an id, a code, an external id or a name."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from core.errors import DomainError
from core.imports.cells import shorten
from core.imports.errors import ReferenceAmbiguous

Candidate = tuple[UUID, Sequence[Iterable[str | None]]]
"""A record with the texts by which it can be meant, in tiers: identifiers before names."""


def choose(texts: Iterable[str], candidates: Iterable[Candidate]) -> dict[str, UUID | DomainError]:
    """What each text means: the one record that bears it in the first tier in which any does.

    Several records there make it ambiguous; a text that none bears is left out.
    """
    tiers: list[dict[str, set[UUID]]] = []
    for id_, names in candidates:
        for level, tier in enumerate(names):
            while len(tiers) <= level:
                tiers.append({})
            for name in tier:
                if name:
                    tiers[level].setdefault(name, set()).add(id_)
    meant: dict[str, UUID | DomainError] = {}
    for text in texts:
        ids: set[UUID] = next((tier[text] for tier in tiers if text in tier), set())
        if len(ids) == 1:
            meant[text] = next(iter(ids))
        elif ids:
            meant[text] = ReferenceAmbiguous(value=shorten(text))
    return meant


def ids_among(texts: Iterable[str]) -> dict[UUID, str]:
    """Those of the texts that are ids, with the text."""
    found = {}
    for text in texts:
        try:
            found[UUID(text)] = text
        except ValueError:
            continue
    return found
