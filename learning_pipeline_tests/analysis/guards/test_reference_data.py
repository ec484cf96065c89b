"""Figures of the reference data, computed by others from real decisions and real bars."""

from __future__ import annotations

import datetime as dt
import json
import os
from pathlib import Path

import polars as pl
import pytest

from learning_pipeline.analysis import AnalysisSettings, guard_effectiveness
from learning_pipeline.events.tables import Decisions, Gates
from learning_pipeline.shadow.tables import Outcomes

VARIABLE = "LEARNING_PIPELINE_REFERENCE_DATA"
AS_OF = dt.date(2024, 6, 30)


@pytest.fixture(scope="module")
def expected() -> Path:
    folder = Path(os.environ.get(VARIABLE, "")) / "expected"
    if not (folder / "guard_shadow_A_1h.json").exists():
        pytest.skip(
            f"reference data not found: set {VARIABLE} to the folder that holds expected/guard_shadow_A_1h.json"
        )
    return folder


def test_five_guards_of_a_trend_strategy(expected: Path) -> None:
    """ROI is gross and notional 1; the approved decisions are looked at as if a guard of that name had blocked them."""
    rows = pl.read_parquet(expected / "guard_shadow_A_1h_rows.parquet").with_row_index("id")
    settings = AnalysisSettings(windows=(365,))
    found = guard_effectiveness(_decisions(rows), Gates.frame(), _outcomes(rows), [AS_OF], settings)
    by_guard = {row["guard"]: row for row in found.iter_rows(named=True)}
    reference = json.loads((expected / "guard_shadow_A_1h.json").read_text())["rows"]
    assert sorted(by_guard) == sorted(row["guard"] for row in reference)
    for row in reference:
        got = by_guard[row["guard"]]
        assert (got["n_blocked"], got["n_marginal"], got["n_pending"]) == (row["n"], row["n"], 0)
        assert got["missed_profit_usd"] == pytest.approx(row["missed_profit"], abs=1e-9)
        assert got["avoided_loss_usd"] == pytest.approx(row["avoided_loss"], abs=1e-9)
        assert got["basis_net_saved_usd"] == pytest.approx(-row["net_opportunity_cost"], abs=1e-9)


def _decisions(rows: pl.DataFrame) -> pl.DataFrame:
    return Decisions.frame(
        {
            "signal_id": rows["id"].cast(pl.String),
            "day": rows["entry_ts"].dt.date(),
            "decided_at": rows["entry_ts"],
            "decision": ["blocked"] * rows.height,
            "blocker_component": rows["guard"],
            "blocked_by": [[guard] for guard in rows["guard"]],
            "gates_complete": [True] * rows.height,
            "book": ["profit"] * rows.height,
        }
    )


def _outcomes(rows: pl.DataFrame) -> pl.DataFrame:
    known_at = rows["entry_ts"] + pl.Series(rows["bars_held"] * 3_600_000_000).cast(pl.Duration("us"))
    return Outcomes.frame(
        {
            "signal_id": rows["id"].cast(pl.String),
            "day": known_at.dt.date(),
            "decided_at": rows["entry_ts"],
            "known_at": known_at,
            "net_roi": rows["gross_ret"],
            "net_pnl_usd": rows["gross_ret"],
        }
    )
