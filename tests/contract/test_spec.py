"""What phone teams read is what the code does: the generated documents are up to date, and their examples fit."""

import difflib
import json
import re
from collections import defaultdict
from collections.abc import Iterator

import pytest
from django.apps import apps
from pydantic import BaseModel

from config.spec.command_list import rest_addresses
from config.spec.command_schemas import command_schema, refusals, unknown_codes
from config.spec.descriptions import split_docstring
from config.spec.documents import FOLDER, all_documents, generated_paths
from config.spec.error_advice import ADVICE
from config.spec.kind_schemas import kind_schema
from config.spec.members import list_members
from config.spec.message_schemas import message_schemas
from core.errors import CATALOGUE, Then
from core.feeds import FEEDS
from core.registry import COMMANDS


@pytest.fixture(scope="module")
def documents() -> dict[str, str]:
    """The documents as the code gives them now."""
    return all_documents()


def test_the_documents_are_up_to_date(documents: dict[str, str]) -> None:
    for name, made in documents.items():
        kept = (FOLDER / name).read_text() if (FOLDER / name).exists() else ""
        difference = list(
            difflib.unified_diff(kept.splitlines(), made.splitlines(), name, "from the code", lineterm="", n=0)
        )
        assert kept == made, "run `make spec`:\n" + "\n".join(difference[:40])
    assert not generated_paths() - set(documents), "run `make spec`: nothing makes these any more"


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
    spec = COMMANDS[name]
    spec.payload.model_validate_json(json.dumps(command_schema(spec)["examples"][0]))


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_the_description_names_codes_that_exist(name: str) -> None:
    assert not unknown_codes(COMMANDS[name])
    assert refusals(COMMANDS[name]), "say in the handler's description what it refuses"


def test_every_member_has_a_type_and_lengths_have_limits() -> None:
    """No text without an end: a limit that is not stated is found out by failing."""
    unlimited = []
    for name in sorted(COMMANDS):
        for member in list_members(command_schema(COMMANDS[name])):
            assert member.kind
            if member.kind.startswith(("text", "array")) and not member.limits:
                unlimited.append(f"{name}: {member.path}")
    assert not unlimited, unlimited


def test_every_member_says_what_it_means() -> None:
    """Say it by `Field(description=…)`, in the class's docstring (`name: meaning.`) or in the feed's `members`."""
    schemas = [command_schema(spec) for spec in COMMANDS.values()]
    schemas += [kind_schema(feed) for feed in FEEDS.values()]
    schemas += message_schemas().values()
    silent = [
        f"{schema['$id']}: {member.path}"
        for schema in schemas
        for member in list_members(schema)
        if not member.description
    ]
    assert not silent, silent


def test_a_docstring_is_read_as_people_read_it() -> None:
    text = """A place. Note: this is prose.

    lat, lon: degrees, WGS-84. fence_m: how near; see visits. Who asks: nobody. kept: for good.
    """
    prose, meanings = split_docstring(text)
    assert prose == "A place. Note: this is prose."
    assert meanings == {
        "lat": "degrees, WGS-84",
        "lon": "degrees, WGS-84",
        "fence_m": "how near; see visits. Who asks: nobody",
        "kept": "for good",
    }


def test_every_error_says_what_to_do() -> None:
    assert set(ADVICE) == set(Then)
    for code, kind in CATALOGUE.items():
        assert (kind.advice() is Then.LATER) <= (kind.status in (429, 500, 503)), code
        assert (kind.advice() in (Then.KEPT, Then.UPDATE)) >= kind.parks, code
    for advice in ADVICE.values():
        for words in advice:
            assert all(words), advice
            assert any("\u4e00" <= char <= "\u9fff" for char in words.zh), words


def test_the_folder_stands_alone() -> None:
    """A phone team has nothing else: every link leads to something, and to nothing outside."""
    broken = []
    for page in sorted(FOLDER.rglob("*.md")):
        if "node_modules" in page.parts:
            continue
        for target in re.findall(r"\]\((?!https?:)([^)#\s]+)", page.read_text()):
            path = (page.parent / target).resolve()
            if not path.exists() or not path.is_relative_to(FOLDER):
                broken.append(f"{page.relative_to(FOLDER)}: {target}")
    assert not broken, broken
