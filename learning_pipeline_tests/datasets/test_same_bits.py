"""One thread or two, rows in any order: the same id and the same bytes."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys

import polars as pl

from learning_pipeline.datasets import Window, build, dataset_of
from learning_pipeline.datasets.settings import DatasetsSettings
from learning_pipeline.stores.dataset_files import encoded
from learning_pipeline_tests.datasets.worlds import World, end_of_day, world
from learning_pipeline_tests.worlds import MONDAY

N_DAYS = 30
SETTINGS = DatasetsSettings()


def made(seed: int | None) -> str:
    """Id and digest of a dataset; with a seed, of tables whose rows stand in another order."""
    known = world(seed=6, n_days=N_DAYS, n_signals=200)
    now = end_of_day(N_DAYS)
    mixed = known if seed is None else World(*(_mixed(frame, seed) for frame in vars(known).values()))
    decisions = mixed.decisions(now)
    tables = mixed.features(decisions), decisions, mixed.outcomes(decisions, now)
    window = Window("signal", MONDAY.date(), now.date(), now.date())
    rows = build(*(_mixed(table, seed or 0) for table in tables), mixed.bars, SETTINGS, *window[1:])
    found = dataset_of(rows, window, SETTINGS, "policy")
    return f"{found.manifest['dataset_id']} {hashlib.sha256(encoded(found.rows)).hexdigest()} {rows.height}"


def _mixed(frame: pl.DataFrame, seed: int) -> pl.DataFrame:
    return frame.sample(fraction=1, shuffle=True, seed=seed)


def said_by(n_threads: int, seed: int | None) -> str:
    code = f"from learning_pipeline_tests.datasets.test_same_bits import made; print(made({seed}))"
    environment = os.environ | {"POLARS_MAX_THREADS": str(n_threads)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def test_threads_and_order_do_not_show() -> None:
    expected = made(None)
    assert int(expected.split()[2]) > 120
    assert made(12) == expected
    assert said_by(2, 11) == expected
