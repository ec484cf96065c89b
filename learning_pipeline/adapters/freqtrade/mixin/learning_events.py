"""Record what a freqtrade strategy wanted, what it was allowed, and what came of it, as learning_pipeline's events.

Copy this file to ``user_data/strategies/`` and name the class first among a strategy's bases; nothing else changes::

    from learning_events import LearningEvents

    class MyStrategy(LearningEvents, IStrategy):
        ...

Event lines go to ``user_data/learning_events/*.jsonl``; ``learning-pipeline import freqtrade user_data`` takes them in.
It needs nothing but freqtrade, never changes an answer of the strategy, and never stops the bot: what goes wrong here
is logged, and trading goes on. Hooks that the strategy overrides itself are recorded with its own answer. Live and
dry-run bots are recorded; backtests where the strategy says ``learning_backtests = True``.

What is recorded for each entry signal on the newest candle, once it is decided:

- ``approved``: ``confirm_trade_entry`` was asked and said yes. An order that is never filled is approved, too.
- blocked by ``confirm_trade_entry``: it was asked and said no. Live it is asked again until the candle is over.
- blocked otherwise: freqtrade did not ask. Which of ``already_open``, a protection (by its lock's reason) and
  ``max_open_trades`` held is looked up when the loop is over, each for itself; ``not_attempted`` where none did
  (no money left, an amount too small, a paused bot). In a backtest this can differ from what freqtrade met where a
  trade was opened and closed within the candle.

Orders are recorded when they are filled, trades when they are closed. The last candle of a backtest, and the trades
that freqtrade closes by force at its end, are not: no hook comes after them. Nor is what was blocked on the candle
that stands while a live bot is stopped. A restart writes nothing twice. Trades that were open before the strategy
recorded are left to the bot's database; the import takes every trade from one of the two.
"""

import functools
import hashlib
import json
import logging
import math
import re
from datetime import datetime, timedelta, timezone
from numbers import Real
from pathlib import Path

from freqtrade.exchange import timeframe_to_next_date, timeframe_to_prev_date
from freqtrade.persistence import PairLocks, Trade

logger = logging.getLogger(__name__)

HOOKS = {"bot_loop_start": "_learn_loop", "confirm_trade_entry": "_learn_answer", "order_filled": "_learn_fill"}
GUARDS = {
    "CooldownPeriod": "^Cooldown period",
    "StoplossGuard": "stoplosses in ",
    "MaxDrawdown": " passed .* in .*locking",
    "LowProfitPairs": " < .* in .*locking",
    "AutoLock": "^Auto lock$",
}
NO_FEATURES = {"open", "high", "low", "close", "volume", "enter_long", "enter_short", "exit_long", "exit_short"}


def _recorded(hook, record):
    """The hook itself; what it answered is recorded afterwards."""

    @functools.wraps(hook)
    def recorded(self, *args, **kwargs):
        answer = hook(self, *args, **kwargs)
        try:
            if self.dp.runmode.value in ({"live", "dry_run"} | ({"backtest"} if self.learning_backtests else set())):
                getattr(self, record)(answer, **kwargs)
        except Exception:  # whatever it is, it must not stop the bot
            logger.warning("learning_events: not recorded", exc_info=True)
        return answer

    return recorded


class LearningEvents:
    """Comes before ``IStrategy`` among a strategy's bases."""

    learning_source = None
    """Name of the bot in its events; None: its name in the configuration, the strategy and the run mode."""

    learning_backtests = False
    """Record backtests too: each run as a bot of its own. Then import the events or the result's zip, not both."""

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        for name, record in HOOKS.items():
            setattr(cls, name, _recorded(getattr(cls, name), record))

    def _learn_loop(self, _, current_time, **__):
        """Decisions of the loop that is over, and trades that were closed in it."""
        state, is_backtest = self._learned(), self.dp.runmode.value == "backtest"
        is_open = {trade.pair: trade.open_date_utc for trade in Trade.get_open_trades()}
        for pair in self.dp.current_whitelist():
            candle, side = self._learn_candle(pair)
            waiting = state["waiting"].get(pair)
            if waiting and waiting["candle"] != candle:
                self._learn_decided(state["waiting"].pop(pair))
                waiting = None
            if side and (pair, candle) != state["decided"].get(pair):
                state["waiting"][pair] = wanted = self._learn_wanted(pair, candle, side, is_open, waiting)
                if is_backtest or wanted["approved_at"]:
                    self._learn_decided(state["waiting"].pop(pair))
        self._learn_closed(current_time)
        state["open"], state["entered"], state["looped"] = is_open, {}, current_time

    def _learn_candle(self, pair):
        """Open of the newest analyzed candle, and the side that it wants to enter, by freqtrade's own rule."""
        frame, _ = self.dp.get_analyzed_dataframe(pair, self.timeframe)
        if frame.empty:
            return None, None
        newest = {name: name in frame and frame[name].iat[-1] == 1 for name in NO_FEATURES if "_" in name}
        may_short = self.can_short and self.config.get("trading_mode", "spot") != "spot"
        side = None
        if newest["enter_long"] and not newest["exit_long"] and not (newest["enter_short"] and may_short):
            side = "long"
        elif may_short and newest["enter_short"] and not newest["exit_short"] and not newest["enter_long"]:
            side = "short"
        return frame["date"].iat[-1].to_pydatetime(), side

    def _learn_wanted(self, pair, candle, side, is_open, waiting):
        """A signal with the answer as far as it is known; the first reason to block it stays the reason."""
        state, closed_at = self._learned(), timeframe_to_next_date(self.timeframe, candle)
        asked = state["asked"].get(pair)
        said, rate, asked_at = asked[1:] if asked and asked[0] == candle else (None, None, None)
        before = state["open"].get(pair) or is_open.get(pair)
        locks = [*PairLocks.get_pair_locks(pair, closed_at, side), *PairLocks.get_pair_locks("*", closed_at, side)]
        locked = {_guard(lock.reason): lock.reason for lock in locks}
        slots, used = self.config["max_open_trades"], len(is_open.keys() | state["entered"].keys())
        held = {"already_open": bool(before and before < closed_at)}
        held |= dict.fromkeys(self._learn_guards(), False) | dict.fromkeys(locked, True)
        held |= {"max_open_trades": 0 <= slots <= used}
        if pair in is_open and is_open[pair] >= closed_at:
            said = True
        if said is not None and not held["already_open"]:
            held = dict.fromkeys(held, False)  # it was asked, so nothing before had failed
        blocker = next((gate for gate, failed in held.items() if failed), None)
        gates = [{"name": gate, "passed": not failed} for gate, failed in held.items()]
        unasked = {"evaluated": False} if said is None else {}
        gates.append({"name": "confirm_trade_entry", "passed": bool(said), **unasked})
        if blocker is None and not said:
            blocker = "not_attempted" if said is None else "confirm_trade_entry"
        frame, _ = self.dp.get_analyzed_dataframe(pair, self.timeframe)
        newest = frame.iloc[-1]
        first = waiting or {"blocker": blocker, "reason": locked.get(blocker), "gates": gates}
        answer = first if blocker not in {None, "confirm_trade_entry"} else {"blocker": blocker, "gates": gates}
        approved_at = (asked_at or is_open.get(pair)) if blocker is None else None
        more = {"pair": pair, "candle": candle, "side": side, "closed_at": closed_at, "newest": newest, "rate": rate}
        return {"reason": None, **answer, **more, "approved_at": approved_at}

    def _learn_guards(self):
        """Protections in force: a backtest has none unless asked for."""
        in_force = self.dp.runmode.value != "backtest" or self.config.get("enable_protections")
        return [protection["method"] for protection in self.protections] if in_force else []

    def _learn_decided(self, wanted):
        """Write a signal and its decision."""
        pair, side, newest = wanted["pair"], wanted["side"], wanted["newest"]
        self._learned()["decided"][pair] = (pair, wanted["candle"])
        signal_id, close = self._learn_signal_id(pair, wanted["closed_at"], side), float(newest["close"])
        stop = close * (1 + self.stoploss) if self.config.get("trading_mode", "spot") == "spot" else None
        tag, numbers = newest.get("enter_tag"), {name: newest[name] for name in newest.index if name not in NO_FEATURES}
        signal = {
            "signal_id": signal_id, "symbol": pair, "timeframe": self.timeframe, "side": side,
            "strategy": self.get_strategy_name(), "pattern_key": tag if isinstance(tag, str) and tag else None,
            "features": {name: float(x) for name, x in numbers.items() if isinstance(x, Real) and math.isfinite(x)},
            "entry_price": close, "stop_price": stop,
        }  # fmt: skip
        decision = {
            "signal_id": signal_id, "decision": "blocked" if wanted["blocker"] else "approved",
            "blocker_component": wanted["blocker"], "blocker_reason": wanted["reason"],
            "market": {"price": wanted["rate"] or close}, "gates": wanted["gates"],
        }  # fmt: skip
        self._learn_write("signal", signal_id, wanted["closed_at"], signal)
        self._learn_write("decision", signal_id, wanted["approved_at"] or wanted["closed_at"], decision)

    def _learn_answer(self, answer, pair, rate, current_time, **_):
        candle, _ = self._learn_candle(pair)
        self._learned()["asked"][pair] = (candle, bool(answer), rate, current_time)
        if answer:
            self._learned()["entered"][pair] = current_time

    def _learn_fill(self, _, pair, trade, order, current_time, **__):
        """An order that was filled; whether it closed the trade is seen when the loop is over."""
        qty, price, is_entry = order.safe_amount_after_fee, order.safe_price, order.ft_order_side == trade.entry_side
        if qty <= 0:
            return
        names = self._learn_names(trade)
        if is_entry and trade.nr_of_successful_entries <= 1:
            self._learned()["told"].add(names["trade_id"])
        if names["trade_id"] not in self._learned()["told"]:
            return
        if not is_entry:
            self._learned()["exits"].add(trade.id)
        names |= {"order_id": f"{names['trade_id']}/{order.order_id}", "symbol": pair}
        names |= {"side": "sell" if is_entry == trade.is_short else "buy", "qty": qty}
        fee = qty * price * (trade.fee_open if is_entry else trade.fee_close)
        fill = {"fill_id": f"{names['order_id']}/fill", "price": price, "fee_usd": fee}
        limit = {"price": order.ft_price or None}
        self._learn_write("order_submitted", names["order_id"], order.order_date_utc, names | limit)
        self._learn_write("fill", names["order_id"], order.order_filled_utc or current_time, names | fill)

    def _learn_closed(self, current_time):
        """Write trades that were closed since the last loop; an exit of one that is still open was a trim."""
        state = self._learned()
        since = (state["looped"] or current_time) - timedelta(days=1)
        exits, state["exits"] = state["exits"], set()
        for trade in Trade.get_trades_proxy(is_open=False, close_date=since) if exits else []:
            if trade.id in exits and trade.close_profit_abs is not None:
                closed = self._learn_names(trade) | _close_of(trade, self.timeframe, self.get_strategy_name())
                self._learn_write("trade_closed", closed["trade_id"], trade.close_date_utc, closed)

    def _learn_names(self, trade):
        opened, side = trade.open_date_utc, "short" if trade.is_short else "long"
        trade_id = f"{self._learned()['source']}:{trade.id}:{trade.pair}:{_stamp(opened)}"
        candle = timeframe_to_prev_date(self.timeframe, opened)
        return {"trade_id": trade_id, "signal_id": self._learn_signal_id(trade.pair, candle, side)}

    def _learn_signal_id(self, pair, closed_at, side):
        return f"{self._learned()['source']}:{pair}:{_stamp(closed_at)}:{side}"

    def _learned(self):
        """What is kept between hooks; after a restart nothing but the ids of what was written."""
        return self.__dict__.get("_learning") or self._learn_begin()

    def _learn_begin(self):
        mode, now = self.dp.runmode.value, datetime.now(timezone.utc)
        run = f":{now:%Y%m%dT%H%M%S.%f}" if mode == "backtest" else ""  # another run may decide otherwise
        named = self.learning_source or f"{self.config.get('bot_name', 'freqtrade')}:{self.get_strategy_name()}:{mode}"
        folder = Path(self.config["user_data_dir"]) / "learning_events"
        folder.mkdir(parents=True, exist_ok=True)
        self._learning = {"source": f"freqtrade:{named}{run}", "folder": folder, "looped": None}
        self._learning |= {name: {} for name in ("waiting", "decided", "asked", "open", "entered")}
        stem = re.sub(r"[^A-Za-z0-9._-]", "_", self._learning["source"])
        newest = sorted(folder.glob(f"{stem}-????-??.jsonl"))[-2:]
        events = [_event(line) for path in newest for line in path.read_bytes().splitlines()]
        written, told = ({event.get(name) for event in events} for name in ("event_id", "trade_id"))
        self._learning |= {"stem": stem, "exits": set(), "written": written, "told": told}
        return self._learning

    def _learn_write(self, kind, key, at, payload):
        """Append an event, unless it was written before."""
        state = self._learned()
        event_id = hashlib.sha256(json.dumps([kind, key, state["source"]]).encode()).hexdigest()
        if event_id in state["written"]:
            return
        known = {name: value for name, value in payload.items() if value is not None}
        envelope = {
            "event_id": event_id,
            "type": kind,
            "at": _stamp(at),
            "source": state["source"],
            "schema_version": 1,
        }
        line = json.dumps({**known, **envelope}, allow_nan=False).encode() + b"\n"
        with (state["folder"] / f"{state['stem']}-{at:%Y-%m}.jsonl").open("ab+") as file:
            file.seek(-min(file.tell(), 1), 2)
            cut_off = file.read(1) not in {b"", b"\n"}  # a line that a kill left half written
            file.write(b"\n" * cut_off + line)
        state["written"].add(event_id)


def _close_of(trade, timeframe, strategy):
    """A closed trade: quantities and prices of its filled orders, profit as freqtrade says."""
    done = [order for order in trade.orders if not order.ft_is_open and order.safe_amount_after_fee > 0]
    entries = [order for order in done if order.ft_order_side == trade.entry_side]
    exits = [order for order in done if order.ft_order_side != trade.entry_side]
    qty, out = (sum(order.safe_amount_after_fee for order in side) for side in (entries, exits))
    spent, got = (sum(order.safe_amount_after_fee * order.safe_price for order in side) for side in (entries, exits))
    return {
        "symbol": trade.pair, "timeframe": timeframe, "strategy": strategy, "qty": qty,
        "side": "short" if trade.is_short else "long", "entry_price": spent / qty, "exit_price": got / out,
        "opened_at": _stamp(entries[0].order_filled_utc or trade.open_date_utc),
        "closed_at": _stamp(trade.close_date_utc), "pnl_usd": trade.close_profit_abs,
        "fees_usd": spent * trade.fee_open + got * trade.fee_close - (trade.funding_fees or 0.0),
        "roi": trade.close_profit_abs / spent, "did_trim": len(exits) > 1,
        "pattern_key": trade.enter_tag or None, "exit_reason": trade.exit_reason or None,
    }  # fmt: skip


def _guard(reason):
    return next((guard for guard, words in GUARDS.items() if re.search(words, reason or "")), "lock")


def _event(line):
    """A written event; nothing for a line that was cut off by a kill."""
    try:
        return json.loads(line)
    except ValueError:
        return {}


def _stamp(at):
    return at.astimezone(timezone.utc).isoformat().replace("+00:00", "Z")
