"""Freeze what came of a data root's signals, or a prompt pack's answers, as a pack."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any, Literal, NamedTuple, cast

import polars as pl

from learning_pipeline.cli.datasets import build_dataset
from learning_pipeline.cli.plain import write_json
from learning_pipeline.cli.terminal import tell
from learning_pipeline.contracts import content_sha256
from learning_pipeline.defs.catalog import SETTINGS
from learning_pipeline.events.tables import AiResponses
from learning_pipeline.market.tables import Bars
from learning_pipeline.models.evaluation.answers import answers_of
from learning_pipeline.models.packs.manifest import (
    Baseline,
    CostModel,
    Data,
    Manifest,
    Measure,
    Provenance,
    Thresholds,
    Window,
)
from learning_pipeline.models.packs.pack import frozen
from learning_pipeline.shadow.settings import ShadowSettings
from learning_pipeline.stores.code import code_version
from learning_pipeline.stores.dataset_files import DatasetFiles
from learning_pipeline.stores.home import Home
from learning_pipeline.stores.lake import Lake
from learning_pipeline.stores.packs import PackFiles, Packs
from learning_pipeline.stores.settings_file import load_settings

ROOMS = ("shadow", "datasets")
"""Rooms whose settings the labels and features rest on."""

UNSET = Data(sha256="0" * 64, n=1)
"""Put in by `frozen`."""

COSTS = "fees and slippage of both sides are in every result; funding, and the effect of an order on prices, are not"


class Asked(NamedTuple):
    """What is frozen: days of decisions, of which baseline; of a prompt pack where one is named."""

    name: str
    first: dt.date
    last: dt.date
    rule: Literal["approved", "all"] = "approved"
    prompt_pack: str | None = None
    version: str | None = None


def freeze(home: Home, asked: Asked, folder: Path | None, *, as_json: bool) -> None:
    """Write a pack, once, and say where.

    Raises
    ------
    BadInput
        The days are not in the data, or the name is none.
    Refused
        Another pack has this name.
    EvaluationFailed
        There is nothing to freeze.
    """
    rows = _answers(home, asked) if asked.prompt_pack else _examples(home, asked)
    files = PackFiles(*frozen(_manifest(home, asked), rows))
    at = Packs(home).add(asked.name, files, folder)
    if as_json:
        write_json({"pack": asked.name, "rows": rows.height, "folder": str(at)})
    else:
        tell(f"{at}: {rows.height:,} rows of {asked.first}..{asked.last}; it never changes from now on")


def _examples(home: Home, asked: Asked) -> pl.DataFrame:
    dataset_id = build_dataset(home, "signal", asked.first, asked.last)
    return DatasetFiles(home.datasets).examples(dataset_id)


def _answers(home: Home, asked: Asked) -> pl.DataFrame:
    responses = Lake(home.lake).read(AiResponses, asked.first, asked.last)
    return answers_of(responses, asked.prompt_pack or "", asked.version or "")


def _manifest(home: Home, asked: Asked) -> Manifest:
    settings = load_settings(home.settings, SETTINGS)
    shadow = cast("ShadowSettings", settings["shadow"])
    costs = CostModel(fee_bps=shadow.fee_bps, slippage_bps=shadow.slippage_bps, words=COSTS)
    of_prompts = Baseline(rule="version", prompt_pack=asked.prompt_pack, version=asked.version)
    made_with: dict[str, Any] = {room: settings[room].model_dump(mode="json") for room in ROOMS}
    return Manifest(
        pack_id=asked.name,
        kind="prompt_pack" if asked.prompt_pack else "signal_model",
        windows=(Window(first_day=asked.first, last_day=asked.last),),
        baseline=of_prompts if asked.prompt_pack else Baseline(rule=asked.rule),
        cost_model=None if asked.prompt_pack else costs,
        thresholds=Thresholds(),
        measure=Measure(),
        provenance=Provenance(
            bars_sha256=content_sha256(Lake(home.lake).read(Bars)), settings=made_with, code_version=code_version()
        ),
        examples=UNSET,
    )
