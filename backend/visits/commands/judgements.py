"""The writers of evidence's rules, of managers' overrides, and of judging stored evidence again."""

from collections.abc import Mapping
from uuid import UUID

from django.db.models import F
from django.db.models.functions import Now

from core.actor import Actor
from core.batches import Batch
from core.clock import now
from core.errors import ReferenceInvalid
from core.grants import list_visible
from core.registry import command
from visits import errors, policies
from visits.commands.amending import Decision, amend, judged_of
from visits.evidence import Judgement
from visits.models.evidence import EvidenceRules, Recomputation
from visits.models.visits import CheckIn
from visits.queries import evidence as queries
from visits.queries.visits import list_team, lock_visits
from visits.schemas import evidence as schemas
from visits.scoring import judge_again


@command("visits.set_evidence_rules", payload=schemas.SetEvidenceRules, creates="id", roles={"admin"})
def set_evidence_rules(actor: Actor, items: Batch[schemas.SetEvidenceRules]) -> None:
    """Put the next version of the rules in force for new evidence. What is stored keeps its verdicts until recomputed.

    Refuses core.id_taken.
    """
    version = queries.lock_rules(actor.company_id)
    for item in items:
        with item:
            version += 1
            items.write(
                EvidenceRules(
                    id=item.payload.id,
                    company_id=actor.company_id,
                    version=version,
                    rules=item.payload.rules.model_dump(mode="json"),
                    note=item.payload.note,
                    created_at=item.occurred_at,
                    created_by_id=actor.user_id,
                )
            )


@command("visits.override_verdict", payload=schemas.OverrideVerdict, roles=policies.JUDGES)
def override_verdict(actor: Actor, items: Batch[schemas.OverrideVerdict]) -> None:
    """Put one's word in place of the rules'. What they said is kept, and whose word it is.

    Refuses visits.evidence_not_found, visits.not_your_subordinate.
    """
    rows = queries.lock_check_ins(items.each("check_in_id"))
    visits = lock_visits({row.visit_id for row in rows.values()})
    seen = list_visible(actor, {row.customer_id for row in rows.values()})
    team = list_team(actor, {row.rep_id for row in rows.values()})
    for item in items:
        with item:
            row = _require(rows, seen, item.payload.check_in_id)
            policies.may_judge(actor, row.rep_id, team)
            judged = judged_of(row)
            replaced = Judgement(
                item.payload.verdict, judged.site_id, judged.distance_m, judged.fence_radius_m, judged.details
            )
            decision = Decision("override", row.rule_version, actor.author_id, item.payload.reason)
            amend(items, row, visits.get(row.visit_id), replaced, decision)


@command("visits.lift_override", payload=schemas.LiftOverride, roles=policies.JUDGES)
def lift_override(actor: Actor, items: Batch[schemas.LiftOverride]) -> None:
    """Let the rules in force decide again.

    Refuses visits.evidence_not_found, visits.not_your_subordinate, visits.not_overridden.
    """
    rules = queries.get_rules()
    rows = queries.lock_check_ins(items.each("check_in_id"))
    visits = lock_visits({row.visit_id for row in rows.values()})
    seen = list_visible(actor, {row.customer_id for row in rows.values()})
    team = list_team(actor, {row.rep_id for row in rows.values()})
    lifted = []
    for item in items:
        with item:
            row = _require(rows, seen, item.payload.check_in_id)
            policies.may_judge(actor, row.rep_id, team)
            if row.cause != "override":
                raise errors.NotOverridden("check_in_id")
            lifted.append(row)
    judged = judge_again(lifted, visits, rules)
    for row in lifted:
        amend(items, row, visits.get(row.visit_id), judged[row.id], Decision("rules", rules.version, actor.author_id))


@command("visits.rejudge", payload=schemas.Rejudge)
def rejudge(actor: Actor, items: Batch[schemas.Rejudge]) -> None:
    """Judge stored evidence by the rules in force. What was overridden, and what cannot be seen, stays as it is.

    By the rules: of oneself and one's subordinates. After a site has moved: of the customer, by whoever might move it.
    Refuses visits.evidence_not_found when nothing of it is to be judged.
    """
    rules = queries.get_rules()
    rows = queries.lock_check_ins({id_ for item in items for id_ in item.payload.check_in_ids})
    visits = lock_visits({row.visit_id for row in rows.values()})
    seen = list_visible(actor, {row.customer_id for row in rows.values()})
    team = list_team(actor, {row.rep_id for row in rows.values()})
    may = {id_: row for id_, row in rows.items() if row.customer_id in seen and row.cause != "override"}
    judged = judge_again(list(may.values()), visits, rules)
    for item in items:
        with item:
            payload = item.payload
            mine = [may[id_] for id_ in payload.check_in_ids if id_ in may]
            mine = [row for row in mine if payload.cause == "site" or row.rep_id in team]
            if not mine:
                raise errors.EvidenceNotFound("check_in_ids")
            for row in mine:
                decision = Decision(payload.cause, rules.version, actor.author_id)
                amend(items, row, visits.get(row.visit_id), judged[row.id], decision)


@command("visits.recompute_verdicts", payload=schemas.RecomputeVerdicts, creates="id", roles=policies.JUDGES)
def recompute_verdicts(actor: Actor, items: Batch[schemas.RecomputeVerdicts]) -> None:
    """Judge the stored evidence of these days by the rules in force, in the background.

    Refuses core.reference_invalid (rep_id: nobody of one's teams), core.id_taken.
    """
    rules = queries.get_rules()
    team = list_team(actor, items.each("rep_id"))
    for item in items:
        with item:
            span = item.payload
            if span.rep_id is not None and span.rep_id not in team:
                raise ReferenceInvalid("rep_id")
            items.write(
                Recomputation(
                    id=span.id,
                    company_id=actor.company_id,
                    from_date=span.from_date,
                    to_date=span.to_date,
                    rep_id=span.rep_id,
                    rule_version=rules.version,
                    state="running",
                    requested_at=now(),
                    requested_by_id=actor.user_id,
                )
            )


def note_started(run_id: UUID, total: int) -> None:
    """A recomputation of so much evidence begins, perhaps once more after its worker was lost."""
    Recomputation.objects.filter(id=run_id).update(total=total, done=0, changed=0)


def note_progress(run_id: UUID, done: int, changed: int) -> None:
    """Add to what a recomputation has done."""
    Recomputation.objects.filter(id=run_id).update(done=F("done") + done, changed=F("changed") + changed)


def note_finished(run_id: UUID) -> None:
    """A recomputation has come to its end."""
    Recomputation.objects.filter(id=run_id).update(state="done", finished_at=Now())


def _require(rows: Mapping[UUID, CheckIn], seen: set[UUID], id_: UUID) -> CheckIn:
    row = rows.get(id_)
    if row is None or row.customer_id not in seen:
        raise errors.EvidenceNotFound("check_in_id")
    return row
