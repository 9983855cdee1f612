"""What phones get of notifications: each user his own, with title and text made of the parameters.

An entry carries both languages, so that a phone shows what only a newer server knows of, in the language it is set to.
"""

from string import Formatter
from typing import Annotated, Any

from pydantic import Field

from core.feeds import Feed, publish
from core.notices import KINDS, Words
from notify.models import Notification
from notify.schemas import WordsOut


def _words_sql(texts: dict[str, Words]) -> str:
    """SQL that makes a text of a row `t` in both languages, from the texts of the kinds."""
    cases = " ".join(
        f"when {_quoted(kind)} then json_build_object('en', {_filled(words.en)}, 'zh', {_filled(words.zh)})"
        for kind, words in sorted(texts.items())
    )
    # A kind that is sent no more has no words; its old notifications go by and by.
    return f"case t.kind {cases} else json_build_object('en', t.kind, 'zh', t.kind) end"


def _filled(text: str) -> str:
    """SQL for a text with its parameters: pieces put side by side, so that nothing in a value is taken for a name."""
    pieces = []
    for fixed, name, _, _ in Formatter().parse(text):
        pieces += [_quoted(fixed)] if fixed else []
        pieces += [f"t.parameters ->> {_quoted(name)}"] if name else []
    return f"concat({', '.join(pieces)})"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


NOTIFICATION = publish(
    Feed(
        "notification",
        Notification,
        scope="user_id",
        columns=("kind", "subject_kind", "subject_id", "parameters", "raised_at", "read_at"),
        computed={
            "title": _words_sql({name: kind.title for name, kind in KINDS.items()}),
            "text": _words_sql({name: kind.text for name, kind in KINDS.items()}),
        },
        about="Something that the user is told of without having asked, such as that a task is overdue.",
        members={
            "kind": Annotated[
                str, Field(description="which sort of notice; new ones come", examples=["visits.task_overdue"])
            ],
            "subject_kind": Annotated[str, Field(description="the kind of the row it is about", examples=["task"])],
            "parameters": Annotated[dict[str, Any], Field(description="what title and text were made of")],
            "title": Annotated[WordsOut, Field(description="a few words, in both languages")],
            "text": Annotated[WordsOut, Field(description="a sentence, in both languages")],
        },
    )
)
