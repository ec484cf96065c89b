"""Posture: how aggressive (A) and how early to exit (E) a bot should be, by what its pattern's trades say.

Question: with which A and E, and so with which size, should this signal be traded now?

In: the postures in force, from ``tuning.strength`` and ``tuning.strength_selections`` (state ``active``). Out: `steer`,
a pure function that a bot imports (this package imports no Polars); no table.

- *Start*: where the signal's flags are given and ``ae_v2_enabled``, A = E = 0.5 + the deltas of its flags (settings);
  else the bot's own A and E.
- *Match*: postures of the signal's pattern whose scope is a subset of its scope, ``active_from <= t < expires_at``.
  Where any has confidence >= 0.40 the others are left out.
- *Blend*: weights ``w = (scope dimensions + 1) * confidence``; dir_a, dir_e and confidence are weighted means. All
  weights 0: nothing changes.
- *Steer*: ``steer = min(0.03 + 0.20 confidence, 0.22)``, delta = steer * dir (for A, ``base_bias`` * mean ROI more; off
  by default). Headroom: ``x + d (1 - x)`` up, ``x + d x`` down, within [0, 1]. A lean of the same strength moves what
  is already extreme less, so nothing is ever cut off.
- *Size*: ``0.10 + 0.50 A`` of the full position. Nothing else scales it.

Seed: learning-update-plan "PM Strength Learning System Improvements", "A/E v2 Enablement".
"""

from learning_pipeline.posture.index import Index
from learning_pipeline.posture.posture import Delta, Document, Posture, Rules, read_document
from learning_pipeline.posture.steer import Steered, steer

__all__ = ["Delta", "Document", "Index", "Posture", "Rules", "Steered", "read_document", "steer"]
