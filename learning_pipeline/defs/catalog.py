"""Every table of the chain and every room's settings."""

from learning_pipeline.adapters.settings import ImportsSettings
from learning_pipeline.allocation import AllocationSettings, Positions, TimeframeAllocation, TimeframeRoi
from learning_pipeline.analysis.calibration.tables import Calibration
from learning_pipeline.analysis.exploration.tables import GuardValue
from learning_pipeline.analysis.guards.tables import GuardEffectiveness, OpportunityCost, UnrecordedGuards
from learning_pipeline.analysis.missed.tables import EdgeDecay, MissedOpportunities
from learning_pipeline.analysis.proposals.tables import Proposals
from learning_pipeline.analysis.settings import AnalysisSettings
from learning_pipeline.analysis.strategies.tables import SignalDecay, StrategyLeaderboard
from learning_pipeline.analysis.what_if.tables import SwapSets, WhatIf
from learning_pipeline.books.learning.tables import Blocks, ExperimentPnl, OpenRisk, Pnl, Risk
from learning_pipeline.books.research.tables import (
    Attributions,
    ExperimentRequests,
    Experiments,
    ResearchBudget,
    ResearchTrades,
)
from learning_pipeline.books.settings import BooksSettings
from learning_pipeline.contracts import Settings, Table
from learning_pipeline.datasets.settings import DatasetsSettings
from learning_pipeline.datasets.tables import Examples, Features, Manifests
from learning_pipeline.drift import Alerts
from learning_pipeline.drift import Scores as DriftScores
from learning_pipeline.drift.settings import DriftSettings
from learning_pipeline.events.tables import (
    EVENT_TABLES,
    Decisions,
    Deliveries,
    Gates,
    Quarantine,
    TradesFromFills,
    Unmatched,
)
from learning_pipeline.market.tables import Bars
from learning_pipeline.models.settings import ModelsSettings
from learning_pipeline.models.tables import Artifacts, Evaluations, Scores
from learning_pipeline.overrides.tables import Approvals, Overrides, Selected, Transitions
from learning_pipeline.playbooks.settings import PlaybooksSettings
from learning_pipeline.playbooks.tables import Evidence, Suggestions, Validation
from learning_pipeline.posture.settings import PostureSettings
from learning_pipeline.rollout.settings import RolloutSettings
from learning_pipeline.rollout.tables import Approvals as RolloutApprovals
from learning_pipeline.rollout.tables import Audit, Deployments
from learning_pipeline.shadow.settings import ShadowSettings
from learning_pipeline.shadow.tables import DelayedOutcomes, MissedOutcomes, MissedPending, Outcomes, Pending
from learning_pipeline.stores.counted import Counted
from learning_pipeline.stores.warehouse import newest_rows
from learning_pipeline.tuning import Lessons, Rule, Selections, TuningSettings
from learning_pipeline.tuning import Transitions as Moves
from learning_pipeline.tuning.strength import Strength, StrengthSelections

LANDED: list[type[Table]] = [*EVENT_TABLES.values(), Bars, Quarantine, Deliveries]
"""Tables that ingestion writes; deliveries last: a file that is listed there is wholly in."""

ANALYSED: list[type[Table]] = [GuardEffectiveness, UnrecordedGuards, OpportunityCost, WhatIf, SwapSets, SignalDecay]
ANALYSED += [StrategyLeaderboard, MissedOpportunities, EdgeDecay, GuardValue, Calibration, Proposals]
TUNED: list[type[Table]] = [Lessons, Selections, Moves, Strength, StrengthSelections]
DECIDED: list[type[Table]] = [Selected, Overrides, Transitions, Approvals]
SIMULATED: list[type[Table]] = [Outcomes, Pending, DelayedOutcomes, MissedOutcomes, MissedPending]
ALLOCATED: list[type[Table]] = [TradesFromFills, TimeframeRoi, TimeframeAllocation, Positions]
BOOKED: list[type[Table]] = [Pnl, ExperimentPnl, Blocks, Risk, OpenRisk]
BOOKED += [ResearchTrades, ResearchBudget, Attributions, Experiments, ExperimentRequests]
CLAIMED: list[type[Table]] = [Evidence, Validation, Suggestions]
LEARNED: list[type[Table]] = [Features, Examples, Scores]
GOVERNED: list[type[Table]] = [Artifacts, Evaluations, Manifests, Deployments, RolloutApprovals, Audit]
DRIFTED: list[type[Table]] = [DriftScores, Alerts]
DERIVED: list[type[Table]] = [Decisions, Gates, Unmatched, *SIMULATED, *ANALYSED, *TUNED, *DECIDED, *ALLOCATED]
DERIVED += [*BOOKED, *CLAIMED, *LEARNED, *GOVERNED, *DRIFTED]
TABLES = [*LANDED, *DERIVED]

COUNTED = Counted(EVENT_TABLES, DriftScores, Alerts)
"""What metrics are read off."""

SETTINGS: dict[str, type[Settings]] = {
    "imports": ImportsSettings,
    "shadow": ShadowSettings,
    "analysis": AnalysisSettings,
    "tuning": TuningSettings,
    "overrides": Rule,
    "allocation": AllocationSettings,
    "posture": PostureSettings,
    "books": BooksSettings,
    "playbooks": PlaybooksSettings,
    "datasets": DatasetsSettings,
    "models": ModelsSettings,
    "rollout": RolloutSettings,
    "drift": DriftSettings,
}

_STILL_OPEN = """SELECT * FROM lake."shadow.pending" WHERE as_of = (SELECT max(as_of) FROM lake."shadow.pending")"""
_ANSWERS_THAT_HOLD = """
    SELECT proposal_id, answer FROM lake."overrides.approvals"
    WHERE (holds_until AT TIME ZONE 'UTC')::DATE > (SELECT max(as_of) FROM lake."analysis.opportunity_cost")
    QUALIFY decided_at = max(decided_at) OVER (PARTITION BY proposal_id)
"""
VIEWS = {
    "shadow.outcomes": f"""
        WITH still_open AS ({_STILL_OPEN})
        SELECT * FROM {{copied}} WHERE signal_id NOT IN (SELECT signal_id FROM still_open)
        QUALIFY known_at = max(known_at) OVER (PARTITION BY signal_id)
        UNION ALL BY NAME SELECT day, signal_id, decided_at, 'open' AS outcome FROM still_open
    """,  # noqa: S608  # constant names
    "analysis.proposals": f"""
        SELECT * EXCLUDE (answer) REPLACE (coalesce(answer, state) AS state)
        FROM ({newest_rows(Proposals)}) LEFT JOIN ({_ANSWERS_THAT_HOLD}) USING (proposal_id)
    """,  # noqa: S608  # constant names
    "playbooks.evidence": "SELECT * FROM {copied} WHERE day = (SELECT max(day) FROM {copied})",
    "allocation.positions": """
        SELECT * FROM {copied} WHERE day = (SELECT max(day) FROM lake."allocation.timeframe_roi")
    """,
    "overrides.overrides": """
        SELECT * FROM {copied}
        UNION ALL BY NAME (
            SELECT * FROM lake."overrides.selected" QUALIFY day = max(day) OVER (PARTITION BY override_id)
        )
    """,
    "overrides.transitions": """
        SELECT * FROM {copied} UNION ALL BY NAME SELECT * FROM lake."tuning.transitions"
    """,
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

Outcomes: one row per signal, the newest pending ones as `open`; later entries: one row per signal and delay.
Proposals: one row each, with a person's answer. Overrides and their transitions: those that people approved and those
that the evidence chose, as they stand. Positions: those of the newest day.
"""
