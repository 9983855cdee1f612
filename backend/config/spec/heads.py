"""What stands above the lists in the generated documents: prose, kept as Markdown in `prose/`."""

from pathlib import Path
from string import Template
from typing import Any


def head_of(document: str, **values: Any) -> str:
    """Returns the head of a document; each `$name` in it is replaced by the value of that name."""
    text = (Path(__file__).parent / "prose" / f"{document}.md").read_text()
    return Template(text).substitute(values)
