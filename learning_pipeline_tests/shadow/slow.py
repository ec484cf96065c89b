"""The rules of a shadow outcome, bar by bar and instant by instant, in plain Python.

Written from the rules and not from the kernel: it steps through the instants at which something new could be known,
looks only at the bars known by then, and stops at the first instant at which the outcome is settled.
"""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

from learning_pipeline.contracts import timeframe_length
from learning_pipeline.shadow import ShadowSettings

Row = dict[str, Any]
DAY = dt.timedelta(days=1)


def fold(decisions: list[Row], bars: list[Row], s: ShadowSettings, first, last, now) -> tuple[list[Row], list[Row]]:
    """Outcomes and pending rows of a range that starts with the first decision."""
    outcomes, pending = [], []
    for d in decisions:
        later = [o["day"] for o in decisions if o["signal_id"] == d["signal_id"] and o["day"] > d["day"]]
        until = min(later, default=last + DAY)
        found = outcome_of(d, [b for b in bars if b["symbol"] == d["symbol"]], s, now)
        if found and (found["known_at"].date() < until or not later):
            outcomes.append({"signal_id": d["signal_id"], "decided_at": d["decided_at"], **found})
        day = d["day"]
        while day < until and not (found and found["known_at"].date() <= day):
            pending.append({"as_of": day, "signal_id": d["signal_id"], "known_at": d["known_at"]})
            day += DAY
    return outcomes, pending


def outcome_of(d: Row, bars: list[Row], s: ShadowSettings, now: dt.datetime) -> Row | None:
    nominal = nominal_end(d, s)
    instants = {d["known_at"], max(nominal, d["known_at"])}
    instants |= {b["known_at"] for b in bars if b["known_at"] > d["known_at"]}
    oldest = d["decided_at"] - 512 * timeframe_length(d["timeframe"]) - 7 * DAY
    near = sorted((b for b in bars if b["ts"] >= oldest), key=lambda b: b["ts"])
    for instant in sorted(instants):
        if instant > now:
            return None
        found = as_of(d, [b for b in near if b["known_at"] <= instant], s, instant, nominal)
        if found is not None:
            return {**found, "known_at": instant}
    return None


def entered_later(d: Row, bars: list[Row], s: ShadowSettings, found: Row, delay: int) -> tuple | None:
    """Entry price, net PnL and net R of the trade entered ``delay`` bars later; walked anew from the later entry on.

    The bars are those of its symbol.
    """
    oldest = d["decided_at"] - 512 * timeframe_length(d["timeframe"]) - 7 * DAY
    seen = [b for b in bars if oldest <= b["ts"] and b["known_at"] <= found["known_at"]]
    seen.sort(key=lambda b: b["ts"])
    stop, target, _ = levels(d, seen, s)
    end = ttl_end(d, seen, nominal_end(d, s))
    usable = [b for b in seen if b["timeframe"] == found["resolution"] and b["ts"] >= d["decided_at"]]
    usable = [b for b in usable if end is None or b["known_at"] <= end]
    instant = d["decided_at"] + delay * timeframe_length(d["timeframe"])
    missed, left = [b for b in usable if b["ts"] < instant], [b for b in usable if b["ts"] >= instant]
    if not left or any(touched(d["side"], b, stop, target)[0] for b in missed):
        return None
    entry = left[0]["open"]
    if not min(stop, target) < entry < max(stop, target):
        return None
    for b in left:
        word, price, _ = touched(d["side"], b, stop, target)
        if word:
            break
    word, price = (word, price) if word else ("ttl_expired", left[-1]["close"])
    later = row(d | {"entry_price": entry}, left, stop, word, price, False, s)
    per_unit = later["net_pnl_usd"] / (later["notional_usd"] / entry)
    return entry, later["net_pnl_usd"], per_unit / abs(d["entry_price"] - stop)


def nominal_end(d: Row, s: ShadowSettings) -> dt.datetime:
    if d["ttl_bars"]:
        return d["decided_at"] + d["ttl_bars"] * timeframe_length(d["timeframe"])
    return d["decided_at"] + dt.timedelta(minutes=d["ttl_minutes"] or s.ttl_minutes)


def as_of(d: Row, seen: list[Row], s: ShadowSettings, instant: dt.datetime, nominal: dt.datetime) -> Row | None:
    stop, target, reason = levels(d, seen, s)
    if reason:
        return unlabelled(reason)
    if nominal <= instant and not [b for b in seen if b["known_at"] <= nominal]:
        return unlabelled("no_bars")
    end = ttl_end(d, seen, nominal)
    paths = [path(d, series, stop, target, end, s) for series in followed(d, seen, s)]
    for one in paths:
        if isinstance(one, dict):
            return one
    if paths and all(one in ("idle", "idle, known") for one in paths) and "idle, known" in paths:
        return unlabelled("no_bars_in_ttl")
    needed = d["ttl_bars"] or s.resolution == "signal"
    own = [b for b in seen if b["timeframe"] == d["timeframe"] and b["known_at"] <= nominal]
    if needed and nominal <= instant and not own:
        return unlabelled("unknown_timeframe")
    return None


def unlabelled(reason: str) -> Row:
    return {"outcome": "unlabelled", "reason": reason}


def levels(d: Row, seen: list[Row], s: ShadowSettings) -> tuple[float, float, str | None]:
    entry, stop, target = d["entry_price"], d["stop_price"], d["target_price"]
    side = 1 if d["side"] == "long" else -1
    if entry is None:
        return 0, 0, "no_price"
    if stop is None:
        closed = [b for b in seen if b["known_at"] <= d["decided_at"]]
        own = [b for b in closed if b["timeframe"] == d["timeframe"]]
        if not own:
            return 0, 0, "unknown_timeframe" if closed else "no_bars"
        if len(own) < 15:
            return 0, 0, "atr_warmup"
        stop = entry - side * s.stop_atr * wilder(own[-256:])
    if d["book"] == "research":
        target = entry + side * abs(entry - stop)
    elif target is None:
        target = entry + side * s.target_r * abs(entry - stop)
    right = stop < entry < target if side == 1 else target < entry < stop
    return stop, target, None if right else "bad_levels"


def wilder(bars: list[Row]) -> float:
    ranges = [bars[0]["high"] - bars[0]["low"]]
    for before, b in itertools.pairwise(bars):
        ranges.append(max(b["high"] - b["low"], abs(b["high"] - before["close"]), abs(b["low"] - before["close"])))
    atr = sum(ranges[:14]) / 14
    for r in ranges[14:]:
        atr = (atr * 13 + r) / 14
    return atr


def ttl_end(d: Row, seen: list[Row], nominal: dt.datetime) -> dt.datetime | None:
    if not d["ttl_bars"]:
        return nominal
    after = [b for b in seen if b["timeframe"] == d["timeframe"] and b["ts"] >= d["decided_at"]]
    return after[d["ttl_bars"] - 1]["known_at"] if len(after) >= d["ttl_bars"] else None


def followed(d: Row, seen: list[Row], s: ShadowSettings) -> list[list[Row]]:
    words = sorted({b["timeframe"] for b in seen}, key=timeframe_length)
    series = {word: [b for b in seen if b["timeframe"] == word] for word in words}
    if s.resolution == "signal":
        return [series[d["timeframe"]]] if d["timeframe"] in series else []
    covering = [bars for bars in series.values() if any(b["ts"] <= d["decided_at"] for b in bars)]
    return covering or list(series.values())


def path(d: Row, bars: list[Row], stop: float, target: float, end: dt.datetime | None, s: ShadowSettings) -> Row | str:
    """A settled row, or "open", or "idle" (no usable bar), "idle, known" where the ttl's end is known."""
    usable = [b for b in bars if b["ts"] >= d["decided_at"] and (end is None or b["known_at"] <= end)]
    over = end is not None and any(b["known_at"] >= end for b in bars)
    if not usable:
        return "idle, known" if over else "idle"
    for n, b in enumerate(usable, start=1):
        word, price, ambiguous = touched(d["side"], b, stop, target)
        if word:
            return row(d, usable[:n], stop, word, price, ambiguous, s)
    return row(d, usable, stop, "ttl_expired", usable[-1]["close"], False, s) if over else "open"


def touched(side: str, b: Row, stop: float, target: float) -> tuple[str | None, float, bool]:
    if side == "short":
        flipped = {"open": -b["open"], "high": -b["low"], "low": -b["high"]}
        word, price, ambiguous = touched("long", flipped, -stop, -target)
        return word, -price, ambiguous
    if b["open"] <= stop:
        return "hit_stop", b["open"], False
    if b["open"] >= target:
        return "hit_target", b["open"], False
    if b["low"] <= stop:
        return "hit_stop", stop, b["high"] >= target
    if b["high"] >= target:
        return "hit_target", target, False
    return None, 0.0, False


def row(d: Row, used: list[Row], stop: float, word: str, price: float, ambiguous: bool, s: ShadowSettings) -> Row:
    entry, side = d["entry_price"], 1 if d["side"] == "long" else -1
    r = abs(entry - stop)

    def best(bars):
        return max([side * (b["high" if side == 1 else "low"] - entry) for b in bars], default=0.0)

    worst = min(side * (b["low" if side == 1 else "high"] - entry) for b in used)
    before = used if word == "ttl_expired" else used[:-1]
    enough = r * (1 - 1e-9)
    notional = d["notional_usd"] or s.notional_usd
    qty = notional / entry
    at_market = word != "hit_target"
    cost = s.fee_bps / 10_000 * (notional + qty * price)
    cost += (d["spread"] or 0) / 2 * qty * (2 if at_market else 1)
    cost += s.slippage_bps / 10_000 * qty * price if at_market else 0
    net = side * (price - entry) * qty - cost
    return {
        "outcome": "hit_1r" if word == "hit_target" and d["book"] == "research" else word,
        "reason": None,
        "success": net > 0,
        "exit_at": used[-1]["ts"],
        "exit_price": price,
        "gross_roi": side * (price - entry) / entry,
        "net_roi": net / notional,
        "net_pnl_usd": net,
        "net_r": net / qty / r,
        "mfe_r": max(best(used), 0) / r,
        "mae_r": max(-worst, 0) / r,
        "bars_to_outcome": len(used),
        "hit_1r": best(before) >= enough or (word == "hit_target" and side * (price - entry) >= enough),
        "ambiguous": ambiguous,
        "resolution": used[-1]["timeframe"],
        "spread_known": d["spread"] is not None,
        "notional_usd": notional,
        "policy_hash": s.policy_hash(),
    }
