"""Learn what a trading bot's blocked signals would have earned, and which of its guards cost money.

bots write events -> decisions -> shadow outcomes -> guard verdicts -> proposals -> overrides that the bot reads

``import learning_pipeline as lp`` is light: a bot gets ``lp.Recorder``, ``lp.load_overrides`` and ``lp.load_posture``
without Dagster, Polars or DuckDB.
"""

from learning_pipeline.sdk import Recorder, learnings, load_overrides, load_posture, report, shadow_performance

__all__ = ["Recorder", "learnings", "load_overrides", "load_posture", "report", "shadow_performance"]
