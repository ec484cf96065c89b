"""Learn what a trading bot's blocked signals would have earned, and which of its guards cost money.

bots write events -> decisions -> shadow outcomes -> guard verdicts -> proposals -> overrides that the bot reads

``import learning_pipeline as lp`` is light: a bot gets ``lp.Recorder``, ``lp.load_overrides``, ``lp.load_posture``,
``lp.load_allocation``, ``lp.load_model``, ``lp.route`` and ``lp.evaluate_learning_order`` without Dagster, Polars or
DuckDB.
"""

from learning_pipeline.sdk import (
    LearningEngine,
    ModelArtifact,
    Recorder,
    evaluate_learning_order,
    learning_context,
    learnings,
    load_allocation,
    load_experiments,
    load_model,
    load_overrides,
    load_posture,
    query,
    report,
    route,
    shadow_performance,
)

__all__ = [
    "LearningEngine",
    "ModelArtifact",
    "Recorder",
    "evaluate_learning_order",
    "learning_context",
    "learnings",
    "load_allocation",
    "load_experiments",
    "load_model",
    "load_overrides",
    "load_posture",
    "query",
    "report",
    "route",
    "shadow_performance",
]
