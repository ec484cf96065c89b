"""The last step of a run: publish the lake for analysts, then clear what was due."""

import datetime as dt
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
from dagster_duckdb import DuckDBResource

from learning_pipeline.defs.catalog import COUNTED, TABLES, VIEWS
from learning_pipeline.defs.due import fingerprint
from learning_pipeline.defs.resources import Chain
from learning_pipeline.defs.tables import OWNERS, asset_key
from learning_pipeline.stores.counted import CHAIN_MARK
from learning_pipeline.stores.warehouse import publish

DAYS_TAG = "days"
"""Of a run: the days that it computed, as its row in the list of runs shows them."""


def connect(path: Path) -> AbstractContextManager[duckdb.DuckDBPyConnection]:
    """A connection through Dagster's resource that is closed even where the work fails."""
    return DuckDBResource(database=str(path)).get_connection()


@dg.asset(
    key=["warehouse"],
    group_name="warehouse",
    kinds={"duckdb"},
    owners=OWNERS,
    deps=[asset_key(table) for table in TABLES],
)
def warehouse(context: dg.AssetExecutionContext, chain: Chain) -> dg.MaterializeResult:
    """One DuckDB file per data root, of every table, replaced in one rename: readers never block a run nor it them."""
    from learning_pipeline.stores.metrics import write_textfile  # noqa: PLC0415  # slow to import

    path = chain.paths.warehouse
    n_reloaded = publish(path, chain.lake, TABLES, VIEWS, connect)
    if chain.computes_what_is_due:
        context.instance.add_run_tags(context.run.run_id, {DAYS_TAG: in_words(chain.days)})
        settled = chain.due.settled(chain.days[1], fingerprint(chain.effective_settings)) if chain.days else {}
        chain.mark(settled | {CHAIN_MARK: dt.datetime.now(dt.UTC).isoformat()})
    write_textfile(chain.paths, COUNTED, chain.lake)
    return dg.MaterializeResult(
        metadata={"path": str(path), "n_reloaded_days": n_reloaded, "bytes": path.stat().st_size}
    )


@dg.asset_check(asset="warehouse")
def every_day_of_the_data_is_published(chain: Chain) -> dg.AssetCheckResult:
    """Freshness by the data's own clock: warns where days of the data that has landed are still to be computed.

    No deadline on the wall clock: a bot that rests, or a data root of last year, is as fresh as it can be.
    """
    stale_from, newest = chain.due.dirty_from, chain.due.newest_known_at
    said: dict[str, Any] = {
        "data_until": f"{newest:%Y-%m-%d %H:%M}Z" if newest else "no data",
        "stale": in_words((stale_from, newest.date()) if stale_from and newest else None),
    }
    return dg.AssetCheckResult(passed=stale_from is None, severity=dg.AssetCheckSeverity.WARN, metadata=said)


def in_words(days: tuple[dt.date, dt.date] | None) -> str:
    """First and last day.

    >>> in_words((dt.date(2024, 5, 1), dt.date(2024, 5, 3))), in_words(None)
    ('2024-05-01..2024-05-03', 'none')
    """
    return f"{days[0]}..{days[1]}" if days else "none"
