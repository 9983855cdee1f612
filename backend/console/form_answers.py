"""Answers to forms as people read them: questions and choices by their names, in the order of the form."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from catalog import queries as catalog_queries
from console.voice import Voice
from forms import definitions as d
from forms import queries as form_queries
from forms.answers import Answers, Value, read_answers
from forms.evaluation import list_rows


@dataclass(frozen=True)
class Asked:
    """What answer sets are told with. names: of forms, by id; products: their names, by id."""

    published: Mapping[UUID, form_queries.Published]
    names: Mapping[UUID, str]
    products: Mapping[UUID, str]
    voice: Voice


def tell_answers(rows: list[Any], people: Mapping[UUID, str], voice: Voice) -> list[dict[str, Any]]:
    """Each answer set with its score, its answers and its tables. Three queries, none without answer sets."""
    if not rows:
        return []
    published = form_queries.list_published({row.form_version_id for row in rows})
    read = {row.id: read_answers(published[row.form_version_id].definition, row.answers) for row in rows}
    forms = form_queries.list_forms(archived=True).filter(id__in={row.form_id for row in rows})
    names = {form.id: voice.name(form.names) for form in forms}
    asked = Asked(published, names, _products(rows, published, read), voice)
    return [_set(row, read[row.id], people, asked) for row in rows]


def say_percent(percent: Decimal | str) -> str:
    """A score without idle zeros."""
    return f"{Decimal(percent).normalize():f} %"


def _products(
    rows: Iterable[Any], published: Mapping[UUID, form_queries.Published], read: Mapping[UUID, Answers]
) -> dict[UUID, str]:
    wanted = {
        product
        for row in rows
        for question in published[row.form_version_id].definition.questions
        if isinstance(question, d.MatrixQuestion)
        for product in list_rows(question, read[row.id])
    }
    return catalog_queries.list_names(wanted)


def _set(row: Any, answers: Answers, people: Mapping[UUID, str], asked: Asked) -> dict[str, Any]:
    questions = [q for q in asked.published[row.form_version_id].definition.questions if q.id not in row.hidden]
    tables = [q for q in questions if isinstance(q, d.MatrixQuestion) and answers.has(q.id)]
    return {
        "name": asked.names.get(row.form_id, ""),
        "percent": None if row.percent is None else say_percent(row.percent),
        "complete": row.complete,
        "counts": row.counts,
        "who": people.get(row.author_id, ""),
        "at": asked.voice.instant(row.occurred_at),
        "answers": [
            (asked.voice.name(q.names.model_dump()), _say(q, answers.values.get(q.id), asked.voice))
            for q in questions
            if not isinstance(q, d.MatrixQuestion)
        ],
        "tables": [_table(question, answers, asked) for question in tables],
    }


def _table(question: d.MatrixQuestion, answers: Answers, asked: Asked) -> dict[str, Any]:
    voice, cells = asked.voice, answers.cells[question.id]
    return {
        "name": voice.name(question.names.model_dump()),
        "heads": [voice.name(measure.names.model_dump()) for measure in question.measures],
        "rows": [
            (
                asked.products.get(product, "–"),
                [_say(measure, cells.get((product, measure.id)), voice) for measure in question.measures],
            )
            for product in list_rows(question, answers)
        ],
    }


def _say(asked: Any, value: Value | None, voice: Voice) -> str:
    """One answer, to a question or a measure."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return voice.say("yes" if value else "no")
    if isinstance(value, Decimal):
        return " ".join(filter(None, (f"{value:f}", getattr(asked, "unit", ""))))
    if isinstance(value, date):
        return voice.day(value)
    if isinstance(asked, d.PhotoQuestion | d.SignatureQuestion):
        return voice.say("visits.form.files", count=len(value))
    if isinstance(asked, d.ChoiceRules):
        names = {choice.id: voice.name(choice.names.model_dump()) for choice in asked.choices}
        chosen = value if isinstance(value, tuple) else (value,)
        return ", ".join(names.get(str(one), str(one)) for one in chosen)
    return str(value)
