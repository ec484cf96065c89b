"""The main job on bundled real bars."""

from __future__ import annotations

import datetime as dt
import hashlib
import sys
import tempfile
from pathlib import Path
from typing import cast

import polars as pl

from learning_pipeline.books.research.experiment import Spec
from learning_pipeline.books.settings import BooksSettings
from learning_pipeline.cli.jobs import run_job
from learning_pipeline.cli.plain import write_json
from learning_pipeline.cli.report import write_report
from learning_pipeline.cli.sql import query_rows
from learning_pipeline.cli.terminal import print_table, say, shortest, tell
from learning_pipeline.cli.verdicts import guard_rows, show_verdicts
from learning_pipeline.contracts import Settings
from learning_pipeline.defs.catalog import SETTINGS
from learning_pipeline.errors import BadInput
from learning_pipeline.paper import PaperSettings, resample, run_session
from learning_pipeline.stores.home import Home
from learning_pipeline.stores.inbox import Inbox
from learning_pipeline.stores.ledger import Ledger
from learning_pipeline.stores.recorder import Recorder
from learning_pipeline.stores.sample import sample_bars
from learning_pipeline.stores.settings_file import load_settings

MODELLED = "Prices are real; the bars carry no quotes, so the spread in these figures is modelled."
EXAMPLE = (
    "SELECT strategy, kind, n, win_rate, total_pnl_usd FROM analysis.strategy_leaderboard WHERE window_days = 90 "
    "ORDER BY as_of DESC, total_pnl_usd DESC LIMIT 12"
)
RESEARCHED = """
    SELECT experiment_id, state, reason, n_trades, round(realised_usd, 2) AS net_usd, status AS evidence
    FROM books.experiments LEFT JOIN playbooks.validation USING (playbook_id, as_of)
    WHERE as_of = (SELECT max(as_of) FROM books.experiments) ORDER BY experiment_id
"""
BAD_LINES = """\
{"event_id":"bad-1","type":"signal","at":"2019-10-16T08:00:00","source":"paper","signal_id":"bad-1","symbol":"BTCUSD",\
"timeframe":"1h","strategy":"rsi_extremes","side":"long"}
{"event_id":"bad-2","type":"fill","at":"2019-10-16T09:00:00Z","source":"paper","fill_id":"f","order_id":"o",\
"trade_id":"t","symbol":"BTCUSD","side":"buy","qty":"0.1","price":8000.0,"fee_usd":0.8}
{"event_id":"bad-3","type":"signal","at":"2019-10-16T10:00:00Z","source":"paper","signal_id":"bad-3","symbol":"BTCUSD",\
"timeframe":"1h","strategy":"rsi_extremes","side":"long","learning_book":true}
"""
"""A time without a zone, text for a number, a learning row without its experiment."""

EXPERIMENT = Spec(
    experiment_id="rsi_extremes-demo",
    hypothesis="Fading an RSI extreme reaches +1R before its stop often enough to pay its costs.",
    playbook_id="rsi_extremes",
    target_symbols=(),
    trigger_categories=("mean_reversion",),
    min_sample_size=20,
    max_loss_usd=50.0,
)
"""What the bot of the demo tries with research money."""


def run_demo(home: Home, *, as_json: bool) -> None:
    """Paper session on the sample bars, three bad lines, the whole chain; prints what came out and where to look."""
    with tempfile.TemporaryDirectory() as folder:
        say("paper session: a reference bot trades 2017-2019 BTC/USD and 2017 EUR/USD hourly bars")
        _make_deliveries(Path(folder), load_settings(home.settings, SETTINGS)["books"])
        deliver_apart(home, Path(folder))
    say("chain: events -> decisions -> shadow outcomes -> guard verdicts -> warehouse")
    run_job(home, "chain")
    report = write_report(home)
    if as_json:
        write_json({"home": str(home.root), "report": str(report), "guards": guard_rows(home)})
    else:
        _show(home, report)


def deliver_apart(home: Home, folder: Path) -> None:
    """Deliver the files of a folder to a data root that holds them already, or nothing.

    Raises
    ------
    BadInput
        It holds other deliveries: of another version's bot, whose trades would be mixed with these, or the user's.
    """
    held = {path.name.split(".", 1)[0] for path in home.inbox.glob("*.*")}
    coming = {hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}
    if held and not coming <= held:
        raise BadInput(f"{home.root}: holds other events than this demo's; remove it, or name another with --home")
    Inbox(home.inbox, Ledger(home.ledger)).deliver([folder], dt.datetime.now(dt.UTC))


def _make_deliveries(folder: Path, books: Settings) -> None:
    hours = sample_bars()
    bars = pl.concat([hours, resample(hours, "4h")])
    bars.write_parquet(folder / "bars.parquet")
    with Recorder(folder, source="paper") as recorder:
        risked = cast("BooksSettings", books)
        run_session(bars, recorder, PaperSettings(), learning=risked, research=risked, experiments=[EXPERIMENT])
    (folder / "three_bad_lines.jsonl").write_text(BAD_LINES, encoding="utf-8")


def _show(home: Home, report: Path) -> None:
    show_verdicts(home, note=MODELLED)
    counts = """
        SELECT (SELECT count(*) FROM events.signals) AS signals,
               (SELECT count(*) FROM events.decisions WHERE decision = 'blocked') AS blocked,
               (SELECT count(*) FROM events.trades) AS trades,
               (SELECT count(*) FROM market.bars) AS bars,
               (SELECT count(*) FROM shadow.outcomes WHERE outcome <> 'open') AS settled,
               (SELECT count(*) FROM shadow.pending WHERE as_of = (SELECT max(as_of) FROM shadow.pending)) AS open,
               (SELECT count(*) FROM events.quarantine) AS quarantined
    """
    tell("")
    print_table(*query_rows(home, counts), title="What is in the warehouse")
    refused = "SELECT line_no, reason_code, detail FROM events.quarantine ORDER BY line_no"
    tell("")
    print_table(*query_rows(home, refused), title="Three bad lines were delivered too: refused, with the reason")
    tell("")
    print_table(*query_rows(home, RESEARCHED), title="What research money tried, and what its playbook's evidence says")
    _point_to(home, report)


def _point_to(home: Home, report: Path) -> None:
    called = Path(sys.argv[0])
    program = shortest(called) if called.name == "learning-pipeline" else "learning-pipeline"
    tell(
        f"\nThe same with pictures, and what is not known:\n  {shortest(report)} opens in any browser\n"
        f"\nLook further:\n  {program} sql --home {shortest(home.root)} '{EXAMPLE}'\n"
        f"  {program} ui --home {shortest(home.root)}\n"
        f"  {shortest(home.warehouse)} opens in any DuckDB from 1.2 on"
    )
