"""Assets of the tuning room: what each pattern's gates did, and which limits the evidence says to move."""

from collections.abc import Iterator
from typing import Any

import dagster as dg
import polars as pl

from learning_pipeline.defs.resources import Chain
from learning_pipeline.defs.tables import asset_key, materialised, out, reads
from learning_pipeline.defs.windows import as_ofs, day_before, latest_states
from learning_pipeline.events.tables import Decisions, EpisodeOutcomes, Gates
from learning_pipeline.reports import overrides_drawing
from learning_pipeline.shadow.tables import Outcomes
from learning_pipeline.tuning import Lessons, Selections, Transitions, learn
from learning_pipeline.tuning.wording import entries, episode_entries

LOOKBACK = "tuning.lookback_days"


@dg.multi_asset(
    outs={table.table(): out(table) for table in (Lessons, Selections, Transitions)},
    ins={
        "decisions": reads(Decisions, LOOKBACK),
        "gates": reads(Gates, LOOKBACK),
        "outcomes": reads(Outcomes, LOOKBACK),
        "episode_outcomes": reads(EpisodeOutcomes, LOOKBACK),
    },
)
def tuned(
    chain: Chain,
    decisions: pl.DataFrame,
    gates: pl.DataFrame,
    outcomes: pl.DataFrame,
    episode_outcomes: pl.DataFrame,
) -> Iterator[Any]:
    """How each pattern's gates did per scope slice, what that selects, and what stands the test, as of each day."""
    asked, rule, books = chain.tuning, chain.overrides, chain.analysis.books
    made = learn(
        decisions, gates, outcomes, episode_outcomes, as_ofs(chain), day_before(chain, Selections), asked, rule, books
    )
    chain.log([*episode_entries(decisions, gates, outcomes, asked.levers), *entries(made, asked)])
    newest = made.lessons.filter(pl.col("as_of") == pl.col("as_of").max()).sort("n", descending=True)
    speaking = newest.filter(pl.col("policy").is_not_null())
    yield materialised(Lessons, made.lessons, shown=newest, n_lessons=newest.height, n_with_policy=speaking.height)
    live = made.selections.filter(pl.col("as_of") == pl.col("as_of").max(), pl.col("state") != "retired")
    picture = overrides_drawing(live)
    yield materialised(Selections, made.selections, shown=latest_states(made.selections), drawing=picture)
    yield materialised(Transitions, made.transitions)


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
