"""Decide again: the one counterfactual operation.

Question: which answers would have been different under other gates, and what would that have earned?

Guard effectiveness, what-if scenarios and threshold tuning all ask this; it is answered here and nowhere else.

In: ``events.decisions`` (one version per signal), ``events.gates``, ``events.signals`` (score components),
``shadow.outcomes``. Out: frames of this room's
own, no table of the lake.

- A `Policy` drops gates, gives them new limits, multiplies their ``base_threshold`` (never the limit in force:
  overrides do not stack), or compares with it another sum of the signal's score components than the bot's.
- A gate passes where it is dropped; where it is unchanged and passed; where it is changed and ``value op limit``
  holds. It is unknown where it was never evaluated, or where it is changed and its value (a component with a weight
  other than 0), comparator or base was not recorded.
- A *blocked* decision is blocked again where any gate is known to fail, else unknown where any gate is unknown or not
  all gates were recorded, else approved. Names in ``blocked_by`` and ``blocker_component`` without a failing row of
  their own fail too and can be dropped by name. A block with no known cause stays blocked under the empty policy and
  is unknown under every other one.
- An *approved* decision stays approved unless a changed gate now fails (blocked) or cannot be told (unknown). A gate
  that failed when it was approved had been overruled on purpose (exploration) and binds under no policy.
- ``expired`` and ``cancelled`` decisions take no part.

Swap-set: kept, swapped in, swapped out, still blocked, unknown.

Seed: learning-engine "What-If Scenarios", learning-update-plan "Tuning" (the counterfactual of each lesson).
"""

from learning_pipeline.policy.columns import GateColumn
from learning_pipeline.policy.matrix import APPROVED, BLOCKED, UNKNOWN, GateMatrix
from learning_pipeline.policy.policy import Policy
from learning_pipeline.policy.redecide import redecide
from learning_pipeline.policy.swap import SWAPS, swap_codes, swap_set, with_swap

__all__ = [
    "APPROVED",
    "BLOCKED",
    "SWAPS",
    "UNKNOWN",
    "GateColumn",
    "GateMatrix",
    "Policy",
    "redecide",
    "swap_codes",
    "swap_set",
    "with_swap",
]
