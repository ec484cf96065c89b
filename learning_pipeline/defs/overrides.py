"""Assets of the overrides room: copies of the ledger for analysts; the bot's own file is brought up to date beside."""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from learning_pipeline.analysis.proposals.tables import Proposals
from learning_pipeline.contracts import day_span
from learning_pipeline.defs.resources import Chain
from learning_pipeline.defs.tables import Replacement, asset_key, materialised, out
from learning_pipeline.overrides.copies import copies
from learning_pipeline.overrides.tables import Approvals, Overrides, Transitions
from learning_pipeline.stores.overrides_file import write_overrides


@dg.multi_asset(
    outs={table.table(): out(table) for table in (Overrides, Transitions, Approvals)}, deps=[asset_key(Proposals)]
)
def overrides(chain: Chain) -> Iterator[Any]:
    """What is in force, since when and by whom: what the ledger holds, after those whose time is over are retired."""
    approvals = chain.approvals
    approvals.retire(chain.now)
    write_overrides(chain.paths.overrides, approvals.active)
    for table, rows in copies(approvals.overrides(), approvals.transitions(), approvals.answers()).items():
        yield materialised(table, Replacement(rows, *(day_span(rows["day"]) or ())))
