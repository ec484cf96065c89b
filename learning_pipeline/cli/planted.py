"""The lifecycle of overrides on a made-up market whose truth is known."""

from __future__ import annotations

import tempfile
from pathlib import Path

from learning_pipeline.cli.demo import deliver_apart
from learning_pipeline.cli.jobs import run_job
from learning_pipeline.cli.plain import write_json
from learning_pipeline.cli.report import write_report
from learning_pipeline.cli.sql import query_rows
from learning_pipeline.cli.terminal import print_table, say, tell
from learning_pipeline.paper.planted import PATTERNS, run_planted
from learning_pipeline.stores.home import Home
from learning_pipeline.stores.recorder import Recorder

STATES = """
    SELECT DISTINCT split_part(pattern_key, '.', 2) || coalesce(' ' || (scope ->> '$.timeframe'), '') AS lesson,
           state, reason AS why, state_at::DATE AS since, round(p_value, 4) AS p,
           forward_benefit AS won, forward_harm AS lost
    FROM overrides.overrides ORDER BY lesson, since, state
"""


def run_planted_demo(home: Home, *, as_json: bool) -> None:
    """Record the made-up bot, run the whole chain, and show every override with its state and reason."""
    with tempfile.TemporaryDirectory() as folder:
        say("a made-up bot decides on five made-up markets for 330 days; what is true of each is known")
        with Recorder(folder, source="planted") as recorder:
            bars = run_planted(recorder)
        bars.write_parquet(Path(folder) / "bars.parquet")
        deliver_apart(home, Path(folder))
    say("chain: decisions -> outcomes -> lessons -> selections -> overrides")
    run_job(home, "chain")
    report = write_report(home)
    columns, rows = query_rows(home, STATES)
    if as_json:
        overrides = [dict(zip(columns, row, strict=True)) for row in rows]
        write_json({"home": str(home.root), "report": str(report), "overrides": overrides})
        return
    print_table(["pattern", "what is true of it"], [(p.name, p.truth) for p in PATTERNS], title="What was planted")
    tell("")
    print_table(columns, rows, title="What lessons selected; won, lost: what each let in since")
    tell(f"\nWhy, line by line: {home.learning_log}\nWith pictures: {report}")
