"""What an outcome is worth: result before and after the costs of the execution policy.

In NumPy: Polars divides by a column of one row as a product with its inverse, so that a row's last digit would depend
on how many rows are settled with it.
"""

from __future__ import annotations

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
    side = np.where(paths["side"].to_numpy() == "long", 1.0, -1.0)
    entry, left, r = (_floats(paths[name]) for name in ("entry_price", "exit_price", "r"))
    notional = _floats(paths["notional_usd"].fill_null(settings.notional_usd))
    qty = notional / entry
    move = side * (left - entry)
    at_market = paths["outcome"].is_in(AT_MARKET).fill_null(value=False).to_numpy()
    net = move * qty - _costs(qty * left, notional, _floats(paths["spread"].fill_null(0.0)) * qty, at_market, settings)
    return paths.with_columns(
        pl.Series("notional_usd", notional),
        pl.Series("gross_roi", move / entry),
        pl.Series("net_roi", net / notional),
        pl.Series("net_pnl_usd", net),
        pl.Series("net_r", net / qty / r),
        pl.Series("success", net > 0),
        paths["spread"].is_not_null().alias("spread_known"),
    )


def _costs(
    exit_notional: np.ndarray, notional: np.ndarray, spread: np.ndarray, at_market: np.ndarray, settings: ShadowSettings
) -> np.ndarray:
    """Fees of both sides, half the spread at entry and at market exits, slippage at market exits; quote money."""
    fees = (notional + exit_notional) * (settings.fee_bps * BPS)
    slippage = np.where(at_market, exit_notional * (settings.slippage_bps * BPS), 0.0)
    return fees + slippage + np.where(at_market, spread, spread / 2)


def _floats(column: pl.Series) -> np.ndarray:
    return column.cast(pl.Float64).fill_null(float("nan")).to_numpy()
