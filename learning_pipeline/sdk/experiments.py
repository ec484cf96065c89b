"""Experiments and routing as a bot uses them; light: no Dagster, Polars or DuckDB."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from learning_pipeline.books.research.experiment import Experiment, Spec
from learning_pipeline.books.research.routing import Route, Standing, Trigger, route
from learning_pipeline.errors import BadInput
from learning_pipeline.stores.experiments_file import read_experiments
from learning_pipeline.stores.home import Home


def experiments_of(home: str | Path | None) -> dict[str, Any]:
    """The experiments of a data root as they stood when its file was last written."""
    return read_experiments(Home.at(home).experiments)


def routed(trigger: Mapping[str, Any], home: str | Path | None) -> Route:
    """Where a trigger of the data root's bot goes."""
    document = experiments_of(home)
    known = [_experiment(one) for one in document["experiments"]]
    return route(_trigger(trigger), known, _standing(trigger, document["sessions"]))


def _trigger(fields: Mapping[str, Any]) -> Trigger:
    if not isinstance(fields.get("symbol"), str):
        raise BadInput(f"trigger: expected a symbol, as a signal has one, found {fields.get('symbol')!r}")
    return Trigger.of(fields)


def _standing(trigger: Mapping[str, Any], sessions: list[dict[str, Any]]) -> Standing:
    """The money of the trigger's session, else of the only one; unknown for a session that no run has heard of."""
    source = trigger.get("source")
    if source is None and len(sessions) > 1:
        raise BadInput(f"trigger: expected source and session_id, there are {len(sessions)} sessions")
    named = (source, trigger.get("session_id", source))
    found = [one for one in sessions if source is None or (one["source"], one["session_id"]) == named]
    return Standing(*(found[0][name] for name in ("cash", "paused", "pause_reason"))) if found else Standing(None)


def _experiment(told: Mapping[str, Any]) -> Experiment:
    """An experiment as far as the file tells it; who moved it and when is in the ledger."""
    words = {name: tuple(told[name]) for name in ("target_symbols", "trigger_categories")}
    spec = Spec(**{name: told[name] for name in Spec.__dataclass_fields__} | words)
    unknown = dt.datetime.min.replace(tzinfo=dt.UTC)
    return Experiment(spec, "", None, unknown, told["state"], unknown, "", "see `learning-pipeline experiments list`")
