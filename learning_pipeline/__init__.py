"""Learn what a trading bot's blocked signals would have earned, and which of its guards cost money.

bots write events -> decisions -> shadow outcomes -> guard verdicts -> a DuckDB file, Dagster's UI, the terminal

``import learning_pipeline as lp`` is light: a bot gets ``lp.Recorder`` without Dagster, Polars or DuckDB.
"""

from learning_pipeline.sdk import Recorder

__all__ = ["Recorder"]
