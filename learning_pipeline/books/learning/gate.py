"""The one gate of learning orders, in replay as in a live bot."""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from learning_pipeline.books.learning.conditions import Conditions
from learning_pipeline.books.learning.reservation import unit_risk
from learning_pipeline.books.learning.risk_book import DAY_US, RiskBook
from learning_pipeline.books.learning.zones import zones_in_force

if TYPE_CHECKING:
    from learning_pipeline.books.learning.settings import LearningBookSettings

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


class LearningOrder(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An order that a bot would like to make for an experiment.

    Attributes
    ----------
    side : str
        ``long`` or ``short``.
    price : float
        What it would pay at most (get at least), quote money.
    stop_price : float or None
        None: there is none, and the whole notional is at risk.
    qty : float or None
        Base units wanted; None: the sizing mode of the settings says how many.
    hold_minutes : float or None
        How long it would be held; None: as long as is allowed.
    experiment_variant : str or None
        Arm of the experiment: a tag that no rule looks at.
    """

    experiment_id: str | None
    side: str
    price: float
    stop_price: float | None = None
    qty: float | None = None
    hold_minutes: float | None = None
    experiment_variant: str | None = None


class Answer(NamedTuple):
    """What the gate says.

    ``reason`` and ``detail`` are None where the order is allowed; ``detail`` names the first zone of ``no_learn_zone``;
    ``equity_unknown``: no budget can be told. ``qty`` (base units), ``hold_minutes``, ``risk_usd`` (to reserve) and
    ``exposure_usd`` (notional) are what is allowed; None where nothing is.
    """

    allowed: bool
    reason: str | None = None
    detail: str | None = None
    qty: float | None = None
    hold_minutes: float | None = None
    risk_usd: float | None = None
    exposure_usd: float | None = None


def evaluate_learning_order(
    order: LearningOrder, book: RiskBook, settings: LearningBookSettings, zones: Conditions, now: dt.datetime
) -> Answer:
    """Whether a learning order may be made, how large and how long; the first reason why not.

    Pure: neither the book nor anything else changes. A budget of 0 or without known equity allows nothing.

    Parameters
    ----------
    order : LearningOrder
    book : RiskBook
        As it stands after everything that happened before ``now``.
    settings : LearningBookSettings
        Or any object with its attributes.
    zones : Conditions
        What the bot measured at that instant.
    now : datetime
        With a time zone.

    Raises
    ------
    ValueError
        A number that is not above 0 or not finite, another side than long or short, a ``now`` without a time zone.
    """
    _require_numbers(order)
    today = as_of(book, now)
    refusal = _refused_at_once(order, today, settings, zones, now)
    return refusal or _within_budgets(order, today, settings, zones)


def _require_numbers(order: LearningOrder) -> None:
    """Refuse what no comparison with a budget would stop."""
    if order.side not in {"long", "short"}:
        raise ValueError(f"side: expected long or short, was {order.side}")
    for name in ("price", "stop_price", "qty", "hold_minutes"):
        value = getattr(order, name)
        if (value is None and name == "price") or (value is not None and not 0 < value < math.inf):
            raise ValueError(f"{name}: expected a number above 0, was {value}")


def as_of(book: RiskBook, now: dt.datetime) -> RiskBook:
    """The book on the day of ``now``; a copy where that is a later day."""
    if now.tzinfo is None:
        raise ValueError(f"now: expected a time with a time zone, was {now}")
    day = (now - EPOCH) // dt.timedelta(microseconds=1) // DAY_US
    if day <= book.day:
        return book
    later = msgspec.convert(msgspec.to_builtins(book), RiskBook)
    later.begin(day)
    return later


def _refused_at_once(
    order: LearningOrder, book: RiskBook, settings: LearningBookSettings, zones: Conditions, now: dt.datetime
) -> Answer | None:
    """Refusals that do not hang on the order's size, but for the count of trades, which is asked after the budgets."""
    if not settings.learning_book_enabled:
        return Answer(allowed=False, reason="learning_disabled")
    if not order.experiment_id:
        return Answer(allowed=False, reason="missing_experiment_id")
    found = zones_in_force(order.experiment_id, book, settings, zones, now)
    if found:
        return Answer(allowed=False, reason="no_learn_zone", detail=found[0])
    return None


def _within_budgets(order: LearningOrder, book: RiskBook, settings: LearningBookSettings, zones: Conditions) -> Answer:
    if book.equity_usd is None or book.equity_usd <= 0:
        return Answer(allowed=False, reason="daily_risk_budget", detail="equity_unknown")
    wanted = _wanted_qty(order, book.equity_usd, settings, zones)
    if wanted is None:
        return Answer(allowed=False, reason="no_learn_zone", detail="data_quality_anomaly")
    per_unit, cap_usd = unit_risk(order.price, order.stop_price), _share(book, settings.learning_max_position_risk_pct)
    qty = wanted if per_unit * wanted <= cap_usd else cap_usd / per_unit
    risk, exposure = per_unit * qty, order.price * qty
    longest = float(settings.learning_max_hold_minutes)
    hold = longest if order.hold_minutes is None else min(order.hold_minutes, longest)
    reason = _refused_for_size(order, book, settings, risk, exposure)
    return Answer(allowed=False, reason=reason) if reason else Answer(True, None, None, qty, hold, risk, exposure)


def _refused_for_size(
    order: LearningOrder, book: RiskBook, settings: LearningBookSettings, risk: float, exposure: float
) -> str | None:
    refusals = {
        "daily_risk_budget": book.used_usd + risk > _share(book, settings.learning_daily_risk_budget_pct),
        "portfolio_exposure": book.exposure_usd + exposure > _share(book, settings.learning_max_portfolio_exposure_pct),
        "trades_per_day": book.n_trades >= settings.learning_max_trades_per_day,
        "short_not_allowed": order.side == "short" and not settings.learning_allow_short,
    }
    return next((reason for reason, holds in refusals.items() if holds), None)


def _share(book: RiskBook, pct: float) -> float:
    """Percent points of the day's equity, quote money."""
    return pct / 100 * (book.equity_usd or 0.0)


def _wanted_qty(
    order: LearningOrder, equity_usd: float, settings: LearningBookSettings, zones: Conditions
) -> float | None:
    """The order's own quantity, else what the sizing mode says; None where it needs a volatility and that is 0."""
    if order.qty is not None:
        return order.qty
    if settings.learning_sizing_mode == "fixed_fraction":
        return settings.learning_fixed_fraction * equity_usd / order.price
    if settings.learning_sizing_mode == "notional" and settings.learning_notional_usd is not None:
        return settings.learning_notional_usd / order.price
    if not zones.volatility:
        return None
    return settings.learning_vol_target_pct / 100 * equity_usd / zones.volatility / order.price
