"""Entries of the learning system's log: what moved the allocation, what was learned, and why nothing moved."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from learning_pipeline.allocation.settings import AllocationSettings
from learning_pipeline.allocation.tables import IGNORED, NEEDS_TWO, OTHER_BOOK
from learning_pipeline.contracts import Entry

WORDS = {
    NEEDS_TWO: "only 1 timeframe has trades (need 2+)",
    IGNORED: "no share of capital is kept for this timeframe",
    OTHER_BOOK: "the trade was moved to a book that does not count",
}


def allocation_entries(rows: pl.DataFrame, known: pl.DataFrame, settings: AllocationSettings) -> list[Entry]:
    """Entries of the trades whose rows are new or were changed, in the order of the fold.

    Parameters
    ----------
    rows, known : DataFrame
        ``allocation.timeframe_allocation`` as it is now, and as it was before.
    """
    fresh = rows.join(known, on=rows.columns, how="anti", nulls_equal=True)
    again = rows.join(fresh, on=["trade_id", "day"], how="semi").sort(
        "day", "closed_at", "trade_id", maintain_order=True
    )
    width, told = len(settings.start), again.to_dicts()
    return [entry for k in range(0, len(told), width) for entry in _of_trade(told[k : k + width])]


def _of_trade(rows: list[dict[str, object]]) -> Iterator[Entry]:
    """Entries of one trade from its rows, one per timeframe."""
    by_timeframe = {str(row["timeframe"]): row for row in rows}
    of = rows[0]
    own = by_timeframe.get(str(of["traded_timeframe"]))
    if own is not None and of["reason"] != OTHER_BOOK:
        learned = {"timeframe": own["timeframe"], "roi_short": own["roi_short"], "n": own["n"]}
        yield Entry("ROI UPDATE", learned | {"trade_roi": of["trade_roi"], "trade": of["trade_id"]})
    if of["reason"] in WORDS:
        traded = [name for name, row in by_timeframe.items() if row["n"]]
        said = {"why": WORDS[str(of["reason"])], "timeframes_with_trades": ",".join(traded) or None}
        yield Entry("ALLOCATION SKIP", said | {"trade": of["trade_id"], "timeframe": of["traded_timeframe"]})
    else:
        yield _update(of, by_timeframe)


def _update(of: dict[str, object], by_timeframe: dict[str, dict[str, object]]) -> Entry:
    new = {name: float(str(row["allocation"])) for name, row in by_timeframe.items()}
    moved = {name: float(str(row["change"])) for name, row in by_timeframe.items()}
    largest = max(abs(change) for change in moved.values())
    told = {
        "trigger": f"{of['traded_timeframe']} trade closed",
        "old": {name: new[name] - moved[name] for name in new},
        "new": new,
        "change": f"{largest:.2%}",
        "why": {name: row["reason"] for name, row in by_timeframe.items()},
        "trade": of["trade_id"],
    }
    return Entry("ALLOCATION UPDATE" if largest else "ALLOCATION SKIP", told)
