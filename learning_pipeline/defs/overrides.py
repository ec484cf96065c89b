"""Assets of the overrides room: what evidence and people put in force; the bot's own file is kept up to date."""

from collections.abc import Iterator
from typing import Any

import dagster as dg
import polars as pl

from learning_pipeline.analysis.proposals.tables import Proposals
from learning_pipeline.contracts import day_span
from learning_pipeline.defs.resources import NO_DAYS, Chain
from learning_pipeline.defs.tables import Replacement, asset_key, materialised, out, reads, writes
from learning_pipeline.defs.windows import latest_states
from learning_pipeline.overrides.copies import copies
from learning_pipeline.overrides.override import plain_overrides
from learning_pipeline.overrides.selected import in_force
from learning_pipeline.overrides.selected import selected as selected_overrides
from learning_pipeline.overrides.tables import Approvals, Overrides, Selected, Transitions
from learning_pipeline.stores.overrides_file import write_overrides
from learning_pipeline.tuning import Selections


@dg.asset(**writes(Selected), ins={"selections": reads(Selections, days_back=1)})
def selected(chain: Chain, selections: pl.DataFrame) -> dg.Output[Any]:
    """What the evidence chose and, where it stood the test, put in force: a bot hears of it from here."""
    first, last = chain.days or NO_DAYS
    levers = chain.tuning.levers
    chain.approvals.select(plain_overrides(in_force(selections.filter(as_of=last), levers)))
    rows = selected_overrides(selections, first, levers)
    return materialised(Selected, rows, alone=True, shown=latest_states(rows))


@dg.multi_asset(
    outs={table.table(): out(table) for table in (Overrides, Transitions, Approvals)},
    deps=[asset_key(Proposals), asset_key(Selected)],
)
def overrides(chain: Chain) -> Iterator[Any]:
    """What is in force, since when and by whom: what the ledger holds, after those whose time is over are retired."""
    approvals = chain.approvals
    approvals.retire(chain.now)
    write_overrides(chain.paths.overrides, approvals.active)
    for table, rows in copies(approvals.overrides(), approvals.transitions(), approvals.answers()).items():
        yield materialised(table, Replacement(rows, *(day_span(rows["day"]) or ())))
