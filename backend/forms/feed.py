"""What phones get of forms: all of them with every version, in the scope of the company.

An answer may be given on any version, for a phone may have been offline since that was the newest.
"""

from typing import Annotated, Any

from pydantic import Field

from core.feeds import Feed, publish
from forms.definitions import Names
from forms.models import Form, FormVersion

FORM = publish(
    Feed("form", Form, scope="company_id", columns=("code", "names", "archived_at"), members={"names": Names})
)
FORM_VERSION = publish(
    Feed(
        "form_version",
        FormVersion,
        scope="company_id",
        columns=("form_id", "number", "definition", "published_at", "published_by_id"),
        members={
            "definition": Annotated[
                dict[str, Any], Field(description="the questions, see forms.md and schemas/forms/definition.json")
            ]
        },
    )
)
