"""`make spec`: writes what phone teams generate their models from, `mobile-client-spec/openapi.json`."""

import json
import os
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django

OPENAPI = Path(__file__).resolve().parents[2] / "mobile-client-spec" / "openapi.json"


def openapi_text() -> str:
    """Returns the OpenAPI document as it belongs in the file: sorted, so that a diff shows only what has changed."""
    from config.api import api

    return json.dumps(api.get_openapi_schema(), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    django.setup()
    OPENAPI.write_text(openapi_text())
    print(OPENAPI)
