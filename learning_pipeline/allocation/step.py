"""What one closed trade does to the averages and the shares, with the reason for every move and every non-move."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from learning_pipeline.allocation.projection import UNITS, bounds_of_move, nearest_zero_sum
from learning_pipeline.allocation.settings import AllocationSettings
from learning_pipeline.allocation.state import ALL, State
from learning_pipeline.allocation.tables import AT_FLOOR, BALANCED, CAPPED, DESIRED, IGNORED, NEEDS_TWO, NO_TRADES

SMALLEST_LOSS = 1e-6


class Trade(NamedTuple):
    """A closed trade at its place in the order (``at_us``, ``trade_id``).

    Attributes
    ----------
    at_us : int
        Close, no later than its report; microseconds since 1970.
    timeframe : str or None
        None where it is not known.
    ignored : str
        Why it moves nothing; empty where it counts.
    """

    at_us: int
    trade_id: str
    timeframe: str | None
    roi: float
    ignored: str = ""


class Step(NamedTuple):
    """The state after a trade; changes, wanted shares and reasons in the order of the timeframes of the settings."""

    state: State
    changes: list[float]
    desired: list[float | None]
    reasons: list[str]


def step(state: State, trade: Trade, settings: AllocationSettings) -> Step:
    """Fold one trade, which does not come before the last one, into the state."""
    names = list(settings.start)
    if trade.ignored or trade.timeframe is None:
        n_ignored = state.n_ignored + (trade.ignored == IGNORED)
        return _unmoved(state._replace(n_ignored=n_ignored), names, trade.ignored)
    learned = _learned(state, trade.timeframe, trade, settings)
    traded = [name for name in names if learned.averages[name].n]
    if len(traded) < 2:
        return _unmoved(learned, names, NEEDS_TWO)
    return _moved(learned, traded, settings)


def desired(state: State, traded: list[str]) -> dict[str, float]:
    """Shares of the mass that the traded timeframes hold, in proportion to ROI; all losing: least bad first.

    Examples
    --------
    >>> from learning_pipeline.allocation.state import Average, State
    >>> rois = {"15m": 0.02, "1h": -0.05, "4h": 0.02}
    >>> averages = {name: Average(roi, 1.0, roi, 1.0, 0, 1) for name, roi in rois.items()}
    >>> desired(State(averages, {"15m": 0.15, "1h": 0.5, "4h": 0.35}), list(rois))
    {'15m': 0.5, '1h': 0.0, '4h': 0.5}
    """
    rois = {name: state.averages[name].roi_short or 0.0 for name in traded}
    scores = {name: max(0.0, roi) for name, roi in rois.items()}
    best = max(scores.values())
    if not best:
        scores = {name: 1.0 / max(abs(roi), SMALLEST_LOSS) for name, roi in rois.items()}
        best = max(scores.values())
    relative = {name: score / best for name, score in scores.items()}  # the sum of very large ones would overflow
    mass, total = sum(state.allocation[name] for name in traded), sum(relative.values())
    return {name: mass * score / total for name, score in relative.items()}


def _learned(state: State, timeframe: str, trade: Trade, settings: AllocationSettings) -> State:
    averages = dict(state.averages)
    for name in (timeframe, ALL):
        averages[name] = averages[name].with_trade(trade.at_us, trade.roi, settings)
    return state._replace(averages=averages)


def _moved(state: State, traded: list[str], settings: AllocationSettings) -> Step:
    asked = desired(state, traded)
    shares = [state.allocation[name] for name in traded]
    n_least = min(state.averages[name].n for name in traded)
    cap = settings.cap * min(1.0, n_least / settings.min_trades)
    wanted = [round((asked[name] - share) * UNITS) for name, share in zip(traded, shares, strict=True)]
    low, high = zip(*(bounds_of_move(share, cap, settings.min_allocation) for share in shares), strict=True)
    moves = nearest_zero_sum(wanted, list(low), list(high))
    changes = dict(zip(traded, (units / UNITS for units in moves), strict=True))
    why = map(_reason, moves, wanted, low, high)
    return _told(state, list(settings.start), changes, asked, dict(zip(traded, why, strict=True)))


def _reason(move: int, wanted: int, low: int, high: int) -> str:
    if move == wanted:
        return DESIRED
    if move in {-high, high}:
        return CAPPED
    return AT_FLOOR if move == low else BALANCED


def _told(
    state: State,
    names: list[str],
    changes: Mapping[str, float],
    asked: Mapping[str, float],
    reasons: Mapping[str, str],
) -> Step:
    shares = {name: share + changes.get(name, 0.0) for name, share in state.allocation.items()}
    return Step(
        state._replace(allocation=shares),
        [changes.get(name, 0.0) for name in names],
        [asked.get(name) for name in names],
        [reasons.get(name, NO_TRADES) for name in names],
    )


def _unmoved(state: State, names: list[str], reason: str) -> Step:
    return Step(state, [0.0] * len(names), [None] * len(names), [reason] * len(names))
