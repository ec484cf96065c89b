"""The last step of a run: publish the lake for analysts, then clear what was due."""

import datetime as dt
from contextlib import AbstractContextManager
from pathlib import Path

import dagster as dg
import duckdb
from dagster_duckdb import DuckDBResource

from learning_pipeline.defs.catalog import COUNTED, TABLES, VIEWS
from learning_pipeline.defs.due import fingerprint
from learning_pipeline.defs.resources import Chain
from learning_pipeline.defs.tables import OWNERS, asset_key
from learning_pipeline.stores.counted import CHAIN_MARK
from learning_pipeline.stores.warehouse import publish


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
def warehouse(chain: Chain) -> dg.MaterializeResult:
    """One DuckDB file of every table, replaced in one rename: readers never block a run nor a run a reader."""
    from learning_pipeline.stores.metrics import write_textfile  # noqa: PLC0415  # slow to import

    path = chain.paths.warehouse
    n_reloaded = publish(path, chain.lake, TABLES, VIEWS, connect)
    if chain.computes_what_is_due:
        settled = chain.due.settled(chain.days[1], fingerprint(chain.effective_settings)) if chain.days else {}
        chain.mark(settled | {CHAIN_MARK: dt.datetime.now(dt.UTC).isoformat()})
    write_textfile(chain.paths, COUNTED)
    return dg.MaterializeResult(
        metadata={"path": str(path), "n_reloaded_days": n_reloaded, "bytes": path.stat().st_size}
    )
