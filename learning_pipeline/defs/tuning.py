"""Assets of the tuning room: what each pattern's gates did, and which limits the evidence says to move."""

from typing import Any

import dagster as dg
import polars as pl

from learning_pipeline.defs.resources import Chain
from learning_pipeline.defs.tables import asset_key, materialised, reads, writes
from learning_pipeline.defs.windows import as_ofs
from learning_pipeline.events.tables import Decisions, EpisodeOutcomes, Gates
from learning_pipeline.shadow.tables import Outcomes
from learning_pipeline.tuning import Lessons
from learning_pipeline.tuning import lessons as mine_lessons
from learning_pipeline.tuning.wording import lesson_line, simulation_line

LOOKBACK = "tuning.lookback_days"
MAX_LINES = 50
"""Lessons told in the log of a run, at most."""


@dg.asset(
    **writes(Lessons),
    ins={
        "decisions": reads(Decisions, LOOKBACK),
        "gates": reads(Gates, LOOKBACK),
        "outcomes": reads(Outcomes, LOOKBACK),
        "episode_outcomes": reads(EpisodeOutcomes, LOOKBACK),
    },
)
def lessons(
    context: dg.AssetExecutionContext,
    chain: Chain,
    decisions: pl.DataFrame,
    gates: pl.DataFrame,
    outcomes: pl.DataFrame,
    episode_outcomes: pl.DataFrame,
) -> dg.Output[Any]:
    """How each pattern's gates did per scope slice, as of each day."""
    asked, rule, books = chain.tuning, chain.overrides, chain.analysis.books
    rows = mine_lessons(decisions, gates, outcomes, episode_outcomes, as_ofs(chain), asked, rule, books)
    newest = rows.filter(pl.col("as_of") == pl.col("as_of").max()).sort("n", descending=True, maintain_order=True)
    for lesson in newest.head(MAX_LINES).to_dicts():
        context.log.info(f"{lesson_line(lesson)}\n{simulation_line(lesson, asked)}")
    speaking = newest.filter(pl.col("policy").is_not_null())
    return materialised(Lessons, rows, alone=True, shown=newest, n_lessons=newest.height, n_with_policy=speaking.height)


@dg.asset_check(asset=asset_key(Lessons), blocking=True)
def narrower_lessons_hold_no_more(lessons: pl.DataFrame) -> dg.AssetCheckResult:
    """No scope slice holds more episodes than its whole pattern."""
    whole = lessons.filter(pl.col("scope") == "{}").select(
        "as_of", "pattern_key", pattern_n=pl.col("n") + pl.col("n_unlabelled")
    )
    wider = lessons.join(whole, on=["as_of", "pattern_key"]).filter(
        pl.col("n") + pl.col("n_unlabelled") > pl.col("pattern_n")
    )
    return dg.AssetCheckResult(passed=wider.is_empty(), metadata={"n_wrong": wider.height})
