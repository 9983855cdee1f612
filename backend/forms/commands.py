"""The only writers of forms."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from catalog import queries as catalog
from core.actor import Actor
from core.batches import Batch
from core.clock import now
from core.edits import apply_edit, plain
from core.errors import ReferenceInvalid
from core.payloads import Change
from core.registry import command
from forms import errors, policies, queries
from forms.checking import list_kinds, read_definition
from forms.definitions import Definition, MatrixQuestion
from forms.models import Form, FormDraft, FormVersion
from forms.schemas import CreateForm, FormId, PublishVersion, SaveDraft, UpdateForm


@command("forms.create", payload=CreateForm, creates="id", roles=policies.KEEPERS)
def create(actor: Actor, items: Batch[CreateForm]) -> None:
    """Make forms. What they ask comes with their first version. Refuses forms.code_taken, core.id_taken."""
    for item in items:
        with item:
            items.write(
                Form(
                    id=item.payload.id,
                    company_id=actor.company_id,
                    code=item.payload.code,
                    names=item.payload.names.model_dump(),
                    created_at=item.occurred_at,
                    created_by_id=actor.user_id,
                    updated_at=now(),
                )
            )


@command("forms.update", payload=UpdateForm, roles=policies.KEEPERS)
def update(actor: Actor, items: Batch[UpdateForm]) -> None:
    """Edit the code and the names of forms. Refuses forms.not_found, forms.code_taken."""
    forms = queries.lock_forms(items.each("id"))
    for item in items:
        with item:
            form = _form(item.payload.id, forms, "id")
            form.updated_at = now()
            changes = item.payload.changes.by_name()
            if (names := item.payload.changes.names) is not None:
                changes["names"] = Change[Any].model_validate({"from": plain(names.from_), "to": plain(names.to)})
            apply_edit(actor, items, item, form, changes, kind="form", command_name="forms.update")


@command("forms.archive", payload=FormId, roles=policies.KEEPERS)
def archive(actor: Actor, items: Batch[FormId]) -> None:
    """Offer forms no more. Answers that phones have given meanwhile are taken. Refuses forms.not_found."""
    _set_archived(items, at_of=lambda item: item.occurred_at)


@command("forms.unarchive", payload=FormId, roles=policies.KEEPERS)
def unarchive(actor: Actor, items: Batch[FormId]) -> None:
    """Offer forms again. Refuses forms.not_found."""
    _set_archived(items, at_of=lambda item: None)


@command("forms.save_draft", payload=SaveDraft, roles=policies.KEEPERS)
def save_draft(actor: Actor, items: Batch[SaveDraft]) -> None:
    """Keep what is being designed; it need not be right yet, and no phone gets it. Refuses forms.not_found."""
    forms = queries.lock_forms(items.each("form_id"))
    drafts = queries.find_drafts(forms)
    for item in items:
        with item:
            form = _form(item.payload.form_id, forms, "form_id")
            blank = FormDraft(id=form.id, company_id=actor.company_id, form_id=form.id)
            draft = drafts.setdefault(form.id, blank)
            draft.definition = item.payload.definition
            draft.saved_at, draft.saved_by_id = now(), actor.author_id
            items.write(draft)


@command("forms.publish_version", payload=PublishVersion, creates="id", roles=policies.KEEPERS)
def publish_version(actor: Actor, items: Batch[PublishVersion]) -> None:
    """Publish what forms ask from now on; the draft is done with. Answers on earlier versions are still taken.

    Refuses forms.not_found, forms.archived, forms.definition_invalid, forms.question_repeated, forms.choice_repeated,
    forms.range_empty, forms.score_unfit, forms.points_missing, forms.condition_unknown, forms.condition_unfit,
    forms.question_type_changed, core.reference_invalid (a product or a category), core.id_taken.
    """
    forms = queries.lock_forms(items.each("form_id"))
    numbers = queries.list_numbers(forms)
    kinds = queries.list_question_kinds(forms)
    drafts = queries.find_drafts(forms)
    read: dict[UUID, Definition] = {}
    for item in items:
        with item:
            read[item.id] = read_definition(item.payload.definition)
    products, categories = _named(read.values())
    for item in items:
        with item:
            payload, definition = item.payload, read[item.id]
            form = _form(payload.form_id, forms, "form_id")
            if form.archived_at is not None:
                raise errors.FormArchived("form_id")
            require_known(definition, products, categories)
            require_same_kinds(definition, form.id, kinds)
            kinds |= {(form.id, name): kind for name, kind in list_kinds(definition)}
            numbers[form.id] = numbers.get(form.id, 0) + 1
            items.write(
                FormVersion(
                    id=payload.id,
                    company_id=actor.company_id,
                    form_id=form.id,
                    number=numbers[form.id],
                    definition=payload.definition,
                    published_at=now(),
                    published_by_id=actor.author_id,
                )
            )
            draft = drafts.pop(form.id, None)
            if draft is not None:
                items.delete(draft)


def check(raw: dict[str, Any], form_id: UUID | None) -> Definition:
    """A definition that could be published, as a version of that form. Raises what the command would refuse."""
    definition = read_definition(raw)
    require_known(definition, *_named([definition]))
    if form_id is not None:
        form = queries.get_form(form_id)
        require_same_kinds(definition, form.id, queries.list_question_kinds([form.id]))
    return definition


def require_known(definition: Definition, products: set[UUID], categories: set[UUID]) -> None:
    """Raises ReferenceInvalid where a matrix names a product or a category that does not exist."""
    for number, question in enumerate(definition.questions):
        if isinstance(question, MatrixQuestion):
            place = f"definition.questions.{number}"
            if not products.issuperset(question.product_ids or ()):
                raise ReferenceInvalid(f"{place}.product_ids")
            if question.category_id is not None and question.category_id not in categories:
                raise ReferenceInvalid(f"{place}.category_id")


def require_same_kinds(definition: Definition, form_id: UUID, kinds: Mapping[tuple[UUID, str], str]) -> None:
    """What is asked under one id stays comparable over the versions. Raises QuestionTypeChanged."""
    for name, kind in list_kinds(definition):
        if (before := kinds.get((form_id, name), kind)) != kind:
            raise errors.QuestionTypeChanged("definition.questions", question=name, before=before)


def _named(definitions: Any) -> tuple[set[UUID], set[UUID]]:
    """Which of the products and of the categories that these definitions name exist (two queries at most)."""
    matrices = [one for found in definitions for one in found.questions if isinstance(one, MatrixQuestion)]
    products = {id_ for matrix in matrices for id_ in matrix.product_ids or ()}
    categories = {matrix.category_id for matrix in matrices if matrix.category_id is not None}
    return catalog.list_product_ids(products), catalog.list_category_ids(categories)


def _form(form_id: UUID, forms: Mapping[UUID, Form], name: str) -> Form:
    form = forms.get(form_id)
    if form is None:
        raise errors.FormNotFound(name)
    return form


def _set_archived(items: Batch[FormId], at_of: Any) -> None:
    forms = queries.lock_forms(items.each("id"))
    for item in items:
        with item:
            form = _form(item.payload.id, forms, "id")
            at: datetime | None = at_of(item)
            if (form.archived_at is None) != (at is None):
                form.archived_at, form.updated_at = at, now()
                items.write(form)
