"""The pack that ships: whole, of the bundled real bars, and with nothing in it from outside its window."""

from __future__ import annotations

import datetime as dt
import json

import polars as pl
import pytest

from learning_pipeline.datasets.matrix import feature_names
from learning_pipeline.models.packs.pack import Pack
from learning_pipeline.models.settings import ModelsSettings
from learning_pipeline.stores.home import Home
from learning_pipeline.stores.packs import Packs
from learning_pipeline.stores.sample import sample_bars

NAME = "bench_core_v1"


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    return Pack.read(*Packs(Home(tmp_path_factory.mktemp("home"))).files(NAME))


def test_it_is_the_pack_that_the_settings_require(pack: Pack) -> None:
    assert ModelsSettings().eval_packs == (NAME,)
    assert pack.manifest.pack_id == NAME
    window = pack.manifest.windows[0]
    assert (window.first_day, window.last_day) == (dt.date(2018, 10, 1), dt.date(2019, 10, 15))
    assert pack.manifest.thresholds.dsr_level == 0.99
    assert pack.rows.height > 2000
    assert (pack.rows["decision"] == "approved").sum() > 200
    assert set(pack.rows["symbol"]) == {"BTCUSD"}
    assert set(pack.rows["timeframe"]) == {"1h", "4h"}
    assert len(feature_names(pack.rows["features"])) > 30


def test_labels_cost_what_the_manifest_says(pack: Pack) -> None:
    """A trade that is stopped out lost its risk, and beside it the costs of both sides."""
    risk = pack.rows["net_roi"] / pack.rows["net_r"]
    stated = 2 * (pack.manifest.cost_model.fee_bps + pack.manifest.cost_model.slippage_bps) / 10_000
    beside = (-pack.rows["net_roi"] - risk).filter((pack.rows["net_roi"] + stated + risk).abs() < 0.1 * risk)
    assert beside.len() > 1000
    assert beside.median() == pytest.approx(stated, rel=0.1)  # fees are of the exit's price too, and bars gap


def test_results_of_each_horizon_are_those_of_the_bundled_bars(pack: Pack) -> None:
    """Every horizon's result, from the close of the bundled hour at its end, tells the same price at the decision."""
    bars = sample_bars().filter(pl.col("symbol") == "BTCUSD")
    closes = dict(zip((bars["ts"] + dt.timedelta(hours=1)).to_list(), bars["close"].to_list(), strict=True))
    compared = 0
    for row in pack.rows.filter(pl.col("timeframe") == "1h").sort("signal_id")[::5].iter_rows(named=True):
        sign = 1 if row["side"] == "long" else -1
        prices = []
        for told in filter(None, json.loads(row["horizons"]).values()):
            end = dt.datetime.fromisoformat(told["end_at"])
            if end in closes and told["roi"] is not None:
                prices.append(closes[end] / (1 + sign * told["roi"]))
        assert prices == pytest.approx([prices[0]] * len(prices), rel=1e-9) if prices else True
        compared += len(prices) > 1
    assert compared > 150


def test_weights_and_times_hang_together(pack: Pack) -> None:
    rows = pack.rows
    assert (rows["label_end"] > rows["decided_at"]).all()
    assert (rows["known_at"] >= rows["label_end"]).all()
    assert ((rows["net_roi"] > 0) == rows["success"]).all()
