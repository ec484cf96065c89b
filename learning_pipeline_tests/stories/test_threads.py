"""The chain gives the same bits with one thread and with several."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

PROGRAM = """
import json, sys
from pathlib import Path
from learning_pipeline.contracts import content_sha256
from learning_pipeline_tests.worlds import Root, bot_events, hourly_bars
import polars as pl

root, bars = Root(Path(sys.argv[1])), hourly_bars(6, 12)
root.deliver(bot_events(6, bars, 200), bars)
root.run()
print(json.dumps([pl.thread_pool_size(), {name: content_sha256(rows) for name, rows in root.tables().items()}]))
"""


def test_results_do_not_depend_on_the_number_of_threads(tmp_path: Path) -> None:
    found = {}
    for n in (1, 4):
        command = [sys.executable, "-c", PROGRAM, str(tmp_path / str(n))]
        done = subprocess.run(
            command, env={**os.environ, "POLARS_MAX_THREADS": str(n)}, capture_output=True, text=True, check=True
        )
        n_threads, found[n] = json.loads(done.stdout)
        assert n_threads == n
    assert found[1] == found[4]
