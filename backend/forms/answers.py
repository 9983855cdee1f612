"""Answers as they are sent, read by the definition: typed values, and what is wrong with them. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from core.errors import DomainError
from files.schemas import NamedFile
from forms import definitions as d
from forms import errors
from forms.checking import is_whole

MAX_BARCODE = 500
_UUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}", re.ASCII)


class AnsweredFile(NamedFile):
    """A photo or a signature in an answer. id: of the attachment that tells what became of its bytes."""

    id: UUID


Value = Decimal | str | bool | date | tuple[str, ...] | tuple[AnsweredFile, ...]
Cell = tuple[UUID, str]
"""Product and measure."""


@dataclass(frozen=True)
class Answers:
    """What was answered. values: by question, but for matrices. cells: of each matrix, by product and measure.

    rows: of each matrix, the products that it was answered for, in their order. An empty answer is none.
    """

    values: Mapping[str, Value] = field(default_factory=dict)
    cells: Mapping[str, Mapping[Cell, Value]] = field(default_factory=dict)
    rows: Mapping[str, tuple[UUID, ...]] = field(default_factory=dict)

    def has(self, question_id: str) -> bool:
        """Whether there is any answer to the question."""
        return question_id in self.values or bool(self.cells.get(question_id))


def read_answers(definition: d.Definition, raw: Mapping[str, Any]) -> Answers:
    """Answers as they were sent, each judged by its question, whether that is shown or not.

    Raises forms.answer_unknown, answer_unfit, answer_out_of_range, answer_not_a_choice and answer_product_unknown.
    """
    questions = {question.id: question for question in definition.questions}
    values: dict[str, Value] = {}
    cells: dict[str, Mapping[Cell, Value]] = {}
    rows: dict[str, tuple[UUID, ...]] = {}
    for id_, given in raw.items():
        question = questions.get(id_)
        if question is None:
            raise errors.AnswerUnknown(f"answers.{id_[:64]}", question=id_[:64])
        if isinstance(question, d.MatrixQuestion):
            table = _read_matrix(question, given)
            cells[id_] = table
            rows[id_] = tuple(dict.fromkeys(product for product, _ in table))
        elif given not in (None, "", []):
            values[id_] = _read(question, given, id_, f"answers.{id_}")
    return Answers(values, cells, rows)


def _read(asked: Any, given: Any, name: str, place: str) -> Value:
    """One answer to a question or to a measure."""
    if isinstance(asked, d.NumberRules):
        return _read_number(asked, given, name, place)
    if isinstance(asked, d.BooleanRules):
        if not isinstance(given, bool):
            raise _unfit(place, name, "boolean")
        return given
    if isinstance(asked, d.MultiChoiceQuestion):
        return _read_choices(asked, given, name, place)
    if isinstance(asked, d.ChoiceRules):
        return _require_choice(asked, given, name, place)
    if isinstance(asked, d.DateQuestion):
        return _read_date(asked, given, name, place)
    if isinstance(asked, d.PhotoQuestion | d.SignatureQuestion):
        return _read_files(asked, given, name, place)
    if not isinstance(given, str):
        raise _unfit(place, name, "text")
    longest = asked.max_length if isinstance(asked, d.TextQuestion) else MAX_BARCODE
    if len(given) > longest:
        raise _out_of_range(place, name, 0, longest)
    return given


def _read_number(asked: d.NumberRules, given: Any, name: str, place: str) -> Decimal:
    try:
        value = d.to_decimal(given)
    except ValueError:
        raise _unfit(place, name, "decimal string") from None
    if not is_whole(value, asked.decimals):
        raise _unfit(place, name, f"decimal string, {asked.decimals} decimals")
    if (asked.min is not None and value < asked.min) or (asked.max is not None and value > asked.max):
        raise _out_of_range(place, name, asked.min, asked.max)
    return value


def _read_choices(asked: d.MultiChoiceQuestion, given: Any, name: str, place: str) -> tuple[str, ...]:
    if not isinstance(given, list):
        raise _unfit(place, name, "array of choices")
    chosen = tuple(_require_choice(asked, one, name, place) for one in given)
    if len(set(chosen)) != len(chosen):
        raise _unfit(place, name, "array of choices, each once")
    return chosen


def _require_choice(asked: d.ChoiceRules, given: Any, name: str, place: str) -> str:
    if not isinstance(given, str):
        raise _unfit(place, name, "choice")
    if all(choice.id != given for choice in asked.choices):
        raise errors.AnswerNotAChoice(place, question=name, choice=given[:64])
    return given


def _read_date(asked: d.DateQuestion, given: Any, name: str, place: str) -> date:
    try:
        day = d.to_day(given)
    except ValueError:
        raise _unfit(place, name, "day") from None
    if (asked.min is not None and day < asked.min) or (asked.max is not None and day > asked.max):
        raise _out_of_range(place, name, asked.min, asked.max)
    return day


def _read_files(
    asked: d.PhotoQuestion | d.SignatureQuestion, given: Any, name: str, place: str
) -> tuple[AnsweredFile, ...]:
    if not isinstance(given, list):
        raise _unfit(place, name, "array of files")
    most = asked.max_count if isinstance(asked, d.PhotoQuestion) else 1
    if len(given) > most:
        raise _out_of_range(place, name, 0, most)
    try:
        files = tuple(AnsweredFile.model_validate(one) for one in given)
    except ValidationError:
        raise _unfit(place, name, "array of files: id, sha256, bytes, media_type") from None
    if len({file.id for file in files}) != len(files):
        raise _unfit(place, name, "array of files, each with its own id")
    return files


def _read_matrix(question: d.MatrixQuestion, given: Any) -> dict[Cell, Value]:
    place = f"answers.{question.id}"
    if given is None:
        return {}
    if not isinstance(given, dict):
        raise _unfit(place, question.id, "object by product")
    if len(given) > d.MAX_ROWS:
        raise _out_of_range(place, question.id, 0, d.MAX_ROWS)
    measures = {measure.id: measure for measure in question.measures}
    asked_about = None if question.product_ids is None else set(question.product_ids)
    table: dict[Cell, Value] = {}
    for product, row in given.items():
        product_id = _to_product(question, product, asked_about)
        where = f"{place}.{product_id}"
        if not isinstance(row, dict):
            raise _unfit(where, question.id, "object by measure")
        for id_, value in row.items():
            if id_ not in measures:
                raise errors.AnswerUnknown(f"{where}.{id_[:64]}", question=f"{question.id}.{id_[:64]}")
            if value not in (None, ""):
                if (product_id, id_) in table:  # the same id in capitals
                    raise _unfit(where, question.id, "object by product, each once")
                table[product_id, id_] = _read(measures[id_], value, f"{question.id}.{id_}", f"{where}.{id_}")
    return table


def _to_product(question: d.MatrixQuestion, text: str, asked_about: set[UUID] | None) -> UUID:
    product_id = UUID(text) if _UUID.fullmatch(text) else None
    if product_id is None or (asked_about is not None and product_id not in asked_about):
        raise errors.AnswerProductUnknown(f"answers.{question.id}", question=question.id, product_id=text[:64])
    return product_id


def _unfit(place: str, name: str, expected: str) -> DomainError:
    return errors.AnswerUnfit(place, question=name, expected=expected)


def _out_of_range(place: str, name: str, least: Any, greatest: Any) -> DomainError:
    limits = {"least": least, "greatest": greatest}
    said = {side: "–" if limit is None else str(limit) for side, limit in limits.items()}
    return errors.AnswerOutOfRange(place, question=name, **said)
