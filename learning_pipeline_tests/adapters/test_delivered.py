"""Imports through a real data root: nothing is quarantined, and what comes again changes nothing."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from learning_pipeline.adapters import nautilus, tabular
from learning_pipeline.events.tables import DecisionReports, Fills, Quarantine, Signals, Trades
from learning_pipeline.market.tables import Bars
from learning_pipeline.stores.imports import deliver
from learning_pipeline.stores.inbox import Inbox
from learning_pipeline.stores.ledger import Ledger
from learning_pipeline_tests.adapters.nautilus import catalogs, exports
from learning_pipeline_tests.worlds import Root

TRADES = """symbol;side;qty;entry_price;exit_price;opened_at;closed_at;profit
BTC/USDT;long;0,5;100;110;2024-03-01T00:00:00Z;2024-03-01T05:00:00Z;4,9
"""


def arrive(root: Root, folder: Path) -> None:
    """What a person imports: a folder of nautilus, and a table."""
    found = [
        *nautilus.imported([folder / "bot"]),
        *tabular.imported([folder / "trades.csv"], "trades", {"pnl_usd": "profit"}, "table", "1h"),
    ]
    for each in found:
        deliver(Inbox(root.home.inbox, Ledger(root.home.ledger)), each, dt.datetime.now(dt.UTC))
    root.run("ingest")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("imports")
    (made / "bot").mkdir()
    exports.write_log(made / "bot" / "events.jsonl", exports.story()[:-2])
    catalogs.write_bars(made / "bot" / "catalog", "BTCUSDT-PERP.BINANCE-1-MINUTE-LAST-EXTERNAL", ["100.0"] * 30)
    (made / "trades.csv").write_text(TRADES)
    return made


@pytest.fixture(scope="module")
def root(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Root:
    made = Root(tmp_path_factory.mktemp("root"))
    arrive(made, folder)
    return made


TABLES = [Signals, DecisionReports, Fills, Trades, Bars]


def test_what_arrives_is_kept_and_what_grew_is_added_once(folder: Path, root: Root) -> None:
    before = {table.address(): root.table(table).height for table in TABLES}
    assert list(before.values()) == [8, 10, 8, 3, 30]
    assert not root.table(Trades)["pnl_mismatch"].any()
    exports.write_log(folder / "bot" / "events.jsonl", exports.story())
    arrive(root, folder)
    assert root.table(Quarantine).is_empty()
    after = {table.address(): root.table(table).height for table in TABLES}
    assert after == {**before, Trades.address(): 4}
