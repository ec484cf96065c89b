"""Scores of live decisions by the models that stood for them."""

import datetime as dt
from typing import Any

import dagster as dg
import polars as pl

from learning_pipeline.contracts import Entry
from learning_pipeline.datasets.tables import Features
from learning_pipeline.defs.resources import NO_DAYS, Chain
from learning_pipeline.defs.tables import materialised, reads, writes
from learning_pipeline.errors import ArtifactDamaged
from learning_pipeline.models.bundle import Bundle
from learning_pipeline.models.scores import Standing, scored
from learning_pipeline.models.tables import ROLES, Scores
from learning_pipeline.models.training import MODEL_TYPE
from learning_pipeline.models.wording import damaged_entry
from learning_pipeline.stores.home import Home
from learning_pipeline.stores.registry import Registry
from learning_pipeline.stores.rollouts import Deployment, Rollouts


@dg.asset(**writes(Scores), ins={"features": reads(Features)})
def scores(chain: Chain, features: pl.DataFrame) -> dg.Output[Any]:
    """What the models that were active or shadow at each decision of the run's days said of it."""
    standing, damaged = standing_models(chain.paths, chain.days or NO_DAYS)
    chain.log(damaged)
    return materialised(Scores, scored(features, standing), alone=True, models=len(standing), damaged=len(damaged))


def standing_models(home: Home, days: tuple[dt.date, dt.date]) -> tuple[list[Standing], list[Entry]]:
    """Signal models that stood on any of the days, read and checked; why those that are damaged score nothing."""
    deployed = [each for each in Rollouts(home).history() if _serves(each, *days)]
    if not deployed:
        return [], []
    registry = Registry(home)
    read = {one: _read(registry, one) for one in sorted({each.artifact_id for each in deployed})}
    standing = [
        Standing(each.target, each.state, each.artifact_id, bundle, each.since, each.until)
        for each in deployed
        if isinstance(bundle := read[each.artifact_id], Bundle)
    ]
    return standing, [found for found in read.values() if isinstance(found, Entry)]


def _serves(each: Deployment, first: dt.date, last: dt.date) -> bool:
    """Of models that were moved on before the days nothing is read: a day's run does not grow with the history."""
    is_model = each.state in ROLES and each.artifact_id.startswith(MODEL_TYPE)
    return is_model and each.since.date() <= last and (each.until is None or each.until.date() >= first)


def _read(registry: Registry, artifact_id: str) -> Bundle | Entry:
    try:
        return Bundle.read(registry.raw(artifact_id))
    except ArtifactDamaged as e:
        return damaged_entry(artifact_id, str(e))
