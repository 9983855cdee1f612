"""What an answer set comes to: what is missing, the score with what it rests on, the values by question. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from forms import definitions as d
from forms.answers import AnsweredFile, Answers, Value, read_answers
from forms.visibility import list_visible


@dataclass(frozen=True)
class Place:
    """A question, or a cell of a matrix. product_id: null for the whole column of a measure."""

    question: str
    measure: str | None = None
    product_id: UUID | None = None


@dataclass(frozen=True)
class ScorePart:
    """What a scored question, or a measure over all rows, adds. points of so many at most."""

    question: str
    measure: str | None
    weight: int
    points: int
    of: int


@dataclass(frozen=True)
class Evaluation:
    """What an answer set comes to.

    hidden: the questions that are not asked. missing: required ones without an answer. percent: the score, one decimal;
    None where no scored question is asked. parts: what it rests on. cells: every answer that counts, by its place.
    """

    hidden: list[str]
    missing: list[Place]
    percent: Decimal | None
    parts: list[ScorePart]
    cells: list[tuple[Place, str, Value]]
    files: list[tuple[str, str, AnsweredFile]]


def evaluate(definition: d.Definition, raw: Mapping[str, Any]) -> Evaluation:
    """Judge an answer set as it was sent. Raises what `forms.answers.read_answers` raises."""
    answers = read_answers(definition, raw)
    visible = set(list_visible(definition, answers))
    asked = [question for question in definition.questions if question.id in visible]
    parts = [part for question in asked for part in _parts(question, answers)]
    return Evaluation(
        hidden=[question.id for question in definition.questions if question.id not in visible],
        missing=[place for question in asked for place in _missing(question, answers)],
        percent=to_percent(parts),
        parts=parts,
        cells=[cell for question in asked for cell in _cells(question, answers)],
        files=[file for question in asked for file in _files(question, answers)],
    )


def to_percent(parts: list[ScorePart]) -> Decimal | None:
    """The weighted mean of the parts' shares in percent: exact, then rounded half up to one decimal."""
    whole = sum(part.weight for part in parts)
    if not whole:
        return None
    share = sum(Fraction(part.weight * part.points, part.of) for part in parts) * 100 / whole
    return Decimal((share * 20 + 1) // 2).scaleb(-1)


def list_rows(question: d.MatrixQuestion, answers: Answers) -> tuple[UUID, ...]:
    """The products that a matrix is about: those that it names, or of its category those that were answered for."""
    return tuple(question.product_ids) if question.product_ids is not None else answers.rows.get(question.id, ())


def _missing(question: d.AnyQuestion, answers: Answers) -> Iterator[Place]:
    if isinstance(question, d.MatrixQuestion):
        if not answers.has(question.id):
            if question.required:
                yield Place(question.id)
            return
        cells = answers.cells.get(question.id, {})
        for product in list_rows(question, answers):
            for measure in question.measures:
                if measure.required and (product, measure.id) not in cells:
                    yield Place(question.id, measure.id, product)
        return
    given = answers.values.get(question.id)
    too_few = isinstance(question, d.PhotoQuestion) and isinstance(given, tuple) and len(given) < question.min_count
    if too_few or (question.required and given is None):
        yield Place(question.id)


def _cells(question: d.AnyQuestion, answers: Answers) -> Iterator[tuple[Place, str, Value]]:
    if isinstance(question, d.MatrixQuestion):
        types = {measure.id: measure.type for measure in question.measures}
        for (product, measure), value in answers.cells.get(question.id, {}).items():
            yield Place(question.id, measure, product), types[measure], value
    elif question.id in answers.values:
        yield Place(question.id), question.type, answers.values[question.id]


def _files(question: d.AnyQuestion, answers: Answers) -> Iterator[tuple[str, str, AnsweredFile]]:
    """Question, kind of file, file."""
    if isinstance(question, d.PhotoQuestion | d.SignatureQuestion):
        given: Any = answers.values.get(question.id, ())
        for file in given:
            yield question.id, question.type, file


def _parts(question: d.AnyQuestion, answers: Answers) -> Iterator[ScorePart]:
    if isinstance(question, d.MatrixQuestion):
        rows = list_rows(question, answers)
        cells = answers.cells.get(question.id, {})
        for measure in question.measures:
            if measure.score is not None and rows:
                points = sum(_points(measure, cells.get((product, measure.id))) for product in rows)
                yield ScorePart(question.id, measure.id, measure.score.weight, points, _most(measure) * len(rows))
    elif (score := getattr(question, "score", None)) is not None:
        points = _points(question, answers.values.get(question.id))
        yield ScorePart(question.id, None, score.weight, points, _most(question))


def _points(asked: Any, given: Value | None) -> int:
    """The points of one answer; none without one."""
    score = asked.score
    if given is None:
        return 0
    if isinstance(score, d.YesNoScore):
        return score.yes if given else score.no
    if isinstance(score, d.RangeScore):
        return next((one.points for one in score.ranges if _lies_in(given, one)), 0)
    chosen = given if isinstance(given, tuple) else (given,)
    return sum(score.points.get(choice, 0) for choice in chosen)


def _lies_in(given: Any, one: d.Range) -> bool:
    return (one.from_ is None or given >= one.from_) and (one.to is None or given <= one.to)


def _most(asked: Any) -> int:
    """The points that can be had at most."""
    score = asked.score
    if isinstance(score, d.YesNoScore):
        return max(score.yes, score.no)
    if isinstance(score, d.RangeScore):
        return max(one.points for one in score.ranges)
    points = score.points.values()
    return sum(points) if isinstance(asked, d.MultiChoiceQuestion) else max(points)
