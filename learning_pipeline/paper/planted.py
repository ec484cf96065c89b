"""A made-up bot on a made-up market whose truth is known: what a lesson must find, and what it must not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import polars as pl

from learning_pipeline.paper.recording import Recording

START = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
N_DAYS, PER_DAY = 330, 7
PRICE, REACH, FEE = 100.0, 1.0, 0.1
"""Every bar opens and closes at the price; it touches one unit above or below where a signal won or lost."""
LIMITS = {"ts": (0.55, ">="), "halo": (1.0, "<="), "slope": (0.0, ">=")}
NEAR = 1.2
"""The planted band: halo readings above its limit, up to here."""
TIMEFRAMES = ("15m", "1h")


class Pattern(NamedTuple):
    """What is true of one pattern.

    Attributes
    ----------
    name : str
        ``planted.<name>.entry``; its market is called after it.
    truth : str
        In words.
    base, near : float
        Chance that a signal wins; where its halo reading lies in the band.
    until : int
        Days on which the band wins like that; later it wins once in ten times.
    loses_in : str or None
        Timeframe in which the band wins once in ten times from the start.
    """

    name: str
    truth: str
    base: float
    near: float
    until: int = N_DAYS
    loses_in: str | None = None


PATTERNS = (
    Pattern("edge", "signals just outside the halo win 3 of 4", 0.2, 0.75),
    Pattern("fading", "they win 9 of 10 for two months, then 1 of 10", 0.15, 0.9, until=65),
    Pattern("half", "they win 9 of 10 in 15m and 1 of 10 in 1h", 0.15, 0.9, loses_in="1h"),
    Pattern("late", "they win 4 of 10, the others 2 of 10: too few to be worth it", 0.2, 0.4),
    Pattern("noise", "no reading says anything: 1 of 3 win", 0.33, 0.33),
)


class _Drawn(NamedTuple):
    """One signal: its hour since the start, readings, timeframe and end."""

    hour: int
    readings: dict[str, float]
    timeframe: str
    wins: bool

    @property
    def at(self) -> dt.datetime:
        return START + dt.timedelta(hours=self.hour)


def run_planted(
    recorder: Recording, seed: int = 0, patterns: Sequence[Pattern] = PATTERNS, n_days: int = N_DAYS
) -> pl.DataFrame:
    """Record what the bot decided, pattern by pattern, and give the bars that it saw.

    Returns
    -------
    DataFrame
        ``symbol, timeframe, ts, open, high, low, close, volume``: one hourly market per pattern.
    """
    bars = []
    for number, pattern in enumerate(patterns):
        drawn = list(_draw(pattern, n_days, np.random.default_rng([seed, number])))
        for signal in drawn:
            _record(recorder, pattern, signal)
        bars.append(_bars(pattern, n_days, drawn))
    return pl.concat(bars)


def _draw(pattern: Pattern, n_days: int, rng: np.random.Generator) -> Iterator[_Drawn]:
    for day in range(n_days):
        for hour in sorted(rng.choice(23, PER_DAY, replace=False)):
            ts, halo, slope = rng.normal(0.62, 0.06), abs(rng.normal(1.0, 0.25)), rng.normal(0.001, 0.0008)
            timeframe = TIMEFRAMES[int(rng.integers(2))]
            is_near = LIMITS["halo"][0] < halo <= NEAR
            lost = day >= pattern.until or timeframe == pattern.loses_in
            chance = (0.1 if lost else pattern.near) if is_near and pattern.near != pattern.base else pattern.base
            readings = {"ts": round(ts, 4), "halo": round(halo, 4), "slope": round(slope, 6)}
            yield _Drawn(24 * day + int(hour), readings, timeframe, bool(rng.random() < chance))


def _record(recorder: Recording, pattern: Pattern, signal: _Drawn) -> None:
    gates = [_gate(name, value) for name, value in signal.readings.items()]
    failed = [gate["name"] for gate in gates if not gate["passed"]]
    name, symbol = f"{pattern.name}-{signal.hour:05}", pattern.name.upper()
    key, scope = f"planted.{pattern.name}.entry", {"timeframe": signal.timeframe}
    same = {"symbol": symbol, "timeframe": "1h", "strategy": "planted", "side": "long"}
    recorder.signal(
        at=signal.at,
        signal_id=name,
        **same,
        pattern_key=key,
        scope=scope,
        entry_price=PRICE,
        stop_price=PRICE - REACH,
        target_price=PRICE + REACH,
        ttl_minutes=60,
        notional_usd=PRICE,
    )
    answer = {"decision": "blocked", "blocker_component": failed[0]} if failed else {"decision": "approved"}
    recorder.decision(at=signal.at, signal_id=name, **answer, market={"price": PRICE}, gates=gates)
    if not failed:
        _trade(recorder, signal, name, same | {"pattern_key": key, "scope": scope})


def _gate(name: str, value: float) -> dict[str, object]:
    limit, op = LIMITS[name]
    passed = value >= limit if op == ">=" else value <= limit
    return {"name": name, "value": value, "threshold": limit, "base_threshold": limit, "op": op, "passed": passed}


def _trade(recorder: Recording, signal: _Drawn, name: str, same: dict[str, object]) -> None:
    """The trade of an approved signal; winners run on, losers are not trimmed."""
    closed, move = signal.at + dt.timedelta(hours=1), REACH if signal.wins else -REACH
    recorder.trade_closed(
        at=closed,
        trade_id=name,
        signal_id=name,
        **same,
        qty=1.0,
        entry_price=PRICE,
        exit_price=PRICE + move,
        opened_at=signal.at.isoformat(),
        closed_at=closed.isoformat(),
        fees_usd=2 * FEE,
        pnl_usd=move - 2 * FEE,
        roi=(move - 2 * FEE) / PRICE,
        did_trim=False,
        reached_s3=signal.wins,
        exit_reason="target" if signal.wins else "stop",
    )


def _bars(pattern: Pattern, n_days: int, drawn: list[_Drawn]) -> pl.DataFrame:
    n = 24 * n_days
    up, down = np.full(n, 0.2), np.full(n, 0.2)
    for signal in drawn:
        up[signal.hour], down[signal.hour] = (1.5 * REACH, 0.2) if signal.wins else (0.2, 1.5 * REACH)
    price = np.full(n, PRICE)
    return pl.DataFrame(
        {
            "ts": pl.datetime_range(START, START + dt.timedelta(hours=n - 1), "1h", time_unit="us", eager=True),
            "open": price,
            "high": price + up,
            "low": price - down,
            "close": price,
        }
    ).select(
        symbol=pl.lit(pattern.name.upper()),
        timeframe=pl.lit("1h"),
        ts="ts",
        open="open",
        high="high",
        low="low",
        close="close",
        volume=pl.lit(1.0),
    )
