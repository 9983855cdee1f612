"""User names: the form in which they are stored, compared and accepted."""

import re
import unicodedata
from typing import Annotated

from pydantic import AfterValidator, WithJsonSchema

_FORM = re.compile(r"[\w.@+-]+")


def normalise_username(text: str) -> str:
    """The form in which user names are stored and compared: NFKC, lower case, no blanks around."""
    return unicodedata.normalize("NFKC", text).strip().lower()


def _username(text: str) -> str:
    name = normalise_username(text)
    if not 1 <= len(name) <= 64 or not _FORM.fullmatch(name):
        raise ValueError("must be 1 to 64 letters, digits or any of . _ @ + -")
    return name


Username = Annotated[
    str,
    AfterValidator(_username),
    WithJsonSchema(
        {
            "type": "string",
            "minLength": 1,
            "maxLength": 64,
            "description": "letters, digits or any of . _ @ + -; stored in lower case",
        }
    ),
]
