"""The shapes of forms on the wire. The definition itself is in `forms.definitions`."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import orjson
from ninja import Schema
from pydantic import AfterValidator, Field

from core.payloads import Change, Code, EditPayload, Payload
from core.rest_schemas import PageQuery
from forms.definitions import MAX_BYTES, Names


def _storable(value: dict[str, Any]) -> dict[str, Any]:
    try:
        size = len(orjson.dumps(value))
    except TypeError:
        raise ValueError("holds an integer beyond 64 bits") from None
    if size > MAX_BYTES:
        raise ValueError(f"has more than {MAX_BYTES} bytes as JSON")
    return value


JsonObject = Annotated[dict[str, Any], AfterValidator(_storable)]
"""Any JSON object of up to 131,072 bytes."""
DefinitionObject = Annotated[
    JsonObject,
    Field(
        description="what the form asks, see forms.md and schemas/forms/definition.json",
        examples=[
            {
                "questions": [
                    {
                        "id": "stocked",
                        "type": "boolean",
                        "names": {"en": "In stock?", "zh": "有货吗？"},
                        "required": True,
                    }
                ]
            }
        ],
    ),
]


class CreateForm(Payload):
    """`forms.create`: makes a form, which asks nothing yet. names: what people call it."""

    id: UUID
    code: Code
    names: Names


class FormChanges(EditPayload):
    """The fields of a form that can be edited. names: what people call it."""

    never_null = frozenset({"code", "names"})
    code: Change[Code] | None = None
    names: Change[Names] | None = None


class UpdateForm(Payload):
    """`forms.update`: an edit of a form: per field, the value that it was based on and the new one."""

    id: UUID
    changes: FormChanges


class FormId(Payload):
    """Names a form."""

    id: UUID


class SaveDraft(Payload):
    """`forms.save_draft`: keeps what is being designed, in place of what was kept before. form_id: the form."""

    form_id: UUID
    definition: DefinitionObject


class PublishVersion(Payload):
    """`forms.publish_version`: from now on this is what the form asks. form_id: the form."""

    id: UUID
    form_id: UUID
    definition: DefinitionObject


class CheckDefinition(Payload):
    """A definition to be looked through. form_id: of which it is to be a version; null: of a new form."""

    form_id: UUID | None = None
    definition: DefinitionObject


class FormQuery(PageQuery):
    """Which forms. archived: with those that are offered no more."""

    archived: bool = False


class FormOut(Schema):
    """A form as phones get it."""

    id: UUID
    version: int
    code: str
    names: Names
    archived_at: datetime | None


class FormPage(Schema):
    """Forms, by code."""

    items: list[FormOut]
    next: str | None = Field(description="cursor of the next page; null on the last")


class FormVersionOut(Schema):
    """A version of a form as phones get it. number: 1, 2, … of this form. version: of the row."""

    id: UUID
    version: int
    form_id: UUID
    number: int
    definition: dict[str, Any]
    published_at: datetime
    published_by_id: UUID


class FormVersionPage(Schema):
    """Versions of a form, the newest first."""

    items: list[FormVersionOut]
    next: str | None


class DraftOut(Schema):
    """What is being designed. definition: null where nothing is. saved_at, saved_by_id: when, and by whom."""

    definition: dict[str, Any] | None
    saved_at: datetime | None
    saved_by_id: UUID | None


class CheckedOut(Schema):
    """The definition could be published. questions: how many it asks."""

    questions: int
