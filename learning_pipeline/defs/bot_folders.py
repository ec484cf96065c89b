"""Folders of bots that are looked at by themselves: what is new in them goes to the inbox, and from there on."""

import datetime as dt
from pathlib import Path
from typing import Literal

import dagster as dg
from pydantic import Field

from learning_pipeline.adapters.folder import fingerprint
from learning_pipeline.adapters.read import read
from learning_pipeline.adapters.settings import Watched
from learning_pipeline.defs.attempts import MAX_ATTEMPTS, state_of
from learning_pipeline.defs.automation import OPEN_STATUSES
from learning_pipeline.defs.resources import Chain
from learning_pipeline.stores.imports import deliver

MARK = "imported:"


class FolderConfig(dg.Config):
    """A bot's folder, as in the settings."""

    kind: Literal["freqtrade", "nautilus"] = Field(description="whose formats lie there")
    path: str = Field(description="folder or file, read only")
    source: str = Field(default="", description="name of the bot; empty: told from the file")
    timeframe: str = Field(default="", description="of what the files give none, such as 1h; empty: none is given")
    fingerprint: str = Field(default="", description="what the sensor saw; empty: the folder is looked at again later")


@dg.op
def import_folder(chain: Chain, config: FolderConfig) -> None:
    """Deliver what lies in a bot's folder; what was delivered before is the same file again, and costs nothing."""
    now = dt.datetime.now(dt.UTC)
    path = Path(config.path).expanduser()
    for found in read(config.kind, [path], config.source or None, config.timeframe or None):
        deliver(chain.inbox, found, now)
    chain.ledger.set_marks({MARK + config.path: config.fingerprint})


@dg.job(
    name="import_bot_files",
    description="What is new in a bot's folder to the inbox; the chain follows by its own sensor.",
)
def import_job() -> None:
    """One folder."""
    import_folder()


@dg.sensor(job_name=import_job.name, minimum_interval_seconds=60, default_status=dg.DefaultSensorStatus.RUNNING)
def bot_folder_sensor(context: dg.SensorEvaluationContext, chain: Chain) -> dg.SensorResult | dg.SkipReason:
    """One import for each folder of the setting `[imports] watch` in which anything has changed since the last."""
    if not chain.imports.watch:
        return dg.SkipReason("no folder is watched; name one in [imports] watch of learning_pipeline.toml")
    asked = [_asked(context.instance, chain, watched) for watched in chain.imports.watch]
    requests = [request for request in asked if request is not None]
    return dg.SensorResult(run_requests=requests) if requests else dg.SkipReason("nothing is new in any bot's folder")


def _asked(instance: dg.DagsterInstance, chain: Chain, watched: Watched) -> dg.RunRequest | None:
    """A run on what lies there now, unless it was imported, one is under way, or as many have failed as may."""
    seen = fingerprint(Path(watched.path).expanduser())
    if chain.ledger.mark(MARK + watched.path) == seen:
        return None
    tried = instance.get_runs(dg.RunsFilter(tags=state_of(seen)), limit=MAX_ATTEMPTS)
    if len(tried) >= MAX_ATTEMPTS or any(run.status in OPEN_STATUSES for run in tried):
        return None
    given = watched.model_dump(exclude_none=True)
    told = FolderConfig(**given, fingerprint=seen)
    config = dg.RunConfig(ops={"import_folder": told})
    return dg.RunRequest(run_key=f"{seen}:{len(tried)}", tags=state_of(seen), run_config=config)
