"""What would have come of every signal, blocked or not: one simulated outcome per decision.

Question: had this signal been traded under the frozen execution policy, how would it have ended, and when could we
know? And what if it had been entered some bars later, or a missed one when it was made?

In: ``events.decisions``, ``market.bars``, and ``shadow.pending`` of the day before. Out: ``shadow.outcomes``
(settled, on the day on which the outcome became known), ``shadow.pending`` (still open at the end of each day) and
``shadow.delayed_outcomes`` (settled trades, entered later). ``shadow.missed_outcomes`` and ``shadow.missed_pending``
are the same fold over expired and cancelled decisions, put back to their signals (``events.signals``).

Formulas, for a long trade (a short one is mirrored), with R = abs(entry - stop) and qty = notional / entry::

    missing stop    entry - stop_atr x ATR(14, Wilder)      missing target  entry + target_r x R
    gross_roi       (exit - entry) / entry                  net_roi         net_pnl_usd / notional
    net_r           (net_pnl_usd / qty) / R                 mfe_r, mae_r    best and worst excursion / R, both >= 0
    costs           fee_bps of entry and exit notional; half the spread x qty at entry and at market exits (stop, ttl);
                    slippage_bps of exit notional at market exits

Each bar asks in this order: opens at or through the stop (exit at the open, ``hit_stop``); opens at or through the
target (exit at the open, ``hit_target``); low <= stop (exit at the stop, ``ambiguous`` where the target was touched
too); high >= target (exit at the target). Nothing hit by the ttl's end: ``ttl_expired`` at the close of the last bar
used.

Decisions
---------
* Everything is causal: an outcome rests on bars known at its ``known_at`` or earlier. ``known_at`` is never before
  the decision's own.
* Bars used open at or after ``decided_at`` and close at or before the ttl's end. ``ttl_bars`` counts rows of the
  signal's timeframe: the ttl ends at the n-th bar's close, and while that bar does not exist only barriers can
  settle.
* Nothing older than 512 bars of the signal's timeframe plus 7 days before the decision (the *reach*) is looked at, so
  a result cannot depend on how far back the caller read.
* Resolution ``finest``: every timeframe of the symbol with a bar opened at or before the decision is simulated (as
  long as none such is known: every timeframe), and the outcome known first counts, of equals the shortest timeframe.
  A finer series that stops or has a hole loses to a coarser one that knows first.
* A ttl's expiry is known at the close of the first bar of that series closing at or after the ttl's end: over a
  weekend, Sunday's. ``no_bars_in_ttl`` likewise, and only where no series followed has a usable bar.
* ATR: over bars of the signal's timeframe closed at or before the decision, the last 256 of them, seeded with the
  mean of the first 14 true ranges (the first true range is high - low).
* Unlabelled at once: ``no_price``, ``bad_levels``, and where the ATR cannot be had ``atr_warmup`` (1 to 14 bars),
  ``unknown_timeframe`` (none, but other timeframes have) or ``no_bars``. Unlabelled at the ttl's nominal end:
  ``no_bars`` (no series has a bar from the reach to there), ``unknown_timeframe`` (the signal's has none, it is
  needed for the ttl or the resolution, and nothing was hit). The nominal end of ``ttl_bars`` is n lengths after the
  decision.
* A revised decision is another version of it, in force from its own day on. An outcome known on an earlier day than
  that stands; otherwise the older version leaves no row.
* A later entry changes neither levels nor the end of the ttl: the trade leaves where its outcome leaves, and only the
  entry's price differs: the open of the first bar, of the series that told the outcome, that opens ``delay`` bars of
  the signal's timeframe (by the clock) after the decision, or later. Once stop or target was passed, though the price
  came back, or is passed at that open, or no bar of the ttl is left, it cannot be entered: its result is null. All
  delays are known when the outcome is. They are in no policy hash.
* An expired or cancelled decision stands at the instant of that answer, long after its signal (and, never decided, with
  the price of then): ``shadow.outcomes`` says what came of *that*. What the signal would have earned taken when it was
  made, at the signal's own price (``no_price`` where it named none; a limit far from the market counts as filled), is
  ``shadow.missed_outcomes``. It is known no earlier than the answer.
* +1R counts as reached from 1e-9 R below it: a target sent as "entry + R" is not missed by a rounding.

Seed: learning-engine "Shadow Execution Engine".
"""

from learning_pipeline.shadow.missed import as_made
from learning_pipeline.shadow.settings import ShadowSettings
from learning_pipeline.shadow.settle import Settled, bars_from, settle
from learning_pipeline.shadow.tables import DelayedOutcomes, MissedOutcomes, MissedPending, Outcomes, Pending

__all__ = [
    "DelayedOutcomes",
    "MissedOutcomes",
    "MissedPending",
    "Outcomes",
    "Pending",
    "Settled",
    "ShadowSettings",
    "as_made",
    "bars_from",
    "settle",
]
