"""The generated documents by name. The same code always gives the same text, so that a diff shows what has changed."""

import json

from config.spec.command_list import commands_text
from config.spec.contract import FOLDER
from config.spec.error_list import errors_text
from config.spec.feed_list import feeds_text
from config.spec.levels import published
from config.spec.models.files import model_files, model_paths
from config.spec.schema_files import schema_files


def all_documents() -> dict[str, str]:
    """Returns path below the folder to text."""
    present = published()
    return {
        "openapi.json": openapi_text(),
        "commands.md": commands_text(present.commands),
        "feeds.md": feeds_text(present.kinds),
        "errors.md": errors_text(),
        **schema_files(present),
        **model_files(present),
    }


def generated_paths() -> set[str]:
    """Returns the paths of schemas and models that are in the folder now, also of those that nothing makes any more."""
    schemas = {str(path.relative_to(FOLDER)) for path in (FOLDER / "schemas").rglob("*.json")}
    return schemas | model_paths(FOLDER)


def write_documents() -> list[str]:
    """Writes what has changed and removes what nothing makes any more. Returns the paths of both."""
    documents, changed = all_documents(), []
    for name, text in documents.items():
        path = FOLDER / name
        if not path.exists() or path.read_text() != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
            changed.append(name)
    for name in sorted(generated_paths() - set(documents)):
        (FOLDER / name).unlink()
        changed.append(name)
    return changed


def openapi_text() -> str:
    """Returns the OpenAPI document as it belongs in the file: sorted."""
    from config.api import api

    return json.dumps(api.get_openapi_schema(), indent=2, sort_keys=True, ensure_ascii=False) + "\n"
