"""Whatever is bought and sold: nothing is lost between fills and round trips, and money adds up."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from learning_pipeline.adapters.nautilus.round_trips import RoundTrips
from learning_pipeline.adapters.nautilus.row import Money
from learning_pipeline.adapters.nautilus.session import Fill, Held, Side
from learning_pipeline.adapters.nautilus.trades import Trade, fee_of, trades_of


def fill(n: int, side: Side, qty: str, price: str, fee: str = "0.1", money: str = "USDT") -> Fill:
    commission = (Money(Decimal(fee), money),)
    return Fill(
        f"T-{n}", f"O-{n}", "T", "S", "BTCUSDT.SIM", "P", side, Decimal(qty), Decimal(price), "USDT", commission, n
    )


some_fills = st.lists(
    st.tuples(st.sampled_from(["buy", "sell"]), st.integers(1, 5), st.integers(90, 110)), min_size=1, max_size=25
).map(lambda told: [fill(n, side, str(qty), str(price)) for n, (side, qty, price) in enumerate(told)])


@given(some_fills)
def test_every_fill_is_in_the_legs_to_the_last_unit_and_cent(fills: list[Fill]) -> None:
    legs = [leg for trip in RoundTrips(fills, ()).trips for leg in trip.legs]
    for made in fills:
        own = [leg for leg in legs if leg.fill == made]
        assert sum(leg.qty for leg in own) == made.qty
        assert abs(sum(fee_of(leg) or 0 for leg in own) - made.commissions[0].amount) < Decimal("1e-20")


@given(some_fills)
def test_profit_is_the_cash_that_flowed(fills: list[Fill]) -> None:
    """Told independently: a flat book has earned what was got for sales less what was paid and the fees."""
    trips = RoundTrips(fills, ()).trips
    held = sum(made.qty if made.side == "buy" else -made.qty for made in fills)
    leave = [] if held == 0 else [fill(99, "sell" if held > 0 else "buy", str(abs(held)), "100")]
    every = [*fills, *leave]
    cash = sum((made.qty * made.price * (1 if made.side == "sell" else -1) for made in every), Decimal(0))
    fees = sum((made.commissions[0].amount for made in every), Decimal(0))
    earned = [trade.pnl for trade in trades_of((), RoundTrips(every, ()).trips)]
    assert None not in earned
    assert abs(sum(pnl for pnl in earned if pnl is not None) - (cash - fees)) < Decimal("1e-15")
    assert sum(trip.is_flat for trip in trips) >= len(trips) - 1


@given(some_fills)
def test_a_round_trip_holds_one_side(fills: list[Fill]) -> None:
    for trip in RoundTrips(fills, ()).trips:
        for leg in trip.legs:
            assert (leg.fill.side == trip.side) == leg.opens
        assert trip.left >= 0


def trade(fills: list[Fill]) -> Trade:
    (found,) = trades_of((), RoundTrips(fills, ()).trips)
    return found


def test_commission_in_what_was_bought_is_worth_its_price() -> None:
    """Bought 1 at 100 with 0.001 of it as fee, 0.999 sold at 110: newer versions count the fee out of the position.

    Earned 0.999 x 110 - 100 - 0.2 = 9.69: as a trade of 0.999 at 100 and 110 with fees of 0.1 + 0.2.
    """
    found = trade([fill(1, "buy", "1", "100", "0.001", "BTC"), fill(2, "sell", "0.999", "110", "0.2")])
    assert (found.qty, found.entry_price, found.exit_price, found.fees) == tuple(
        map(Decimal, ("0.999", "100", "110", "0.300"))
    )
    whole = trade([fill(1, "buy", "1", "100", "0.001", "BTC"), fill(2, "sell", "1", "110", "0.2")])
    assert whole.qty == 1


def test_a_fee_in_a_coin_without_a_price_makes_no_trade_up() -> None:
    found = trade([fill(1, "buy", "1", "100", "0.01", "BNB"), fill(2, "sell", "1", "110")])
    assert (found.fees, found.pnl) == (None, None)


def test_what_was_held_before_the_file_begins_is_no_trade_of_it() -> None:
    """Its opening fills are not told: its quantity and price would be made up."""
    held = (Held("P", "O-0", Decimal(2), 1),)
    trips = RoundTrips([fill(1, "sell", "2", "110"), fill(2, "buy", "1", "100"), fill(3, "sell", "1", "101")], held)
    assert [(t.opening_order_id, t.began_earlier) for t in trips.trips] == [("O-0", True), ("O-2", False)]
    assert [t.opening_order_id for t in trades_of((), trips.trips)] == ["O-2"]
