"""Call cycles by themselves: their windows part the days of their validity, whatever they ask for."""

from datetime import date, timedelta
from uuid import uuid4

from hypothesis import given, settings
from hypothesis import strategies as st

from visits.call_cycles import Cycle, applicable, due_windows

days = st.dates(date(2026, 1, 1), date(2027, 12, 31))
often = st.one_of(
    st.builds(lambda n: {"every_weeks": n}, st.integers(1, 12)),
    st.builds(lambda n: {"per_month": n}, st.integers(1, 10)),
)


@settings(max_examples=200, deadline=None)
@given(often, days, st.none() | st.integers(0, 300), days, st.integers(0, 120))
def test_every_day_of_the_validity_lies_in_one_window(
    often: dict[str, int], begin: date, length: int | None, first: date, span: int
) -> None:
    end = None if length is None else begin + timedelta(days=length)
    cycle, last = Cycle(uuid4(), begin, end, **often), first + timedelta(days=span)
    windows = list(cycle.windows(first, last))
    for number in range(span + 1):
        day = first + timedelta(days=number)
        holding = [window for window in windows if window.first <= day <= window.last]
        assert len(holding) <= 1
        assert bool(holding) or not cycle.is_valid_on(day)
    for window in windows:
        assert window.first <= last and window.last >= first, "a window that was not asked for"
        assert window.first <= (end or last) and window.last >= begin, "a window outside of the validity"
    assert windows == sorted(windows)


@settings(max_examples=100, deadline=None)
@given(often, days, days, st.integers(0, 60), st.integers(0, 60))
def test_a_window_is_the_same_from_wherever_one_looks(
    often: dict[str, int], begin: date, first: date, before: int, after: int
) -> None:
    cycle = Cycle(uuid4(), begin, **often)
    narrow = list(cycle.windows(first, first))
    wide = list(cycle.windows(first - timedelta(days=before), first + timedelta(days=after)))
    assert set(narrow) <= set(wide)


@given(st.integers(1, 10), days)
def test_so_many_a_month(often: int, begin: date) -> None:
    cycle = Cycle(uuid4(), date(2025, 1, 1), per_month=often)
    month = begin.replace(day=1)
    following = (month + timedelta(days=31)).replace(day=1)
    windows = list(cycle.windows(month, following - timedelta(days=1)))
    assert len(windows) == often
    lengths = [window.days for window in windows]
    assert max(lengths) - min(lengths) <= 1
    assert (windows[0].first, windows[-1].last) == (month, following - timedelta(days=1))


def test_the_nearest_statement_is_the_strongest() -> None:
    company, region, team, customer = (uuid4() for _ in range(4))
    everywhere = Cycle(uuid4(), date(2026, 1, 1), every_weeks=4, customer_class="A")
    newer = Cycle(uuid4(), date(2026, 6, 1), every_weeks=3, customer_class="A")
    near = Cycle(uuid4(), date(2026, 1, 1), every_weeks=2, customer_class="A", org_unit_id=team)
    between = Cycle(uuid4(), date(2026, 1, 1), every_weeks=2, customer_class="A", org_unit_id=region)
    own = Cycle(uuid4(), date(2026, 1, 1), every_weeks=1, customer_id=customer)
    elsewhere = Cycle(uuid4(), date(2026, 1, 1), every_weeks=1, customer_class="A", org_unit_id=uuid4())
    other = Cycle(uuid4(), date(2026, 1, 1), every_weeks=1, customer_class="B")
    given_ = [everywhere, newer, near, between, own, elsewhere, other]
    assert applicable(given_, customer, "A", [company, region, team]) == [own, near, between, newer, everywhere]
    assert applicable(given_, uuid4(), None, []) == []


def test_a_stronger_cycle_replaces_a_weaker_one_from_its_first_window_on() -> None:
    old = Cycle(uuid4(), date(2026, 1, 5), every_weeks=1, customer_class="A")
    new = Cycle(uuid4(), date(2026, 1, 19), every_weeks=1, customer_class="A")
    found = list(due_windows([new, old], date(2026, 1, 5), date(2026, 1, 31)))
    assert [(cycle is new, window.first.day) for cycle, window in sorted(found, key=lambda pair: pair[1])] == [
        (False, 5), (False, 12), (True, 19), (True, 26),
    ]  # fmt: skip
