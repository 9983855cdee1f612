"""Answers are compressed as the client offers, and say the same."""

import gzip
import json

import pytest
import zstandard

from tests.personas import ApiClient, TestCompany


@pytest.fixture
def alice(company: TestCompany) -> ApiClient:
    return company.alice.client()


def first_pull(client: ApiClient, offered: str) -> tuple[str | None, bytes]:
    client.defaults["HTTP_ACCEPT_ENCODING"] = offered
    answer = client.call("POST", "/api/v1/sync", {"digests": "none"})
    assert answer.status_code == 200
    assert answer["Vary"] == "Accept-Encoding"
    return answer.get("Content-Encoding"), answer.content


def test_every_encoding_says_the_same(alice: ApiClient) -> None:
    rows = {}
    for offered, expected, decode in (
        ("identity", None, bytes),
        ("gzip, deflate", "gzip", gzip.decompress),
        ("gzip, zstd;q=0.9", "zstd", zstandard.ZstdDecompressor().decompress),
    ):
        encoding, body = first_pull(alice, offered)
        assert encoding == expected
        rows[offered] = json.loads(decode(body))["changes"]["rows"]
    assert rows["identity"]
    assert rows["identity"] == rows["gzip, deflate"] == rows["gzip, zstd;q=0.9"]


def test_an_encoding_that_is_declined_is_not_used(alice: ApiClient) -> None:
    assert first_pull(alice, "gzip;q=0, identity")[0] is None


def test_small_answers_are_sent_as_they_are(alice: ApiClient) -> None:
    alice.defaults["HTTP_ACCEPT_ENCODING"] = "gzip"
    first = gzip.decompress(alice.call("POST", "/api/v1/sync", {}).content)
    cursor = json.loads(first)["cursor"]
    answer = alice.call("POST", "/api/v1/sync", {"cursor": cursor, "digests": "none"})
    assert "Content-Encoding" not in answer
    assert answer.json()["changes"]["rows"] == []
