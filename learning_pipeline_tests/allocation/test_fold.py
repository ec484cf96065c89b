"""What holds of every stream of trades, against the slow way and by itself."""

from __future__ import annotations

import datetime as dt
import math
import random
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import settings as settings_of
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from learning_pipeline.allocation import AllocationSettings
from learning_pipeline.allocation.state import Average, State
from learning_pipeline.allocation.step import desired
from learning_pipeline_tests.allocation import plain
from learning_pipeline_tests.allocation.rows import DAY, HOUR, START, closed, path, run
from learning_pipeline_tests.allocation.streams import streams, versions

SETTINGS = AllocationSettings()
CAPS = AllocationSettings(cap=0.2, min_trades=2, min_allocation=0.1)
"""Moves so large that floors are met within a few trades."""
ALL_AT_ONCE = AllocationSettings(start={"15m": 0.1, "1h": 0.2, "4h": 0.7}, cap=1.0, min_trades=1, min_allocation=0.0)
"""The winner takes the whole at its first trade, last digits included."""
FIRST, LAST = START.date() - dt.timedelta(days=1), START.date() + dt.timedelta(days=9)
FEW = settings_of(max_examples=40)


def slow_path(rows: list[dict[str, Any]], settings: AllocationSettings) -> list[dict[str, float]]:
    trades = [plain.Closed(r["closed_at"].timestamp(), r["trade_id"], r["timeframe"], r["roi"]) for r in rows]
    return plain.path(trades, settings)


@pytest.mark.parametrize("settings", [SETTINGS, CAPS], ids=["defaults", "large moves"])
@FEW
@given(rows=streams(30))
def test_the_path_is_that_of_the_slow_way(settings: AllocationSettings, rows: list[dict[str, Any]]) -> None:
    found = path(run(rows, settings=settings).allocation)
    assert len(found) == len(rows), "each trade once, also those of one second"
    for ours, theirs in zip(found, slow_path(rows, settings), strict=True):
        assert ours == pytest.approx(theirs, abs=1e-11)


@pytest.mark.parametrize("settings", [SETTINGS, CAPS, ALL_AT_ONCE], ids=["defaults", "large moves", "all at once"])
@settings_of(max_examples=50)  # of twenty trades each
@given(rows=streams())
def test_sum_cap_floor_and_what_has_no_trades(settings: AllocationSettings, rows: list[dict[str, Any]]) -> None:
    found = run(rows, settings=settings).allocation
    shares, traded = dict(settings.start), set[str]()
    ordered = sorted(rows, key=lambda row: (row["closed_at"], row["trade_id"]))
    for row, after in zip(ordered, path(found), strict=True):
        traded.add(row["timeframe"])
        assert abs(math.fsum(after.values()) - 1.0) <= 1e-12
        for name, share in after.items():
            assert abs(share - shares[name]) <= settings.cap
            assert share >= min(shares[name], settings.min_allocation)
            if name not in traded or row["timeframe"] not in settings.start:
                assert share == shares[name], "to the bit"
        shares = after


@FEW
@given(rows=versions(), seed=st.integers(0, 1000))
def test_order_of_rows_does_not_matter(rows: list[dict[str, Any]], seed: int) -> None:
    shuffled = random.Random(seed).sample(rows, len(rows))
    for ours, theirs in zip(run(rows, last=LAST), run(shuffled, last=LAST), strict=True):
        assert_frame_equal(ours, theirs, check_exact=True)


@settings_of(max_examples=12)
@given(rows=versions())
def test_each_day_is_a_fold_from_scratch_over_what_is_known_by_its_end(rows: list[dict[str, Any]]) -> None:
    """Late and corrected trades: as of a day the newest version of each counts, at its place."""
    whole = run(rows, FIRST, LAST)
    for day in whole.roi["day"].unique():
        known = [row for row in rows if row["day"] <= day]
        newest = [max((r for r in known if r["trade_id"] == i), key=lambda r: r["happened_at"]) for i in _ids(known)]
        placed = [row | {"closed_at": min(row["closed_at"], row["happened_at"])} for row in newest]
        as_told = [row | {"happened_at": row["closed_at"], "day": row["closed_at"].date()} for row in placed]
        scratch = run([row for row in as_told if row["book"] == "profit"], FIRST, day)
        ours, theirs = (found.roi.filter(pl.col("day") == day) for found in (whole, scratch))
        assert_frame_equal(ours.drop("n_ignored"), theirs.drop("n_ignored"), check_exact=True)
        assert_frame_equal(ours.select("n_ignored"), theirs.select("n_ignored"))
        counted = [row["trade_id"] for row in newest if row["book"] == "profit"]
        shown = whole.allocation.filter(pl.col("day") <= day, pl.col("trade_id").is_in(counted))
        assert path(shown) == path(scratch.allocation)


@FEW
@given(rows=versions(), n_days=st.integers(1, 8))
def test_a_run_that_goes_on_from_a_stored_day_equals_the_whole(rows: list[dict[str, Any]], n_days: int) -> None:
    """The state of the day before the first close that is touched is enough, bit for bit."""
    whole, first = run(rows, FIRST, LAST), START.date() + dt.timedelta(days=n_days)
    since = _since(rows, first)
    before = whole.roi.filter(pl.col("day") == since - dt.timedelta(days=1))
    later = run([row for row in rows if row["day"] >= since], first, LAST, before=before)
    assert_frame_equal(later.roi, whole.roi.filter(pl.col("day") >= first), check_exact=True)
    assert_frame_equal(later.allocation, whole.allocation.filter(pl.col("day") >= first), check_exact=True)


def _since(rows: list[dict[str, Any]], first: dt.date) -> dt.date:
    """First close of any trade that is told of on the days, or on any day since then."""
    while True:
        ids = {row["trade_id"] for row in rows if row["day"] >= first}
        closes = [min(row["closed_at"], row["happened_at"]).date() for row in rows if row["trade_id"] in ids]
        if min(closes, default=first) >= first:
            return first
        first = min(closes)


def _ids(rows: list[dict[str, Any]]) -> list[str]:
    return sorted({row["trade_id"] for row in rows})


def test_two_trades_of_one_second_both_count() -> None:
    rows = [closed("a", "1h", 0.02, START + HOUR), closed("b", "1h", 0.04, START + HOUR)]
    told = run(rows).roi.filter(pl.col("timeframe") == "1h").row(0, named=True)
    assert (told["n"], told["roi_short"], told["w_short"]) == (2, 0.03, 2.0)


def test_a_trade_that_moves_to_a_book_that_does_not_count_is_taken_back() -> None:
    rows = [closed("a", "1h", 0.02, START + HOUR), closed("b", "15m", 0.01, START + 2 * HOUR)]
    taken_back = closed("a", "1h", 0.02, START + HOUR, START + DAY, book="research")
    found = run([*rows, taken_back])
    of_1h = found.roi.filter(pl.col("timeframe") == "1h")
    first, second = (of_1h.filter(pl.col("day") == at.date()) for at in (START, START + DAY))
    assert (first["n"].item(), second["n"].item(), second["allocation"].item()) == (1, 0, 0.5)
    newest = found.allocation.filter(pl.col("day") == (START + DAY).date())
    assert dict(newest.unique("trade_id").select("trade_id", "reason").iter_rows()) == {
        "a": "other_book",
        "b": "needs_two_timeframes",
    }
    assert run([taken_back]).allocation.is_empty(), "what never counted is no row"


def test_the_sum_holds_over_many_trades_and_the_floor_is_reached_but_not_passed() -> None:
    rng = random.Random(1)
    rois = {"15m": 0.02, "1h": -0.03, "4h": 0.01}
    rows = [
        closed(f"t{k:06}", name, rois[name] + rng.gauss(0, 0.05), START + dt.timedelta(minutes=7 * k))
        for k, name in enumerate(rng.choices(list(rois), k=20_000))
    ]
    found = run(rows)
    shares = found.roi.drop_nulls("allocation").group_by("day").agg("allocation")["allocation"]
    assert max(abs(math.fsum(each) - 1.0) for each in shares) <= 4 * 2**-53
    lowest = found.allocation["allocation"].min()
    assert 0.02 <= lowest <= 0.02 + 2**-51
    assert "at_floor" in found.allocation["reason"].to_list()


LOSSES = st.floats(-1.0, -1e-5)


@given(st.lists(LOSSES, min_size=3, max_size=3), st.lists(st.floats(0.05, 1.0), min_size=3, max_size=3))
def test_where_all_lose_the_larger_loser_is_asked_for_no_more(rois: list[float], weights: list[float]) -> None:
    names = ["15m", "1h", "4h"]
    averages = {n: Average(roi, 1.0, roi, 1.0, 0, 1) for n, roi in zip(names, rois, strict=True)}
    shares = {n: w / sum(weights) for n, w in zip(names, weights, strict=True)}
    asked = desired(State(averages, shares), names)
    for one in names:
        for other in names:
            if averages[one].s_short < averages[other].s_short:
                assert asked[one] <= asked[other]


@FEW
@given(rows=streams(losses=True))
def test_a_larger_loser_that_holds_as_much_never_gains_on_a_smaller_one(rows: list[dict[str, Any]]) -> None:
    told = run(rows).allocation.filter(pl.col("desired").is_not_null())
    slack = (pl.col("allocation") > SETTINGS.min_allocation + SETTINGS.cap).all().over("trade_id")
    pairs = told.filter(slack).join(told, on="trade_id", suffix="_other")
    held, held_other = (pl.col("allocation" + of) - pl.col("change" + of) for of in ("", "_other"))
    loses_more = pl.col("roi_short") < pl.col("roi_short_other")
    wrong = pairs.filter(loses_more, held >= held_other, pl.col("change") > pl.col("change_other") + 2**-50)
    assert wrong.is_empty()


def test_constant_losses_converge_to_less_for_the_larger() -> None:
    losses = {"15m": -0.05, "1h": -0.02, "4h": -0.01}
    names = list(losses) * 1500
    rows = [closed(f"t{k:05}", name, losses[name], START + k * HOUR) for k, name in enumerate(names)]
    final = path(run(rows).allocation)[-1]
    expected = {name: (1 / -loss) / (1 / 0.05 + 1 / 0.02 + 1 / 0.01) for name, loss in losses.items()}
    assert final == pytest.approx(expected, abs=1e-6)
    assert [round(share, 3) for share in final.values()] == [0.118, 0.294, 0.588]


def test_a_roi_beyond_all_bounds_leaves_everything_finite() -> None:
    told = [("15m", 1e308), ("1h", 1e308), ("15m", 1e308), ("4h", -1e308)]
    found = run([closed(f"t{k}", name, roi, START + k * HOUR) for k, (name, roi) in enumerate(told)])
    assert abs(math.fsum(path(found.allocation)[-1].values()) - 1) <= 1e-12
    assert found.roi.height == 4


def test_a_day_without_trades_keeps_the_state() -> None:
    found = run([closed("a", "1h", 0.02, START)], START.date(), (START + 3 * DAY).date()).roi
    assert found["day"].n_unique() == 4
    assert all(rows.drop("day").equals(found.head(4).drop("day")) for rows in found.partition_by("day"))
    assert run([], START.date(), START.date()).roi.height == 4
