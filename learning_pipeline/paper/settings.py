"""Settings of the paper session."""

from __future__ import annotations

from pydantic import Field

from learning_pipeline.contracts import Settings


class PaperSettings(Settings):
    """What the reference bot trades, refuses and pays; every threshold is the same for all strategies and markets."""

    seed: int = Field(0, ge=0, description="changes latencies, slippage and the modelled spread, nothing else")
    capital_usd: float = Field(20_000.0, gt=0, description="money at the start, quote money")
    notional_usd: float = Field(1_000.0, gt=0, description="size of each trade, quote money")

    fee_bps: float = Field(10.0, ge=0, description="fee of each fill, basis points of its notional")
    slippage_bps: float = Field(2.0, ge=0, description="mean slippage of stop and ttl exits, basis points")
    latency_min_seconds: float = Field(1.0, gt=0, description="shortest way from a decision to the venue, seconds")
    latency_max_seconds: float = Field(3.0, gt=0, description="longest way from a decision to the venue, seconds")
    chase_spreads: float = Field(1.0, gt=0, description="how far an entry may pay beyond the signal's price, spreads")

    exploration_rate: float = Field(
        0.0, ge=0, le=1, description="chance that a blocked signal is traded after all, in the learning book; 0 never"
    )
    exploration_experiment: str = Field("guard_exploration", min_length=1, description="experiment_id of such trades")

    spread_base_bps: dict[str, float] = Field(
        default={"BTCUSD": 1.0, "EURUSD": 0.5}, description="modelled spread in a still market by symbol, basis points"
    )
    spread_other_bps: float = Field(2.0, ge=0, description="the same for other symbols, basis points")
    spread_volatility_bps: float = Field(80.0, ge=0, description="modelled spread per 1.0 of daily volatility, bps")
    spread_noise: float = Field(0.35, ge=0, le=2, description="log-scale noise of the modelled spread")

    ts_min: float = Field(0.33, ge=0, le=1, description="gate ts: least trend strength, 0 to 1")
    halo_max: float = Field(3.2, gt=0, description="gate halo: largest distance from the fast EMA, ATRs")
    slope_min: float = Field(-0.001, description="gate slope: least slope of the slow EMA towards the trade, per bar")
    volatility_max: float = Field(0.06, gt=0, description="volatility_guard: largest daily volatility, a fraction")
    spread_max_bps: float = Field(7.0, gt=0, description="spread_guard: widest spread, basis points")
    roi_min: float = Field(0.00005, description="roi_threshold: least expected roi before costs, a fraction")
    cooldown_minutes: float = Field(720.0, ge=0, description="cooldown: wait after a loss of a strategy, minutes")
    drawdown_max: float = Field(0.02, gt=0, lt=1, description="drawdown_guard: largest fall of equity, a fraction")
    drawdown_days: int = Field(30, ge=1, description="drawdown_guard: the fall is from the highest of so many days")
    dx_min: float = Field(40.0, ge=-100, le=100, description="gate dx: least directional index towards the trade")
    max_open_positions: int = Field(5, ge=1, description="max_open_positions: open trades and entries under way")

    fast_ema_bars: int = Field(20, ge=2, description="span of the fast EMA, bars")
    slow_ema_bars: int = Field(60, ge=2, description="span of the slow EMA, bars")
    atr_bars: int = Field(14, ge=2, description="Wilder length of ATR, ADX and RSI, bars")
    volatility_bars: int = Field(24, ge=2, description="window of the realised volatility, bars")
    warmup_bars: int = Field(120, ge=1, description="bars of a market before its first signal")
    episode_bars: int = Field(12, ge=1, description="signals of one direction closer than this are one episode, bars")
    range_adx: float = Field(20.0, ge=0, le=100, description="below this ADX the trend is `range`")
    early_trend_bars: int = Field(24, ge=1, description="a trend this young is stage S1, older S2, bars")
    late_trend_bars: int = Field(48, ge=1, description="a trade with a trend older than this is stage S3, bars")
    calm_ratio: float = Field(0.8, gt=0, description="regime `calm` below this volatility over its own average")
    wild_ratio: float = Field(1.3, gt=0, description="regime `wild` above this volatility over its own average")

    donchian_bars: int = Field(20, ge=2, description="donchian_breakout: channel of the bars before, bars")
    donchian_stop_atr: float = Field(2.0, gt=0, description="donchian_breakout: stop, ATRs from the entry")
    donchian_target_r: float = Field(3.0, gt=0, description="donchian_breakout: target, multiples of R")
    donchian_ttl_bars: int = Field(48, ge=1, description="donchian_breakout: life of a trade, bars")
    rsi_low: float = Field(30.0, gt=0, lt=50, description="rsi_extremes: buys when the RSI falls through this")
    rsi_high: float = Field(70.0, gt=50, lt=100, description="rsi_extremes: sells when the RSI rises through this")
    rsi_stop_atr: float = Field(1.5, gt=0, description="rsi_extremes: stop, ATRs from the entry")
    rsi_target_r: float = Field(2.0, gt=0, description="rsi_extremes: target, multiples of R")
    rsi_ttl_bars: int = Field(24, ge=1, description="rsi_extremes: life of a trade, bars")
    rsi_trim_r: float = Field(1.0, gt=0, description="rsi_extremes: part of the trade is closed here, multiples of R")
    rsi_trim_fraction: float = Field(0.5, gt=0, lt=1, description="rsi_extremes: share that is closed there")
    bollinger_bars: int = Field(20, ge=2, description="bollinger_squeeze: window of the bands, bars")
    bollinger_width: float = Field(2.0, gt=0, description="bollinger_squeeze: bands from their middle, deviations")
    squeeze_bars: int = Field(120, ge=2, description="bollinger_squeeze: a squeeze is the narrowest of so many bars")
    squeeze_patience_bars: int = Field(12, ge=1, description="bollinger_squeeze: a squeeze is remembered for, bars")
    bollinger_stop_atr: float = Field(1.5, gt=0, description="bollinger_squeeze: stop, ATRs from the entry")
    bollinger_target_r: float = Field(2.5, gt=0, description="bollinger_squeeze: target, multiples of R")
    bollinger_ttl_bars: int = Field(36, ge=1, description="bollinger_squeeze: life of a trade, bars")
    macd_fast_bars: int = Field(12, ge=1, description="macd_divergence: span of the fast EMA, bars")
    macd_slow_bars: int = Field(26, ge=2, description="macd_divergence: span of the slow EMA, bars")
    swing_reach_bars: int = Field(3, ge=1, description="macd_divergence: bars on each side of a swing extreme")
    swing_apart_bars: int = Field(60, ge=1, description="macd_divergence: two swings are compared up to so many bars")
    macd_stop_atr: float = Field(2.0, gt=0, description="macd_divergence: stop, ATRs from the entry")
    macd_target_r: float = Field(2.0, gt=0, description="macd_divergence: target, multiples of R")
    macd_ttl_bars: int = Field(36, ge=1, description="macd_divergence: life of a trade, bars")
    macd_trim_r: float = Field(1.0, gt=0, description="macd_divergence: part is closed here, multiples of R")
    macd_trim_fraction: float = Field(0.5, gt=0, lt=1, description="macd_divergence: share that is closed there")
    volume_bars: int = Field(20, ge=1, description="volume_confirmation: usual volume is the mean of the bars before")
    volume_ratio: float = Field(2.0, gt=0, description="volume_confirmation: least volume, times the usual")
    volume_move_atr: float = Field(1.0, gt=0, description="volume_confirmation: least change of the close, ATRs")
    volume_stop_atr: float = Field(1.5, gt=0, description="volume_confirmation: stop, ATRs from the entry")
    volume_target_r: float = Field(2.0, gt=0, description="volume_confirmation: target, multiples of R")
    volume_ttl_bars: int = Field(24, ge=1, description="volume_confirmation: life of a trade, bars")
    s3_r: float = Field(2.0, gt=0, description="a trade that ran this far reached S3, multiples of R")
    dormant_days: int = Field(5, ge=1, description="a watched market without a signal for so long is dormant, days")
