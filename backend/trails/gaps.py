"""Why there are no fixes: every gap in a trail gets a reason, from the phone's own word or from what is known here.

Nobody has to explain the time in which he was not to be tracked. What nothing explains is `unknown`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from trails.spans import Span, Spans, intersect, join, subtract, total_ms
from trails.track import Ints

_RESUMED_MS = 60_000
"""A fix so long after a phone's word that it does not track takes the word back; sooner, it may be a late one."""


class State(StrEnum):
    """What a phone says of its tracking from a moment on. Everything but `tracking` explains a gap."""

    TRACKING = "tracking"
    PERMISSION = "permission"
    GPS_OFF = "gps_off"
    NO_SIGNAL = "no_signal"
    LOW_POWER = "low_power"
    STILL = "still"
    KILLED = "killed"
    PHONE_OFF = "phone_off"


class Reason(StrEnum):
    """Why a gap is there: a state that the phone told, or what was found out here."""

    OFF_SHIFT = "off_shift"
    TRACKING_OFF = "tracking_off"
    NO_CONSENT = "no_consent"
    PERMISSION = "permission"
    GPS_OFF = "gps_off"
    NO_SIGNAL = "no_signal"
    LOW_POWER = "low_power"
    STILL = "still"
    KILLED = "killed"
    PHONE_OFF = "phone_off"
    NOT_RECEIVED = "not_received"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Told:
    """A phone's word. device: whose; at_ms: from when on, Unix ms."""

    at_ms: int
    device: int
    state: State


@dataclass(frozen=True, slots=True)
class Seen:
    """What gaps need to know of the fixes, in the order of time. device, boot: equal numbers are the same one."""

    at_ms: Ints
    device: Ints
    boot: Ints


@dataclass(frozen=True, slots=True)
class Gap:
    """A time without fixes, Unix ms. told: the reason is the phone's own word."""

    from_ms: int
    to_ms: int
    reason: Reason
    told: bool = False


@dataclass(frozen=True)
class Due:
    """When fixes were to be had. tracked: in working hours, with consent, under a policy; excused: else, why not."""

    tracked: Spans
    excused: Mapping[Reason, Spans]


def find_gaps(
    seen: Seen, told: Sequence[Told], due: Due, *, until_ms: int, complete: bool, gap_after_s: float
) -> list[Gap]:
    """The gaps longer than `gap_after_s` between the fixes, before the first and behind the last one.

    until_ms: up to when fixes can have come. complete: nothing more is to be expected, so that what is missing at the
    end is a gap like any other.
    """
    least_ms = gap_after_s * 1000
    words = _words(seen, told, until_ms)
    gaps = []
    for silence in _silences(seen, due, until_ms, least_ms):
        gaps += _excused(silence, due, least_ms)
        for piece in intersect([(silence.from_ms, silence.to_ms)], due.tracked):
            if piece[1] - piece[0] > least_ms:
                awaited = silence.open and not complete and piece[1] == min(until_ms, due.tracked[-1][1])
                found = Reason.PHONE_OFF if silence.rebooted else Reason.UNKNOWN
                gaps.append(_explained(piece, words, Reason.NOT_RECEIVED if awaited else found))
    return sorted(gaps, key=lambda gap: gap.from_ms)


@dataclass(frozen=True, slots=True)
class _Silence:
    """A time without fixes. open: none came after it. rebooted: the phone that spoke before it was off in it."""

    from_ms: int
    to_ms: int
    open: bool = False
    rebooted: bool = False


def _silences(seen: Seen, due: Due, until_ms: int, least_ms: float) -> list[_Silence]:
    at_ms = seen.at_ms
    found = []
    for before in np.flatnonzero(np.diff(at_ms) > least_ms).tolist():
        after = before + 1
        rebooted = seen.device[before] == seen.device[after] and seen.boot[before] != seen.boot[after]
        found.append(_Silence(int(at_ms[before]), int(at_ms[after]), rebooted=bool(rebooted)))
    if due.tracked and not len(at_ms):
        found.append(_Silence(due.tracked[0][0], until_ms, open=True))
    elif due.tracked:
        found.append(_Silence(due.tracked[0][0], int(at_ms[0])))
        found.append(_Silence(int(at_ms[-1]), until_ms, open=True))
    return [silence for silence in found if silence.to_ms - silence.from_ms > least_ms]


def _excused(silence: _Silence, due: Due, least_ms: float) -> list[Gap]:
    """The parts in which nobody was to be tracked, each once, for the first reason that holds."""
    found = []
    left: Spans = subtract([(silence.from_ms, silence.to_ms)], due.tracked)
    for reason, spans in due.excused.items():
        found += [Gap(*piece, reason) for piece in intersect(left, spans) if piece[1] - piece[0] > least_ms]
        left = subtract(left, spans)
    return found


def _words(seen: Seen, told: Sequence[Told], until_ms: int) -> list[tuple[State, Spans]]:
    """How long each word of a phone holds: up to its next word, or until it sends fixes again."""
    found: list[tuple[State, Spans]] = []
    for device in {word.device for word in told}:
        words = sorted((word for word in told if word.device == device), key=lambda word: word.at_ms)
        own_ms = seen.at_ms[seen.device == device]
        for word, following in zip(words, [*words[1:], None], strict=True):
            resumed = own_ms[np.searchsorted(own_ms, word.at_ms + _RESUMED_MS, side="right") :]
            end = min([following.at_ms if following else until_ms, *resumed[:1].tolist()])
            if word.state != State.TRACKING:
                found.append((word.state, [(word.at_ms, end)]))
    return found


def _explained(piece: Span, words: Sequence[tuple[State, Spans]], otherwise: Reason) -> Gap:
    """The piece with the state that held longest in it."""
    held: dict[State, int] = {}
    for state, spans in words:
        held[state] = held.get(state, 0) + total_ms(intersect([piece], join(spans)))
    longest = max(held, key=held.__getitem__, default=None)
    if longest is None or not held[longest]:
        return Gap(*piece, otherwise)
    return Gap(*piece, Reason(longest), told=True)
