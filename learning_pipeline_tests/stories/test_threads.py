"""The chain gives the same bits with one thread and with several."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import polars as pl

from learning_pipeline.contracts import content_sha256
from learning_pipeline_tests.worlds import Root, bot_events, hourly_bars

PROGRAM = """
import json, sys
from pathlib import Path
from learning_pipeline_tests.stories.test_threads import made
print(json.dumps(made(Path(sys.argv[1]))))
"""


def made(folder: Path) -> tuple[int, dict[str, str]]:
    """Number of threads of this process, and the digest of each table of a run in it."""
    root, bars = Root(folder), hourly_bars(6, 12)
    root.deliver(bot_events(6, bars, 200), bars)
    root.run()
    return pl.thread_pool_size(), {name: content_sha256(rows) for name, rows in root.tables().items()}


def test_results_do_not_depend_on_the_number_of_threads(tmp_path: Path) -> None:
    command = [sys.executable, "-c", PROGRAM, str(tmp_path / "4")]
    environment = {**os.environ, "POLARS_MAX_THREADS": "4"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    n_threads, found = json.loads(done.stdout)
    n_here, expected = made(tmp_path / "here")
    assert (n_here, n_threads) == (1, 4)
    assert found == expected
