"""What a change of grants means for people, told from any two states."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from customers.sight import Seen, compare

ids = st.integers(0, 3).map(lambda n: UUID(int=n))
seen = st.builds(Seen, st.frozensets(st.sampled_from(["owner", "superior", "share"]), min_size=1), st.booleans())
sights = st.dictionaries(st.tuples(ids, ids), seen)


@given(sights, sights)
def test_applying_the_differences_to_before_gives_after(before: dict, after: dict) -> None:
    differences = compare(before, after)
    phones = {key for key, value in before.items() if value.phone}
    visible = set(before)
    for user, difference in differences.items():
        assert difference.gains or difference.loses or difference.sees or difference.no_longer_sees
        phones |= {(user, customer) for customer in difference.gains}
        phones -= {(user, customer) for customer in difference.loses}
        visible |= {(user, customer) for customer in difference.sees}
        visible -= {(user, customer) for customer in difference.no_longer_sees}
    assert phones == {key for key, value in after.items() if value.phone}
    assert visible == set(after)


@given(sights)
def test_no_change_is_no_difference(state: dict) -> None:
    assert compare(state, state) == {}


@given(sights, sights)
def test_there_and_back(before: dict, after: dict) -> None:
    there, back = compare(before, after), compare(after, before)
    assert {user: (d.gains, d.sees) for user, d in there.items()} == {
        user: (d.loses, d.no_longer_sees) for user, d in back.items()
    }
