"""Stretches of time, as sets of instants: sorted spans that do not touch, each from its first instant up to its end.

Instants are Unix milliseconds.
"""

from collections.abc import Iterable

import numpy as np

from trails.track import Ints, Mask

Span = tuple[int, int]
Spans = list[Span]


def join(spans: Iterable[Span]) -> Spans:
    """Whatever lies in any of `spans`, which may overlap and come in any order; empty ones are left out."""
    joined: Spans = []
    for start, end in sorted(spans):
        if start >= end:
            continue
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def intersect(some: Spans, others: Spans) -> Spans:
    """What lies in both."""
    common: Spans = []
    here = there = 0
    while here < len(some) and there < len(others):
        start, end = max(some[here][0], others[there][0]), min(some[here][1], others[there][1])
        if start < end:
            common.append((start, end))
        if some[here][1] < others[there][1]:
            here += 1
        else:
            there += 1
    return common


def subtract(some: Spans, others: Spans) -> Spans:
    """What lies in `some` and not in `others`."""
    if not some:
        return []
    edges = [some[0][0], *(edge for span in others for edge in span), some[-1][1]]
    between = [(start, end) for start, end in zip(edges[::2], edges[1::2], strict=True) if start < end]
    return intersect(some, between)


def total_ms(spans: Spans) -> int:
    """How long they are together."""
    return sum(end - start for start, end in spans)


def contains(spans: Spans, at_ms: Ints) -> Mask:
    """Of each instant, whether it lies in one of `spans`."""
    edges = np.array([edge for span in spans for edge in span], dtype=np.int64)
    return np.searchsorted(edges, at_ms, side="right") % 2 == 1
