"""What a bot should use instead of its own thresholds, who said so, and until when.

Question: which limit is in force for this decision, by which override, and what would it have been without?

In: approved rows of ``analysis.proposals``, ``tuning.selections``. Out: ``overrides.selected`` (what the evidence
chose), ``overrides.overrides``, ``overrides.transitions``, ``overrides.approvals``: copies of the ledger, for analysts
together with what the evidence chose; and `apply`, a pure function that a bot imports (this
package imports no Polars).

- An override is one policy: a row per gate that it changes, all under one ``override_id``. A gate is dropped, gets a
  new limit (``threshold``), its base limit times a factor (``scale``) or plus a step (``delta``): exactly what was
  simulated, whatever the bot's base is today. One that a lesson selected has a row per lever, with delta 0 for those
  it leaves alone: so what wins per gate is always one policy that was simulated. ``delta``, ``base_threshold``,
  ``effective_threshold`` and ``multiplier`` (clamped to [0.5, 2]) say the same in numbers where the base limit was one
  known value; else they are null.
- *Applying*: an override counts for a decision at instant t where ``active_at <= t < expires_at``, its pattern is the
  decision's (null: any), its scope is a subset of the decision's, and none of its ``no_change_scopes`` is. Per gate the
  most specific one wins (number of scope dimensions, a named pattern counts as one), then larger n, then the newer,
  then the smaller id. Nothing is blended, and every override starts from the base limit: they never stack.
- *Lifecycle*: approved by a named person (route ``approved``) it is ``active`` for 90 days, then ``retired``. One that
  a lesson selected follows the lifecycle of the tuning room (routes ``permutation``, ``forward``).

Seed: learning-update-plan "Override Selection Behavior", learning-engine "Feedback Loop".
"""

from learning_pipeline.overrides.apply import Applied, apply
from learning_pipeline.overrides.index import Index
from learning_pipeline.overrides.override import Override, read_overrides

__all__ = ["Applied", "Index", "Override", "apply", "read_overrides"]
