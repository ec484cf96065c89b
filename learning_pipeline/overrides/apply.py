"""Which limits are in force for one decision."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import NamedTuple

from learning_pipeline.overrides.index import Index
from learning_pipeline.overrides.override import Override


class Applied(NamedTuple):
    """The limit of one gate, and why.

    Attributes
    ----------
    base_threshold : float
        The bot's own limit.
    threshold : float or None
        The limit in force; None where the gate is dropped.
    override_id : str or None
        Whose limit that is; None: the bot's own.
    is_dropped : bool
        The gate does not stand against any decision.
    losers : tuple of str
        Other overrides that matched, the next best first.
    """

    base_threshold: float
    threshold: float | None
    override_id: str | None = None
    is_dropped: bool = False
    losers: tuple[str, ...] = ()


def apply(
    overrides: Index,
    thresholds: Mapping[str, float],
    pattern_key: str | None,
    scope: Mapping[str, str],
    at: dt.datetime,
    *,
    explain: bool = True,
) -> dict[str, Applied]:
    """Limits in force for one decision.

    Parameters
    ----------
    overrides : Index
        What there is.
    thresholds : mapping
        The bot's own limits by gate.
    pattern_key, scope
        Of the decision.
    at : datetime
        The decision's instant, with a time zone.
    explain : bool
        Name the losers too; without them the search ends as soon as every gate has its winner.

    Returns
    -------
    dict of Applied
        One per gate of ``thresholds``, in their order. Overrides of other gates are left out.

    Raises
    ------
    ValueError
        ``at`` has no time zone.
    """
    if at.tzinfo is None:
        raise ValueError(f"at: expected a time with a time zone, was {at.isoformat()}")
    ranked: dict[str, list[Override]] = {gate: [] for gate in thresholds}
    n_open = len(ranked)
    for one in overrides.matching(pattern_key, scope, at) if n_open else ():
        of_gate = ranked.get(one.gate)
        if of_gate is not None:
            n_open -= not of_gate
            of_gate.append(one)
            if not (n_open or explain):
                break
    return {gate: _applied(base, ranked[gate]) for gate, base in thresholds.items()}


def _applied(base: float, ranked: list[Override]) -> Applied:
    if not ranked:
        return Applied(base, base)
    winner, *losers = ranked
    is_dropped = winner.action == "drop"
    return Applied(base, winner.limit(base), winner.override_id, is_dropped, tuple([o.override_id for o in losers]))
