"""Who sees a customer: every reason comes and goes with what it follows from, in the same transaction."""

from typing import Any
from uuid import UUID

import pytest

from core.ids import uuid7
from tests.customers.world import add_member, create_customer, create_territory, sight
from tests.personas import TestCompany


def test_owner_and_the_superiors_of_his_unit(company: TestCompany) -> None:
    lotus = create_customer(company.alice)
    assert sight(company, lotus) == {"alice*": {"owner"}, "carol": {"superior"}, "dan": {"superior"}}
    south = create_customer(company.zed)
    assert sight(company, south) == {"zed*": {"owner"}}


def test_a_manager_of_the_owner_s_own_unit_and_of_any_above_it(company: TestCompany) -> None:
    company.add_person("tess", ["manager"], "north")
    company.add_person("gina", ["manager"], "company")
    company.add_person("loose", ["manager"])
    lotus = create_customer(company.alice)
    assert sight(company, lotus).keys() == {"alice*", "carol", "dan", "tess", "gina"}


def test_territory_brings_members_and_the_superiors_of_its_unit(company: TestCompany) -> None:
    north = create_territory(company, company.bob, unit="north")
    lotus = create_customer(company.zed, territory_id=north)
    assert sight(company, lotus) == {
        "zed*": {"owner"}, "bob*": {"territory"}, "carol": {"superior"}, "dan": {"superior"}
    }  # fmt: skip
    add_member(company, north, company.erin)
    assert sight(company, lotus)["erin*"] == {"territory"}
    gone = {"territory_id": str(north), "user_id": str(company.bob.id)}
    assert company.dora.execute("accounts.remove_territory_member", gone).settled
    assert "bob*" not in sight(company, lotus)


def test_several_reasons_are_one_grant(company: TestCompany) -> None:
    territory = create_territory(company, company.alice)
    lotus = create_customer(company.alice, territory_id=territory)
    company.dora.execute("customers.share", {"customer_id": str(lotus), "user_id": str(company.alice.id)})
    assert sight(company, lotus)["alice*"] == {"owner", "share", "territory"}


def change(company: TestCompany, kind: str, id_: UUID, **fields: tuple[Any, Any]) -> None:
    """An edit of accounts by the administrator."""
    changes = {name: {"from": old, "to": new} for name, (old, new) in fields.items()}
    verdict = company.dora.execute(f"accounts.update_{kind}", {"id": str(id_), "changes": changes})
    assert verdict.status == "applied", verdict


def test_an_owner_who_moves_takes_his_customers_along(company: TestCompany) -> None:
    lotus = create_customer(company.alice)
    change(company, "user", company.alice.id, org_unit_id=(str(company.units["north"]), str(company.units["south"])))
    assert sight(company, lotus) == {"alice*": {"owner"}}
    change(company, "user", company.alice.id, org_unit_id=(str(company.units["south"]), str(company.units["region"])))
    assert sight(company, lotus) == {"alice*": {"owner"}, "carol": {"superior"}, "dan": {"superior"}}


def test_a_territory_that_moves_takes_its_customers_along(company: TestCompany) -> None:
    territory = create_territory(company, unit="north")
    lotus = create_customer(company.zed, territory_id=territory)
    change(company, "territory", territory, org_unit_id=(str(company.units["north"]), str(company.units["south"])))
    assert sight(company, lotus) == {"zed*": {"owner"}}


def test_an_org_unit_that_moves_takes_everything_along(company: TestCompany) -> None:
    territory = create_territory(company, unit="north")
    lotus = create_customer(company.alice)
    lily = create_customer(company.zed, territory_id=territory)
    change(company, "org_unit", company.units["north"], parent_id=(str(company.units["region"]), None))
    assert sight(company, lotus) == {"alice*": {"owner"}}
    assert sight(company, lily) == {"zed*": {"owner"}}
    change(
        company,
        "org_unit",
        company.units["south"],
        parent_id=(str(company.units["company"]), str(company.units["region"])),
    )
    assert sight(company, lily).keys() == {"zed*", "carol", "dan"}


def test_roles_come_and_go(company: TestCompany) -> None:
    lotus = create_customer(company.alice)
    change(company, "user", company.bob.id, roles=(["rep"], ["manager", "rep"]))
    assert sight(company, lotus)["bob"] == {"superior"}
    change(company, "user", company.carol.id, roles=(["manager"], ["rep"]))
    assert "carol" not in sight(company, lotus)


def test_who_is_deactivated_sees_nothing_and_his_superiors_go_on(company: TestCompany) -> None:
    lotus = create_customer(company.alice)
    assert company.dora.execute("accounts.deactivate_user", {"id": str(company.alice.id)}).settled
    assert sight(company, lotus) == {"carol": {"superior"}, "dan": {"superior"}}
    assert company.dora.execute("accounts.reactivate_user", {"id": str(company.alice.id)}).settled
    assert sight(company, lotus)["alice*"] == {"owner"}


@pytest.mark.parametrize("who", ["carol", "dan"])
def test_a_superior_follows_onto_his_phone(company: TestCompany, who: str) -> None:
    lotus = create_customer(company.alice)
    follower = company.people[who]
    assert follower.execute("customers.follow", {"customer_id": str(lotus)}).settled
    assert follower.execute("customers.follow", {"customer_id": str(lotus)}).settled
    assert sight(company, lotus)[f"{who}*"] == {"superior", "follow"}
    assert follower.execute("customers.unfollow", {"customer_id": str(lotus)}).settled
    assert sight(company, lotus)[who] == {"superior"}


def test_following_counts_only_while_one_sees_the_customer_otherwise(company: TestCompany) -> None:
    lotus = create_customer(company.alice)
    assert company.carol.execute("customers.follow", {"customer_id": str(lotus)}).settled
    moved = {"customer_ids": [str(lotus)], "owner_id": str(company.zed.id)}
    assert company.dora.execute("customers.reassign", moved).settled
    assert sight(company, lotus) == {"zed*": {"owner"}}
    back = {"customer_ids": [str(lotus)], "owner_id": str(company.bob.id)}
    assert company.dora.execute("customers.reassign", back).settled
    assert sight(company, lotus)["carol*"] == {"superior", "follow"}


def test_an_administrator_follows_what_he_sees_through_all(company: TestCompany) -> None:
    lotus = create_customer(company.alice)
    assert "dora" not in sight(company, lotus)
    assert company.dora.execute("customers.follow", {"customer_id": str(lotus)}).settled
    assert sight(company, lotus)["dora*"] == {"follow"}
    company.add_person("ada", ["admin"])
    change(company, "user", company.dora.id, roles=(["admin"], ["rep"]))
    assert "dora*" not in sight(company, lotus)


def test_only_superiors_follow(company: TestCompany) -> None:
    lotus = create_customer(company.alice)
    assert company.alice.execute("customers.follow", {"customer_id": str(lotus)}).code == "core.forbidden"
    south = create_customer(company.zed)
    assert company.carol.execute("customers.follow", {"customer_id": str(south)}).code == "customers.not_found"
    assert company.carol.execute("customers.follow", {"customer_id": str(uuid7())}).code == "customers.not_found"
