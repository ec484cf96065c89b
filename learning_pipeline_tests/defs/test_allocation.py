"""Allocation through the real job: grown, late, corrected and repeated deliveries; the bot's file, log, report."""

from __future__ import annotations

import datetime as dt
import json
import random
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import learning_pipeline as lp
from learning_pipeline.allocation import AllocationSettings, Positions, TimeframeAllocation, TimeframeRoi, allocate
from learning_pipeline.analysis import OpportunityCost
from learning_pipeline.contracts import Table
from learning_pipeline.errors import BadInput
from learning_pipeline.events.tables import Trades, TradesFromFills
from learning_pipeline_tests.cli.conftest import CommandLine
from learning_pipeline_tests.defs.traded import HOUR, a_bots_month, closed, filled, held
from learning_pipeline_tests.parts import Part
from learning_pipeline_tests.worlds import MONDAY, Root, stamp

OURS: list[type[Table]] = [TradesFromFills, TimeframeRoi, TimeframeAllocation, Positions]
EXAMPLE = [
    closed("t1", "15m", 0.05, MONDAY + HOUR),
    closed("t2", "1h", -0.02, MONDAY + 2 * HOUR),
    closed("t3", "4h", 0.03, MONDAY + 30 * HOUR),
    closed("t4", "1m", 0.50, MONDAY + 31 * HOUR),
]
SHARES = {"15m": 0.1512, "1h": 0.4988, "4h": 0.35}


def a_root(folder: Path) -> Part:
    return Part(folder, *OURS)


def same(one: Root, other: Root) -> None:
    for table in OURS:
        assert_frame_equal(one.table(table), other.table(table), check_exact=True)


def shares(root: Root) -> dict[str, float]:
    told = lp.load_allocation(root.home.root)["timeframe_allocation"]
    return {name: row["current_allocation"] for name, row in told.items()}


def test_deliveries_in_any_pieces_and_order_give_one_allocation(tmp_path: Path) -> None:
    """A part of the days first, then what is new, late or known already; days that were over keep their state."""
    events = a_bots_month(1, 40, 12)
    growing, shuffled, whole = (a_root(tmp_path / name) for name in ("growing", "shuffled", "whole"))
    whole.deliver(events)
    whole.run()
    cut = MONDAY + dt.timedelta(days=7, hours=5)
    growing.deliver([one for one in events if one["at"] <= stamp(cut)])
    growing.run()
    then = growing.table(TimeframeRoi).filter(pl.col("day") < cut.date())
    growing.deliver(events)
    growing.run()
    same(growing, whole)
    assert_frame_equal(then, whole.table(TimeframeRoi).filter(pl.col("day") < cut.date()), check_exact=True)
    rng = random.Random(1)
    for part in ([one for one in events if rng.random() < 0.6], events):
        shuffled.deliver(rng.sample(part, len(part)))
        shuffled.run()
    same(shuffled, whole)
    days = whole.table(TimeframeRoi)["day"]
    asked = days.min(), days.max()
    assert isinstance(asked[0], dt.date)
    assert isinstance(asked[1], dt.date)
    told = whole.table(Trades), whole.table(TradesFromFills)
    scratch = allocate(*told, TimeframeRoi.frame(), (asked[0], asked[1]), AllocationSettings(), ("profit",))
    assert_frame_equal(whole.table(TimeframeRoi), scratch.roi, check_exact=True)
    assert_frame_equal(whole.table(TimeframeAllocation), scratch.allocation, check_exact=True)
    assert whole.table(TradesFromFills).height > 5
    assert set(whole.table(TimeframeAllocation)["reason"]) >= {"capped", "ignored_timeframe", "needs_two_timeframes"}
    rewritten = whole.table(TimeframeAllocation).group_by("trade_id").agg(pl.col("day").n_unique())
    assert rewritten["day"].max() > 1, "late and corrected trades are folded in at their place"


@pytest.fixture(scope="module")
def traded(tmp_path_factory: pytest.TempPathFactory) -> Root:
    """With the table that tells what a report is of."""
    root = Part(tmp_path_factory.mktemp("traded"), *OURS, OpportunityCost)
    held_then = MONDAY + 3 * HOUR
    root.deliver([*EXAMPLE, held("p1", "15m", 1.0, held_then), held("p2", "1h", 3.0, held_then, "dormant")])
    root.run()
    return root


def test_the_example_reaches_the_bot_the_warehouse_and_the_command_line(traded: Root) -> None:
    assert shares(traded) == pytest.approx(SHARES, abs=1e-12)
    configs, command = lp.load_allocation(traded.home.root), CommandLine(traded.home.root, columns=120)
    assert (configs["as_of"], configs["global_roi"]["n"], configs["global_roi"]["n_ignored"]) == ("2024-03-05", 3, 1)
    assert json.loads(command("allocation", "--json").out) == configs
    shown = command("allocation").out
    for words in ("15.12%", "49.88%", "35.00%", "+5.00%", "2024-03-05 06:00", "1 trade of other timeframes"):
        assert words in shown
    query = "SELECT timeframe, allocation FROM allocation.timeframe_allocation WHERE trade_id = 't3'"
    rows = json.loads(command("sql", query, "--format", "json").out)
    assert {row["timeframe"]: row["allocation"] for row in rows} == shares(traded)
    held_now = "SELECT position_id, new_allocation_pct FROM allocation.positions ORDER BY position_id"
    rows = json.loads(command("sql", held_now, "--format", "json").out)
    assert [row["position_id"] for row in rows] == ["p1", "p2"], "of the newest day only"
    assert rows[0]["new_allocation_pct"] == pytest.approx(4 * 0.1512 / 0.65, abs=1e-12)
    assert rows[0]["new_allocation_pct"] + rows[1]["new_allocation_pct"] == pytest.approx(4.0, abs=1e-12)


def test_the_report_shows_the_shares_and_the_trades_that_moved_them(traded: Root) -> None:
    command = CommandLine(traded.home.root)
    html = Path(command("report").out.strip()).read_text(encoding="utf-8")
    assert "1h 49.88%, 4h 35.00%, 15m 15.12%. 2 of 3 closed trades moved these shares." in html
    assert "1 trade of other timeframes moved nothing." in html
    assert 'id="allocation' in html


def test_the_log_tells_each_trade_once(traded: Root) -> None:
    told = traded.home.learning_log.read_text()
    counts = {what: told.count(what) for what in ("ROI UPDATE", "ALLOCATION UPDATE", "ALLOCATION SKIP")}
    assert counts == {"ROI UPDATE": 3, "ALLOCATION UPDATE": 2, "ALLOCATION SKIP": 2}
    traded.run()
    assert traded.home.learning_log.read_text() == told


def test_before_the_first_run_and_with_a_damaged_file_nothing_is_used(traded: Root, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no allocation yet"):
        lp.load_allocation(tmp_path)
    said = CommandLine(tmp_path)("allocation")
    assert (said.exit_code, said.err.count("\n")) == (1, 1)
    copy = Root(tmp_path / "copy").home.root
    (copy / "allocation.json").write_text(traded.home.allocation.read_text().replace("0.35", "0.36", 1))
    with pytest.raises(BadInput, match="not that of its SHA-256"):
        lp.load_allocation(copy)
    empty = a_root(tmp_path / "empty")
    empty.run()
    assert shares(empty) == {"15m": 0.15, "1h": 0.50, "4h": 0.35}


def test_a_bot_that_sends_only_fills_gets_the_same_shares(tmp_path: Path) -> None:
    """Positions held over two days: the entry is found where it lies, though only the days due are read."""
    root, told = a_root(tmp_path), [("t1", "15m", 0.05), ("t2", "1h", -0.02), ("t3", "4h", 0.03)]
    events = [one for k, what in enumerate(told) for one in filled(*what, MONDAY + (50 + 24 * k) * HOUR)]
    for day in (2, 3, 6):
        until = stamp(MONDAY + dt.timedelta(days=day))
        root.deliver([one for one in events if one["at"] <= until])
        root.run()
    assert shares(root) == pytest.approx(SHARES, abs=1e-12)
    assert root.table(TradesFromFills)["roi"].to_list() == pytest.approx([0.05, -0.02, 0.03])


def disagreement(root: Root) -> dict[str, Any]:
    (found,) = [
        c for c in root.run().get_asset_check_evaluations() if c.check_name == "fills_agree_with_reported_closes"
    ]
    return {"passed": found.passed, **{name: each.value for name, each in found.metadata.items()}}


def test_a_close_that_differs_from_its_fills_is_named(tmp_path: Path) -> None:
    root, at = a_root(tmp_path), MONDAY + 40 * HOUR
    agreeing = [*filled("t1", "1h", 0.02, at), closed("t1", "1h", 0.02, at)]
    root.deliver([*agreeing, *filled("t2", "1h", 0.02, at)])
    assert disagreement(root) == {"passed": True, "n_differing": 0, "first": ""}
    root.deliver([closed("t2", "1h", 0.03, at, at + 50 * HOUR)])
    assert disagreement(root) == {"passed": False, "n_differing": 1, "first": "t2 (exit_price, pnl_usd)"}


def test_settings_reach_the_room(tmp_path: Path) -> None:
    root = a_root(tmp_path)
    root.deliver(EXAMPLE)
    root.run(settings={"allocation": {"cap": 0.03, "min_trades": 1}})
    assert shares(root) == pytest.approx({"15m": 0.21, "1h": 0.44, "4h": 0.35}, abs=1e-12)
