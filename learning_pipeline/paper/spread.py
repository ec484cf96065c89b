"""Modelled bid-ask spreads: the bars carry none, so every spread of this session is a model, and says so.

spread = (base + k * volatility) * exp(noise), with the volatility known at that instant and a noise that is a pure
function of seed, market and instant.
"""

from __future__ import annotations

import numpy as np

from learning_pipeline.paper.chance import uniforms
from learning_pipeline.paper.market import Market
from learning_pipeline.paper.settings import PaperSettings

LOGISTIC_SD = np.pi / np.sqrt(3)


def spreads_at_close(market: Market, volatility: np.ndarray, settings: PaperSettings) -> np.ndarray:
    """Spread at the close of each bar, basis points of the price, shape (n,); NaN while volatility is unknown."""
    return _spreads(market, volatility, "close", settings)


def spreads_at_open(market: Market, volatility: np.ndarray, settings: PaperSettings) -> np.ndarray:
    """Spread at each bar's open, from the volatility at the close before; basis points of the price, shape (n,)."""
    before = np.concatenate([[np.nan], volatility[:-1]])[: len(volatility)]
    return _spreads(market, before, "open", settings)


def _spreads(market: Market, volatility: np.ndarray, moment: str, settings: PaperSettings) -> np.ndarray:
    base = settings.spread_base_bps.get(market.symbol, settings.spread_other_bps)
    draws = uniforms(f"{settings.seed}/{market.name}/{moment}", market.closed)
    noise = settings.spread_noise * np.log(draws / (1 - draws)) / LOGISTIC_SD
    return (base + settings.spread_volatility_bps * volatility) * np.exp(noise)
