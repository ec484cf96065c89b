"""The allocation in the shape of the seed's `learning_configs`, as a bot reads it."""

from __future__ import annotations

from typing import Any

import polars as pl

from learning_pipeline.allocation.settings import AllocationSettings
from learning_pipeline.allocation.state import ALL, State


def learning_configs(roi: pl.DataFrame, settings: AllocationSettings) -> dict[str, Any]:
    """The newest day of ``allocation.timeframe_roi`` as plain values; the start where there is none.

    Returns
    -------
    dict
        ``as_of`` (ISO day; None before the first), ``timeframe_allocation`` (by timeframe: ``current_allocation``,
        ``roi_short``, ``roi_long``, fractions; ``n``; ``updated_at``, close of its last trade; None where there is no
        trade yet) and ``global_roi`` (likewise, with ``n_ignored``: trades of other timeframes).
    """
    if roi.is_empty():
        rows, as_of = State.at_start(settings).rows(), None
        told = {row["timeframe"]: row | {"last_closed_at": None} for row in rows}
    else:
        newest = roi.filter(pl.col("day") == pl.col("day").max())
        told, as_of = {row["timeframe"]: row for row in newest.to_dicts()}, newest["day"][0].isoformat()
    shares = {name: {"current_allocation": told[name]["allocation"], **_rois(told[name])} for name in settings.start}
    overall = _rois(told[ALL]) | {"n_ignored": told[ALL]["n_ignored"]}
    return {"as_of": as_of, "timeframe_allocation": shares, "global_roi": overall}


def _rois(row: dict[str, Any]) -> dict[str, Any]:
    closed = row["last_closed_at"]
    updated = None if closed is None else closed.isoformat().replace("+00:00", "Z")
    return {"roi_short": row["roi_short"], "roi_long": row["roi_long"], "n": row["n"], "updated_at": updated}
