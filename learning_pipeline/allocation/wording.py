"""Entries of the learning system's log: what moved the allocation, what was learned, and why nothing moved."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl

from learning_pipeline.allocation.settings import AllocationSettings
from learning_pipeline.allocation.tables import IGNORED, NEEDS_TWO, OTHER_BOOK
from learning_pipeline.contracts import Entry

WORDS = {
    NEEDS_TWO: "only 1 timeframe has trades (need 2+)",
    IGNORED: "no share of capital is kept for this timeframe",
    OTHER_BOOK: "the trade was moved to a book that does not count",
}
UNKNOWN_TIMEFRAME = "the timeframe of the trade is not known: no signal is"
MOST_TRADES = 400
"""Trades told of at once, the newest ones: two lines each."""

Row = dict[str, Any]


def allocation_entries(rows: pl.DataFrame, known: pl.DataFrame, settings: AllocationSettings) -> list[Entry]:
    """Entries of the trades whose rows are new or were changed, in the order of the fold.

    Parameters
    ----------
    rows, known : DataFrame
        ``allocation.timeframe_allocation`` as it is now, and as it was before.
    """
    fresh = rows.join(known, on=rows.columns, how="anti", nulls_equal=True)
    again = rows.join(fresh, on=["trade_id", "day"], how="semi")
    width = len(settings.start)
    told = again.sort("day", "closed_at", "trade_id", maintain_order=True).tail(MOST_TRADES * width).to_dicts()
    entries = [entry for k in range(0, len(told), width) for entry in _of_trade(told[k : k + width])]
    left_out = again.height // width - MOST_TRADES
    return [_left_out(left_out), *entries] if left_out > 0 else entries


def _left_out(n_trades: int) -> Entry:
    return Entry("LEFT OUT", {"trades": n_trades, "why": "older ones; allocation.timeframe_allocation holds them"})


def _of_trade(rows: list[Row]) -> Iterator[Entry]:
    """Entries of one trade from its rows, one per timeframe."""
    of, by_timeframe = rows[0], {row["timeframe"]: row for row in rows}
    own = by_timeframe.get(of["traded_timeframe"])
    if own and of["reason"] != OTHER_BOOK:
        learned = {"timeframe": own["timeframe"], "roi_short": own["roi_short"], "n": own["n"]}
        yield Entry("ROI UPDATE", learned | {"trade_roi": of["trade_roi"], "trade": of["trade_id"]})
    yield _skipped(of, by_timeframe) if of["reason"] in WORDS else _updated(of, by_timeframe)


def _skipped(of: Row, by_timeframe: dict[str, Row]) -> Entry:
    is_unknown = of["reason"] == IGNORED and of["traded_timeframe"] is None
    traded = ",".join(name for name, row in by_timeframe.items() if row["n"]) or None
    why = UNKNOWN_TIMEFRAME if is_unknown else WORDS[of["reason"]]
    said = {"why": why, "timeframes_with_trades": traded, "trade": of["trade_id"], "timeframe": of["traded_timeframe"]}
    return Entry("ALLOCATION SKIP", said, "WARNING" if is_unknown else "INFO")


def _updated(of: Row, by_timeframe: dict[str, Row]) -> Entry:
    largest = max(abs(row["change"]) for row in by_timeframe.values())
    told = {
        "trigger": f"{of['traded_timeframe']} trade closed",
        "old": {name: row["allocation"] - row["change"] for name, row in by_timeframe.items()},
        "new": {name: row["allocation"] for name, row in by_timeframe.items()},
        "change": f"{largest:.2%}",
        "why": {name: row["reason"] for name, row in by_timeframe.items()},
        "trade": of["trade_id"],
    }
    return Entry("ALLOCATION UPDATE" if largest else "ALLOCATION SKIP", told)
