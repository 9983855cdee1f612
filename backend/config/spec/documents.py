"""The generated documents by name. The same code always gives the same text, so that a diff shows what has changed."""

import json
from pathlib import Path

from config.spec.command_list import commands_text
from config.spec.error_list import errors_text
from config.spec.feed_list import feeds_text

FOLDER = Path(__file__).resolve().parents[3] / "mobile-client-spec"


def all_documents() -> dict[str, str]:
    """Returns file name to text."""
    return {
        "openapi.json": openapi_text(),
        "commands.md": commands_text(),
        "feeds.md": feeds_text(),
        "errors.md": errors_text(),
    }


def openapi_text() -> str:
    """Returns the OpenAPI document as it belongs in the file: sorted."""
    from config.api import api

    return json.dumps(api.get_openapi_schema(), indent=2, sort_keys=True, ensure_ascii=False) + "\n"
