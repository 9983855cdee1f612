"""A page may be cut anywhere, by bytes or by rows: nothing between two pages is lost."""

import pytest

from core.ids import uuid7
from tests.contract.wire import command, pull, push
from tests.personas import TestCompany

_ROWS = 90


@pytest.mark.parametrize("max_bytes", [1_024, 2_048, 8_192, 16_384])
def test_rows_of_any_size_arrive(company: TestCompany, max_bytes: int) -> None:
    """The smallest rows and tombstones, shorter than any estimate of how many fit into a page."""
    client = company.client("dora")
    _, before = pull(client)
    ids = [str(uuid7()) for _ in range(_ROWS)]
    push(client, *[command("accounts.create_org_unit", {"id": id_, "name": "x"}) for id_ in ids])
    _, with_rows = pull(client)
    for cursor in (before, None):
        rows, _ = pull(client, cursor, max_bytes=max_bytes)
        assert {id_ for _, kind, id_ in rows if kind == "org_unit"} >= set(ids)

    from django.db import connections

    from core.fence import company_fence

    with company_fence(company.id), connections["default"].cursor() as cursor_:
        cursor_.execute("delete from accounts_org_unit where id = any(%s::uuid[])", [ids])
    rows, _ = pull(client, with_rows, max_bytes=max_bytes)
    gone = {id_ for (_, kind, id_), row in rows.items() if kind == "org_unit" and row["data"] is None}
    assert gone == set(ids)
