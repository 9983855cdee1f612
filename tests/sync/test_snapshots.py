"""Snapshots against PostgreSQL's own `pg_snapshot`: same text, same visibility, same refusals."""

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.snapshots import Snapshot
from tests.postgres_plugin import admin_conninfo

# Around the sizes at which PostgreSQL changes from a linear search to a binary one (30).
_sizes = st.sampled_from([0, 1, 2, 5, 29, 30, 31, 40])
_bases = st.sampled_from([0, 700, 2**31, 2**32 - 30, 2**32, 2**40])


def _is_id(xid: int) -> bool:
    """Whether a transaction can have this id: after each wrap of the lower 32 bits, three are left out."""
    return xid % 2**32 > 2


@st.composite
def snapshots(draw: st.DrawFn) -> Snapshot:
    """Any snapshot that PostgreSQL could hand out."""
    first = draw(_bases) + draw(st.integers(3, 8))
    ids = [xid for xid in range(first, first + draw(st.integers(1, 60))) if _is_id(xid)]
    running = draw(st.sets(st.sampled_from(ids[:-1]), max_size=draw(_sizes))) if len(ids) > 1 else set()
    return Snapshot(ids[0], ids[-1], tuple(sorted(running)))


@pytest.fixture(scope="module")
def database():
    with psycopg.connect(admin_conninfo(), autocommit=True) as connection:
        yield connection


@settings(max_examples=150, deadline=None)
@given(snapshots(), st.lists(st.integers(-3, 70), min_size=1, max_size=40))
def test_sees_what_postgresql_sees(database, snapshot: Snapshot, offsets: list[int]) -> None:
    xids = [xid for offset in offsets if _is_id(xid := max(3, snapshot.xmin + offset))]
    rows = database.execute(
        "select x::text::bigint, pg_visible_in_snapshot(x::text::xid8, %s::pg_snapshot) from unnest(%s::bigint[]) x",
        [str(snapshot), xids],
    ).fetchall()
    assert [(xid, snapshot.sees(xid)) for xid, _ in rows] == rows


@settings(max_examples=100, deadline=None)
@given(snapshots(), st.integers(-3, 70))
def test_bounded_is_a_snapshot_and_cuts_exactly(database, snapshot: Snapshot, offset: int) -> None:
    highest = max(0, snapshot.xmin + offset)  # also ids that are given to nobody
    bounded = snapshot.bounded(highest)
    text = database.execute("select %s::pg_snapshot::text", [str(bounded)]).fetchone()[0]
    assert text == str(bounded)
    for xid in filter(_is_id, range(max(3, snapshot.xmin - 5), snapshot.xmax + 5)):
        assert bounded.sees(xid) == (snapshot.sees(xid) and xid <= highest), xid


@settings(max_examples=100, deadline=None)
@given(snapshots())
def test_text_form_is_postgresqls(database, snapshot: Snapshot) -> None:
    text = database.execute("select %s::pg_snapshot::text", [str(snapshot)]).fetchone()[0]
    assert Snapshot.parse(text) == snapshot
    assert str(Snapshot.parse(text)) == text


@settings(max_examples=200, deadline=None)
@given(
    st.one_of(
        st.text("0123456789:,- ", max_size=20),
        st.builds(
            "{}:{}:{}".format,
            st.integers(-1, 9),
            st.integers(-1, 9),
            st.lists(st.integers(-1, 9), max_size=4).map(lambda items: ",".join(map(str, items))),
        ),
        st.text(max_size=12),
    )
)
def test_what_is_parsed_postgresql_accepts(database, text: str) -> None:
    """Nothing that `parse` lets through may be an error in the statement of a pull."""
    try:
        parsed = Snapshot.parse(text)
    except ValueError:
        return
    assert database.execute("select %s::pg_snapshot::text", [str(parsed)]).fetchone()[0] == str(parsed)


@pytest.mark.parametrize("text", ["", ":", "::", "5:4:", "0:1:", "1:5:5", "3:5:2", "x:5:", "1:2", "1:2:3:4", "5:9:8,6"])
def test_refuses(text: str) -> None:
    with pytest.raises(ValueError):
        Snapshot.parse(text)
