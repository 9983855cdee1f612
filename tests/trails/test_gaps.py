"""Gaps: every one has a reason, the phone's own word before anything that is found out here."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from trails.gaps import Due, Gap, Reason, Seen, State, Told, find_gaps
from trails.spans import Spans, subtract

MINUTE = 60_000
SHIFT: Spans = [(9 * 60 * MINUTE, 12 * 60 * MINUTE), (13 * 60 * MINUTE, 18 * 60 * MINUTE)]
DUE = Due(SHIFT, {Reason.OFF_SHIFT: subtract([(0, 24 * 60 * MINUTE)], SHIFT)})


def at(clock: str) -> int:
    """`9:30` as milliseconds of the day."""
    hour, minute = clock.split(":")
    return (int(hour) * 60 + int(minute)) * MINUTE


def fixes(*spans: tuple[str, str], device: int = 0, boot: int = 0) -> Seen:
    """A fix every minute."""
    at_ms = np.array([ms for start, end in spans for ms in range(at(start), at(end) + 1, MINUTE)], dtype=np.int64)
    return Seen(at_ms, np.full(len(at_ms), device), np.full(len(at_ms), boot))


def rebooted(seen: Seen, clock: str) -> Seen:
    return Seen(seen.at_ms, seen.device, seen.boot + (seen.at_ms >= at(clock)))


def gaps(
    seen: Seen, *told: Told, until: str = "18:00", complete: bool = True, due: Due = DUE
) -> list[tuple[str, str, str]]:
    """The gaps in words."""
    found = find_gaps(seen, told, due, until_ms=at(until), complete=complete, gap_after_s=300)
    return [(clock(gap.from_ms), clock(gap.to_ms), gap.reason + ("!" if gap.told else "")) for gap in found]


def clock(ms: int) -> str:
    return f"{ms // (60 * MINUTE)}:{ms // MINUTE % 60:02}"


def says(clock_: str, state: State, device: int = 0) -> Told:
    return Told(at(clock_), device, state)


def test_a_whole_shift_has_none_but_lunch() -> None:
    assert gaps(fixes(("9:00", "12:00"), ("13:00", "18:00"))) == [("12:00", "13:00", "off_shift")]


def test_what_nothing_explains_is_unknown() -> None:
    seen = fixes(("9:10", "10:00"), ("10:30", "12:00"), ("13:04", "17:00"))
    assert gaps(seen) == [
        ("9:00", "9:10", "unknown"),
        ("10:00", "10:30", "unknown"),
        ("12:00", "13:00", "off_shift"),
        ("17:00", "18:00", "unknown"),
    ]


def test_a_gap_around_lunch_is_cut_at_its_edges() -> None:
    assert gaps(fixes(("9:00", "11:30"), ("14:00", "18:00"))) == [
        ("11:30", "12:00", "unknown"),
        ("12:00", "13:00", "off_shift"),
        ("13:00", "14:00", "unknown"),
    ]


def test_the_phones_word_counts() -> None:
    seen = fixes(("9:00", "10:00"), ("10:30", "11:00"), ("11:20", "12:00"), ("13:00", "18:00"))
    words = [says("10:00", State.PERMISSION), says("10:30", State.TRACKING), says("11:01", State.NO_SIGNAL)]
    assert gaps(seen, *words) == [
        ("10:00", "10:30", "permission!"),
        ("11:00", "11:20", "no_signal!"),
        ("12:00", "13:00", "off_shift"),
    ]


def test_the_longest_word_names_the_gap() -> None:
    seen = fixes(("9:00", "10:00"), ("11:00", "12:00"), ("13:00", "18:00"))
    words = [says("10:00", State.NO_SIGNAL), says("10:10", State.LOW_POWER)]
    assert gaps(seen, *words)[0] == ("10:00", "11:00", "low_power!")


def test_a_forgotten_word_explains_no_later_gap() -> None:
    seen = fixes(("9:00", "10:00"), ("10:30", "11:00"), ("11:30", "12:00"), ("13:00", "18:00"))
    assert gaps(seen, says("10:00", State.GPS_OFF))[:2] == [
        ("10:00", "10:30", "gps_off!"),
        ("11:00", "11:30", "unknown"),
    ]


def test_a_phone_that_boots_was_off() -> None:
    seen = rebooted(fixes(("9:00", "10:00"), ("10:40", "12:00"), ("13:00", "18:00")), "10:40")
    assert gaps(seen)[0] == ("10:00", "10:40", "phone_off")


def test_a_word_of_another_phone_does_not_end_this_ones() -> None:
    seen = fixes(("9:00", "10:00"), ("10:30", "12:00"), ("13:00", "18:00"))
    words = [says("10:00", State.KILLED), says("10:05", State.TRACKING, device=1)]
    assert gaps(seen, *words)[0] == ("10:00", "10:30", "killed!")


def test_what_may_still_come_is_not_yet_a_gap_without_reason() -> None:
    seen = fixes(("9:00", "10:00"))
    assert gaps(seen, until="11:00", complete=False) == [("10:00", "11:00", "not_received")]
    assert gaps(seen, until="11:00") == [("10:00", "11:00", "unknown")]
    assert gaps(fixes(), until="11:00", complete=False) == [("9:00", "11:00", "not_received")]
    assert gaps(seen, says("10:00", State.KILLED), until="11:00", complete=False) == [("10:00", "11:00", "killed!")]


def test_whoever_is_not_to_be_tracked_has_nothing_to_explain() -> None:
    nothing = Due([], {Reason.TRACKING_OFF: [(0, at("24:00"))]})
    assert gaps(fixes(), due=nothing) == []
    half: Spans = [(at("9:00"), at("11:00"))]
    withdrawn = Due(half, {Reason.NO_CONSENT: [(at("11:00"), at("24:00"))], Reason.OFF_SHIFT: [(0, at("9:00"))]})
    assert gaps(fixes(("9:00", "11:00")), due=withdrawn, until="11:00") == []
    back = Due([*half, (at("15:00"), at("18:00"))], withdrawn.excused)
    assert gaps(fixes(("9:00", "11:00"), ("15:00", "18:00")), due=back) == [("11:00", "15:00", "no_consent")]


@given(
    st.lists(st.integers(at("7:00") // MINUTE, at("20:00") // MINUTE), max_size=60),
    st.lists(st.tuples(st.integers(at("8:00") // MINUTE, at("19:00") // MINUTE), st.sampled_from(State)), max_size=6),
)
@settings(max_examples=300, deadline=None)
def test_gaps_are_just_where_fixes_were_due_and_none_came(
    minutes: Sequence[int], words: Sequence[tuple[int, State]]
) -> None:
    at_ms = np.array(sorted(set(minutes)), dtype=np.int64) * MINUTE
    seen = Seen(at_ms, np.zeros(len(at_ms)), np.zeros(len(at_ms)))
    told = [Told(minute * MINUTE, 0, state) for minute, state in words]
    found = find_gaps(seen, told, DUE, until_ms=at("18:00"), complete=True, gap_after_s=300)
    for gap in found:
        assert gap.to_ms - gap.from_ms > 5 * MINUTE
        assert not any(gap.from_ms < ms < gap.to_ms for ms in at_ms)
        assert gap.told == (gap.reason in set(State)) or gap.reason == Reason.PHONE_OFF
    assert all(before.to_ms <= after.from_ms for before, after in pairwise(found))
    for minute in range(at("9:00"), at("18:00"), MINUTE):
        if not _in(found, minute) and _due(minute):
            edges = [*at_ms.tolist(), at("9:00"), at("12:00"), at("13:00"), at("18:00")]
            assert min(abs(ms - minute) for ms in edges) <= 5 * MINUTE


def _in(found: list[Gap], ms: int) -> bool:
    return any(gap.from_ms <= ms < gap.to_ms for gap in found)


def _due(ms: int) -> bool:
    return any(start <= ms < end for start, end in SHIFT)
