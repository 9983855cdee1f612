"""The examples of the commands of accounts."""

import itertools
from uuid import UUID

from accounts.commands.second_factors import begin_enrolment
from accounts.queries import find_second_factor, get_actor
from core.fence import company_fence
from tests.accounts.authenticator import put_on, show
from tests.contract.example import Example, Payload, edit, name_of
from tests.contract.world import World, new_id
from tests.personas import PASSWORD


def _forget_view(world: World) -> Payload:
    payload = {"id": new_id(), "page": "devices", "name": world.text("View")}
    world.do("carol", "accounts.save_view", payload)
    return {"id": payload["id"]}


def _remove_member(world: World) -> Payload:
    payload = {"territory_id": world.territory(), "user_id": world.person("bob")}
    world.do("dora", "accounts.add_territory_member", payload)
    return payload


def _reactivate(world: World) -> Payload:
    payload = {"id": world.user()}
    world.do("dora", "accounts.deactivate_user", payload)
    return payload


def _user_edit(world: World) -> Payload:
    id_ = world.user()
    return edit(id_, name=(name_of(world, "users", id_), world.label("User")), roles=(["rep"], ["engineer", "rep"]))


def _unit_move(world: World) -> Payload:
    id_ = world.unit()
    name = name_of(world, "org-units", id_)
    return edit(id_, parent_id=(None, world.unit()), name=(name, world.label("Unit")))


def _territory_edit(world: World) -> Payload:
    id_ = world.territory()
    return edit(id_, name=(name_of(world, "territories", id_), world.label("Land")))


_CODE: Payload = {}
_DRAFT: Payload = {}
"""What goes beside the next command: codes are good once, and belong to one user."""


def _without_factor(world: World) -> None:
    with company_fence(world.id):
        factor = find_second_factor(world.persona("erin").id)
    if factor is not None:
        world.do("dora", "accounts.reset_second_factor", {"id": world.person("erin")})


def _first_code(world: World) -> Payload:
    _without_factor(world)
    with company_fence(world.id):
        begun = begin_enrolment(world.persona("erin").actor)
    _DRAFT.update(draft=begun.draft, code=show(begun.secret))
    return {}


def _given_code(world: World) -> Payload:
    _without_factor(world)
    _CODE["code"] = put_on(world.persona("erin").actor).recovery_codes[0]
    return {}


def _lost_phone(world: World) -> Payload:
    user_id = world.user()
    put_on(get_actor(world.id, UUID(user_id)))
    return {"id": user_id}


_ZONES = itertools.cycle(("Asia/Urumqi", "Europe/Berlin", ""))


def _preferences(world: World) -> Payload:
    return {"locale": "en", "time_zone": next(_ZONES), "theme": "dark"}


ACCOUNTS: dict[str, Example] = {
    "accounts.create_user": Example(
        "dora",
        lambda w: {"id": new_id(), "username": f"u{w.code()}", "name": w.label("User"), "roles": ["rep"]},
        "/users",
    ),
    "accounts.update_user": Example("dora", _user_edit, "/users/update"),
    "accounts.deactivate_user": Example("dora", lambda w: {"id": w.user()}, "/users/deactivate"),
    "accounts.reactivate_user": Example("dora", _reactivate, "/users/reactivate"),
    "accounts.set_password": Example(
        "dora",
        lambda w: {"id": w.user()},
        "/users/set-password",
        beside={"password": "another battery"},
        pushed="accounts.password_missing",
    ),
    "accounts.change_password": Example(
        "erin",
        lambda w: {},
        "/me/change-password",
        beside={"current_password": PASSWORD, "new_password": "another battery"},
        pushed="accounts.password_missing",
    ),
    "accounts.create_api_key": Example(
        "dora",
        lambda w: {
            "id": new_id(), "name": w.label("Key"), "user_id": w.user(), "scopes": ["customers:read", "visits:write"],
            "expires_at": "2099-12-31T00:00:00.000Z",
        },
        "/api-keys",
        pushed="accounts.api_key_secret_missing",
    ),
    "accounts.revoke_api_key": Example("dora", lambda w: {"id": w.api_key()}, "/api-keys/revoke"),
    "accounts.remove_second_factor": Example(
        "erin", _given_code, "/me/second-factor/remove", beside=_CODE, pushed="accounts.code_missing"
    ),
    "accounts.renew_recovery_codes": Example(
        "erin", _given_code, "/me/second-factor/recovery-codes", beside=_CODE, pushed="accounts.code_missing"
    ),
    "accounts.reset_second_factor": Example("dora", _lost_phone, "/users/reset-second-factor"),
    "accounts.enable_second_factor": Example(
        "erin", _first_code, "/me/second-factor", beside=_DRAFT, pushed="accounts.code_missing"
    ),
    "accounts.set_preferences": Example("erin", _preferences, "/me/preferences"),
    "accounts.save_view": Example(
        "carol",
        lambda w: {"id": new_id(), "page": "devices", "name": w.text("View"), "query": "state=silent"},
        "/me/views",
    ),
    "accounts.forget_view": Example("carol", _forget_view, "/me/views/forget"),
    "accounts.rename_device": Example(
        "alice", lambda w: {"id": w.device(), "name": w.text("Phone")}, "/devices/rename"
    ),
    "accounts.revoke_device": Example("carol", lambda w: {"id": w.device()}, "/devices/revoke"),
    "accounts.create_org_unit": Example(
        "dora", lambda w: {"id": new_id(), "name": w.label("Unit"), "parent_id": w.unit()}, "/org-units"
    ),
    "accounts.update_org_unit": Example("dora", _unit_move, "/org-units/update"),
    "accounts.create_territory": Example(
        "dora",
        lambda w: {
            "id": new_id(), "code": w.code(), "name": w.label("Land"), "org_unit_id": str(w.company.units["north"]),
        },
        "/territories",
    ),
    "accounts.update_territory": Example("dora", _territory_edit, "/territories/update"),
    "accounts.add_territory_member": Example(
        "dora", lambda w: {"territory_id": w.territory(), "user_id": w.person("bob")}, "/territories/add-member"
    ),
    "accounts.remove_territory_member": Example("dora", _remove_member, "/territories/remove-member"),
}  # fmt: skip
