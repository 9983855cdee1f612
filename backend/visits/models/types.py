"""The table of visit types."""

from typing import ClassVar

from django.db import models

from core.models import IdModel
from visits.actions import Action, Audience, Type


class VisitType(IdModel):
    """A sort of visit, with what has to be done on it.

    names: what people call it. position: its place in the order in which types are tried, the least first. chosen_for:
    the visits that are of this type unless somebody says another; null: none. actions: what has to be done, in this
    order. archived: no longer offered, nor chosen.
    """

    code = models.CharField(max_length=64)
    names = models.JSONField()
    position = models.SmallIntegerField(default=0)
    chosen_for = models.JSONField(null=True)
    actions = models.JSONField(default=list)
    archived = models.BooleanField(default=False)
    updated_at = models.DateTimeField()
    updated_by_id = models.UUIDField()

    class Meta:
        db_table = "visits_visit_type"
        constraints: ClassVar = [models.UniqueConstraint("company_id", "code", name="visits_visit_type_code")]

    def as_type(self) -> Type:
        """For deciding which visits are of it, and what they need."""
        return Type(
            self.id,
            self.code,
            self.position,
            self.archived,
            None if self.chosen_for is None else Audience.model_validate(self.chosen_for),
            [Action.model_validate(action) for action in self.actions],
        )
