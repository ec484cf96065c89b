"""What is pending or does not meet: open outcomes, missing and stopped bars, reports and signals without each other."""

from __future__ import annotations

import datetime as dt

from learning_pipeline.cli.doctor.facts import Delivered, Facts, Market, Published
from learning_pipeline.cli.doctor.finding import Finding, ago, counted, ok, some, warning

STOPPED = dt.timedelta(days=3)
"""A market may rest over a long weekend."""
APART = dt.timedelta(days=7)
FUTURE = dt.timedelta(days=1)
LIVE = dt.timedelta(days=2)
"""Data that was no older than this when it arrived comes from a living bot."""
MANY_UNDECIDED = 0.1


def outcomes_settle(facts: Facts) -> Finding | None:
    """Outcomes still open are young by the newest event or bar of their symbol."""
    markets = _markets(facts)
    n_open, overdue = sum(m.n_open for m in markets), [m for m in markets if m.n_overdue and m.bars_to]
    if overdue:
        what = (
            f"{counted(sum(m.n_overdue for m in overdue), 'outcome')} open for more than 3 times their signal's life: "
        )
        each = [f"{m.symbol} {m.n_overdue}, bars to {_minute(m.bars_to)}" for m in overdue]
        return warning("outcomes", what + some(each), f"bring newer bars: {_bars(facts)}")
    opened = [(m.oldest_open, m) for m in markets if m.oldest_open]
    if not opened:
        return ok("outcomes", "None is open") if markets else None
    oldest, market = min(opened, key=lambda pair: pair[0])
    what = f"{counted(n_open, 'outcome')} still open, the oldest since {_minute(oldest)} ({market.symbol})"
    return ok("outcomes", what)


def symbols_have_bars(facts: Facts) -> Finding | None:
    """Every symbol that was decided on has bars."""
    without = [m for m in _markets(facts) if m.n_decisions and m.bars_to is None]
    if not without:
        return None
    n = sum(m.n_decisions for m in without)
    what = f"{counted(n, 'decision')} without outcome for want of bars: {some([m.symbol for m in without])}"
    do = f"bring bars under {'that name' if len(without) == 1 else 'those names'}: {_bars(facts)}"
    alike = _named_otherwise(without, [m.symbol for m in _markets(facts) if m.bars_to])
    return warning("bars", f"{what}{alike}", do)


def _named_otherwise(without: list[Market], priced: list[str]) -> str:
    """Symbols that have bars under a name of the same letters."""
    letters = {_letters(symbol): symbol for symbol in priced}
    pairs = [f"{m.symbol} as {letters[_letters(m.symbol)]}" for m in without if _letters(m.symbol) in letters]
    return f"; there are bars of {some(pairs)}" if pairs else ""


def _letters(symbol: str) -> str:
    return "".join(c for c in symbol.upper() if c.isalnum())


def bars_go_on(facts: Facts) -> Finding | None:
    """No symbol's signals go on for days after its bars have ended."""
    stopped = [m for m in _markets(facts) if m.bars_to and m.events_to and m.events_to - m.bars_to > STOPPED]
    if not stopped:
        return None
    each = [f"{m.symbol} bars to {_minute(m.bars_to)}, signals to {_minute(m.events_to)}" for m in stopped]
    what = f"The bars of {counted(len(stopped), 'symbol')} have stopped: {some(each)}"
    return warning("bars", what, f"bring newer ones: {_bars(facts)}; if there are none, look at the bot's clock")


def events_go_on(facts: Facts) -> Finding | None:
    """The bot's signals keep up with the market's bars."""
    told = max((m.events_to for m in _markets(facts) if m.events_to), default=None)
    priced = max((m.bars_to for m in _markets(facts) if m.bars_to), default=None)
    if told is None or priced is None or priced - told <= APART:
        return None
    what = f"Bars go on to {_minute(priced)}, but the newest signal is of {_minute(told)}"
    return warning("events", what, f"see that the bot's recorder writes, then {facts.command('ingest EVENTS')}")


def data_is_not_from_the_future(facts: Facts) -> Finding | None:
    """No event or bar is newer than the clock of this machine."""
    found = facts.delivered
    newest = found.due.newest_known_at if isinstance(found, Delivered) else None
    if newest is None or newest - facts.now <= FUTURE:
        return None
    what = f"The newest event or bar is of {_minute(newest)}, in the future: every day up to it counts as passed"
    return warning("clock", what, "look at the clock of the bot that sent it, and at this machine's")


def data_keeps_coming(facts: Facts) -> Finding | None:
    """What used to arrive fresh still arrives."""
    found = facts.delivered
    if not isinstance(found, Delivered) or not found.landed or found.due.newest_known_at is None:
        return None
    arrived, newest = max(arrival.arrived_at for arrival in found.landed), found.due.newest_known_at
    if abs(arrived - newest) > LIVE or facts.now - arrived <= LIVE or found.waiting:
        return None
    what = f"Nothing has arrived since {_minute(arrived)}, {ago(arrived, facts.now)}; until then the data was fresh"
    return warning("events", what, f"see that the bot and its bars are running, then {facts.command('ingest PATH')}")


def reports_have_signals(facts: Facts) -> Finding | None:
    """Every decision report names a signal that is known."""
    found = facts.published
    if not isinstance(found, Published) or not found.n_unmatched:
        return None
    oldest = _minute(found.oldest_unmatched)
    what = f"{counted(found.n_unmatched, 'decision report')} without signal, the oldest of {oldest}"
    return warning("signals", what, f"deliver the bot's missing events: {facts.command('ingest EVENTS')}")


def signals_are_decided(facts: Facts) -> Finding | None:
    """Most signals of the last 30 days were answered before they ended."""
    found = facts.published
    if not isinstance(found, Published) or found.n_never_decided <= MANY_UNDECIDED * found.n_decided:
        return None
    what = f"{found.n_never_decided:,} of {counted(found.n_decided, 'signal')} of the last 30 days never got a decision"
    return warning("signals", what, "let the bot record a decision for every signal, `blocked` ones above all")


def _markets(facts: Facts) -> list[Market]:
    return facts.published.markets if isinstance(facts.published, Published) else []


def _bars(facts: Facts) -> str:
    return f"{facts.command('ingest BARS')}, then {facts.command('run')}"


def _minute(at: dt.datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M}" if at else ""


RULES = (
    outcomes_settle,
    symbols_have_bars,
    bars_go_on,
    events_go_on,
    data_is_not_from_the_future,
    data_keeps_coming,
    reports_have_signals,
    signals_are_decided,
)
