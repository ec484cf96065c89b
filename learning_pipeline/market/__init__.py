"""What the market did: bars by symbol, timeframe and open time.

In: delivered Parquet or CSV bars (CONTRACTS 2). Out: ``market.bars``, with ``known_at`` at the close of each bar.
"""
