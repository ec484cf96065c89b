"""Every table of the chain and every room's settings."""

from learning_pipeline.analysis.calibration.tables import Calibration
from learning_pipeline.analysis.exploration.tables import GuardValue
from learning_pipeline.analysis.guards.tables import GuardEffectiveness, OpportunityCost
from learning_pipeline.analysis.missed.tables import EdgeDecay, MissedOpportunities
from learning_pipeline.analysis.settings import AnalysisSettings
from learning_pipeline.analysis.strategies.tables import SignalDecay, StrategyLeaderboard
from learning_pipeline.contracts import Settings, Table
from learning_pipeline.events.tables import EVENT_TABLES, Decisions, Deliveries, Gates, Quarantine, Unmatched
from learning_pipeline.market.tables import Bars
from learning_pipeline.shadow.settings import ShadowSettings
from learning_pipeline.shadow.tables import DelayedOutcomes, MissedOutcomes, MissedPending, Outcomes, Pending

LANDED: list[type[Table]] = [*EVENT_TABLES.values(), Bars, Quarantine, Deliveries]
"""Tables that ingestion writes; deliveries last: a file that is listed there is wholly in."""

ANALYSED: list[type[Table]] = [GuardEffectiveness, OpportunityCost, SignalDecay, StrategyLeaderboard]
ANALYSED += [MissedOpportunities, EdgeDecay, GuardValue, Calibration]
SIMULATED: list[type[Table]] = [Outcomes, Pending, DelayedOutcomes, MissedOutcomes, MissedPending]
DERIVED: list[type[Table]] = [Decisions, Gates, Unmatched, *SIMULATED, *ANALYSED]
TABLES = [*LANDED, *DERIVED]

SETTINGS: dict[str, type[Settings]] = {"shadow": ShadowSettings, "analysis": AnalysisSettings}

_STILL_OPEN = """SELECT * FROM lake."shadow.pending" WHERE as_of = (SELECT max(as_of) FROM lake."shadow.pending")"""
VIEWS = {
    "shadow.outcomes": f"""
        WITH still_open AS ({_STILL_OPEN})
        SELECT * FROM {{copied}} WHERE signal_id NOT IN (SELECT signal_id FROM still_open)
        QUALIFY known_at = max(known_at) OVER (PARTITION BY signal_id)
        UNION ALL BY NAME SELECT day, signal_id, decided_at, 'open' AS outcome FROM still_open
    """,  # noqa: S608  # constant names
    "shadow.delayed_outcomes": f"""
        WITH newest AS (
            SELECT * FROM {{copied}} WHERE signal_id NOT IN (SELECT signal_id FROM ({_STILL_OPEN}))
            QUALIFY known_at = max(known_at) OVER (PARTITION BY signal_id)
        )
        SELECT * REPLACE (
            unnest(delay_bars) AS delay_bars, unnest(entry_price) AS entry_price,
            unnest(net_pnl_usd) AS net_pnl_usd, unnest(net_r) AS net_r
        ) FROM newest
    """,  # noqa: S608  # constant names
}
"""Tables shown to analysts otherwise than as copied.

One row per signal, the newest pending ones as `open`; one row per signal and delay.
"""
