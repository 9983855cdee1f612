"""Names for lists of words: the schemas have none, and each list shall have one name wherever it stands.

A list is named after a row that has it, else after an object in a payload, else after the command or message.
"""

from collections.abc import Iterator, Sequence

from config.spec.json_schemas import Json, is_change, without_null
from config.spec.levels import Published
from config.spec.models.naming import pascal, shape_name

Key = tuple[str, frozenset[str]]
_TELLING = 3  # so many words are hardly the same by chance


def key_of(member: str, values: Sequence[str]) -> Key:
    """Returns what makes two lists the same: their words, and where these are few also the member."""
    return ("" if len(values) >= _TELLING else member, frozenset(values))


def name_words(published: Published) -> dict[Key, str]:
    """Returns the name of each list."""
    names: dict[Key, str] = {}
    taken: set[str] = set()
    for owner, member, values in _found(published):
        key = key_of(member, values)
        if key in names:
            continue
        name = joined(owner, member)
        if name in taken:
            raise ValueError(f"two lists of words would be called {name}")
        names[key] = name
        taken.add(name)
    return names


def joined(owner: str, member: str) -> str:
    """Returns the owner's name and the member's, without saying the owner twice: `CustomerClass`."""
    name = pascal(member)
    return name if name.startswith(owner) else owner + name


def _found(published: Published) -> Iterator[tuple[str, str, list[str]]]:
    """Every list with its owner and member, in the order in which they give names."""
    for kind, schema in published.kinds.items():
        yield from _members(pascal(kind), schema)
    documents = [*published.kinds.values(), *published.commands.values(), *published.messages.values()]
    definitions = {
        (shape_name(name).removesuffix("Changes"), index): definition
        for index, schema in enumerate(documents)
        for name, definition in schema.get("$defs", {}).items()
    }
    for (name, _), definition in sorted(definitions.items(), key=lambda item: item[0]):
        yield from _members(name, definition)
    for schema in (*published.commands.values(), *published.messages.values()):
        yield from _members(schema["title"], schema)


def _members(owner: str, schema: Json) -> Iterator[tuple[str, str, list[str]]]:
    for member, given in schema.get("properties", {}).items():
        core = without_null(given["properties"]["to"] if is_change(given) else given)
        is_list = core.get("type") == "array"
        core = without_null(core["items"]) if is_list else core
        if "enum" in core:
            yield owner, member.removesuffix("s") if is_list else member, core["enum"]
