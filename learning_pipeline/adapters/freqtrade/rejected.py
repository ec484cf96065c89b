"""Signals that max_open_trades stopped: what freqtrade calls rejected."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from learning_pipeline.adapters.freqtrade.entry import Entry
from learning_pipeline.adapters.freqtrade.frames import require_columns
from learning_pipeline.adapters.freqtrade.gates import MAX_OPEN_TRADES, slots_gate
from learning_pipeline.adapters.freqtrade.run import Run

KEY = ["pair", "date", "enter_tag", "open"]
_COLUMNS = {"pair": pl.String, "date": pl.Datetime, "open": pl.Float64}


def rejected_rows(frame: pl.DataFrame, where: str) -> pl.DataFrame:
    """Rows in the columns of `KEY`, sorted.

    ``date`` is the candle of the entry, so that only its open was known: the row's other columns, high to indicators,
    are of a candle that had only begun.
    """
    if not frame.height:
        return pl.DataFrame(schema=dict.fromkeys(KEY, pl.String))
    rows = require_columns(frame, _COLUMNS, where)
    tag = pl.col("enter_tag").cast(pl.String) if "enter_tag" in rows.columns else pl.lit(None, pl.String)
    at = pl.col("date").dt.convert_time_zone("UTC").dt.cast_time_unit("us")
    kept = rows.select("pair", at, tag.alias("enter_tag"), pl.col("open").cast(pl.Float64))
    return kept.filter(pl.col("open").is_finite() & (pl.col("open") > 0)).sort(KEY, nulls_last=True)


def own_rows(rows: pl.DataFrame, before: pl.DataFrame | None, n_rejected: int) -> pl.DataFrame | None:
    """The rows of one strategy; None where no reading gives as many as freqtrade counted.

    freqtrade forgets to empty its list between the strategies of one run: the rows of the second also hold those of
    the first. Taken away is the multiset of the strategy before, so that what both rejected stays.
    """
    if rows.height == n_rejected:
        return rows
    if before is None or not before.height or not rows.height:
        return None
    nth = pl.int_range(pl.len()).over(KEY).alias("nth")
    own = rows.with_columns(nth).join(before.with_columns(nth), on=[*KEY, "nth"], how="anti", nulls_equal=True)
    return own.select(KEY) if own.height == n_rejected else None


def rejected_entries(run: Run, rows: pl.DataFrame) -> Iterator[Entry]:
    """A blocked entry per candle and pair; every slot was taken, or the signal would not have been rejected."""
    slots = run.result.slots
    gate = slots_gate(slots, slots, passed=False)
    for pair, at, tag, price in rows.unique(["pair", "date"], keep="first", maintain_order=True).iter_rows():
        wanted = run.wanted(pair, at, is_short=False, price=price, enter_tag=tag)
        yield wanted._replace(gates=(gate,), blocked_by=MAX_OPEN_TRADES, reason="rejected: max_open_trades reached")


def parted(frames: dict[str, pl.DataFrame], counts: dict[str, int], where: str) -> dict[str, pl.DataFrame | None]:
    """Rows of each strategy of a run; None where no reading gives as many as were counted.

    Parameters
    ----------
    counts : dict
        Rejected signals by strategy, in the order in which freqtrade ran them.
    """
    rows = {
        name: rejected_rows(frames[name], f"{where}: rejected signals of {name}") for name in counts if name in frames
    }
    before = [None, *rows.values()]
    return {name: own_rows(own, before[k], counts[name]) for k, (name, own) in enumerate(rows.items())}
