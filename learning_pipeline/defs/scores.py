"""Scores of live decisions by the models that stood for them."""

from typing import Any

import dagster as dg
import polars as pl

from learning_pipeline.contracts import Entry
from learning_pipeline.datasets.tables import Features
from learning_pipeline.defs.resources import Chain
from learning_pipeline.defs.tables import materialised, reads, writes
from learning_pipeline.errors import ArtifactDamaged
from learning_pipeline.models.bundle import Bundle
from learning_pipeline.models.scores import Standing, scored
from learning_pipeline.models.tables import ROLES, Scores
from learning_pipeline.models.training import MODEL_TYPE
from learning_pipeline.models.wording import damaged_entry
from learning_pipeline.stores.home import Home
from learning_pipeline.stores.registry import Registry
from learning_pipeline.stores.rollouts import Rollouts


@dg.asset(**writes(Scores), ins={"features": reads(Features)})
def scores(chain: Chain, features: pl.DataFrame) -> dg.Output[Any]:
    """What the models that were active or shadow at each decision of the run's days said of it."""
    standing, damaged = standing_models(chain.paths)
    chain.log(damaged)
    return materialised(Scores, scored(features, standing), alone=True, models=len(standing), damaged=len(damaged))


def standing_models(home: Home) -> tuple[list[Standing], list[Entry]]:
    """Signal models that stand or stood, read and checked; of those that are damaged, why they score nothing."""
    deployed = [each for each in Rollouts(home).history() if each.state in ROLES]
    registry = Registry(home) if deployed else None
    bundles: dict[str, Bundle | None] = {}
    damaged = []
    for each in deployed:
        if registry and each.artifact_id not in bundles and each.artifact_id.startswith(MODEL_TYPE):
            try:
                bundles[each.artifact_id] = Bundle.read(registry.raw(each.artifact_id))
            except ArtifactDamaged as e:
                bundles[each.artifact_id] = None
                damaged.append(damaged_entry(each.artifact_id, str(e)))
    return [
        Standing(each.target, each.state, each.artifact_id, bundle, each.since, each.until)
        for each in deployed
        if (bundle := bundles.get(each.artifact_id))
    ], damaged
