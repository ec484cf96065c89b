"""A real decision log of 876 entries through the whole chain: five rows that were computed independently.

Found through LEARNING_PIPELINE_REFERENCE_DATA; skipped, saying so, where that is unset or absent.
"""

from __future__ import annotations

import datetime as dt
import json
import os
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from learning_pipeline.analysis.guards.tables import GuardEffectiveness, OpportunityCost
from learning_pipeline.analysis.what_if.tables import WhatIf
from learning_pipeline.events.tables import Decisions
from learning_pipeline.shadow.tables import Outcomes
from learning_pipeline_tests.worlds import Root, stamp

DATA = Path(os.environ.get("LEARNING_PIPELINE_REFERENCE_DATA", "unset"))
BLOCKER = {"rejected": "max_open_trades", "vetoed": "confirm_trade_entry", "blocked_lock": "MaxDrawdown"}
NO_COSTS = {"resolution": "signal", "fee_bps": 0, "slippage_bps": 0, "notional_usd": 1, "ttl_minutes": 1440}
GUARDS = {
    "no_max_open_trades": "max_open_trades",
    "no_drawdown_lock": "MaxDrawdown",
    "always_again": "skip:already_open",
}
SCENARIOS = {name: {"drop": [guard]} for name, guard in GUARDS.items()}
SETTINGS = {"shadow": NO_COSTS, "analysis": {"windows": [200], "scenarios": SCENARIOS}}


def entry_events(row: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """A signal with barriers 3 % from the entry candle's open, and its decision."""
    common = {"at": stamp(row["date"]), "source": "freqtrade", "schema_version": 1, "signal_id": name}
    away = -1 if row["side"] == "short" else 1
    levels = {"stop_price": row["open"] * (1 - 0.03 * away), "target_price": row["open"] * (1 + 0.03 * away)}
    what = {"symbol": row["pair"], "timeframe": "1h", "strategy": row["strategy"], "side": row["side"] or "long"}
    blocker = {"skipped": "skip:already_open", **BLOCKER}.get(row["decision"])
    answer = {"decision": "blocked", "blocker_component": blocker} if blocker else {"decision": "approved"}
    return [
        {"event_id": f"{name}-s", "type": "signal", **common, **what, **levels, "ttl_minutes": 1440},
        {"event_id": f"{name}-d", "type": "decision", **common, **answer, "market": {"price": row["open"]}},
    ]


@pytest.mark.skipif(not DATA.is_dir(), reason="LEARNING_PIPELINE_REFERENCE_DATA names no folder")
def test_five_guards_of_a_real_bot_come_out_as_computed_elsewhere(tmp_path: Path) -> None:
    log = pl.read_parquet(DATA / "freqtrade_A/run_1h_TrendRider/decision_log.parquet")
    bars = pl.read_parquet(DATA / "bars/binance_spot_15m_1h_4h_1d_2024H1.parquet").filter(pl.col("timeframe") == "1h")
    expected = {row["guard"]: row for row in json.loads((DATA / "expected/guard_shadow_A_1h.json").read_text())["rows"]}
    root = Root(tmp_path)
    rows = log.with_columns(pl.col("side").fill_null("long")).iter_rows(named=True)
    root.deliver([event for k, row in enumerate(rows) for event in entry_events(row, f"e{k}")], bars)
    root.run(settings=SETTINGS)
    settled = root.table(Decisions).join(root.table(Outcomes), on="signal_id")
    assert settled.height == log.height == 876
    named = settled.with_columns(guard=pl.coalesce("blocker_component", pl.lit("APPROVED")))
    for guard, row in expected.items():
        pnl = named.filter(pl.col("guard") == guard)["net_pnl_usd"]
        assert pnl.len() == row["n"]
        assert pnl.filter(pnl > 0).sum() == pytest.approx(row["missed_profit"], abs=1e-9)
        assert -pnl.filter(pnl < 0).sum() == pytest.approx(row["avoided_loss"], abs=1e-9)
    last = root.table(GuardEffectiveness).filter(pl.col("as_of") == pl.col("as_of").max())
    assert last["as_of"].unique().to_list() == [dt.date(2024, 7, 1)]
    assert dict(zip(last["guard"], last["n_blocked"], strict=True)) == {
        g: r["n"] for g, r in expected.items() if g != "APPROVED"
    }
    for row in last.iter_rows(named=True):
        assert row["missed_profit_usd"] == pytest.approx(expected[row["guard"]]["missed_profit"], abs=1e-9)
        assert row["avoided_loss_usd"] == pytest.approx(expected[row["guard"]]["avoided_loss"], abs=1e-9)
        assert (row["basis"], row["marginal_net_saved_usd"]) == ("first_blocker", None)
    _require_what_if_bounds(root.table(WhatIf), expected)
    cost = root.table(OpportunityCost).filter(pl.col("as_of") == pl.col("as_of").max()).row(0, named=True)
    blocked = [r for g, r in expected.items() if g != "APPROVED"]
    assert cost["net_opportunity_cost_usd"] == pytest.approx(sum(r["net_opportunity_cost"] for r in blocked), abs=1e-9)


def _require_what_if_bounds(rows: pl.DataFrame, expected: dict[str, dict[str, Any]]) -> None:
    """Only first blockers were recorded: without one, any of what it was first to block may have been admitted."""
    last = rows.filter(pl.col("as_of") == pl.col("as_of").max(), pl.col("mode") == "unconstrained")
    by_name = {row["scenario"]: row for row in last.iter_rows(named=True)}
    for name, guard in GUARDS.items():
        row = by_name[name]
        assert (row["status"], row["delta_usd"], row["n_unknown"]) == ("bounds_only", None, expected[guard]["n"])
        assert row["delta_low_usd"] == pytest.approx(-expected[guard]["avoided_loss"], abs=1e-9)
        assert row["delta_high_usd"] == pytest.approx(expected[guard]["missed_profit"], abs=1e-9)
    for name in ("no_volatility_guard", "half_roi_threshold", "optimized_weights"):
        assert by_name[name]["status"] == "not_evaluable"
        assert "max_open_trades" in by_name[name]["reason"]
