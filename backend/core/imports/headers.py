"""Which column of the file is which column of the import."""

from collections.abc import Mapping

from core.errors import DomainError
from core.imports.errors import ColumnsMissing, ColumnUnknown, HeaderUnknown
from core.imports.registry import Column, ImportSpec, fold_header

_OWN_NAMES = 3  # of `Column.headers`: its name and its titles; what follows are aliases


def match(spec: ImportSpec, header: list[str], mapping: Mapping[str, str | None]) -> list[str | None]:
    """Per column of the file the name of the import's column, or None where there is none.

    mapping: the user's word, header to column (None: leave it out); it goes before everything else. Raises
    imports.header_unknown, imports.column_unknown.
    """
    found: list[str | None] = [None] * len(header)
    folded = [fold_header(text) for text in header]
    taken = set()
    for text, name in mapping.items():
        where = [index for index, given in enumerate(folded) if given == fold_header(text)]
        if not where:
            raise HeaderUnknown("columns", header=text[:64])
        if name is not None and spec.column(name) is None:
            raise ColumnUnknown("columns", column=name[:64])
        found[where[0]] = name
        taken.add(where[0])
    for aliases in (False, True):
        for column in spec.columns:
            if column.name not in found:
                _find(column, aliases, folded, found, taken)
    return found


def _find(column: Column, aliases: bool, folded: list[str], found: list[str | None], taken: set[int]) -> None:
    names = column.headers()
    for name in names[_OWN_NAMES:] if aliases else names[:_OWN_NAMES]:
        for index, text in enumerate(folded):
            if text == name and index not in taken:
                found[index] = column.name
                taken.add(index)
                return


def require_columns(spec: ImportSpec, found: list[str | None], defaults: Mapping[str, str]) -> None:
    """Raises imports.columns_missing unless every required column is there or has a default."""
    present = {name for name in found if name} | defaults.keys()
    missing = [group for group in spec.required if present.isdisjoint(group)]
    if missing:
        names = ["/".join(_titles(spec, name) for name in group) for group in missing]
        raise ColumnsMissing("file", columns="; ".join(names), missing=[list(group) for group in missing])


def require_defaults(spec: ImportSpec, defaults: Mapping[str, str]) -> None:
    """Raises imports.column_unknown or the error of a default that its column cannot hold."""
    for name, text in defaults.items():
        column = spec.column(name)
        if column is None:
            raise ColumnUnknown("defaults", column=name[:64])
        try:
            column.kind.parse(text.strip())
        except DomainError as error:
            error.field = f"defaults.{name}"
            raise


def _titles(spec: ImportSpec, name: str) -> str:
    column = spec.column(name)
    return f"{column.en} {column.zh}" if column else name
