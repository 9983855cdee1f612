"""The models for Kotlin and Swift: every member of every payload, row and message is in them, in both alike."""

import re

import pytest

from config.spec.contract import FOLDER
from config.spec.levels import Published, published
from config.spec.models.kotlin import kotlin_files
from config.spec.models.naming import camel, pascal, shape_name, upper
from config.spec.models.reading import read_models
from config.spec.models.shapes import Models, Type
from config.spec.models.swift import swift_files
from config.spec.models.words import joined
from core.errors import CATALOGUE
from core.feeds import FEEDS
from core.registry import COMMANDS
from tests.contract.swift_syntax import faults, names_used_and_declared

SWIFT = sorted((FOLDER / "swift").rglob("*.swift"))
_KNOWN_TO_SWIFT = {
    "Any", "Bool", "Codable", "CodingKey", "Date", "DateComponents", "Decimal", "Decoder", "Double", "Encoder",
    "Foundation", "Hashable", "Int", "RawRepresentable", "Sendable", "String", "TimeZone", "Type", "Value",
}  # fmt: skip


@pytest.fixture(scope="module")
def present() -> Published:
    return published()


@pytest.fixture(scope="module")
def models(present: Published) -> Models:
    return read_models(present)


def test_every_command_and_kind_has_a_record(models: Models, present: Published) -> None:
    assert [(record.command, record.number) for record in models.commands] == [
        (name, COMMANDS[name].schema) for name in sorted(COMMANDS)
    ]
    assert [record.kind for record in models.kinds] == sorted(FEEDS)
    for record in models.commands:
        schema = present.commands[f"{record.command}.{record.number}"]
        assert [field.wire for field in record.fields] == list(schema["properties"])
        needed = {field.wire for field in record.fields if not field.nullable}
        assert needed == set(schema.get("required", ()))


def test_a_member_of_a_higher_level_may_be_missing(models: Models, present: Published) -> None:
    """An app meets servers that are older than its models."""
    found = 0
    for record in models.kinds:
        schema = present.kinds[str(record.kind)]
        for field in record.fields:
            if schema["properties"][field.wire].get("x-since", 1) > schema.get("x-since", 1):
                found += 1
                assert field.nullable, f"{record.name}.{field.wire}"
    assert found or all("x-since" not in str(schema["properties"]) for schema in present.kinds.values())


def test_no_two_things_have_one_name(models: Models) -> None:
    names = [record.name for records in models.records.values() for record in records]
    names += [words.name for lists in models.words.values() for words in lists]
    assert len(names) == len(set(names))
    for records in models.records.values():
        for record in records:
            fields = [camel(field.wire) for field in record.fields]
            assert len(fields) == len(set(fields))


def test_every_name_that_is_used_is_declared(models: Models) -> None:
    names = {record.name for records in models.records.values() for record in records}
    names |= {words.name for lists in models.words.values() for words in lists}

    def used(kind: Type) -> set[str]:
        inner = kind.list_of or kind.map_of or kind.change_of
        return used(inner) if inner else {kind.name} if kind.name else set()

    for records in models.records.values():
        for record in records:
            for field in record.fields:
                assert used(field.type) <= names


def test_both_languages_have_the_same(models: Models) -> None:
    kotlin, swift = "\n".join(kotlin_files(models).values()), "\n".join(swift_files(models).values())
    for records in models.records.values():
        for record in records:
            assert re.search(rf"\b(data class|data object) {record.name}\b", kotlin)
            assert re.search(rf"\bstruct {record.name}: ", swift)
    for code in CATALOGUE:
        assert f'const val {upper(code)} = "{code}"' in kotlin
        assert f'    "{code}": .' in swift


@pytest.mark.parametrize("path", SWIFT, ids=lambda path: path.name)
def test_the_swift_can_be_parsed(path: object) -> None:
    """There is no Swift compiler on the registries; a grammar at least finds what is no Swift."""
    assert not faults(path.read_bytes())  # type: ignore[attr-defined]


def test_what_is_no_swift_is_found() -> None:
    assert faults(b"public struct A { var b: }")
    assert faults(b"struct A { func b( -> Int }")
    assert not faults(b"public struct A { var b: Int }")


def test_swift_uses_only_what_is_declared() -> None:
    used: set[str] = set()
    declared: set[str] = set()
    for path in SWIFT:
        if path.name != "Package.swift":
            uses, declares = names_used_and_declared(path.read_bytes())
            used |= uses
            declared |= declares
    assert "CustomersCreate" in declared
    assert used - declared <= _KNOWN_TO_SWIFT, used - declared - _KNOWN_TO_SWIFT


def test_names() -> None:
    assert camel("customer_id") == "customerId"
    assert pascal("visits.check_in") == "VisitsCheckIn"
    assert upper("WGS-84") == "WGS_84"
    assert shape_name("VerdictOut") == "Verdict"
    assert shape_name("CheckIn") == "CheckIn", "a noun is no direction"
    assert joined("Customer", "customer_class") == "CustomerClass"
    assert joined("Visit", "state") == "VisitState"
