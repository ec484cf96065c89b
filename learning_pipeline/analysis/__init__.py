"""Verdicts: what blocking saved and cost, which strategies earn, how fast signals are executed, and how sure that is.

Question: which guards save money, which cost money, what does blocking as a whole miss, which strategy earns most,
how long does a signal wait for its execution, what does waiting cost, and what did signals that expired or were
cancelled miss?

In: ``events.decisions``, ``events.gates``, ``shadow.outcomes``; ``events.signals``, ``events.orders``,
``events.fills``, ``events.trades``; ``shadow.missed_outcomes``, ``shadow.delayed_outcomes``. Out, of ``guards/``:
``analysis.guard_effectiveness``, ``analysis.opportunity_cost``; of ``strategies/``: ``analysis.signal_decay``,
``analysis.strategy_leaderboard``; of ``missed/``: ``analysis.missed_opportunities``, ``analysis.edge_decay``.

As of day D and for a window of W days the cohort is: decisions of the books in the settings whose ``decided_at`` lies
in the W days up to and including D, in the version in force on D. A decision is settled where the newest outcome
known by D is of that version, pending where it is not, unlabelled where nothing can be simulated. Over net PnL of
settled rows:

- ``missed_profit`` = sum of winners, ``avoided_loss`` = minus the sum of losers, ``net_saved`` = avoided - missed,
  ``net_opportunity_cost`` = missed - avoided.
- *Gross* attribution: all decisions that the guard was among the blockers of. *Marginal*: those it alone blocked,
  that is, what dropping it would swap in (`policy.GateMatrix`). *Shapley*: each decision's PnL split equally among
  its blockers, which is exact where any one of them suffices to block.
- Where the guard was first to block a decision whose other gates are not all known, what it alone blocked is not
  known either: marginal is null and lies between complete rows' saving minus the missed profit and plus the avoided
  loss of the incomplete ones. The verdict is then of the guard as it stands in its chain (``basis`` =
  ``first_blocker``): minus the net PnL of all that it was first to block.
- Interval and p: t on the W day totals (`stats`), null for one day and where nothing is settled. q:
  Benjamini-Hochberg over the guards of one as_of and window. ``saves`` or ``costs`` at q <= 0.05 with at least 10
  active days, else ``inconclusive``.

Strategies, `*` for all of them:

- *Decay*: of the cohort, those with a fill known by D are executed, at their first one. A fill is of the signal that it
  names, else of its order's or its trade's. ``drift_bps`` is its price against the decision's, positive where worse
  for the trader, over those whose price at the decision is known. ``expired_share`` is of all that were decided.
- *Leaderboard*, real: newest revisions of the trades closed in the W days, net PnL as the bot reports it; pending are
  the cohort's executed signals with a trade not known to be closed. Shadow: net PnL of the cohort, approved and
  blocked alike: the strategy without any guard; expired and cancelled are in neither. Interval as above, on the days
  of the close or of the decision. A trade without a strategy counts under its signal's.

Too late, `*` for all strategies:

- *Missed opportunities*: of the cohort, the expired and the cancelled, each as if its signal had been taken when it was
  made (`shadow`); otherwise as the opportunity cost.
- *Edge decay*: the cohort of the shadow leaderboard, entered d bars later. Its delays are known together, so that every
  delay has the same n; what cannot be entered any more earns 0 and stays in n. ``delay_cost_usd`` is the total at once
  minus the total later, its interval of the day totals of that difference.

A block of unknown cause stands under no guard, but counts in the opportunity cost. A row depends on nothing known
after its as_of, on no other as_of and on no order of rows, to the bit: each window is summed from its own day totals,
each day by signal_id.

Seed: learning-engine "Guard Effectiveness", "Blocked Trade Analysis", "Signal Decay", "Strategy Leaderboard",
"Missed Opportunity Tracking".
"""

from learning_pipeline.analysis.guards.effectiveness import guard_effectiveness
from learning_pipeline.analysis.guards.opportunity import opportunity_cost
from learning_pipeline.analysis.guards.tables import GuardEffectiveness, OpportunityCost
from learning_pipeline.analysis.missed.edge import edge_decay
from learning_pipeline.analysis.missed.opportunities import missed_opportunities
from learning_pipeline.analysis.missed.tables import EdgeDecay, MissedOpportunities
from learning_pipeline.analysis.settings import AnalysisSettings
from learning_pipeline.analysis.strategies.decay import signal_decay
from learning_pipeline.analysis.strategies.leaderboard import strategy_leaderboard
from learning_pipeline.analysis.strategies.tables import SignalDecay, StrategyLeaderboard

__all__ = [
    "AnalysisSettings",
    "EdgeDecay",
    "GuardEffectiveness",
    "MissedOpportunities",
    "OpportunityCost",
    "SignalDecay",
    "StrategyLeaderboard",
    "edge_decay",
    "guard_effectiveness",
    "missed_opportunities",
    "opportunity_cost",
    "signal_decay",
    "strategy_leaderboard",
]
