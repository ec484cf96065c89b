"""A model goes the whole way on a made-up market whose truth is known: each step is a command, printed as it is run."""

from __future__ import annotations

import datetime as dt
import shlex
import sys
import tempfile
from contextlib import nullcontext, redirect_stdout
from pathlib import Path
from typing import Any

import typer

from learning_pipeline.cli.app import app
from learning_pipeline.cli.jobs import run_job
from learning_pipeline.cli.plain import write_json
from learning_pipeline.cli.sql import query_rows
from learning_pipeline.cli.terminal import print_table, say, tell
from learning_pipeline.errors import BadInput, NotAsPlanned
from learning_pipeline.paper.planted import START, Pattern, run_planted
from learning_pipeline.stores.atomic import atomic_write
from learning_pipeline.stores.audit import Audit
from learning_pipeline.stores.home import Home
from learning_pipeline.stores.inbox import Inbox
from learning_pipeline.stores.ledger import Ledger
from learning_pipeline.stores.recorder import Recorder
from learning_pipeline.stores.registry import Registry
from learning_pipeline.stores.rollouts import Rollouts

EDGE = Pattern("edge", "signals just outside the halo win 9 of 10, the others 1 of 5", 0.2, 0.9)
PACK = "edge_v1"
TRAINED_DAYS, KNOWN_DAYS, ALL_DAYS = 180, 275, 330
"""Days that the model is trained on, days there are then (the pack holds those between), and days in the end."""

SETTINGS = """\
[models]
eval_packs = ["{pack}"]
rollout_mode = "{mode}"
"""
BESIDE = """
    SELECT s.role, count(*) AS scored, count(*) FILTER (takes) AS taken,
           round(sum(o.net_pnl_usd) FILTER (takes), 2) AS taken_usd,
           round(sum(o.net_pnl_usd) FILTER (d.decision = 'approved'), 2) AS bot_usd
    FROM models.scores s JOIN shadow.outcomes o USING (signal_id) JOIN events.decisions d USING (signal_id)
    GROUP BY s.role
"""
AUDITED = "SELECT seq, actor, action, outcome FROM rollout.audit ORDER BY seq"


def run_governed_demo(home: Home, *, as_json: bool) -> None:
    """Train, measure, be denied, serve in shadow, be approved, become active, roll back, verify.

    Raises
    ------
    BadInput
        The data root holds anything already.
    NotAsPlanned
        A step was allowed that must be denied, or the other way about.
    """
    if home.ledger.exists():
        raise BadInput(f"{home.root}: a model's whole way is shown once; remove it, or name another with --home")
    with redirect_stdout(sys.stderr) if as_json else nullcontext():
        artifact = _go(home)
    if as_json:
        write_json({"home": str(home.root), "artifact_id": artifact, "audit_head": str(Audit(home).head())})
    else:
        mlflow = f"mlflow ui --backend-store-uri sqlite:///{home.mlflow / 'mlflow.db'}"
        tell(f"\nLook further:\n  learning-pipeline ui --home {home.root}\n  {mlflow}")


def _go(home: Home) -> str:
    """Every step in its order; the artifact."""
    tell(f"A made-up bot: {EDGE.truth}, and it does not know. {KNOWN_DAYS} days of its decisions come in.\n")
    _set(home, "shadow")
    _deliver(home, KNOWN_DAYS)
    _step(home, "packs", "freeze", PACK, "--from", _day(TRAINED_DAYS + 1), "--to", _day(KNOWN_DAYS - 1))
    _step(home, "train", "--to", _day(TRAINED_DAYS - 1), "--by", "ana")
    artifact = Registry(home).artifacts()[-1]["artifact_id"]
    _step(home, "evaluate", artifact)
    _step(home, "rollout", "request", artifact, "--state", "active", "--by", "ana")
    request = Rollouts(home).requests()[-1]["request_id"]
    tell("Who asks cannot approve, and nobody can before it has served in shadow:\n")
    _step(home, "rollout", "approve", request, "--by", "ana", denied=True)
    _step(home, "rollout", "request", artifact, "--state", "shadow", "--by", "ana")
    tell(f"The bot goes on for {ALL_DAYS - KNOWN_DAYS} days; the model scores each decision, and nobody acts on it.\n")
    _deliver(home, ALL_DAYS)
    print_table(*query_rows(home, BESIDE), title="Beside the bot, in shadow")
    tell('\nA person sets rollout_mode = "active" in learning_pipeline.toml, and another one approves:\n')
    _set(home, "active")
    _step(home, "rollout", "approve", request, "--by", "ben", "--reason", "the record in shadow")
    _step(home, "rollback", "--to", "none", "--by", "ben", "--reason", "to show it")
    _step(home, "audit", "verify")
    run_job(home, "chain")
    print_table(*query_rows(home, AUDITED), title="What was tried, and what came of it")
    return artifact


def _deliver(home: Home, n_days: int) -> None:
    """Everything up to a day; what was delivered before is known, and counts once."""
    with tempfile.TemporaryDirectory() as folder:
        with Recorder(folder, source="planted") as recorder:
            bars = run_planted(recorder, patterns=[EDGE], n_days=n_days)
        bars.write_parquet(Path(folder) / "bars.parquet")
        Inbox(home.inbox, Ledger(home.ledger)).deliver([Path(folder)], dt.datetime.now(dt.UTC))
    run_job(home, "chain")


def _step(home: Home, *words: str, denied: bool = False) -> None:
    """Run a command, shown as a person types it.

    Raises
    ------
    NotAsPlanned
        It was denied, or was not.
    """
    say(f"$ learning-pipeline {shlex.join(words)}")
    ended = _code([*words, "--home", str(home.root)])
    tell("")
    if bool(ended) != denied:
        raise NotAsPlanned(f"{shlex.join(words)}: expected it to be {'denied' if denied else 'done'}, and it was not")


def _code(words: list[str]) -> int:
    try:
        ended: Any = app(words, standalone_mode=False)
    except typer.Exit as e:
        return e.exit_code
    return ended or 0


def _set(home: Home, mode: str) -> None:
    atomic_write(home.settings, SETTINGS.format(pack=PACK, mode=mode).encode())


def _day(number: int) -> str:
    return (START + dt.timedelta(days=number)).date().isoformat()
