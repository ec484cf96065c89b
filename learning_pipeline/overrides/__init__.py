"""What a bot should use instead of its own thresholds, who said so, and until when.

Question: which limit is in force for this decision, by which override, and what would it have been without?

In: approved rows of ``analysis.proposals``. Out: ``overrides.overrides``, ``overrides.transitions``,
``overrides.approvals``: copies of the ledger for analysts; and `apply`, a pure function that a bot imports (this
package imports no Polars).

- An override is one policy: a row per gate that it changes, all under one ``override_id``. A gate is dropped, gets a
  new limit (``threshold``), or its base limit times a factor (``scale``): exactly what was simulated, whatever the
  bot's base is today. ``delta``, ``base_threshold``, ``effective_threshold`` and ``multiplier`` (clamped to [0.5, 2])
  say the same in numbers where the base limit was one known value; else they are null.
- *Applying*: an override counts for a decision at instant t where ``selected_at <= t < expires_at``, its pattern is the
  decision's (null: any), and its scope is a subset of the decision's. Per gate the most specific one wins (number of
  scope dimensions, a named pattern counts as one), then larger n, then the newer, then the smaller id. Nothing is
  blended, and every override starts from the base limit: they never stack.
- *Lifecycle*: approved by a named person (route ``approved``) it is ``active`` for 90 days, then ``retired``.

Seed: learning-update-plan "Override Selection Behavior", learning-engine "Feedback Loop".
"""

from learning_pipeline.overrides.apply import Applied, apply
from learning_pipeline.overrides.override import Override, read_overrides

__all__ = ["Applied", "Override", "apply", "read_overrides"]
