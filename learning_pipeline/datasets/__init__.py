"""Datasets: labelled examples of signals, with everything known at the decision and nothing later (SEMANTICS 9).

Question: what did a bot know when it decided, what came of it, and how does one learn of that without fooling oneself?

In: ``events.decisions``, ``events.signals``, ``events.decision_reports``, ``market.bars``, ``shadow.outcomes``,
``events.ai_responses``. Out: ``datasets.features`` in every run; ``datasets.examples`` and the files of a dataset where
somebody asks for one.

- *Features* (`features`): what was told at or before ``decided_at`` and of bars that had closed by then; a report that
  came later on the same day is not in them, though it is in ``events.decisions`` and ``events.gates``. The prefix of a
  name is its origin: ``signal_ score_ flag_ gate_ plan_ market_ clock_ bar_``. Missing and null are both unknown.
- *Labels* (`examples`): the barrier label is the outcome of ``shadow``, after costs; ``label_end`` is the close of the
  exit bar, ``known_at`` may be later (a ttl over a weekend is known to be over on Sunday). Horizon labels (`horizons`)
  are gross, from the entry to the first close at or after so many days. As of a day, whatever was known by its end.
- *Weights* (`uniqueness`): labels that overlap share prices; each counts as its average uniqueness within its market,
  over time. Their sum is the effective number of examples.
- *Splits* (`splits`): walk-forward and combinatorial, purged and embargoed, and checked label by label whenever they
  are made. Without purging, 20-bar labels in a world without any edge have an AUC of .85 (measured in the tests).
- *Identity* (`dataset`): SHA-256 over configuration and content. The manifest tells counts, class balance, columns (a
  feature that nothing is known of is dropped), splits, and per feature what a leak would show in (`leakage`).
- *Kinds*: ``signal``; ``prompt_eval`` and ``rag_eval`` (`answers`) are the answers of language models, by prompt pack.
- *Retention* (`retention`): by age, but never while an artifact that stands, or one of the newest, was trained on it.
"""

from learning_pipeline.datasets.answers import answers
from learning_pipeline.datasets.dataset import Dataset, Window, dataset_of, telling
from learning_pipeline.datasets.examples import build
from learning_pipeline.datasets.features import bars_since, features
from learning_pipeline.datasets.retention import expired, pins
from learning_pipeline.datasets.tables import Examples, Features, Manifests, PromptAnswers, RagAnswers

__all__ = [
    "Dataset",
    "Examples",
    "Features",
    "Manifests",
    "PromptAnswers",
    "RagAnswers",
    "Window",
    "answers",
    "bars_since",
    "build",
    "dataset_of",
    "expired",
    "features",
    "pins",
    "telling",
]
