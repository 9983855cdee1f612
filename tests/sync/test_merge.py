"""Merging edits: field by field, each by its own policy, and no value is ever lost."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from core.merge import FieldEdit, Merge, merge

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
_values = st.sampled_from(["", "a", "b", "c", None, 0, False])
_instants = st.integers(-3, 3).map(lambda hours: NOON + timedelta(hours=hours))
_edits = st.dictionaries(st.sampled_from("pqr"), st.tuples(_values, _values))


def _merge(current: dict[str, Any], changes: dict[str, tuple[Any, Any]], at: datetime, **options: Any) -> Merge:
    options.setdefault("last_edits", {})
    options.setdefault("policies", {})
    return merge(current, changes, at=at, created=FieldEdit(NOON, "creator"), **options)


@given(st.fixed_dictionaries(dict.fromkeys("pqr", _values)), _edits, _instants)
def test_each_field_stands_alone(current: dict[str, Any], changes: dict[str, tuple[Any, Any]], at: datetime) -> None:
    together = _merge(current, changes, at)
    alone = [_merge(current, {name: change}, at) for name, change in changes.items()]
    assert together.values == {name: value for part in alone for name, value in part.values.items()}
    assert together.conflicts == [conflict for part in alone for conflict in part.conflicts]


@given(
    st.fixed_dictionaries(dict.fromkeys("pqr", _values)),
    _edits,
    _instants,
    st.dictionaries(st.sampled_from("pqr"), st.builds(FieldEdit, _instants, st.just("bob"))),
    st.dictionaries(st.sampled_from("pqr"), st.sampled_from(["latest", "server"])),
)
def test_every_outcome(
    current: dict[str, Any],
    changes: dict[str, tuple[Any, Any]],
    at: datetime,
    last: dict[str, FieldEdit],
    policies: dict[str, Any],
) -> None:
    result = _merge(current, changes, at, last_edits=last, policies=policies)
    conflicts = {conflict.field: conflict for conflict in result.conflicts}
    assert len(conflicts) == len(result.conflicts)
    for name, (base, wanted) in changes.items():
        if current[name] == wanted:
            assert name not in result.values
            assert name not in conflicts
        elif current[name] == base:
            assert result.values[name] == wanted
            assert name not in conflicts
        else:
            theirs = last.get(name, FieldEdit(NOON, "creator"))
            conflict = conflicts[name]
            # Both values are kept, with the time and the author of the one that was there.
            assert (conflict.yours, conflict.theirs) == (wanted, current[name])
            assert (conflict.their_at, conflict.their_by) == (theirs.at, theirs.by)
            stands = policies.get(name, "latest") == "latest" and at > theirs.at
            assert conflict.kept == ("yours" if stands else "theirs")
            assert (name in result.values) == stands
    assert result.values.keys() <= changes.keys()


@given(st.fixed_dictionaries(dict.fromkeys("pqr", _values)), _edits, _instants)
def test_a_second_time_changes_nothing(
    current: dict[str, Any], changes: dict[str, tuple[Any, Any]], at: datetime
) -> None:
    after = current | _merge(current, changes, at).values
    again = _merge(after, changes, at, last_edits={name: FieldEdit(at, "me") for name in changes})
    assert after | again.values == after
