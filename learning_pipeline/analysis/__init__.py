"""Verdicts: what blocking saved and cost, which strategies earn, how fast signals are executed, and how sure that is.

Question: which guards save money, which cost money, what does blocking as a whole miss, what if the gates had been
others, which strategy earns most, how long does a signal wait for its execution, what does waiting cost, what did
signals that expired or were cancelled miss, and how far is simulated money from real money?

In: ``events.decisions``, ``events.gates``, ``shadow.outcomes``; ``events.signals``, ``events.orders``,
``events.fills``, ``events.trades``, ``events.analytics_reports``; ``shadow.missed_outcomes``,
``shadow.delayed_outcomes``. Out, of ``guards/``: ``analysis.guard_effectiveness``, ``analysis.unrecorded_guards``,
``analysis.opportunity_cost``; of ``what_if/``: ``analysis.what_if``,
``analysis.swap_sets``; of ``strategies/``: ``analysis.signal_decay``, ``analysis.strategy_leaderboard``; of
``missed/``: ``analysis.missed_opportunities``, ``analysis.edge_decay``; of ``exploration/``: ``analysis.guard_value``;
of ``calibration/``: ``analysis.calibration``; of ``proposals/``: ``analysis.proposals``.

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
  active days, else ``inconclusive``. On 2,000 planted worlds of 40 and of 90 days intervals cover .94 to .95, and a
  guard that does nothing gets a verdict in .04 to .06; where more is blocked on the days that are good for what is
  blocked, intervals cover .91 to .95 (`make worlds` prints it all).

A guard of which a bot tells only how often it came into force (figure ``guard_locks`` of an ``analytics_report``, with
the guard's name as label) is ``not_evaluable``: what it blocked is not written down, and is not guessed.

What if (`what_if/` says how): each scenario of the settings decides the cohort again (`policy.GateMatrix`); its delta
is the net PnL swapped in minus swapped out, with the interval above and q over the scenarios, once with capital for
everything and once as far as a book of ``capital_usd`` and ``max_open_positions`` goes.

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

Exploration (`GuardValue`): what a guard saved, told from real trades of the blocked signals that a bot admits by chance
and writes down the probability of (``propensity``: with which just that answer was drawn). Looked at are decisions
that the guard alone stood against, blocked or admitted (any other answer although the gate had failed), with a chance
of admission ``e`` and a settled shadow outcome ``m``; those without either stand beside them as counts. ``y`` is the
ROI of an admission's closed trades on the decision's own size: a small learning trade is no bias.

- ``shadow``: sum of ``m`` over what stayed blocked, ``dm`` of all; ``ipw``: of ``y/e`` over the admitted; ``snipw``:
  their weighted mean times all; ``aipw``: ``dm`` and ``(y - m)/e`` of each admitted. The first two believe the
  simulator; the others need it only to be narrow, or not at all. All with the interval above, `snipw`'s linearised.
- An admission is never left out because of what came of it: one that found no entry counts 0, one whose trade is still
  open counts its shadow outcome (more than 5 % of these: refused).
- Refused, with the first reason that holds (`REASONS`): nothing written down, no overlap, under 30 admissions or 20
  days, and where the draws do not agree (p < 0.01) with what was written down: a budget that cuts admissions off
  belongs into the propensity; behind a nominal one (.3, 12 of 100 a day) the interval of ``aipw`` covers .32.
- On 2,000 planted worlds (60 days, propensity .1, 20 and 60 blocked a day, a simulator that promises too much) the
  interval of ``aipw`` covers the true value in .95 of them, that of the simulator's sums in .01 and in none.

Calibration: ``bias`` = real - shadow over approved decisions with a closed trade and a settled shadow outcome, both on
the decision's own size, by day of the decision. Admissions of exploration are approved too and are in.

A block of unknown cause stands under no guard, but counts in the opportunity cost. A row depends on nothing known
after its as_of, on no other as_of and on no order of rows, to the bit: each window is summed from its own day totals,
each day by signal_id.

*Proposals*, of the longest window: ``drop_guard`` for every guard with the verdict ``costs``; ``threshold`` for every
scenario that only moves or scales limits, with q <= 0.05 over all scenarios, an interval above 0, and a gain with
limited capital too. The id is of kind, target and change: the same on every day. ``open`` on each day that supports it,
``withdrawn`` on the first that does not. Nothing takes effect by itself: a named person approves (`overrides`).

Seed: learning-engine "Guard Effectiveness", "Blocked Trade Analysis", "What-If Scenarios", "Signal Decay", "Strategy
Leaderboard", "Missed Opportunity Tracking".
"""

from learning_pipeline.analysis.calibration.calibrate import calibrate
from learning_pipeline.analysis.calibration.pairs import calibration_pairs
from learning_pipeline.analysis.calibration.tables import Calibration
from learning_pipeline.analysis.exploration.guard_value import guard_value
from learning_pipeline.analysis.exploration.tables import GuardValue
from learning_pipeline.analysis.guards.effectiveness import guard_effectiveness
from learning_pipeline.analysis.guards.opportunity import opportunity_cost
from learning_pipeline.analysis.guards.tables import GuardEffectiveness, OpportunityCost, UnrecordedGuards
from learning_pipeline.analysis.guards.unrecorded import unrecorded_guards
from learning_pipeline.analysis.missed.edge import edge_decay
from learning_pipeline.analysis.missed.opportunities import missed_opportunities
from learning_pipeline.analysis.missed.tables import EdgeDecay, MissedOpportunities
from learning_pipeline.analysis.settings import AnalysisSettings
from learning_pipeline.analysis.strategies.decay import signal_decay
from learning_pipeline.analysis.strategies.leaderboard import strategy_leaderboard
from learning_pipeline.analysis.strategies.tables import SignalDecay, StrategyLeaderboard

__all__ = [
    "AnalysisSettings",
    "Calibration",
    "EdgeDecay",
    "GuardEffectiveness",
    "GuardValue",
    "MissedOpportunities",
    "OpportunityCost",
    "SignalDecay",
    "StrategyLeaderboard",
    "UnrecordedGuards",
    "calibrate",
    "calibration_pairs",
    "edge_decay",
    "guard_effectiveness",
    "guard_value",
    "missed_opportunities",
    "opportunity_cost",
    "signal_decay",
    "strategy_leaderboard",
    "unrecorded_guards",
]
