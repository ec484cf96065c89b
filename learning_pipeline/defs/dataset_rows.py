"""A dataset out of the lake: read, build, keep; the same whether it is built, trained on or reproduced."""

import datetime as dt
import hashlib
from typing import Any

import polars as pl

from learning_pipeline.contracts import Entry, Table
from learning_pipeline.datasets import answers, build, pins
from learning_pipeline.datasets.dataset import Dataset, Window, dataset_of
from learning_pipeline.datasets.examples import bars_until
from learning_pipeline.datasets.settings import DatasetsSettings
from learning_pipeline.datasets.tables import Features
from learning_pipeline.defs.resources import Chain
from learning_pipeline.errors import BadInput, DataMissing
from learning_pipeline.events.tables import AiResponses, Decisions
from learning_pipeline.market.tables import Bars
from learning_pipeline.shadow.tables import Outcomes
from learning_pipeline.stores.code import code_version
from learning_pipeline.stores.dataset_files import DatasetFiles, encoded
from learning_pipeline.stores.lake import Lake
from learning_pipeline.stores.learning_log import write_entries
from learning_pipeline.stores.outbox import Outbox
from learning_pipeline.stores.registry import Registry
from learning_pipeline.stores.rollouts import STANDING, Rollouts

READ: dict[str, tuple[type[Table], ...]] = {
    "signal": (Features, Decisions, Outcomes, Bars),
    "rag_eval": (AiResponses,),
    "prompt_eval": (AiResponses,),
}
"""Kind of a dataset -> tables of the lake that it is made of."""


def rows_of(lake: Lake, window: Window, settings: DatasetsSettings) -> pl.DataFrame:
    """Rows of a dataset, as the lake knows them by the end of ``window.as_of``."""
    kind, first, last, as_of = window
    if kind != "signal":
        return answers(lake.read(AiResponses, first, last), kind, first, last)
    features, decisions, outcomes = (lake.read(table, first, as_of) for table in (Features, Decisions, Outcomes))
    bars = lake.read(Bars, first, bars_until(settings, last, as_of))
    return build(features, decisions, outcomes, bars, settings, first, last, as_of)


def kept_dataset(chain: Chain, kind: str = "signal", first: str = "", last: str = "", as_of: str = "") -> Dataset:
    """Build a dataset and keep it, where it is not kept already; say so in the outbox and the log.

    Parameters
    ----------
    first, last, as_of : str
        YYYY-MM-DD; by default the first day of the data, and the last one that is computed.

    Raises
    ------
    BadInput
        An unknown kind, or days that are out of order or not computed yet.
    DataMissing
        Nothing is labelled in these days.
    """
    window = window_of(chain, kind, first, last, as_of)
    rows = rows_of(chain.lake, window, chain.datasets)
    made = dataset_of(rows, window, chain.datasets, chain.shadow.policy_hash())
    files = DatasetFiles(chain.paths.datasets)
    if files.write(made.manifest | _circumstances(chain, made), made.rows):
        _tell(chain, made)
    return Dataset(made.rows, files.manifest(made.manifest["dataset_id"]))


def window_of(chain: Chain, kind: str, first: str, last: str, as_of: str) -> Window:
    """The days asked for, none of them beyond what is computed. Errors as `kept_dataset`."""
    if kind not in READ:
        raise BadInput(f"kind: expected one of {', '.join(READ)}, found {kind!r}")
    computed, since = computed_until(chain), chain.due.first_day
    if computed is None or since is None:
        raise DataMissing("dataset: expected computed days, found none; `learning-pipeline run` computes what is due")
    until = _day("as_of", as_of) or computed
    end, begin = _day("last", last) or until, _day("first", first) or since
    if not begin <= end <= until <= computed:
        raise BadInput(
            f"days of a dataset: expected first <= last <= as_of <= {computed} (the last day that is computed; "
            f"`learning-pipeline run` computes what is due), found {begin}, {end}, {until}"
        )
    return Window(kind, begin, end, until)


def computed_until(chain: Chain) -> dt.date | None:
    """The last day whose tables are not stale; None where there is none."""
    due = chain.due
    if due.newest_known_at is None or due.first_day is None:
        return None
    newest = due.newest_known_at.date()
    last = min(newest, due.dirty_from - dt.timedelta(days=1)) if due.dirty_from else newest
    return last if last >= due.first_day else None


def pinned(chain: Chain) -> dict[str, list[str]]:
    """Dataset -> artifacts that stand, or are among the newest, and were trained on it."""
    history = Rollouts(chain.paths).history()
    stands = [each.artifact_id for each in history if each.state in STANDING and each.until is None]
    return pins(Registry(chain.paths).artifacts(), stands, chain.models.keep_artifacts)


def manifests(chain: Chain) -> list[dict[str, Any]]:
    """Manifests of all datasets that are kept, with the artifacts that pin them; null where none does."""
    by = pinned(chain)
    kept = DatasetFiles(chain.paths.datasets).manifests()
    return [m | {"pinned_by": ", ".join(by.get(m["dataset_id"], [])) or None} for m in kept]


def _circumstances(chain: Chain, made: Dataset) -> dict[str, Any]:
    """What of a manifest does not follow from the rows."""
    tables = READ[made.manifest["kind"]]
    return {
        "built_at": dt.datetime.now(dt.UTC),
        "code_commit": code_version(),
        "snapshot_refs": {table.address(): chain.lake.version(table) for table in tables},
        "file_sha256": hashlib.sha256(encoded(made.rows)).hexdigest(),
    }


def _tell(chain: Chain, made: Dataset) -> None:
    names = ("dataset_id", "kind", "n", "n_effective", "success_share", "content_sha256")
    said = {name: made.manifest[name] for name in names}
    days = {name: made.manifest[name].isoformat() for name in ("first_day", "last_day", "as_of")}
    Outbox(chain.paths).emit("ordinis.learn.dataset.built", said["dataset_id"], said | days, dt.datetime.now(dt.UTC))
    write_entries(chain.paths.learning_log, [Entry("DATASET BUILT", said | days)])


def _day(name: str, text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError as e:
        raise BadInput(f"{name}: expected a day as YYYY-MM-DD, found {text!r}") from e
