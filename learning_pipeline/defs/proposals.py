"""Asset of the proposals: what the evidence asks for, and nobody has decided yet."""

from typing import Any

import dagster as dg
import polars as pl

from learning_pipeline.analysis.calibration.tables import Calibration
from learning_pipeline.analysis.guards.tables import GuardEffectiveness
from learning_pipeline.analysis.proposals.proposals import proposals as propose
from learning_pipeline.analysis.proposals.tables import Proposals
from learning_pipeline.analysis.what_if.tables import WhatIf
from learning_pipeline.contracts import days_between
from learning_pipeline.defs.resources import Chain
from learning_pipeline.defs.tables import asset_key, materialised, reads, writes
from learning_pipeline.events.tables import Gates

WINDOW = "analysis.windows"
SHOWN = ["as_of", "kind", "target", "expected_delta_usd", "ci_low_usd", "ci_high_usd", "q_value", "state"]
"""What a person wants to see of a proposal first."""


@dg.asset(
    **writes(Proposals),
    ins={
        "guards": reads(GuardEffectiveness, and_days=1),
        "what_if": reads(WhatIf, and_days=1),
        "calibration": reads(Calibration, and_days=1),
        "gates": reads(Gates, WINDOW, and_days=1),
    },
)
def proposals(
    chain: Chain, guards: pl.DataFrame, what_if: pl.DataFrame, calibration: pl.DataFrame, gates: pl.DataFrame
) -> dg.Output[Any]:
    """Changes of gates that the evidence supports, as of each day; nothing takes effect by itself."""
    as_ofs = days_between(*chain.days) if chain.days else []
    rows = propose(guards, what_if, calibration, gates, as_ofs, chain.analysis)
    latest = rows.filter(pl.col("as_of").is_in(as_ofs[-1:])).select(SHOWN)
    n_open = latest["state"].eq("open").sum()
    return materialised(Proposals, rows, alone=True, shown=latest, n_open=n_open, n_withdrawn=latest.height - n_open)


@dg.asset_check(asset=asset_key(Proposals), blocking=True)
def proposals_gain_for_sure(proposals: pl.DataFrame) -> dg.AssetCheckResult:
    """Every proposal's interval lies above 0 and holds what is expected."""
    holds = pl.col("expected_delta_usd").is_between(pl.col("ci_low_usd"), pl.col("ci_high_usd"))
    wrong = proposals.filter(~holds | (pl.col("ci_low_usd") <= 0))
    return dg.AssetCheckResult(passed=wrong.is_empty(), metadata={"n_wrong": wrong.height})
