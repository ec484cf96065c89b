"""What an outcome is worth: result before and after the costs of the execution policy.

In NumPy: Polars divides by a column of one row as a product with its inverse, so that a row's last digit would depend
on how many rows are settled with it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import polars as pl

from learning_pipeline.shadow.settings import ShadowSettings

BPS = 1e-4
AT_MARKET = ["hit_stop", "ttl_expired"]


def with_money(paths: pl.DataFrame, settings: ShadowSettings) -> pl.DataFrame:
    """Paths with size, result and costs.

    Parameters
    ----------
    paths : DataFrame
        ``side``, ``entry_price``, ``exit_price``, ``r`` (quote money), ``outcome``, ``notional_usd`` (quote money,
        null: the setting) and ``spread`` (price units, null: 0, and ``spread_known`` is false).
    settings : ShadowSettings
        Fees, slippage and size.

    Returns
    -------
    DataFrame
        With ``notional_usd``, ``spread_known``, ``gross_roi``, ``net_roi`` (fractions of notional), ``net_pnl_usd``,
        ``net_r`` (multiples of R) and ``success`` added; NaN, or without meaning, where ``exit_price`` or
        ``entry_price`` is null.

    Examples
    --------
    >>> trade = {"side": "long", "entry_price": 100.0, "exit_price": 104.0, "r": 2.0, "outcome": "hit_target"}
    >>> paths = pl.DataFrame([trade | {"notional_usd": 50.0, "spread": 0.0}])
    >>> with_money(paths, ShadowSettings(fee_bps=0)).select("net_pnl_usd", "net_roi", "net_r").row(0)
    (2.0, 0.04, 2.0)
    """
    trades = Trades.of(paths, settings)
    earned = trades.entered_at(floats(paths["entry_price"]), settings)
    return paths.with_columns(
        pl.Series("notional_usd", trades.notional),
        *[pl.Series(name, column) for name, column in earned.items()],
        pl.Series("success", earned["net_pnl_usd"] > 0),
        spread_known=pl.col("spread").is_not_null(),
    )


class Trades(NamedTuple):
    """What the result of a trade rests on but for the entry: arrays of shape (n,), NaN for null.

    Attributes
    ----------
    side : float
        1 for long, -1 for short.
    left, r, notional, spread : float
        Exit price, quote money at risk per unit, quote money put in, price units.
    at_market : bool
        Left by a market order.
    """

    side: np.ndarray
    left: np.ndarray
    r: np.ndarray
    notional: np.ndarray
    spread: np.ndarray
    at_market: np.ndarray

    @classmethod
    def of(cls, paths: pl.DataFrame, settings: ShadowSettings) -> Trades:
        """Of the columns that `with_money` reads."""
        told = paths.select(
            pl.when(pl.col("side") == "long").then(1.0).otherwise(-1.0),
            pl.col("exit_price", "r").cast(pl.Float64).fill_null(float("nan")),
            pl.col("notional_usd").cast(pl.Float64).fill_null(settings.notional_usd),
            pl.col("spread").cast(pl.Float64).fill_null(0.0),
            pl.col("outcome").is_in(AT_MARKET).fill_null(value=False),
        )
        return cls(*(column.to_numpy() for column in told))

    def entered_at(self, entry: np.ndarray, settings: ShadowSettings) -> dict[str, np.ndarray]:
        """Results of the trades, had they been entered at these prices: gross_roi, net_roi, net_pnl_usd, net_r."""
        side, left, r, notional, spread, at_market = self
        qty = notional / entry
        move = side * (left - entry)
        net = move * qty - _costs(qty * left, notional, spread * qty, at_market, settings)
        return {"gross_roi": move / entry, "net_roi": net / notional, "net_pnl_usd": net, "net_r": net / qty / r}


def _costs(
    exit_notional: np.ndarray, notional: np.ndarray, spread: np.ndarray, at_market: np.ndarray, settings: ShadowSettings
) -> np.ndarray:
    """Fees of both sides, half the spread at entry and at market exits, slippage at market exits; quote money."""
    fees = (notional + exit_notional) * (settings.fee_bps * BPS)
    slippage = np.where(at_market, exit_notional * (settings.slippage_bps * BPS), 0.0)
    return fees + slippage + np.where(at_market, spread, spread / 2)


def floats(column: pl.Series) -> np.ndarray:
    """Null is NaN."""
    return column.cast(pl.Float64).fill_null(float("nan")).to_numpy()
