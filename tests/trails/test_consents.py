"""Consent is each employee's own word; it counts from when it was said, and a withdrawal takes back what came after."""

from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from core.clock import now
from core.ids import uuid7
from tests.contract.wire import pull
from tests.personas import ApiClient, TestCompany
from tests.trails.field import (
    at_noon,
    batch,
    consent,
    day_rows,
    fixes,
    last_position,
    publish_text,
    reasons,
    say,
    send,
    set_policy,
    stored_points,
    tracked,
    withdraw,
)
from trails.grounds import EVER, Renewal, Word, consented

MINUTE = timedelta(minutes=1)


def rows(client: ApiClient, kind: str) -> list[dict[str, Any]]:
    """What the phone holds of a kind, the oldest first."""
    held, _ = pull(client)
    found = [row for (_, name, _), row in held.items() if name == kind]
    return sorted((row["data"] for row in found), key=lambda data: str(data))


def test_the_phone_gets_the_text_and_its_users_own_words_only(company: TestCompany) -> None:
    text = publish_text(company)
    consent(company.alice, text, at=at_noon())
    withdraw(company.alice)
    (shown,) = rows(company.client("bob"), "trail_consent_text")
    assert (shown["text_version"], shown["en"], shown["zh"]) == (1, "I agree.", "本人同意。")
    words = rows(company.client("alice"), "trail_consent")
    assert sorted((word["gives"], word["text_id"]) for word in words) == [(False, None), (True, str(text))]
    assert rows(company.client("bob"), "trail_consent") == []
    listed = company.client("alice").call("GET", "/api/v1/trails/consents").json()["items"]
    assert [item["gives"] for item in listed] == [False, True]


def test_superiors_see_who_agreed_and_nobody_else(company: TestCompany) -> None:
    consent(company.alice, publish_text(company))
    path = f"/api/v1/trails/consents?user_id={company.alice.id}"
    assert len(company.client("carol").call("GET", path).json()["items"]) == 1
    for name in ("bob", "zed", "erin", "dora"):
        response = company.client(name).call("GET", path)
        assert (response.status_code, response.json()["error"]["code"]) == (404, "trails.not_found")


def test_only_known_texts_are_agreed_to(company: TestCompany) -> None:
    verdict = say(company.alice, "trails.give_consent", {"id": uuid7(), "text_id": uuid7()})
    assert verdict.code == "trails.text_not_found"
    publish_text(company)
    assert say(company.dora, "trails.publish_text", {"id": uuid7(), "text_version": 1, "en": "x", "zh": "x"}).code == (
        "trails.version_taken"
    )
    assert say(company.alice, "trails.publish_text", {"id": uuid7(), "text_version": 2, "en": "x", "zh": "x"}).code == (
        "core.forbidden"
    )


def test_a_withdrawal_that_comes_late_takes_back_what_came_after(company: TestCompany) -> None:
    """Said on the phone, which was offline, while the tablet went on sending."""
    tracked(company, "alice")
    noon = at_noon()
    send(company.client("alice"), batch(fixes(noon, 20, every_s=60), [(noon + 15 * MINUTE, "low_power")]))
    withdraw(company.alice, at=noon + 12 * MINUTE)
    assert [point[0].minute for point in stored_points(company.alice)] == list(range(12))
    (day,) = day_rows(company.alice)
    assert (day.points, day.discarded) == (12, {"trails.no_consent": 8})
    assert last_position(company.alice) is None
    played = company.client("alice").call("GET", f"/api/v1/trails/days/{company.alice.id}/{day.day}").json()
    assert all(gap["reason"] != "low_power" for gap in played["gaps"])
    assert reasons(send(company.client("alice"), batch(fixes(noon + 30 * MINUTE, 5)))) == {"no_consent": 5}


def test_a_withdrawal_from_before_he_agreed_again_spares_what_he_agreed_to(company: TestCompany) -> None:
    text = tracked(company, "alice")
    noon = at_noon()
    consent(company.alice, text, at=noon + 10 * MINUTE)
    send(company.client("alice"), batch(fixes(noon, 20, every_s=60)))
    withdraw(company.alice, at=noon + 5 * MINUTE)
    assert [point[0].minute for point in stored_points(company.alice)] == [0, 1, 2, 3, 4, *range(10, 20)]


def test_a_withdrawal_is_never_refused(company: TestCompany) -> None:
    withdraw(company.bob)
    withdraw(company.bob)


def test_a_text_that_asks_anew_ends_consents(company: TestCompany) -> None:
    text = tracked(company, "alice")
    client, noon = company.client("alice"), at_noon()
    send(client, batch(fixes(noon - 30 * MINUTE, 3)))
    assert last_position(company.alice) is not None
    newer = publish_text(company, 2, at=noon, renews=True)
    assert last_position(company.alice) is None
    assert reasons(send(client, batch(fixes(noon + MINUTE, 3)))) == {"no_consent": 3}
    assert send(client, batch(fixes(noon - 10 * MINUTE, 3)))["stored"] == 3
    verdict = say(company.alice, "trails.give_consent", {"id": uuid7(), "text_id": text})
    assert (verdict.code, verdict.details) == ("trails.text_outdated", {"version": 2})
    consent(company.alice, newer, at=noon + 5 * MINUTE)
    assert send(client, batch(fixes(noon + 6 * MINUTE, 3)))["stored"] == 3


def test_a_text_that_does_not_ask_anew_ends_nothing(company: TestCompany) -> None:
    tracked(company, "alice")
    publish_text(company, 2, at=at_noon())
    assert send(company.client("alice"), batch(fixes(at_noon() + MINUTE, 3)))["stored"] == 3


def test_nobody_agrees_for_somebody_else(company: TestCompany) -> None:
    """A command has no member for it, and a push speaks for its own user."""
    set_policy(company)
    text = publish_text(company)
    payload = {"id": str(uuid7()), "text_id": str(text), "user_id": str(company.alice.id)}
    assert company.client("carol").call("POST", "/api/v1/trails/consents", payload).status_code == 200
    assert reasons(send(company.client("alice"), batch(fixes(now() - 5 * MINUTE, 3)))) == {"no_consent": 3}


_WORDS = st.lists(st.tuples(st.integers(0, 50), st.sampled_from([None, 1, 2, 3])), max_size=8)
_RENEWALS = st.lists(st.tuples(st.integers(0, 50), st.integers(1, 3)), max_size=3)


@given(_WORDS, _RENEWALS, st.randoms())
def test_what_holds_at_a_moment_is_the_last_word_before_it(
    said: list[tuple[int, int | None]], asked: list[tuple[int, int]], chance: Any
) -> None:
    words, renewals = [Word(*word) for word in said], [Renewal(*text) for text in asked]
    spans = consented(words, renewals)
    chance.shuffle(words)
    assert consented(words, renewals) == spans
    for moment in range(52):
        before = [word for word in words if word.at_ms <= moment]
        # Of words of one moment, the withdrawal counts; of consents, the newest text.
        last = max(
            before, key=lambda word: (word.at_ms, word.text_version is None, word.text_version or 0), default=None
        )
        holds = last is not None and last.text_version is not None
        if holds and last is not None and last.text_version is not None:
            version = last.text_version
            holds = not any(text.version > version and text.at_ms <= moment for text in renewals)
        assert any(start <= moment < end for start, end in spans) == holds, moment
    assert all(end <= EVER[1] for _, end in spans)
