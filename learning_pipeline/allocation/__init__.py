"""How much of the capital each timeframe gets, learned from closed trades.

Question: which share of the capital should 15m, 1h and 4h have, given what their trades earned, and which trade moved
it by how much and why?

In: ``events.trades``, ``events.trades_from_fills`` (where a bot reports no closes), ``events.positions``. Out:
``allocation.timeframe_roi`` (averages and shares per day: the state), ``allocation.timeframe_allocation`` (what each
trade moved), ``allocation.positions`` (what that means for each position); and `learning_configs`, the bot's view.

- *Averages*: per timeframe and for all, with memories of 14 and 90 days. At a trade dt after the last one of its kind,
  ``S <- S e^(-dt/tau) + roi`` and ``W <- W e^(-dt/tau) + 1``; the average is S / W.
- *Wanted*: the timeframes that have trades (two at least) share the mass m that they hold: score = max(0, roi_short);
  where none is positive, 1 / abs(roi_short) (least bad first); wanted = m * score / sum of scores.
- *Moved*: by at most c = cap * min(1, least number of trades / 5). The move is the nearest one (Euclid) to what is
  wanted among those that sum to 0, change no share by more than c and leave none below the floor, ``min_allocation``.
  Moves are whole multiples of 2^-53, so that floats add them without error: the sum of the shares stays what it was but
  for the last digit, after any number of trades, and a timeframe without trades stays as it is to the bit.
- *Order*: (close, trade_id), each trade once; a close later than its report counts at the report. As of a day counts
  what was known by its end. A trade that comes late, or is corrected, is folded in at its place, and what it changes is
  written on the day that it came to be known: the state of each day equals that of a fold from scratch.
- *Positions*: the positions of a token (in one book) that are not closed share its total by the allocation over the
  timeframes present, within a timeframe as they do now. Timeframes without a share are left out and stay untouched.

Seed: learning-update-plan "New Requirements", "Update Logic", "Update Existing Positions".
"""

from learning_pipeline.allocation.allocate import Allocated, allocate
from learning_pipeline.allocation.learning_configs import learning_configs
from learning_pipeline.allocation.positions import positions
from learning_pipeline.allocation.settings import AllocationSettings
from learning_pipeline.allocation.tables import Positions, TimeframeAllocation, TimeframeRoi
from learning_pipeline.allocation.wording import allocation_entries

__all__ = [
    "Allocated",
    "AllocationSettings",
    "Positions",
    "TimeframeAllocation",
    "TimeframeRoi",
    "allocate",
    "allocation_entries",
    "learning_configs",
    "positions",
]
