"""Strength lessons: which way a pattern's closed trades say to lean, and which of that is more than luck.

Question: should this pattern be traded more or less aggressively (A), and exited earlier or later (E)?

In: ``events.trades``. Out: ``tuning.strength``, ``tuning.strength_selections``; what steers is read by `posture`.

- A *lesson* is a pattern and a scope slice with at least ``n_min`` closed trades of known direction in
  ``lookback_days`` up to the end of the day, as known then; each ``trade_id`` once, in its newest version. Only trades
  of the setting ``books`` count.
- *Direction* of a trade (A, E): ROI <= 0 and not trimmed (-1, 0), trimmed (-1, +1); ROI > 0 and S3 reached (+1, -1),
  not reached (0, 0). Where the deciding flag is not known the trade is left out and counted (``n_unclear``).
- ``dir_a``, ``dir_e``: means weighted by ``tanh(|roi| / 0.10)``, 0 where all weights are. ``dir_a + dir_e <= 0``, to
  the bit: sums are taken trade by trade in one order, and rounding keeps the order of two such sums.
- ``support = 1 - exp(-n/50)``, ``reliability = 1/(1 + var(roi)/0.10^2)`` (population variance), ``confidence`` their
  product.
- *Selection*: the *signs* of dir_a and dir_e are frozen on the first day on which a lesson leans any way; how far and
  how sure follows the lesson of the day, and a direction that turned round is 0 (`posture.in_force`). It starts in
  ``shadow`` (365 days at most) and becomes ``active`` (90 days, then from shadow again) by either route:
- (a) *Exchange*, on the test days of threshold lessons (every 30 days). Do the lesson's trades lean its way further
  than the other trades of the same days? Statistic: the sum over its trades of weight * (sign_a * A + sign_e * E),
  minus its mean and over its sd when each day's outcomes are dealt out anew between the lesson and all other trades
  with a pattern of those days. Reached when the *largest* over all five ways a lesson can lean reaches it, for the
  signs were chosen by the data; sequential after Besag and Clifford. The lesson's p is the larger of this one and of a
  two-sided t on day totals against no lean: where many others lean, having none is a lean the other way by exchange
  alone (6 to 7 % of noise steered within a year where a quarter of the patterns leaned). Benjamini-Hochberg over all
  lessons of the day at q <= .05, one that leans no way as p = 1. A lesson that no other trades stand beside (a bot with
  one pattern, ``{}``) has nothing to exchange: p = 1, route (b) remains.
- (b) *Forward*: over trades closed after the selection, looked at only when they first reach 10, 15, 20, 30, 40, 60,
  80: does ``sign_a * A + sign_e * E``, unweighted, have a mean above 0? One-sided t on day totals, days without a trade
  as 0, p <= .0025 at each look: at most .0175 over all seven, whatever their dependence.
- ``active`` becomes ``retired`` where the forward mean is below 0 over ten or more trades, or the time is over.

A corrected trade changes lessons from its day on; in forward counts its old version is taken back and the new one
counted on the day of the correction, while it lies in the lookback. Forward counts are whole numbers, so a fold that
goes on from the day before has the bits of one from the start, and a day costs the same however long the history is.

Seed: learning-update-plan "PM Strength Learning System Improvements".
"""

from learning_pipeline.tuning.strength.lessons import strength
from learning_pipeline.tuning.strength.selections import strength_selections
from learning_pipeline.tuning.strength.tables import STATES, Strength, StrengthSelections

__all__ = ["STATES", "Strength", "StrengthSelections", "strength", "strength_selections"]
