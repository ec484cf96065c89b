"""Decision events: the answer to a signal, with every gate and the market as it was."""

from __future__ import annotations

from typing import Any

from learning_pipeline.paper.exploration import Draw
from learning_pipeline.paper.gates import first_failure
from learning_pipeline.paper.signals import Signal

CALLED_MODEL = {"spread_model": "modelled"}


def answer(
    signal: Signal, gates: list[dict[str, Any]], opposed_by: str | None, drawn: Draw | None = None
) -> dict[str, Any]:
    """The answer at the signal's own instant: blocked by a gate, else cancelled, else approved.

    Parameters
    ----------
    gates : list of dict
        Every gate, as ``gates.judge`` gives them.
    opposed_by : str or None
        Signal of another timeframe whose entry of the other direction in the same symbol is under way.
    drawn : Draw, optional
        What exploration makes of a blocked signal: admitted, it is approved with its failing gates recorded as failed.
    """
    failure = first_failure(gates)
    if failure is not None and drawn is not None and drawn.admitted:
        admitted = _decision(signal, gates, "approved", signal.market_snapshot)
        return admitted | {"approved_by": "exploration", "propensity": drawn.propensity}
    if failure is not None:
        blocked = _decision(signal, gates, "blocked", signal.market_snapshot, *failure)
        return blocked | {"propensity": None if drawn is None else drawn.propensity}
    if signal.halted:
        reason = "No trade in the last bar: the venue is halted"
        return _decision(signal, gates, "cancelled", signal.market_snapshot, "venue_halted", reason)
    if opposed_by is not None:
        reason = f"Another timeframe is entering the other way: {opposed_by}"
        return _decision(signal, gates, "cancelled", signal.market_snapshot, "opposite_order", reason)
    return _decision(signal, gates, "approved", signal.market_snapshot) | {"approved_by": "risk_gates"}


def refused(signal: Signal, gates: list[dict[str, Any]], component: str, reason: str) -> dict[str, Any]:
    """The answer to a signal that passed every gate, and whose book may not trade it."""
    return _decision(signal, gates, "blocked", signal.market_snapshot, component, reason)


def expiry(signal: Signal, gates: list[dict[str, Any]], price: float, spread_bps: float, reason: str) -> dict[str, Any]:
    """The later answer to an approved signal whose entry could not be had at the next open."""
    quoted = {"price": price, "spread": price * spread_bps / 1e4, "spread_bps": spread_bps}
    return _decision(signal, gates, "expired", signal.market_snapshot | quoted, "entry_limit", reason)


def _decision(
    signal: Signal,
    gates: list[dict[str, Any]],
    word: str,
    market: dict[str, Any],
    blocker: str | None = None,
    reason: str | None = None,
) -> dict[str, Any]:
    return {
        "signal_id": signal.signal_id,
        "decision": word,
        "blocker_component": blocker,
        "blocker_reason": reason,
        "market": market,
        "gates": gates,
        "metadata": CALLED_MODEL,
    }
