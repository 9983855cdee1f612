"""The live map over HTTP: who is on it, where by which word, what is noted, and which sites are around."""

import gzip
import json
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import settings

from config.basemap import Basemap
from core.clock import now
from core.geodesy import to_wgs84
from tests.console.desk import Desk, at_desk, words
from tests.console.samples import NORTH, SOUTH, Furnished
from tests.personas import TestCompany
from tests.trails.field import HERE, batch, fixes, send, tracked
from tests.visits.field import FIX, add_customer, add_site, check_in, plan

SHANGHAI = (31.2304, 121.4737)
Told = tuple[str, tuple[float, float] | None]
Read = Callable[..., dict[str, Told]]


@pytest.fixture
def desk(company: TestCompany) -> Desk:
    """carol at the console."""
    return at_desk(company.carol)


@pytest.fixture
def people(desk: Desk) -> Read:
    """Reads who is listed: by name, what the list says of him and where the map has him."""

    def read(query: str = "") -> dict[str, Told]:
        found: dict[str, Told] = {}
        for item in re.findall(r'<li class="person".*?</li>', desk.text(f"/console/map{query}"), re.DOTALL):
            attributes = dict(re.findall(r'data-(\w+)="([^"]*)"', item.partition(">")[0]))
            spot = (float(attributes["lat"]), float(attributes["lon"])) if "lat" in attributes else None
            found[attributes["name"]] = (words(item), spot)
        return found

    return read


def report(company: TestCompany, name: str, age: timedelta) -> None:
    """A phone's trail ends so long ago."""
    send(company.client(name), batch(fixes(now() - age, 1)))


def at(lat: float, lon: float) -> dict[str, object]:
    """A fix there."""
    return FIX | {"lat": lat, "lon": lon}


def test_a_position_is_told_by_the_newest_word(company: TestCompany, people: Read) -> None:
    tracked(company, "alice", "bob", live_s=300)
    report(company, "alice", timedelta(minutes=40))
    report(company, "bob", timedelta(minutes=2))
    found = people()
    assert "Last known position, 40 min ago" in found["Alice Wang"][0] and found["Alice Wang"][1] == HERE
    assert "On the move here, 2 min ago" in found["Bob Li"][0]
    assert "No position known today" in found["Erin Zhou"][0] and found["Erin Zhou"][1] is None
    check_in(company.alice, add_customer(company.alice, name="Corner Shop"), fix=at(*SHANGHAI), occurred_at=now())
    text, spot = people()["Alice Wang"]
    assert spot == SHANGHAI
    assert "visiting now" in text and "At Corner Shop" in text and "Checked in or out here, just now" in text


def test_without_a_fix_he_is_at_the_site_by_his_own_word(company: TestCompany, people: Read) -> None:
    shop = add_customer(company.alice)
    site = add_site(company.alice, shop, *SHANGHAI)
    visit = plan(company.alice, shop, site_id=site, planned_date=str(now().date()))
    check_in(company.alice, shop, visit, fix=None, occurred_at=now())
    text, spot = people()["Alice Wang"]
    assert spot == SHANGHAI and "At the site of the visit by his own word" in text


def test_only_trails_that_are_open_to_the_reader_show(company: TestCompany) -> None:
    tracked(company, "alice", viewer_roles=["manager"])
    report(company, "alice", timedelta(minutes=3))
    shown = {
        name: "3 min ago" in at_desk(company.people[name]).text("/console/map") for name in ("carol", "dan", "dora")
    }
    assert shown == {"carol": True, "dan": False, "dora": False}


def test_the_look_is_noted_and_the_employee_reads_it(company: TestCompany, people: Read) -> None:
    tracked(company, "alice")
    report(company, "alice", timedelta(minutes=3))
    people(), people("?state=late")
    (entry,) = company.client("alice").call("GET", "/api/v1/trails/access-log").json()["items"]
    assert (entry["viewer_id"], entry["view"]) == (str(company.carol.id), "last_position")
    assert entry["purpose"] == "dispatch"


def test_people_are_chosen_by_state_and_team(company: TestCompany, people: Read) -> None:
    shop, today = add_customer(company.alice, {"lat": SHANGHAI[0], "lon": SHANGHAI[1]}), str(now().date())
    check_in(company.alice, shop, fix=at(*SHANGHAI), occurred_at=now())
    late = {"planned_date": today, "planned_at": (now() - timedelta(minutes=20)).isoformat(), "is_appointment": True}
    plan(company.bob, add_customer(company.bob, name="Waiting Shop"), **late)
    assert {state: sorted(people(f"?state={state}")) for state in ("visiting", "planned", "late", "unplaced")} == {
        "visiting": ["Alice Wang"], "planned": ["Bob Li"], "late": ["Bob Li"], "unplaced": ["Bob Li", "Erin Zhou"],
    }  # fmt: skip
    assert list(people()) == ["Bob Li", "Alice Wang", "Erin Zhou"], "whoever is late comes first"
    assert "Waiting Shop" in people()["Bob Li"][0]
    assert set(people(f"?team={company.units['north']}")) == {"Alice Wang", "Bob Li", "Erin Zhou"}
    assert people(f"?team={company.units['south']}") == {}


@pytest.mark.parametrize("query", ["state=x", "team=x", "team=x&as=sites"])
def test_choices_that_are_none_are_refused(desk: Desk, query: str) -> None:
    assert desk.get(f"/console/map?{query}").status_code == 422


def sites(desk: Desk, query: str = "") -> dict[str, list[float]]:
    """Where the map has the customers' sites, by name."""
    answer = desk.get(f"/console/map?as=sites{query}", **{"Accept-Encoding": "gzip"})
    assert answer.status_code == 200 and answer["Content-Type"] == "application/geo+json"
    body = gzip.decompress(answer.content) if answer.get("Content-Encoding") == "gzip" else answer.content
    features = json.loads(body)["features"]
    return {feature["properties"]["name"]: feature["geometry"]["coordinates"] for feature in features}


def test_sites_are_those_of_customers_in_sight() -> None:
    company = Furnished().company
    carol, dora = sites(at_desk(company.carol)), sites(at_desk(company.dora))
    assert f"{NORTH} Depot" in carol and not [name for name in carol if SOUTH in name]
    assert {f"{NORTH} Depot", f"{SOUTH} Depot"} <= set(dora)
    south = sites(at_desk(company.dora), f"&team={company.units['south']}")
    assert f"{SOUTH} Depot" in south and all(SOUTH in name for name in south)


def test_on_a_chinese_basemap_everything_is_shifted_alike(
    company: TestCompany, desk: Desk, people: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = add_customer(company.alice, {"lat": SHANGHAI[0], "lon": SHANGHAI[1]}, name="Shop")
    check_in(company.alice, shop, fix=at(*SHANGHAI), occurred_at=now())
    monkeypatch.setattr(settings, "BASEMAP", Basemap("raster", ("https://tiles.example.com/{z}",), datum="GCJ-02"))
    spot = people()["Alice Wang"][1]
    assert spot is not None and spot != SHANGHAI
    assert to_wgs84(*spot, "GCJ-02") == pytest.approx(SHANGHAI, abs=1e-6)
    assert tuple(reversed(sites(desk)["Shop"])) == spot


def test_a_site_tells_who_was_and_will_be_there(company: TestCompany, desk: Desk) -> None:
    shop = add_customer(company.alice, name="Corner Shop", customer_class="A")
    site = add_site(company.alice, shop, *SHANGHAI, name="Rear gate")
    assert "none yet" in desk.text(f"/console/map/sites/{site}")
    check_in(company.alice, shop, fix=None, occurred_at=now())
    plan(company.alice, shop, planned_date=str(now().date() + timedelta(days=3)))
    text = words(desk.text(f"/console/map/sites/{site}"))
    assert "Rear gate" in text and "just now · Alice Wang" in text and "none planned" not in text
