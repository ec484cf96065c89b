"""The worked example: three trades of the seed, with the figures that it prints."""

from __future__ import annotations

import polars as pl
import pytest

from learning_pipeline.allocation import AllocationSettings, TimeframeAllocation, allocation_entries, learning_configs
from learning_pipeline_tests.allocation.rows import DAY, HOUR, START, closed, path, run

TRADES = [
    closed("t1", "15m", 0.05, START + HOUR),
    closed("t2", "1h", -0.02, START + 2 * HOUR),
    closed("t3", "4h", 0.03, START + DAY),
]
SHARES = [(0.15, 0.50, 0.35), (0.1506, 0.4994, 0.35), (0.1512, 0.4988, 0.35)]


def test_the_shares_are_those_of_the_example() -> None:
    found = path(run(TRADES).allocation)
    for shares, expected in zip(found, SHARES, strict=True):
        assert tuple(shares.values()) == pytest.approx(expected, abs=1e-15)
    assert tuple(found[0].values()) == SHARES[0], "one timeframe alone moves nothing, to the bit"
    assert found[1]["4h"] == 0.35, "no trade, no move"


def test_every_move_and_every_non_move_has_its_reason() -> None:
    reasons = run(TRADES).allocation.sort("closed_at", "timeframe").group_by("trade_id", maintain_order=True)
    assert dict(reasons.agg("reason").iter_rows()) == {
        "t1": ["needs_two_timeframes"] * 3,
        "t2": ["capped", "capped", "no_trades"],
        "t3": ["capped", "capped", "balanced"],  # 15m wants more than 4h, and 1h can give but one cap
    }


def test_the_averages_are_those_of_the_trades_so_far() -> None:
    roi = run(TRADES).roi.filter(pl.col("day") == (START + DAY).date())
    told = {row["timeframe"]: row for row in roi.to_dicts()}
    assert [told[name]["roi_short"] for name in ("15m", "1h", "4h")] == [0.05, -0.02, 0.03]
    # All together: weights e^(-24/24/14)^(24/24)..., by hand: ages 23 h, 22 h and 0 h of a memory of 14 days.
    weights = [2.718281828459045 ** (-hours / 24 / 14) for hours in (23, 22, 0)]
    by_hand = (0.05 * weights[0] - 0.02 * weights[1] + 0.03) / sum(weights)
    assert told["*"]["roi_short"] == pytest.approx(by_hand, abs=1e-15)
    assert (told["*"]["n"], told["*"]["allocation"], told["4h"]["n_ignored"]) == (3, None, None)


def test_the_log_says_what_the_seed_logs() -> None:
    found = run(TRADES)
    entries = allocation_entries(found.allocation, TimeframeAllocation.frame(), AllocationSettings())
    start, then, now = "{15m:0.15,1h:0.5,4h:0.35}", "{15m:0.1506,1h:0.4994,4h:0.35}", "{15m:0.1512,1h:0.4988,4h:0.35}"
    why_skipped = 'why="only 1 timeframe has trades (need 2+)" | timeframes_with_trades=15m'
    why_2, why_3 = ("why={15m:capped,1h:capped,4h:" + reason + "}" for reason in ("no_trades", "balanced"))
    assert list(map(str, entries)) == [
        "ROI UPDATE | timeframe=15m | roi_short=0.05 | n=1 | trade_roi=0.05 | trade=t1",
        f"ALLOCATION SKIP | {why_skipped} | trade=t1 | timeframe=15m",
        "ROI UPDATE | timeframe=1h | roi_short=-0.02 | n=1 | trade_roi=-0.02 | trade=t2",
        f'ALLOCATION UPDATE | trigger="1h trade closed" | old={start} | new={then} | change=0.06% | {why_2} | trade=t2',
        "ROI UPDATE | timeframe=4h | roi_short=0.03 | n=1 | trade_roi=0.03 | trade=t3",
        f'ALLOCATION UPDATE | trigger="4h trade closed" | old={then} | new={now} | change=0.06% | {why_3} | trade=t3',
    ]


def test_what_is_known_already_is_not_logged_again() -> None:
    before, now = run(TRADES[:2]).allocation, run(TRADES).allocation
    settings = AllocationSettings()
    assert allocation_entries(before, before, settings) == []
    fresh = allocation_entries(now, before, settings)
    assert [entry.fields["trade"] for entry in fresh] == ["t3", "t3"]


def test_trades_of_other_timeframes_move_nothing_and_are_counted() -> None:
    with_1m = [*TRADES, closed("u1", "1m", 0.9, START + 3 * HOUR), closed("u2", "1m", -0.9, START + 30 * HOUR)]
    found, without = run(with_1m), run(TRADES)
    assert found.roi.filter(pl.col("timeframe") == "*")["n_ignored"].to_list() == [1, 2]
    state = pl.exclude("n_ignored")
    assert found.roi.select(state).equals(without.roi.select(state))
    ignored = found.allocation.filter(pl.col("traded_timeframe") == "1m")
    assert set(ignored["reason"]) == {"ignored_timeframe"}
    assert set(ignored["change"]) == {0.0}
    entries = allocation_entries(ignored, ignored.clear(), AllocationSettings())
    assert [entry.what for entry in entries] == ["ALLOCATION SKIP"] * 2


def test_the_bots_view_has_the_seeds_shape() -> None:
    configs = learning_configs(run(TRADES).roi, AllocationSettings())
    assert list(configs["timeframe_allocation"]) == ["15m", "1h", "4h"]
    assert configs["timeframe_allocation"]["1h"] == {
        "current_allocation": pytest.approx(0.4988, abs=1e-15),
        "roi_short": -0.02,
        "roi_long": -0.02,
        "n": 1,
        "updated_at": "2024-03-04T02:00:00Z",
    }
    assert set(configs["global_roi"]) == {"roi_short", "roi_long", "n", "updated_at", "n_ignored"}
    at_start = learning_configs(run([]).roi.clear(), AllocationSettings())
    assert at_start["timeframe_allocation"]["4h"] == {
        "current_allocation": 0.35, "roi_short": None, "roi_long": None, "n": 0, "updated_at": None,
    }  # fmt: skip
    assert at_start["as_of"] is None


def test_an_unknown_timeframe_is_a_warning_and_a_long_run_says_what_it_leaves_out() -> None:
    rows = run(TRADES).allocation
    unknown = rows.head(3).with_columns(traded_timeframe=pl.lit(None, pl.String), reason=pl.lit("ignored_timeframe"))
    (entry,) = allocation_entries(unknown, rows.clear(), AllocationSettings())
    assert (entry.what, entry.level) == ("ALLOCATION SKIP", "WARNING")
    many = run([closed(f"t{k:04}", "1h", 0.01, START + k * HOUR) for k in range(450)]).allocation
    first, *others = allocation_entries(many, many.clear(), AllocationSettings())
    assert (first.what, first.fields["trades"]) == ("LEFT OUT", 50)
    assert (len(others), others[-1].fields["trade"]) == (800, "t0449")
