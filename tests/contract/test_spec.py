"""What phone teams read is what the code does: the generated documents are up to date, and their examples fit."""

import difflib
import json
from collections import defaultdict
from collections.abc import Iterator

import pytest
from django.apps import apps
from pydantic import BaseModel

from config.spec.command_list import refusals, rest_addresses, unknown_codes
from config.spec.documents import FOLDER, all_documents
from config.spec.payload_fields import list_fields, sample
from core.errors import CATALOGUE
from core.feeds import FEEDS
from core.registry import COMMANDS


@pytest.fixture(scope="module")
def documents() -> dict[str, str]:
    """The documents as the code gives them now."""
    return all_documents()


@pytest.mark.parametrize("name", ["openapi.json", "commands.md", "feeds.md", "errors.md"])
def test_the_documents_are_up_to_date(documents: dict[str, str], name: str) -> None:
    kept = (FOLDER / name).read_text() if (FOLDER / name).exists() else ""
    made = documents[name]
    difference = list(
        difflib.unified_diff(kept.splitlines(), made.splitlines(), name, "from the code", lineterm="", n=0)
    )
    assert kept == made, "run `make spec`:\n" + "\n".join(difference[:40])


def test_the_documents_are_the_same_every_time(documents: dict[str, str]) -> None:
    assert all_documents() == documents


def test_no_two_shapes_share_a_name() -> None:
    """In the OpenAPI the last of them would silently stand for both."""
    modules = defaultdict(set)
    for shape in _descendants(BaseModel):
        if shape.__module__.split(".")[0] in {config.label for config in apps.get_app_configs()}:
            modules[shape.__name__].add(shape.__module__)
    assert not {name: sorted(found) for name, found in modules.items() if len(found) > 1}


def _descendants(kind: type[BaseModel]) -> Iterator[type[BaseModel]]:
    for child in kind.__subclasses__():
        yield child
        yield from _descendants(child)


def test_everything_is_in_them(documents: dict[str, str]) -> None:
    commands, feeds, errors = documents["commands.md"], documents["feeds.md"], documents["errors.md"]
    assert not [name for name in COMMANDS if f"\n## {name}\n" not in commands]
    assert not [kind for kind in FEEDS if f"\n## {kind}\n" not in feeds]
    assert not [code for code in CATALOGUE if f"\n| `{code}` |" not in errors]


def test_every_command_names_its_address() -> None:
    assert set(rest_addresses()) == set(COMMANDS)


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_the_example_fits(name: str) -> None:
    payload = COMMANDS[name].payload
    payload.model_validate_json(json.dumps(sample(payload)))


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_the_description_names_codes_that_exist(name: str) -> None:
    assert not unknown_codes(COMMANDS[name])
    assert refusals(COMMANDS[name]), "say in the handler's description what it refuses"


def test_every_member_has_a_type_and_lengths_have_limits() -> None:
    """No text without an end: a limit that is not stated is found out by failing."""
    unlimited = []
    for name in sorted(COMMANDS):
        for field in list_fields(COMMANDS[name].payload):
            assert field.kind
            if field.kind.startswith(("text", "array")) and not field.limits:
                unlimited.append(f"{name}: {field.path}")
    assert not unlimited, unlimited
