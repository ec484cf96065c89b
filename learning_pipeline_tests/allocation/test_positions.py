"""Positions of a token, shared out anew: its total stays, and what has no share is left alone."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from learning_pipeline.allocation import Positions, TimeframeRoi, positions
from learning_pipeline.allocation.positions import redistributed
from learning_pipeline.events.tables import Positions as PositionEvents
from learning_pipeline_tests.allocation.rows import BOOKS, DAY, HOUR, START, closed, run

SHARES = {"15m": 0.15, "1h": 0.5, "4h": 0.35}


def held(position_id: str, timeframe: str, pct: float, token: str = "SOL", **more: Any) -> dict[str, Any]:
    row = {"position_id": position_id, "token": token, "chain": None, "timeframe": timeframe, "book": "profit"}
    return {**row, "status": "watchlist", "total_allocation_pct": pct, **more}


def new(rows: list[dict[str, Any]], shares: dict[str, float] = SHARES) -> dict[str, float]:
    return {row["position_id"]: row["new_allocation_pct"] for row in redistributed(rows, shares)}


def test_a_token_is_shared_out_by_the_allocation_whatever_the_status() -> None:
    rows = [held("a", "15m", 4.0, status="dormant"), held("b", "1h", 3.0, status="active"), held("c", "4h", 3.0)]
    assert new(rows) == pytest.approx({"a": 1.5, "b": 5.0, "c": 3.5}, abs=1e-12)


def test_only_timeframes_that_are_present_share() -> None:
    assert new([held("a", "15m", 1.0), held("b", "1h", 0.3)]) == pytest.approx({"a": 0.3, "b": 1.0}, abs=1e-12)


def test_within_a_timeframe_parts_stay_and_zeros_are_shared_equally() -> None:
    rows = [held("a", "15m", 0.0), held("b", "15m", 0.0), held("c", "1h", 1.0), held("d", "1h", 3.0)]
    fifteen, hour = 4 * 0.15 / 0.65, 4 * 0.5 / 0.65
    expected = {"a": fifteen / 2, "b": fifteen / 2, "c": hour / 4, "d": hour * 3 / 4}
    assert new(rows) == pytest.approx(expected, abs=1e-12)


def test_what_has_no_share_is_left_out_of_the_total_and_untouched() -> None:
    rows = [held("a", "15m", 1.0), held("b", "1m", 7.3), held("c", "1h", 1.0)]
    assert new(rows) == pytest.approx({"a": 2 * 0.15 / 0.65, "b": 7.3, "c": 2 * 0.5 / 0.65}, abs=1e-12)
    assert new(rows)["b"] == 7.3


def test_tokens_chains_and_books_are_apart() -> None:
    rows = [held("a", "15m", 1.0), held("b", "1h", 1.0, chain="base"), held("c", "1h", 1.0, book="learning")]
    assert new(rows) == {"a": 1.0, "b": 1.0, "c": 1.0}


PCTS = st.one_of(st.just(0.0), st.floats(1e-6, 100))


@given(
    st.lists(st.tuples(st.sampled_from(["15m", "1h", "4h", "1m"]), PCTS, st.sampled_from("XY")), max_size=8),
    st.tuples(*[st.floats(0.02, 1.0)] * 3),
)
def test_totals_of_tokens_and_unknown_timeframes_stay(
    told: list[tuple[str, float, str]], weights: tuple[float, float, float]
) -> None:
    rows = [held(f"p{k}", name, pct, token) for k, (name, pct, token) in enumerate(told)]
    shares = {name: w / sum(weights) for name, w in zip(SHARES, weights, strict=True)}
    found = redistributed(rows, shares)
    for token in {row["token"] for row in rows}:
        of = [row for row in found if row["token"] == token]
        before, after = (math.fsum(row[c] for row in of) for c in ("total_allocation_pct", "new_allocation_pct"))
        assert after == pytest.approx(before, abs=1e-12, rel=1e-14)
    assert all(row["new_allocation_pct"] >= 0 for row in found)
    assert all(
        row["new_allocation_pct"] == row["total_allocation_pct"] for row in found if row["timeframe"] not in SHARES
    )


def test_a_token_of_two_timeframes_keeps_its_total_over_a_thousand_updates() -> None:
    """The bot adopts what it is told each time, while trades move the shares."""
    names = ["15m", "1h", "4h"]
    rows = [closed(f"t{k:04}", names[k % 3], 0.05 - 0.02 * (k % 7), START + k * HOUR) for k in range(1002)]
    allocation = (
        run(rows).allocation.sort("closed_at", "trade_id", "timeframe").group_by("trade_id", maintain_order=True)
    )
    token = [held("a", "15m", 1.7), held("b", "1h", 2.6)]
    for _, timeframes, shares in allocation.agg("timeframe", "allocation").iter_rows():
        told = redistributed(token, dict(zip(timeframes, shares, strict=True)))
        token = [row | {"total_allocation_pct": row["new_allocation_pct"]} for row in told]
    assert math.fsum(row["total_allocation_pct"] for row in token) == pytest.approx(4.3, abs=1e-12)
    assert token[0]["total_allocation_pct"] != pytest.approx(4.3 * 0.15 / 0.65), "the shares have moved"


def reported(at: dt.datetime, **row: Any) -> dict[str, Any]:
    event = {"day": at.date(), "happened_at": at, "event_id": f"{row['position_id']}@{at}", "source": "bot"}
    return event | {"session_id": "bot"} | row


def test_a_position_lives_from_its_report_to_its_close_and_the_newest_report_of_a_day_counts() -> None:
    events = [
        reported(START, **held("a", "15m", 1.0)),
        reported(START + HOUR, **held("a", "15m", 3.0)),
        reported(START + HOUR, **held("b", "1h", 1.0)),
        reported(START + 2 * DAY, **held("b", "1h", 1.0, status="closed")),
        reported(START + 2 * DAY, **held("c", "1h", 1.0, book="research")),
    ]
    days = START.date(), (START + 3 * DAY).date()
    roi = run([], *days).roi
    found = positions(PositionEvents.frame(events), Positions.frame(), roi, days, BOOKS)
    told = {(row["day"].day, row["position_id"]): row["new_allocation_pct"] for row in found.to_dicts()}
    small, large = 4 * 0.15 / 0.65, 4 * 0.5 / 0.65
    assert told == pytest.approx(
        {(4, "a"): small, (4, "b"): large, (5, "a"): small, (5, "b"): large, (6, "a"): 3.0, (7, "a"): 3.0}
    )
    later = START.date() + dt.timedelta(days=1), days[1]
    on = found.filter(pl.col("day") == START.date())
    events_later = PositionEvents.frame([row for row in events if row["day"] >= later[0]])
    resumed = positions(events_later, on, roi.filter(pl.col("day") >= later[0]), later, BOOKS)
    assert resumed.equals(found.filter(pl.col("day") >= later[0]))
    assert positions(PositionEvents.frame(), on, TimeframeRoi.frame(), (days[1], days[0]), BOOKS).is_empty()
