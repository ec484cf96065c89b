"""Models: training, artifacts, evaluation by frozen packs, scores of live decisions (SEMANTICS 9).

Question: how likely is a signal to succeed, by what was known when it was decided on?

In: ``datasets.examples`` (labels, weights, features as JSON). Out: a `bundle.Bundle`, its trials, ``models.scores``.

- Rows are sorted by signal and every learner runs in one thread: the same examples and settings give the same bytes.
- Six settings of boosted trees and a logistic regression beside them are tried by walk-forward, purged and embargoed.
  Each is a trial that the gate counts, also one that failed; the least log loss out of fold is chosen.
- Probabilities are calibrated on predictions out of fold (Platt); where those say nothing they are the share of
  successes.
- A trade pays above L / (W + L), the mean loss and win of the examples: fixed in training, never tuned on a pack.
- A bundle is canonical JSON. Its trees are checked and walked by NumPy: no pickle, no native code reads a file, and a
  score needs no XGBoost.

Seed: learn-l2-25 "Algorithms / Logic", "Data & State".
"""
