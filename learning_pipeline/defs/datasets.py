"""Assets of the datasets room: what was known at each decision."""

import dagster as dg
import polars as pl

from learning_pipeline.datasets import bars_since, features
from learning_pipeline.datasets.tables import Features
from learning_pipeline.defs.resources import NO_DAYS, Chain
from learning_pipeline.defs.tables import asset_key, materialised, reads, writes
from learning_pipeline.events.decisions import REACH_DAYS
from learning_pipeline.events.tables import DecisionReports, Decisions, Signals
from learning_pipeline.market.tables import Bars


@dg.asset(
    **writes(Features),
    ins={
        "decisions": reads(Decisions),
        "signals": reads(Signals, REACH_DAYS),
        "reports": reads(DecisionReports, REACH_DAYS),
    },
    deps=[asset_key(Bars)],
)
def decision_features(
    chain: Chain, decisions: pl.DataFrame, signals: pl.DataFrame, reports: pl.DataFrame
) -> dg.Output[pl.DataFrame]:
    """What was known at each decision of the run's days; no outcome is read."""
    _, last = chain.days or NO_DAYS
    since = bars_since(decisions)
    bars = chain.lake.read(Bars, since, last) if since else Bars.frame()
    return materialised(Features, features(decisions, signals, reports, bars), alone=True)
