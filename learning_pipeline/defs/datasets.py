"""Assets of the datasets room: what was known at each decision; datasets that somebody asked for."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import dagster as dg
import polars as pl
from pydantic import Field

from learning_pipeline.datasets import bars_since, expired, features, telling
from learning_pipeline.datasets.dataset import Dataset
from learning_pipeline.datasets.tables import Examples, Features
from learning_pipeline.defs.dataset_rows import READ, kept_dataset, pinned
from learning_pipeline.defs.resources import NO_DAYS, Chain
from learning_pipeline.defs.tables import Replacement, asset_key, materialised, out, reads, writes
from learning_pipeline.events.decisions import REACH_DAYS
from learning_pipeline.events.tables import DecisionReports, Decisions, Signals
from learning_pipeline.market.tables import Bars
from learning_pipeline.reports import features_drawing
from learning_pipeline.stores.dataset_files import DatasetFiles


@dg.asset(
    **writes(Features),
    ins={
        "decisions": reads(Decisions),
        "signals": reads(Signals, REACH_DAYS),
        "reports": reads(DecisionReports, REACH_DAYS),
    },
    deps=[asset_key(Bars)],
)
def decision_features(
    chain: Chain, decisions: pl.DataFrame, signals: pl.DataFrame, reports: pl.DataFrame
) -> dg.Output[pl.DataFrame]:
    """What was known at each decision of the run's days; no outcome is read."""
    _, last = chain.days or NO_DAYS
    since = bars_since(decisions)
    bars = chain.lake.read(Bars, since, last) if since else Bars.frame()
    return materialised(Features, features(decisions, signals, reports, bars), alone=True)


class DatasetConfig(dg.Config):
    """Which dataset: a kind, the days of its rows, the day as of whose end they are known; empty: all there is."""

    kind: str = Field(default="signal", description=f"one of {', '.join(READ)}")
    first: str = Field(default="", description="first day of its rows, YYYY-MM-DD; empty: the first there is")
    last: str = Field(default="", description="last day of its rows, YYYY-MM-DD; empty: the last that is computed")
    as_of: str = Field(
        default="", description="what was known at the end of this day, YYYY-MM-DD; empty: all that is computed"
    )


@dg.multi_asset(
    name="build_dataset",
    outs={Examples.table(): out(Examples)},
    deps=[asset_key(table) for table in READ["signal"]],
)
def build_dataset(chain: Chain, config: DatasetConfig) -> Iterator[Any]:
    """Builds one dataset where it is not there yet, lets go those that may expire, and copies the rest to the lake."""
    made = kept_dataset(chain, **config.model_dump())
    going = _going(chain, made.manifest["dataset_id"])
    days = sorted({made.manifest["as_of"], *going.values()})
    rows = _copied(chain, days[0], days[-1], set(going))
    drawing = features_drawing(telling(made.manifest["leakage"]))
    shown = made.rows.drop("features", "horizons", strict=False).head()
    yield materialised(Examples, Replacement(rows, days[0], days[-1]), shown=shown, drawing=drawing, **_said(made))
    for dataset_id in going:  # after the lake: what is cut off here is let go by the next build
        DatasetFiles(chain.paths.datasets).remove(dataset_id)


def _going(chain: Chain, but: str) -> dict[str, dt.date]:
    """Datasets that are old and pinned by nothing, with the day of the lake that they stand in."""
    there = {m["dataset_id"]: m for m in DatasetFiles(chain.paths.datasets).manifests()}
    stay = pinned(chain) | {but: []}
    old = expired(there.values(), stay, chain.datasets.retention_days, dt.datetime.now(dt.UTC))
    return {dataset_id: there[dataset_id]["as_of"] for dataset_id in old}


def _copied(chain: Chain, first: dt.date, last: dt.date, without: set[str]) -> pl.DataFrame:
    """Examples of every dataset of signals that stays and was as of one of the days."""
    files = DatasetFiles(chain.paths.datasets)
    signals = (m for m in files.manifests() if m["kind"] == "signal" and first <= m["as_of"] <= last)
    ids = [m["dataset_id"] for m in signals if m["dataset_id"] not in without]
    return pl.concat([Examples.frame(), *(files.examples(dataset_id) for dataset_id in ids)])


def _said(made: Dataset) -> dict[str, Any]:
    """Figures of a dataset for the UI: class balance, what was dropped, what to look at for leaks."""
    manifest = made.manifest
    told, folds = telling(manifest["leakage"], 5), manifest["splits"]
    knows_end = [fact for fact in manifest["leakage"] if fact["end_correlation"] is not None]
    most = max(knows_end, key=lambda fact: abs(fact["end_correlation"]), default=None)
    return {
        **{name: manifest[name] for name in ("dataset_id", "kind", "n", "n_effective", "file_sha256", "balance")},
        "n_features": len(manifest["columns"]),
        "share_of_features_all_null": len(manifest["dropped"]) / (len(manifest["columns"]) + len(manifest["dropped"])),
        "dropped": ", ".join(manifest["dropped"]) or "none: every feature is known somewhere",
        "largest_single_auc": ", ".join(f"{fact.feature} {fact.auc:.3f}" for fact in told),
        "largest_correlation_with_label_end": f"{most['feature']} {most['end_correlation']:+.3f}" if most else "",
        "splits_checked": {
            name: len(folds[name]["splits"]) for name in ("walk_forward", "combinatorial_purged") if name in folds
        },
    }
