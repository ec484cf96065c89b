"""Steering A (how aggressive) and E (how early to exit) of one signal by what its pattern's trades say."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from learning_pipeline.posture.index import Index
from learning_pipeline.posture.posture import Posture, Rules

STEER_BASE, STEER_GAIN, STEER_MAX = 0.03, 0.20, 0.22
MIN_CONFIDENCE = 0.40
"""Where any posture is as sure as that, less sure ones are left out."""
SMALLEST_SIZE, SIZE_PER_A = 0.10, 0.50
NEUTRAL = 0.5
AS_SHIPPED = Rules()


class Steered(NamedTuple):
    """A and E of one signal, and why.

    Attributes
    ----------
    a, e : float
        In [0, 1].
    size_fraction : float
        Of the full position: 0.10 + 0.50 a.
    base_a, base_e : float
        Before steering: of the flags, or the bot's own.
    delta_a, delta_e : float
        What steering asked for, before headroom.
    confidence, steer : float
        Blended; how strongly it steers; 0 where nothing steers.
    used : dict
        Weight by override_id; they add up to 1.
    dropped : dict
        Why others of this pattern and scope were not used, by override_id: ``not_yet``, ``expired``,
        ``low_confidence`` or ``no_weight``.
    flags : dict
        What was added to A and E by each flag that the signal carries; None where the settings give it no delta.
        Empty where A and E are the bot's own.
    ae_v2 : bool
        A and E before steering are of the flags.
    """

    a: float
    e: float
    size_fraction: float
    base_a: float
    base_e: float
    delta_a: float = 0.0
    delta_e: float = 0.0
    confidence: float = 0.0
    steer: float = 0.0
    used: Mapping[str, float] = {}
    dropped: Mapping[str, str] = {}
    flags: Mapping[str, tuple[float, float] | None] = {}
    ae_v2: bool = False


def steer(
    postures: Index | Iterable[Posture],
    a: float,
    e: float,
    pattern_key: str | None,
    scope: Mapping[str, str],
    at: dt.datetime,
    rules: Rules = AS_SHIPPED,
    flags: Mapping[str, bool] | None = None,
) -> Steered:
    """A and E of one signal.

    Parameters
    ----------
    postures : Index or iterable of Posture
        In any order; the result does not depend on it.
    a, e : float
        The bot's own, in [0, 1].
    pattern_key, scope
        Of the signal.
    at : datetime
        Its instant, with a time zone.
    rules : Rules
        Deltas of flags, base bias.
    flags : mapping, optional
        The signal's flags. Where they are given and ``ae_v2_enabled``, A and E start from them, not from a and e.

    Raises
    ------
    ValueError
        ``a`` or ``e`` is outside [0, 1], or ``at`` has no time zone.
    """
    if at.tzinfo is None:
        raise ValueError(f"at: expected a time with a time zone, was {at.isoformat()}")
    if not (0.0 <= a <= 1.0 and 0.0 <= e <= 1.0):
        raise ValueError(f"a, e: expected numbers from 0 to 1, was {a}, {e}")
    added: dict[str, tuple[float, float] | None] = {}
    is_v2 = rules.ae_v2_enabled and flags is not None
    if is_v2 and flags is not None:
        a, e, added = of_flags(flags, rules)
    index = postures if isinstance(postures, Index) else Index(postures)
    used, dropped = _chosen(index.matches(pattern_key, scope), at)
    weights = [(len(one.scope) + 1) * one.confidence for one in used]
    total = sum(weights)
    if total <= 0.0:
        idle = dict.fromkeys((one.override_id for one in used), "no_weight")
        return Steered(a, e, size_fraction(a), a, e, dropped=dropped | idle, flags=added, ae_v2=is_v2)
    shares = [weight / total for weight in weights]
    confidence, dir_a, dir_e, edge = _blend(used, shares)
    strength = strength_of(confidence)
    delta_a, delta_e = strength * dir_a + rules.base_bias * edge, strength * dir_e
    new_a, new_e = with_headroom(a, delta_a), with_headroom(e, delta_e)
    named = {one.override_id: share for one, share in zip(used, shares, strict=True)}
    told = (delta_a, delta_e, confidence, strength, named, dropped, added, is_v2)
    return Steered(new_a, new_e, size_fraction(new_a), a, e, *told)


def strength_of(confidence: float) -> float:
    """How far a direction of 1 moves A or E.

    >>> [round(strength_of(c), 4) for c in (0.2, 0.6, 0.9, 1.0)]
    [0.07, 0.15, 0.21, 0.22]
    """
    return min(STEER_BASE + STEER_GAIN * confidence, STEER_MAX)


def with_headroom(x: float, delta: float) -> float:
    """Moved by a share of what is left in that direction, never out of [0, 1].

    >>> [round(with_headroom(x, d), 4) for x, d in ((0.5, 0.2), (0.5, -0.2), (1.0, 0.2), (0.9, 0.2))]
    [0.6, 0.4, 1.0, 0.92]
    """
    moved = x + delta * (1.0 - x) if delta >= 0.0 else x + delta * x
    return min(max(moved, 0.0), 1.0)


def size_fraction(a: float) -> float:
    """Share of the full position.

    >>> [round(size_fraction(a), 2) for a in (0.0, 0.5, 1.0)]
    [0.1, 0.35, 0.6]
    """
    return SMALLEST_SIZE + SIZE_PER_A * a


def of_flags(flags: Mapping[str, bool], rules: Rules) -> tuple[float, float, dict[str, tuple[float, float] | None]]:
    """A, E and what each flag that is set added, in the flags' order by name."""
    names = sorted(name for name, is_set in flags.items() if is_set)
    known = {name: rules.flags.get(name) for name in names}
    added = {name: None if delta is None else (delta.a, delta.e) for name, delta in known.items()}
    sums = [NEUTRAL + sum(each[k] for each in added.values() if each) for k in (0, 1)]
    a, e = (min(max(x, 0.0), 1.0) for x in sums)
    return a, e, added


def _chosen(matching: list[Posture], at: dt.datetime) -> tuple[list[Posture], dict[str, str]]:
    """Those that count now, less sure ones left out where any is sure; why the others are dropped."""
    dropped = {}
    now = []
    for one in matching:
        if one.active_from <= at < one.expires_at:
            now.append(one)
        else:
            dropped[one.override_id] = "not_yet" if at < one.active_from else "expired"
    sure = [one for one in now if one.confidence >= MIN_CONFIDENCE]
    if not sure or len(sure) == len(now):
        return now, dropped
    return sure, dropped | {one.override_id: "low_confidence" for one in now if one.confidence < MIN_CONFIDENCE}


def _blend(used: list[Posture], shares: list[float]) -> tuple[float, float, float, float]:
    """Confidence, dir_a, dir_e and edge, weighted."""
    confidence = dir_a = dir_e = edge = 0.0
    for one, share in zip(used, shares, strict=True):
        confidence += share * one.confidence
        dir_a += share * one.dir_a
        dir_e += share * one.dir_e
        edge += share * one.edge_raw_roi
    return confidence, dir_a, dir_e, edge
