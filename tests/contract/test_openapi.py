"""The API tried against its own OpenAPI: no 500, no status, type or shape that is not documented.

Half of the requests name rows that exist, so that they get further than the first look-up. They are always the same;
with ROUNDSMAN_FUZZ_EXAMPLES so many others for each endpoint.
"""

import os
import random
import re
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from config.wsgi import application
from tests.contract.test_authorization import _rows_of
from tests.contract.world import World

GIVEN = os.environ.get("ROUNDSMAN_FUZZ_EXAMPLES")
EXAMPLES = int(GIVEN or 4)
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
_UUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
_QUIET = settings(
    max_examples=EXAMPLES,
    derandomize=GIVEN is None,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@schemathesis.serializer("application/offset+octet-stream")
def bytes_of_a_file(context: schemathesis.SerializationContext, value: Any) -> bytes:
    """The body of an upload is bytes as they are."""
    return value if isinstance(value, bytes) else str(value).encode(errors="replace")


schema = schemathesis.openapi.from_wsgi(
    "/api/v1/openapi.json",
    application,
    config=SchemathesisConfig.from_dict(
        {"headers": {"Host": "localhost"}, "phases": {"coverage": {"enabled": False}, "stateful": {"enabled": False}}}
    ),
)


class Stand:
    """A company with rows, and the administrator's token."""

    def __init__(self) -> None:
        self.world = World()
        self.rows = _rows_of(self.world)
        token = self.world.client("dora").session_tokens["access_token"]
        self.headers = {"Authorization": f"Bearer {token}", "Host": "localhost", "Accept-Encoding": "identity"}
        self.luck = random.Random(1)

    def with_rows(self, name: str, value: Any) -> Any:
        """The value with some ids replaced by those of rows that exist."""
        if isinstance(value, dict):
            return {key: self.with_rows(key, child) for key, child in value.items()}
        if isinstance(value, list):
            return [self.with_rows(name, child) for child in value]
        if isinstance(value, str) and _UUID.fullmatch(value) and self.luck.random() < 0.5:
            return self.rows.get(name) or self.luck.choice(list(self.rows.values()))
        return value


@pytest.fixture(scope="module")
def stand() -> Stand:
    return Stand()


@schema.parametrize()
@_QUIET
def test_every_answer_is_documented(case: schemathesis.Case, stand: Stand) -> None:
    case.path_parameters = stand.with_rows("", case.path_parameters)
    case.query = stand.with_rows("", case.query)
    case.body = stand.with_rows("", case.body)
    case.call_and_validate(headers=stand.headers, checks=CHECKS)
