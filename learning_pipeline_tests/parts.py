"""A part of the chain for tests of a few tables: these, all that they rest on, and the step that ends every run."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import dagster as dg

from learning_pipeline.contracts import Table
from learning_pipeline.definitions import defs
from learning_pipeline.defs.automation import WAREHOUSE
from learning_pipeline.defs.tables import asset_key
from learning_pipeline_tests.worlds import Root


class Part(Root):
    """A data root of which a run computes some tables and what these rest on; their days are done after it."""

    def __init__(self, folder: Path, *tables: type[Table]) -> None:
        super().__init__(folder)
        self._job = part(*tables)

    def run(self, **chain: Any) -> dg.ExecuteInProcessResult:
        """Run the part; fails the test where the run fails."""
        return self._run(self._job, **chain)


@cache
def part(*tables: type[Table]) -> dg.JobDefinition:
    """The chain's job over the assets that must be computed for some tables to be right, and the warehouse."""
    asked = dg.AssetSelection.assets(*map(asset_key, tables)).upstream().required_multi_asset_neighbors()
    keys = asked.resolve(defs.resolve_asset_graph())
    return defs.resolve_job_def("chain").get_subset(asset_selection={*keys, WAREHOUSE})
