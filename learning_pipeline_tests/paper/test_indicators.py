"""Indicators against published examples and the formulas written out."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from learning_pipeline.paper import bands, indicators
from learning_pipeline.paper.swings import divergence_sides

# The worked RSI example of StockCharts ("ChartSchool: Relative Strength Index"), 14 periods.
RSI_CLOSES = [
    44.3389, 44.0902, 44.1497, 43.6124, 44.3278, 44.8264, 45.0955, 45.4245, 45.8433, 46.0826, 45.8931,
    46.0328, 45.6140, 46.2820, 46.2820, 46.0028, 46.0328, 46.4116, 46.2222, 45.6439, 46.2122,
]  # fmt: skip
RSI_PUBLISHED = [70.53, 66.32, 66.55, 69.41, 66.36, 57.97, 62.93]


@pytest.fixture(scope="module")
def walk_of_prices():
    """High, low and close of 300 random bars."""
    rng = np.random.default_rng(3)
    close = 100 * np.exp(np.cumsum(rng.normal(0, 0.01, 300)))
    return close * (1 + rng.uniform(0, 0.01, 300)), close * (1 - rng.uniform(0, 0.01, 300)), close


def wilder_slowly(values, length):
    out = [float("nan")] * len(values)
    start = length - 1 + int(np.isnan(values[0]))
    out[start] = sum(values[start - length + 1 : start + 1]) / length
    for i in range(start + 1, len(values)):
        out[i] = (out[i - 1] * (length - 1) + values[i]) / length
    return out


def test_rsi_reproduces_the_published_example():
    got = indicators.rsi(np.array(RSI_CLOSES), 14)
    assert np.isnan(got[:14]).all()
    assert got[14:].round(2).tolist() == pytest.approx(RSI_PUBLISHED, abs=0.011)


def test_rsi_of_a_still_market_is_neutral_and_of_a_rising_one_is_100():
    assert indicators.rsi(np.full(20, 5.0), 14)[-1] == 50
    assert indicators.rsi(np.arange(1.0, 21.0), 14)[-1] == 100


def test_atr_is_wilders_recursion_over_true_ranges(walk_of_prices):
    high, low, close = walk_of_prices
    ranges = [high[0] - low[0]]
    ranges += [max(high[i] - low[i], abs(high[i] - close[i - 1]), abs(low[i] - close[i - 1])) for i in range(1, 300)]
    np.testing.assert_allclose(indicators.atr(high, low, close, 14), wilder_slowly(ranges, 14), rtol=1e-12)


def test_adx_equals_the_textbook_form_with_true_range(walk_of_prices):
    """The textbook divides both directional moves by the true range, which cancels."""
    high, low, close = walk_of_prices
    up, down = np.diff(high, prepend=np.nan), -np.diff(low, prepend=np.nan)
    plus = np.where(np.isnan(up), np.nan, np.where((up > down) & (up > 0), up, 0.0))
    minus = np.where(np.isnan(up), np.nan, np.where((down > up) & (down > 0), down, 0.0))
    ranges = indicators.true_range(high, low, close)
    ranges[0] = np.nan
    atr = np.array(wilder_slowly(ranges, 14))
    di_plus, di_minus = 100 * np.array(wilder_slowly(plus, 14)) / atr, 100 * np.array(wilder_slowly(minus, 14)) / atr
    dx = 100 * np.abs(di_plus - di_minus) / (di_plus + di_minus)
    expected = np.concatenate([np.full(14, np.nan), wilder_slowly(dx[14:], 14)])
    np.testing.assert_allclose(indicators.adx(high, low, 14), expected, rtol=1e-9)


def test_the_directional_index_has_the_sign_of_the_move_and_its_size_is_averaged_by_adx(walk_of_prices):
    high, low, _ = walk_of_prices
    dx = indicators.directional_index(high, low, 14)
    np.testing.assert_allclose(indicators.directional_index(-low, -high, 14), -dx)
    np.testing.assert_allclose(indicators.adx(high, low, 14)[27:], np.array(wilder_slowly(np.abs(dx[14:]), 14))[13:])
    rising = np.arange(1.0, 40.0)
    assert indicators.directional_index(rising + 1, rising, 14)[-1] == 100


def test_volume_of_a_still_or_unknown_past_gives_no_ratio():
    got = indicators.relative_volume(np.array([0.0, 0.0, 5.0, np.nan, 4.0, 4.0, 4.0]), 2)
    np.testing.assert_array_equal(got, [np.nan, np.nan, np.nan, np.nan, np.nan, np.nan, 1.0])


def test_volatility_of_a_constant_log_return_is_that_return():
    assert indicators.volatility(np.exp(0.01 * np.arange(30)), 24)[-1] == pytest.approx(0.01)


@settings(deadline=None)
@given(cut=st.integers(30, 299))
def test_no_indicator_looks_ahead(walk_of_prices, cut):
    high, low, close = walk_of_prices

    def all_of(n):
        h, lo, c = high[:n], low[:n], close[:n]
        upper, lower = bands.channel_before(h, lo, 20)
        band_upper, band_lower = bands.bollinger(c, 20, 2.0)
        return {
            "ema": indicators.ema(c, 20),
            "atr": indicators.atr(h, lo, c, 14),
            "rsi": indicators.rsi(c, 14),
            "adx": indicators.adx(h, lo, 14),
            "efficiency": indicators.efficiency(c, 20),
            "volatility": indicators.volatility(c, 24),
            "slope": indicators.slope(c, 5),
            "upper": upper,
            "lower": lower,
            "dx": indicators.directional_index(h, lo, 14),
            "macd": indicators.macd(c, 12, 26),
            "move": indicators.move(c, indicators.atr(h, lo, c, 14)),
            "relative_volume": indicators.relative_volume(h - lo, 20),
            "band_upper": band_upper,
            "band_lower": band_lower,
            "squeezed": bands.squeezed_before(band_upper, band_lower, 60, 6),
            "divergence": divergence_sides(h, lo, indicators.macd(c, 12, 26), 3, 60),
        }

    whole, part = all_of(300), all_of(cut)
    for name, values in part.items():
        np.testing.assert_array_equal(values, whole[name][:cut], err_msg=name)


@pytest.mark.parametrize("n", [0, 1, 5])
def test_too_few_bars_give_no_reading(n):
    values = np.arange(1.0, n + 1)
    for got in (indicators.rsi(values, 14), indicators.adx(values, values, 14), indicators.efficiency(values, 20)):
        assert len(got) == n
        assert np.isnan(got).all()
