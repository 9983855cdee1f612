"""For every command: who may send it, a payload that takes effect, and how REST takes the same.

`make` puts what has to be there before the command in place and returns the payload; each call returns another one.
"""

from tests.contract import competitor_examples, notice_examples, task_examples
from tests.contract.account_examples import ACCOUNTS
from tests.contract.calendar_examples import CALENDAR_EXAMPLES
from tests.contract.example import Example, Payload, edit
from tests.contract.form_examples import FORM_EXAMPLES, a_type
from tests.contract.world import World, new_id

FIX = {"lat": 39.9042, "lon": 116.4074, "datum": "GCJ-02", "accuracy_m": 12.5, "provider": "gps", "is_mock": False}


def _customer_edit(world: World) -> Payload:
    id_ = world.customer()
    return edit(id_, phone=("", world.text("+86 10")), stage=("active", "dormant"))


def _unshare(world: World) -> Payload:
    payload = {"customer_id": world.customer(), "user_id": world.person("bob")}
    world.do("alice", "customers.share", payload)
    return payload


def _unfollow(world: World) -> Payload:
    payload = {"customer_id": world.customer()}
    world.do("carol", "customers.follow", payload)
    return payload


def _unarchive(world: World) -> Payload:
    payload = {"id": world.customer()}
    world.do("alice", "customers.archive", payload)
    return payload


def _product_edit(world: World) -> Payload:
    return edit(world.product(), price=("12.5000", "13"), is_active=(True, False))


def _category_edit(world: World) -> Payload:
    return edit(world.category(), parent_id=(None, world.category()))


def _site_edit(world: World) -> Payload:
    old, new = {"lat": 39.9, "lon": 116.4, "datum": "WGS-84"}, {"lat": 31.2, "lon": 121.5, "datum": "WGS-84"}
    hours = {"monday": [{"start": "08:00", "end": "20:00"}]}
    return edit(world.site(), position=(old, new), fence_radius_m=(200.0, 80.0), opening_hours=(None, hours))


def _contact_edit(world: World) -> Payload:
    return edit(world.contact(), title=("", world.text("Buyer")), is_primary=(False, True))


def _absence(world: World) -> Payload:
    """A day off with a substitute, on which a visit is planned."""
    day = world.day()
    visit = {"id": new_id(), "customer_id": world.customer(), "planned_date": day, "purpose": world.text("purpose")}
    world.do("alice", "visits.plan", visit)
    return {"id": new_id(), "from_date": day, "to_date": day, "substitute_id": world.person("bob")}


def _start_point(world: World) -> Payload:
    rep = world.user(org_unit_id=str(world.unit_of("alice")))
    return {"rep_id": rep, "position": {"lat": 39.9, "lon": 116.4, "datum": "WGS-84"}}


EXAMPLES: dict[str, Example] = {
    **ACCOUNTS,
    **CALENDAR_EXAMPLES,
    "catalog.create_category": Example(
        "dora", lambda w: {"id": new_id(), "name": w.label("Category")}, "/product-categories"
    ),
    "catalog.update_category": Example("dora", _category_edit, "/product-categories/update"),
    "catalog.create_product": Example(
        "dora",
        lambda w: {
            "id": new_id(), "code": w.code(), "name": w.label("Product"), "category_id": w.category(), "unit": "box",
            "price": "19.90", "currency": "CNY",
        },
        "/products",
    ),
    "catalog.update_product": Example("dora", _product_edit, "/products/update"),
    "customers.create": Example(
        "alice",
        lambda w: {
            "id": new_id(), "name": w.text("Customer"), "code": w.code(), "customer_class": "A",
            "channel": "tea-shop", "phone": "010-1234",
            "address": w.text("Road"), "notes": w.text("note"),
        },
        "/customers",
    ),
    "customers.update": Example("alice", _customer_edit, "/customers/{id}", "PATCH"),
    "customers.archive": Example("alice", lambda w: {"id": w.customer()}, "/customers/archive"),
    "customers.unarchive": Example("alice", _unarchive, "/customers/unarchive"),
    "customers.delete": Example("alice", lambda w: {"id": w.customer()}, "/customers/delete"),
    "customers.add_site": Example(
        "alice",
        lambda w: {
            "id": new_id(), "customer_id": w.customer(), "name": w.text("Site"),
            "position": {"lat": 39.9087, "lon": 116.3975, "datum": "GCJ-02"}, "fence_radius_m": 150.0,
        },
        "/customers/add-site",
    ),
    "customers.update_site": Example("alice", _site_edit, "/customers/update-site"),
    "customers.remove_site": Example("alice", lambda w: {"id": w.site()}, "/customers/remove-site"),
    "customers.propose_pin": Example(
        "alice",
        lambda w: {
            "id": new_id(), "customer_id": w.customer(), "name": w.text("Site"), "note": w.text("note"),
            "position": {"lat": 39.9087, "lon": 116.3975, "datum": "GCJ-02"},
        },
        "/customers/propose-pin",
    ),
    "customers.approve_pin": Example("carol", lambda w: {"id": w.pin()}, "/customers/approve-pin"),
    "customers.reject_pin": Example(
        "carol", lambda w: {"id": w.pin(), "reason": w.text("reason")}, "/customers/reject-pin"
    ),
    "customers.add_contact": Example(
        "alice",
        lambda w: {
            "id": new_id(), "customer_id": w.customer(), "name": w.text("Contact"), "phone": "138", "is_primary": True,
        },
        "/customers/add-contact",
    ),
    "customers.update_contact": Example("alice", _contact_edit, "/customers/update-contact"),
    "customers.remove_contact": Example("alice", lambda w: {"id": w.contact()}, "/customers/remove-contact"),
    "customers.reassign": Example(
        "carol", lambda w: {"customer_ids": [w.customer()], "owner_id": w.person("bob")}, "/customers/reassign"
    ),
    "customers.share": Example(
        "alice", lambda w: {"customer_id": w.customer(), "user_id": w.person("bob")}, "/customers/share"
    ),
    "customers.unshare": Example("alice", _unshare, "/customers/unshare"),
    "customers.follow": Example("carol", lambda w: {"customer_id": w.customer()}, "/customers/follow"),
    "customers.unfollow": Example("carol", _unfollow, "/customers/unfollow"),
    **FORM_EXAMPLES,
    "trails.set_policy": Example(
        "dora",
        lambda w: {
            "id": new_id(), "org_unit_id": w.unit(), "tracks": True,
            "purposes": [{"purpose": "safety", "days": 7}, {"purpose": "mileage", "days": 365}],
            "hours": {"monday": [{"start": "09:00", "end": "18:00"}]}, "viewer_roles": ["dispatcher", "manager"],
        },
        "/trails/policies",
    ),
    "trails.publish_text": Example(
        "dora",
        lambda w: {
            "id": new_id(), "text_version": w.text_version(), "en": w.label("I agree"), "zh": w.label("本人同意"),
        },
        "/trails/consent-texts",
    ),
    "trails.give_consent": Example(
        "alice", lambda w: {"id": new_id(), "text_id": w.consent_text()}, "/trails/consents"
    ),
    "trails.withdraw_consent": Example("alice", lambda w: {"id": new_id()}, "/trails/consents/withdraw"),
    "visits.plan": Example(
        "alice",
        lambda w: {
            "id": new_id(), "customer_id": w.customer(), "planned_date": "2026-11-23",
            "planned_at": "2026-11-23T09:30:00.000+08:00", "purpose": w.text("purpose"), "visit_type_id": a_type(w),
        },
        "/visits",
    ),
    "visits.move": Example(
        "alice",
        lambda w: {
            "visit_id": w.visit(), "planned_date": {"from": "2026-11-23", "to": "2026-11-25"},
            "planned_at": "2026-11-25T10:00:00.000+08:00",
        },
        "/visits/{visit_id}/move",
    ),
    "visits.set_cycle": Example(
        "alice",
        lambda w: {
            "id": new_id(), "name": w.text("Cycle"), "customer_id": w.customer(), "every_weeks": 2, "weekdays": [2, 4],
            "purpose": w.text("purpose"), "valid_from": "2026-11-23",
        },
        "/call-cycles",
    ),
    "visits.publish_plan": Example("carol", lambda w: {"rep_ids": [w.planned_rep()]}, "/visits/publish-plan"),
    "visits.set_route": Example(
        "alice",
        lambda w: {
            "id": new_id(), "name": w.text("Route"), "customer_ids": [w.customer(), w.customer()], "weekdays": [1, 3],
            "every_weeks": 2, "valid_from": "2026-11-23", "purpose": w.text("purpose"),
        },
        "/routes",
    ),
    "visits.record_absence": Example("alice", _absence, "/absences"),
    "visits.cancel_absence": Example("alice", lambda w: {"id": w.absence()}, "/absences/cancel"),
    "visits.add_participant": Example(
        "alice", lambda w: {"visit_id": w.visit(), "user_id": w.person("carol")}, "/visits/{visit_id}/participants"
    ),
    "visits.remove_participant": Example("alice", lambda w: w.joined(), "/visits/{visit_id}/participants/remove"),
    "visits.order_day": Example(
        "alice",
        lambda w: {
            "date": "2026-11-23",
            "stops": [{"visit_id": w.visit(), "planned_at": "2026-11-23T09:30:00.000+08:00"}, {"visit_id": w.visit()}],
        },
        "/visits/order-day",
    ),
    "visits.set_start_point": Example("carol", _start_point, "/visits/set-start-point"),
    "visits.check_in": Example(
        "alice",
        lambda w: {"visit_id": w.visit(), "customer_id": w.customer_of_last_visit(), "fix": FIX},
        "/visits/{visit_id}/check-in",
    ),
    "visits.check_out": Example(
        "alice", lambda w: {"visit_id": w.open_visit(), "fix": FIX}, "/visits/{visit_id}/check-out"
    ),
    "visits.log": Example(
        "alice",
        lambda w: {
            "id": new_id(), "visit_id": w.open_visit(), "result": "follow_up", "note": w.text("note"),
            "next_steps": [{"text": w.text("call"), "due_date": "2026-12-01"}, {"text": w.text("samples")}],
        },
        "/visits/{visit_id}/log",
    ),
    "visits.add_photo": Example(
        "alice",
        lambda w: {
            "id": new_id(),
            "visit_id": w.open_visit(),
            "kind": "photo",
            "file": {"sha256": w.digest(), "bytes": 2_483_911, "media_type": "image/jpeg"},
            "taken_at": "2026-11-21T08:12:03+08:00",
            "fix": FIX,
            "source": "camera",
            "caption": w.text("Shelf"),
        },
        "/visits/{visit_id}/photos",
    ),
    "visits.withdraw_photo": Example(
        "alice", lambda w: {"id": w.photo(w.open_visit()), "reason": w.text("blurred")}, "/photos/{id}/withdraw"
    ),
    "visits.cancel": Example(
        "alice", lambda w: {"visit_id": w.visit(), "reason": w.text("reason")}, "/visits/{visit_id}/cancel"
    ),
    "visits.set_evidence_rules": Example(
        "dora",
        lambda w: {
            "id": new_id(), "note": w.label("Rules"),
            "rules": {"max_age_ms": 90_000.0, "fences": [{"direction": "in", "mode": "soft"}]},
        },
        "/visits/evidence-rules",
    ),
    "visits.set_compliance_rule": Example(
        "carol",
        lambda w: {
            "id": new_id(), "applies_from": "2026-12-01", "note": w.label("Rules"),
            "rules": {"check_out_required": True, "check_in_verdicts": ["verified", "inaccurate"], "grace_days": 2},
        },
        "/visits/compliance-rules",
    ),
    "visits.override_verdict": Example(
        "carol",
        lambda w: {"check_in_id": w.check_in(), "verdict": "verified", "reason": w.text("reason")},
        "/visits/evidence/{check_in_id}/override",
    ),
    "visits.lift_override": Example(
        "carol", lambda w: {"check_in_id": w.overridden_check_in()}, "/visits/evidence/{check_in_id}/lift-override"
    ),
    "visits.rejudge": Example("carol", lambda w: {"check_in_ids": [w.check_in()]}, "/visits/verdicts/rejudge"),
    "visits.recompute_verdicts": Example(
        "carol",
        lambda w: {"id": new_id(), "from_date": "2026-11-20", "to_date": "2026-11-21", "rep_id": w.person("alice")},
        "/visits/verdicts/recompute",
    ),
    "sync.release": Example(
        "carol", lambda w: {"command_id": w.refused_command()}, "/sync/commands/release", one_by_one=True
    ),
    "sync.discard": Example(
        "carol",
        lambda w: {"command_id": w.refused_command(), "reason": w.text("reason")},
        "/sync/commands/discard",
        one_by_one=True,
    ),
    "sync.accept_value": Example(
        "alice", lambda w: {"conflict_id": w.conflict()}, "/sync/conflicts/accept", one_by_one=True
    ),
    "sync.restore_value": Example(
        "alice", lambda w: {"conflict_id": w.conflict()}, "/sync/conflicts/restore", one_by_one=True
    ),
    **competitor_examples.EXAMPLES,
    **task_examples.EXAMPLES,
    **notice_examples.EXAMPLES,
}  # fmt: skip


def fill(world: World, *apps: str) -> None:
    """Run every example once (or those of some apps), by REST, and have their senders pull: something of everything."""
    examples = [example for name, example in EXAMPLES.items() if not apps or name.partition(".")[0] in apps]
    for example in examples:
        method, path, body = example.request(example.make(world))
        response = world.client(example.who).call(method, path, body)
        assert response.status_code == 200, (path, response.content)
    world.imported("carol")
    world.filed()
    if not apps:
        world.trail()
        world.browser()
        world.publication()
    for who in {example.who for example in examples}:
        assert world.client(who).call("POST", "/api/v1/sync/pull", {"repair": [str(world.id)]}).status_code == 200
