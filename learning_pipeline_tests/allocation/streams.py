"""Random streams of trades: any order, late, corrected, delivered twice, several in one second."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hypothesis import strategies as st

from learning_pipeline_tests.allocation.rows import START, closed

SECONDS = st.one_of(st.integers(0, 5), st.integers(0, 6 * 86_400))
ROIS = st.one_of(st.just(0.0), st.integers(-400, 400).map(lambda k: k / 1000))
TIMEFRAMES = st.sampled_from(["15m", "1h", "4h", "1m"])


@st.composite
def versions(draw: st.DrawFn, most: int = 25) -> list[dict[str, Any]]:
    """Rows of ``events.trades``: some told long after their close, corrected, or by a fast clock."""
    rows, told = [], set[tuple[str, dt.datetime]]()
    for k in range(draw(st.integers(0, most))):
        trade_id = f"t{draw(st.integers(0, max(most // 2, k)))}"
        at = START + dt.timedelta(seconds=draw(SECONDS))
        known = at + dt.timedelta(seconds=draw(st.sampled_from([0, 0, 0, 0, 7, 90_000, 200_000, -30])))
        if (trade_id, known) not in told:
            told.add((trade_id, known))
            book = draw(st.sampled_from(["profit"] * 9 + ["research"]))
            rows.append(closed(trade_id, draw(TIMEFRAMES), draw(ROIS), at, known, book=book))
    return rows


@st.composite
def streams(draw: st.DrawFn, most: int = 40, rois: st.SearchStrategy[float] = ROIS) -> list[dict[str, Any]]:
    """Trades that are told when they close, each once."""
    n = draw(st.integers(0, most))
    return [
        closed(f"t{k}", draw(TIMEFRAMES), draw(rois), START + dt.timedelta(seconds=draw(SECONDS))) for k in range(n)
    ]
