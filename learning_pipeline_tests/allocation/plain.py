"""Allocation the slow and obvious way: from the whole history at every trade, in exact fractions where it moves."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from learning_pipeline.allocation import AllocationSettings

DAY_SECONDS = 86_400.0


class Closed(NamedTuple):
    """A closed trade: seconds since some epoch, id, timeframe, ROI."""

    at: float
    trade_id: str
    timeframe: str
    roi: float


def average(trades: Sequence[Closed], tau_days: float) -> float:
    """Exponentially weighted mean of ROI as of the last trade, summed over all of them."""
    weights = [math.exp(-(trades[-1].at - trade.at) / DAY_SECONDS / tau_days) for trade in trades]
    return math.fsum(w * trade.roi for w, trade in zip(weights, trades, strict=True)) / math.fsum(weights)


def nearest(gaps: Sequence[Fraction], low: Sequence[Fraction], high: Sequence[Fraction]) -> list[Fraction]:
    """The quadratic programme by trying every set of active bounds: exact, and unique since it is strictly convex."""
    best: tuple[Fraction, list[Fraction]] | None = None
    for held in itertools.product("lfh", repeat=len(gaps)):
        bound = [{"l": least, "h": most, "f": None}[h] for h, least, most in zip(held, low, high, strict=True)]
        free = [k for k, at in enumerate(bound) if at is None]
        fixed = sum((at for at in bound if at is not None), Fraction(0))
        if not free and fixed:
            continue
        shift = (sum((gaps[k] for k in free), Fraction(0)) + fixed) / len(free) if free else Fraction(0)
        moves = [gaps[k] - shift if at is None else at for k, at in enumerate(bound)]
        if all(least <= move <= most for move, least, most in zip(moves, low, high, strict=True)):
            distance = sum(((move - gap) ** 2 for move, gap in zip(moves, gaps, strict=True)), Fraction(0))
            if best is None or distance < best[0]:
                best = distance, moves
    assert best is not None, "0 is always allowed"
    return best[1]


def path(trades: Sequence[Closed], settings: AllocationSettings) -> list[dict[str, float]]:
    """Shares after each trade, in the order of (close, trade_id)."""
    shares = {name: Fraction(share) for name, share in settings.start.items()}
    ordered, told = sorted(trades), []
    for k in range(1, len(ordered) + 1):
        if ordered[k - 1].timeframe in shares:
            shares = _moved(ordered[:k], shares, settings)
        told.append({name: float(share) for name, share in shares.items()})
    return told


def _moved(so_far: list[Closed], shares: dict[str, Fraction], settings: AllocationSettings) -> dict[str, Fraction]:
    of = {name: [trade for trade in so_far if trade.timeframe == name] for name in shares}
    traded = [name for name in shares if of[name]]
    if len(traded) < 2:
        return shares
    rois = {name: average(of[name], settings.tau_short_days) for name in traded}
    scores = {name: Fraction(max(0.0, roi)) for name, roi in rois.items()}
    if not any(scores.values()):
        scores = {name: 1 / Fraction(max(abs(roi), 1e-6)) for name, roi in rois.items()}
    mass, total = sum(shares[name] for name in traded), sum(scores.values())
    cap = Fraction(settings.cap * min(1.0, min(len(of[name]) for name in traded) / settings.min_trades))
    floor = Fraction(settings.min_allocation)
    gaps = [mass * scores[name] / total - shares[name] for name in traded]
    low = [max(-cap, min(Fraction(0), floor - shares[name])) for name in traded]
    moves = nearest(gaps, low, [cap] * len(traded))
    return shares | {name: shares[name] + move for name, move in zip(traded, moves, strict=True)}
