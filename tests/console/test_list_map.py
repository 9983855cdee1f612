"""A list seen on a map: the same rows by the same filters, its views, and nobody else's places."""

import gzip
import json
import re
from urllib.parse import quote

from tests.console.desk import Desk, at_desk, words
from tests.console.test_lists import names
from tests.personas import TestCompany
from tests.visits.field import add_customer, add_site, applied

PLACES = [{"lat": 31.2 + number / 50, "lon": 121.4 + number / 50} for number in range(3)]
MAP = "/console/customers?view=map"


def furnish(company: TestCompany) -> None:
    """Three shops of alice's with a position and one without, one of zed's in the south."""
    for number, place in enumerate(PLACES):
        add_customer(company.alice, place, name=f"Shop {number}", customer_class="AAB"[number], stage="active")
    add_customer(company.alice, name="Nowhere")
    add_customer(company.zed, PLACES[0], name="South shop")


def places(desk: Desk, query: str = "") -> dict[str, tuple[list[float], str]]:
    """What is on the map: by name, where and in which tone."""
    answer = desk.get(f"/console/customers?as=places{query}", **{"Accept-Encoding": "gzip"})
    assert answer.status_code == 200 and answer["Content-Type"] == "application/geo+json"
    body = gzip.decompress(answer.content) if answer.get("Content-Encoding") == "gzip" else answer.content
    return {
        feature["properties"]["name"]: (feature["geometry"]["coordinates"], feature["properties"]["tone"])
        for feature in json.loads(body)["features"]
    }


def listed(text: str) -> list[str]:
    """The customers beside the map."""
    return re.findall(r'class="place-row".*?<strong>(.*?)</strong>', text, re.DOTALL)


def test_the_map_has_what_the_filters_leave(company: TestCompany) -> None:
    furnish(company)
    desk = at_desk(company.carol)
    assert set(places(desk)) == {"Shop 0", "Shop 1", "Shop 2"}
    assert places(desk)["Shop 1"] == ([121.42, 31.22], "good")
    for query, wanted in (("&grade=A", {"Shop 0", "Shop 1"}), ("&q=shop+2", {"Shop 2"}), ("&stage=lost", set())):
        assert set(places(desk, query)) == wanted
        assert set(listed(desk.text(f"{MAP}{query}"))) == wanted == set(names(desk.text(f"/console/customers?{query}")))
    assert set(places(at_desk(company.dora))) == {"Shop 0", "Shop 1", "Shop 2", "South shop"}
    assert desk.get("/console/customers?as=places&grade=Z").status_code == 422


def test_archived_customers_are_on_the_map_of_the_archive(company: TestCompany) -> None:
    shop = add_customer(company.alice, PLACES[0], name="Closed shop")
    applied(company.alice.execute("customers.archive", {"id": str(shop)}))
    desk = at_desk(company.carol)
    assert places(desk) == {} and set(places(desk, "&archived=yes")) == {"Closed shop"}


def test_the_list_beside_the_map_says_where_each_is(company: TestCompany) -> None:
    furnish(company)
    shop = add_customer(company.alice, name="Two doors")
    add_site(company.alice, shop, 31.3, 121.5, name="Front")
    add_site(company.alice, shop, 31.4, 121.6, name="Rear")
    desk = at_desk(company.carol)
    text = desk.text(MAP)
    assert listed(text) == ["Nowhere", "Shop 0", "Shop 1", "Shop 2", "Two doors"]
    assert 'data-lon="121.5" data-lat="31.3"' in text
    nowhere, *others = re.findall(r'<li class="place-row".*?</li>', text, re.DOTALL)
    assert "no position yet" in nowhere and not [row for row in others if "no position yet" in row]
    assert 'data-places="?as=places"' in text and 'data-places="?q=shop&amp;as=places"' in desk.text(f"{MAP}&q=shop")
    cards, place = (re.search(rf'data-{name}="([^"]*)"', text) for name in ("cards", "place"))
    assert cards and place and "Shop 0" in desk.text(f"{cards[1]}{place[1]}")


def test_links_and_saved_views_keep_the_map(company: TestCompany) -> None:
    furnish(company)
    desk = at_desk(company.carol)
    text = desk.text(f"{MAP}&grade=A")
    assert '<input type="hidden" name="view" value="map">' in text
    assert 'href="/console/customers?grade=A"' in text, "back to the table with the same filters"
    assert 'href="/console/customers?grade=A&amp;view=map"' in desk.text("/console/customers?grade=A")
    query = "grade=A&view=map"
    assert desk.send(f"/console/views/save?page=customers&query={quote(query)}", name="A on the map").status_code == 302
    text = desk.text(f"/console/customers?{query}")
    assert 'href="?grade=A&amp;view=map" aria-current="true">A on the map' in text
    assert "Save this view" not in words(desk.text(MAP))
    assert "Nothing fits these filters" in words(desk.text(f"{MAP}&q=nobody"))


def test_a_list_without_places_has_no_map(company: TestCompany) -> None:
    desk = at_desk(company.carol)
    plain = desk.text("/console/visits?view=map&as=places")
    assert 'id="list-map"' not in plain and 'class="toggle"' not in plain
