"""freqtrade's own files as events and bars.

Question: what did a bot that never heard of us want, decide, and earn?

In: what freqtrade writes by itself (backtest zips, the bot's database, candles), read-only. Out: `Imported`: signals,
decisions, orders, fills and trades of CONTRACTS 1, with freqtrade's own figures, and what it does not record as gaps.

What a backtest tells, from the least to the most:

- *The zip*: trades, orders, protections' locks, the wallet by day. Which signals were stopped is in none of them.
- *``--export signals``*: signals that max_open_trades rejected, and the indicators of those that were entered; in
  pickles, which are read only where that is asked for (`pickles`), or in Parquet copies of them, ``analysis_parquet/``.
- *A decision log* beside the zip (``decision_log.parquet``, ``.csv`` or ``.jsonl``; columns in `decision_log`): every
  entry that was wanted and the gate that stopped it. Only with it can protections and confirm_trade_entry be judged.

Give it all at the first import: a decision that is told again with more gates is another content under the same id.
"""

from learning_pipeline.adapters.freqtrade.importing import imported
from learning_pipeline.adapters.freqtrade.options import FreqtradeOptions

__all__ = ["FreqtradeOptions", "imported"]
