"""Tables of tuning."""

from typing import Annotated, Any

import pandera.polars as pa
import polars as pl

from learning_pipeline.contracts import Instant, Table, Texts
from learning_pipeline.tuning.choice import REASONS

Counts = Annotated[pl.List, pl.Int64]


def share(description: str) -> Any:
    """A fraction: null where nothing stands below the line."""
    return pa.Field(nullable=True, ge=0, le=1, description=description)


def chosen(description: str, **checks: Any) -> Any:
    """A column of the chosen policy: null where none was chosen."""
    return pa.Field(nullable=True, description=description, **checks)


class Lessons(Table, key=("as_of", "pattern_key", "scope")):
    """One row per as_of, pattern and scope slice with enough labelled episodes: how its gates did, and what to move."""

    as_of: pl.Date = pa.Field(description="the day, as of its end")
    pattern_key: pl.String = pa.Field(description="pattern")
    scope: pl.String = pa.Field(
        description="scope dimensions of the slice; canonical JSON text, {} for the whole pattern"
    )
    n: pl.Int64 = pa.Field(ge=1, description="labelled episodes: n_approved + n_skipped")
    n_approved: pl.Int64 = pa.Field(ge=0, description="of n, approved")
    n_skipped: pl.Int64 = pa.Field(ge=0, description="of n, blocked or expired")
    n_unknown: pl.Int64 = pa.Field(
        ge=0, description="of n, in no count of a policy: what its gates would have said cannot be told"
    )
    n_unlabelled: pl.Int64 = pa.Field(ge=0, description="besides n: outcome open, or none can be simulated")
    label_source: pl.String = pa.Field(
        isin=["reported", "simulated"], description="reported: the bot told how every labelled episode ended"
    )
    wr: pl.Float64 = share("win rate: successes per approved; null where none was approved")
    fpr: pl.Float64 = share("1 - wr")
    mr: pl.Float64 = share("miss rate: successes per skipped; null where none was skipped")
    dr: pl.Float64 = share("dodge rate: 1 - mr")
    policy: pl.String = chosen("loosening that the lesson speaks for, such as halo+0.1,ts_min-0.05; null where none")
    deltas: pl.String = chosen("added to each lever's base limit, 0 included; JSON text")
    misses_caught: pl.Int64 = chosen("successes that it newly admits", ge=0)
    failures_added: pl.Int64 = chosen("failures that it newly admits", ge=0)
    ratio: pl.Float64 = chosen("misses_caught / failures_added; null also where no failure is added", ge=0)
    t_statistic: pl.Float64 = chosen(
        "misses_caught - their expectation with labels exchanged within days, in standard deviations; null also where "
        "no exchange changes anything"
    )
    p_value: pl.Float64 = chosen(
        "on test days, every 30: share of shuffles in which the rule would have chosen a T as large as that of the "
        "lesson's selection; 1 where it speaks for nothing; null on other days",
        ge=0,
        le=1,
    )
    q_value: pl.Float64 = chosen("Benjamini-Hochberg of p_value over all lessons of the day", ge=0, le=1)
    reason: pl.String = pa.Field(nullable=True, isin=REASONS, description="why no policy is chosen")
    n_candidates: pl.Int64 = pa.Field(ge=0, description="loosening policies that satisfy the rule")
    n_pruned: pl.Int64 = pa.Field(ge=0, description="of all policies, those that change no episode")
    tightening: pl.String = pa.Field(
        nullable=True, description="tightening with the most failures avoided per success lost; only ever reported"
    )
    failures_avoided: pl.Int64 = pa.Field(nullable=True, ge=0, description="failures that it no longer admits")
    successes_lost: pl.Int64 = pa.Field(nullable=True, ge=0, description="successes that it no longer admits")


class Selections(Table, key=("as_of", "override_id")):
    """One row per as_of and selection in the shadow or in force then, or retired that day: where it stands and why."""

    as_of: pl.Date = pa.Field(description="the day, as of its end")
    override_id: pl.String = pa.Field(description="of lesson, policy and day of selection")
    pattern_key: pl.String = pa.Field(description="pattern of its lesson")
    scope: pl.String = pa.Field(description="scope slice of its lesson; canonical JSON text")
    policy: pl.String = pa.Field(description="the policy, frozen with the data that chose it")
    deltas: pl.String = pa.Field(description="added to each lever's base limit, 0 included; JSON text")
    bases: pl.String = pa.Field(description="base limit by lever where it was one value in the lesson; JSON text")
    n: pl.Int64 = pa.Field(ge=1, description="labelled episodes of the lesson when it was selected")
    benefit: pl.Int64 = pa.Field(ge=0, description="misses caught then")
    harm: pl.Int64 = pa.Field(ge=0, description="failures added then")
    t_statistic: pl.Float64 = chosen("T then")
    expected_delta_usd: pl.Float64 = chosen("net PnL of what it newly admitted then; null where none is simulated")
    ci_low_usd: pl.Float64 = chosen("95 % interval of it, t on day totals")
    ci_high_usd: pl.Float64 = chosen("95 % interval of it")
    selected_on: pl.Date = pa.Field(description="day of selection")
    state: pl.String = pa.Field(isin=["shadow", "active", "retired"], description="at the end of as_of")
    since: pl.Date = pa.Field(description="from the end of which day on")
    reason: pl.String = pa.Field(description="why it is in that state")
    route: pl.String = pa.Field(
        nullable=True,
        isin=["permutation", "forward", "unverified"],
        description="by which evidence it came into force; null before",
    )
    p_value: pl.Float64 = chosen("of its policy on the last test day; null before the first", ge=0, le=1)
    q_value: pl.Float64 = chosen("Benjamini-Hochberg of it over n_tests lessons", ge=0, le=1)
    n_tests: pl.Int64 = pa.Field(ge=0, description="lessons tested together then")
    n_looked: pl.Int64 = pa.Field(ge=0, description="changed decisions when forward evidence was last looked at")
    forward_benefit: pl.Int64 = pa.Field(description="decisions after the selection: successes newly admitted")
    forward_harm: pl.Int64 = pa.Field(description="failures newly admitted")
    forward_pool_successes: pl.Int64 = pa.Field(description="successes among all that the levers alone keep out")
    forward_pool: pl.Int64 = pa.Field(description="all that the levers alone keep out")
    forward_p_half: pl.Float64 = chosen("binomial p against one half; null before any changed decision", ge=0, le=1)
    forward_p_others: pl.Float64 = chosen("hypergeometric p against the rest of the pool; null likewise", ge=0, le=1)
    no_change_scopes: Texts = pa.Field(
        description="narrower slices where its own decisions went worse: there it does not apply; only while active"
    )
    seen_simulated: Counts = pa.Field(description="the four forward counts by simulated labels")
    seen_reported: Counts = pa.Field(description="and by reported labels")
    n_told: pl.Int64 = pa.Field(description="episodes after the selection with a reported label")
    n_untold: pl.Int64 = pa.Field(description="with a simulated one only")


class Transitions(Table, key=("override_id", "moved_at", "to_state")):
    """One row per change of a selection's state."""

    override_id: pl.String = pa.Field(description="the selection")
    moved_at: Instant = pa.Field(description="end of the day of the move, the day of the partition")
    from_state: pl.String = pa.Field(nullable=True, description="state before; null: it is new")
    to_state: pl.String = pa.Field(isin=["shadow", "active", "retired"], description="state after")
    reason: pl.String = pa.Field(description="why")
