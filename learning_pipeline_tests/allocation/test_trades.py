"""What is known of a trade when: its report, else its fills; a correction counts from its own day on."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl

from learning_pipeline.allocation.trades import earliest_close, trade_versions
from learning_pipeline.events.tables import Trades, TradesFromFills
from learning_pipeline_tests.allocation.rows import DAY, HOUR, START, closed, run


def by_fills(trade_id: str, timeframe: str | None, roi: float, at: dt.datetime) -> dict[str, Any]:
    prices = {"qty": 1.0, "entry_price": 100.0, "exit_price": 100.0, "fees_usd": 0.0, "pnl_usd": 100 * roi, "roi": roi}
    what = {"trade_id": trade_id, "symbol": "X", "timeframe": timeframe, "side": "long", "book": "profit"}
    return {"day": at.date(), "opened_at": at, "closed_at": at, "did_trim": False, "n_fills": 2, **prices, **what}


def versions(reported: list[dict[str, Any]], derived: list[dict[str, Any]]) -> list[tuple[str, int, float, bool]]:
    found = trade_versions(Trades.frame(reported), TradesFromFills.frame(derived))
    return [
        (i, day.day, roi, told)
        for i, day, roi, told in found.select("trade_id", "day", "roi", "is_reported").iter_rows()
    ]


def test_a_report_is_believed_over_fills_from_its_day_on() -> None:
    told = [closed("a", "1h", 0.02, START + HOUR, START + DAY), closed("b", "1h", 0.03, START + HOUR)]
    fills = [by_fills("a", "1h", 0.01, START + HOUR), by_fills("b", "1h", 0.0, START + HOUR)]
    late_fill = [by_fills("a", "1h", 0.09, START + 2 * DAY)]
    assert versions(told, fills + late_fill) == [("a", 4, 0.01, False), ("a", 5, 0.02, True), ("b", 4, 0.03, True)]


def test_a_trade_counts_once_whether_reported_or_not() -> None:
    """A bot that sends only fills gets the same shares as one that reports the same trades."""
    told = [("a", "15m", 0.05), ("b", "1h", -0.02), ("c", "4h", 0.03)]
    at = [START + k * HOUR for k in range(3)]
    reports = [closed(*trade, when) for trade, when in zip(told, at, strict=True)]
    fills = [by_fills(*trade, when) for trade, when in zip(told, at, strict=True)]
    expected = run(reports).roi
    assert run([], from_fills=fills).roi.equals(expected)
    assert run(reports[:2], from_fills=fills).roi.equals(expected)


def test_fills_of_an_unknown_timeframe_are_counted_and_move_nothing() -> None:
    found = run([], from_fills=[by_fills("a", None, 0.05, START)])
    assert found.roi.filter(pl.col("timeframe") == "*").select("n", "n_ignored").row(0) == (0, 1)
    assert set(found.allocation["reason"]) == {"ignored_timeframe"}


def test_a_close_later_than_its_report_counts_at_the_report() -> None:
    ahead = closed("a", "1h", 0.02, START + 5 * DAY, START + HOUR)
    frame = Trades.frame([ahead])
    assert earliest_close(frame, TradesFromFills.frame()) == START.date()
    assert run([ahead]).allocation["closed_at"].unique().to_list() == [START + HOUR]
    assert earliest_close(frame.clear(), TradesFromFills.frame()) is None
