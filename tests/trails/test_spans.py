"""Spans: beside sets of minutes, which cannot be wrong."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from trails.spans import Span, Spans, contains, intersect, join, subtract, total_ms

_SPANS = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=8)


def minutes(spans: Spans) -> set[int]:
    return {minute for start, end in spans for minute in range(start, end)}


def in_form(spans: Spans) -> bool:
    """Sorted, not empty, and not touching."""
    edges = [edge for span in spans for edge in span]
    return edges == sorted(set(edges))


@given(_SPANS, _SPANS)
def test_they_are_sets(some: list[Span], others: list[Span]) -> None:
    a, b = join(some), join(others)
    for spans, expected in (
        (a, minutes(some)),
        (intersect(a, b), minutes(some) & minutes(others)),
        (subtract(a, b), minutes(some) - minutes(others)),
    ):
        assert minutes(spans) == expected
        assert in_form(spans)
        assert total_ms(spans) == len(expected)
        inside = contains(spans, np.arange(-1, 62))
        assert {minute for minute, yes in zip(range(-1, 62), inside.tolist(), strict=True) if yes} == expected
