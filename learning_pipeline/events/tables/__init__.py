"""Tables of what bots sent, one per event type; what is derived of them; and what became of each delivered line.

The wire format of an event (CONTRACTS 1) is read off these classes by ``events.wire``: a nullable column is an optional
field, ``isin`` an enumeration, a ``json`` column an object kept as canonical JSON text (sorted keys, no spaces).
"""

from learning_pipeline.events.tables.answers import DecisionReports, Signals
from learning_pipeline.events.tables.bookkeeping import Deliveries, Quarantine
from learning_pipeline.events.tables.derived import OPERATORS, Decisions, Gates, TradesFromFills, Unmatched
from learning_pipeline.events.tables.event import BOOKS, DECISION_WORDS, Booked, Event
from learning_pipeline.events.tables.reports import (
    AiResponses,
    AnalyticsReports,
    EpisodeOutcomes,
    Experiments,
    JudgeActions,
    Setups,
)
from learning_pipeline.events.tables.trading import Blocks, Fills, Orders, Portfolio, Positions, Trades

__all__ = [
    "BOOKS",
    "DECISION_WORDS",
    "EVENT_TABLES",
    "OPERATORS",
    "AiResponses",
    "AnalyticsReports",
    "Blocks",
    "Booked",
    "DecisionReports",
    "Decisions",
    "Deliveries",
    "EpisodeOutcomes",
    "Event",
    "Experiments",
    "Fills",
    "Gates",
    "JudgeActions",
    "Orders",
    "Portfolio",
    "Positions",
    "Quarantine",
    "Setups",
    "Signals",
    "Trades",
    "TradesFromFills",
    "Unmatched",
]

EVENT_TABLES: dict[str, type[Event]] = {
    "signal": Signals,
    "decision": DecisionReports,
    "order_submitted": Orders,
    "fill": Fills,
    "trade_blocked": Blocks,
    "trade_closed": Trades,
    "position": Positions,
    "portfolio_snapshot": Portfolio,
    "episode_outcome": EpisodeOutcomes,
    "setup": Setups,
    "experiment": Experiments,
    "judge_action": JudgeActions,
    "ai_response": AiResponses,
    "analytics_report": AnalyticsReports,
}
"""Table of each event type of CONTRACTS 1."""
