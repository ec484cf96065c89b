"""Verdicts: what blocking saved and cost, and how sure that is.

Question: which guards save money, which cost money, and what does blocking as a whole miss?

In: ``events.decisions``, ``events.gates``, ``shadow.outcomes``. Out: ``analysis.guard_effectiveness``,
``analysis.opportunity_cost``.

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

A block of unknown cause stands under no guard, but counts in the opportunity cost. A row depends on nothing known
after its as_of, on no other as_of and on no order of rows, to the bit: each window is summed from its own day totals,
each day by signal_id.

Seed: learning-engine "Guard Effectiveness", "Blocked Trade Analysis".
"""

from learning_pipeline.analysis.guards import guard_effectiveness
from learning_pipeline.analysis.opportunity import opportunity_cost
from learning_pipeline.analysis.settings import AnalysisSettings
from learning_pipeline.analysis.tables import GuardEffectiveness, OpportunityCost

__all__ = ["AnalysisSettings", "GuardEffectiveness", "OpportunityCost", "guard_effectiveness", "opportunity_cost"]
