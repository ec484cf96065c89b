"""Evaluation: a frozen pack and the artifact's own bytes in, gates with what was measured out.

Question: is this model better than what the bot did, by more than chance, once everything that was tried is counted?

In: a `Bundle` read of the artifact's bytes, a `Pack`, the recorded trials, the manifest of the training's dataset. No
figure is accepted from outside: every metric is computed here.

- A model takes an example where its probability exceeds its own threshold. Results are daily sums of net returns at one
  notional, by the day on which they were known; days without a trade count 0.
- Gates, all of which must hold: the Sharpe ratio is above the baseline's by a threshold *at the lower bound* of a
  paired block bootstrap; above that of taking every signal; no deeper drawdown than the baseline's and a tolerance;
  deflated Sharpe ratio with the number of **all** recorded trials of the type, failed ones too; probability of backtest
  overfitting over the grid of its training; a minimum of trades.
- Why two comparisons and an absolute gate: beside a losing baseline whoever trades less looks better, and beside a
  winning one whoever trades more does. The deflated ratio refuses the first, the comparison with every signal the
  second.
- Not evaluated at all (`EvaluationFailed`) where training saw the windows, features are missing, or the pack is too
  small.
- Prompt packs: share of schema-valid answers and of claims with a citation, above the baseline version's at the lower
  bound of an interval over days.

Seeds: learn-l2-25 sections 3, 7 (SEMANTICS 9).
"""
