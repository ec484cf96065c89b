"""Drift: whether what a model sees, says and earns still looks like what it was trained on (SEMANTICS 9).

Question: may a deployed model, or a language model, still be trusted, or has what it was judged on gone?

In: decisions that a model scored with what was known at them, its training (features, its predictions on them, figures
out of fold), outcomes, answers of language models. Out: ``drift.scores`` (one row per day, model, metric and feature)
and ``drift.alerts`` (one row on the day on which something begins).

- Window: the newest days that together hold ``n_recent`` decisions, at least ``days_min`` and at most ``window_days``
  of them. So a busy bot is told within days and a quiet one still has enough to go by.
- PSI: ``sum (p - q) ln(p / q)`` over ``psi_bins`` bins, quantiles of the training, open at both ends, and one for what
  is missing; half a value is added to every count, so that an empty bin is no infinite distance. Values that are many
  (a flag, say) make fewer bins.
- KS: largest distance of the cumulative shares, at ``5 psi_bins`` quantiles of the training, below its least value and
  above its largest; what is missing counts as the largest.
- p: the day is the unit. Days of the window and of the training are exchanged, with the same draws for all features;
  p is the share of exchanges at least as far apart. Draws go on, up to ``draws``, only while p may be small and the
  distance is large enough to matter.
- Decay: by how much Brier score, log loss and the mean net result of trades that the model takes are worse than out of
  fold, on labels known by the end of the day; t on day totals, one-sided. Decisions without a label yet are counted.
- Language models, per prompt pack and version: newest answers against those of the ``reference_days`` before. Shares
  refused and not fitting their schema, latency (KS), cosine distance of the mean embeddings; the same exchange of days.
- Breach: q (Benjamini-Hochberg over all tests of the day) at most ``q``, and a distance of at least its threshold: a
  p says that it is no chance, not that it matters. Alarm: breaches on ``alarm_k`` of ``alarm_m`` days. Too little to
  say anything is null, and no breach.
- Alerts: alarms that begin, ``failures`` failed trainings in a row, no data under a schedule.

Seed: learn-l2-25, 7 "Drift monitoring", 10, 11 (names what drifts, not how it is told from chance).
"""

from learning_pipeline.drift.alarms import begun, open_alarms
from learning_pipeline.drift.served import Reference
from learning_pipeline.drift.settings import DriftSettings
from learning_pipeline.drift.tables import Alerts, Scores
from learning_pipeline.drift.watch import watch

__all__ = ["Alerts", "DriftSettings", "Reference", "Scores", "begun", "open_alarms", "watch"]
