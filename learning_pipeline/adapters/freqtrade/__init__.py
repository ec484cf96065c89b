"""freqtrade's own files as events and bars.

Question: what did a bot that never heard of us want, decide, and earn?

In: what freqtrade writes by itself (backtest zips, the bot's database, candles), read-only. Out: `Imported`: signals,
decisions, orders, fills and trades of CONTRACTS 1, with freqtrade's own figures, and what it does not record as gaps.
"""

from learning_pipeline.adapters.freqtrade.importing import imported
from learning_pipeline.adapters.freqtrade.options import FreqtradeOptions

__all__ = ["FreqtradeOptions", "imported"]
