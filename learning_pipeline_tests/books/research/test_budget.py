"""Research money: hand-worked sums, limits and pauses, and random sequences against the identity of cash."""

from __future__ import annotations

import copy
import random

import pytest

from learning_pipeline.books.research.fold import Limits
from learning_pipeline.books.research.requests import Held
from learning_pipeline.books.research.routing import Standing, Trigger, route
from learning_pipeline_tests.books.research.worlds import (
    BOT_SESSION,
    PERSON,
    asks,
    budget,
    ended,
    filled,
    marked,
    opened,
    spec,
    walked,
)


def test_research_capital_is_taken_out_of_main_by_the_budget_fraction_at_the_start() -> None:
    """Of 10,000 a tenth is research's: a main equity of 9,000 stands beside 1,000."""
    held, _ = walked(opened(equity=9_000.0))
    assert budget(held).initial_usd == pytest.approx(1_000.0, abs=1e-9)
    held, _ = walked(opened(10, equity=8_500.0), held=held)
    assert budget(held).initial_usd == pytest.approx(1_000.0, abs=1e-9)


def test_a_round_trip_worked_by_hand() -> None:
    """Two lots at 100 and 110, one out at 120, the other at 99; a fee of 1 each time."""
    held, _ = walked(opened(), filled(1, "t", 1, 1.0, 100.0, 1.0), filled(2, "t", 1, 1.0, 110.0, 1.0))
    money = budget(held)
    assert (money.cash_usd, money.total_pnl_usd) == (pytest.approx(1_000 - 212), -2.0)
    assert money.positions["t"].entry_price == 105.0
    held, _ = walked(filled(3, "t", -1, 1.0, 120.0, 1.0), held=held)
    assert (money.cash_usd, money.total_pnl_usd) == (pytest.approx(1_000 - 212 + 119), pytest.approx(12.0))
    walked(filled(4, "t", -1, 1.0, 99.0, 1.0), ended(4, "t", 5.0), held=held)
    assert (money.cash_usd, money.total_pnl_usd) == (pytest.approx(1_005.0), pytest.approx(5.0))
    assert not money.positions


def test_a_short_takes_its_notional_out_of_cash_and_brings_it_back_with_the_profit() -> None:
    held, _ = walked(opened(), filled(1, "t", -1, 2.0, 100.0), marked(2, 90.0))
    assert (budget(held).cash_usd, budget(held).profit_usd()) == (pytest.approx(800.0), 20.0)
    walked(filled(3, "t", 1, 2.0, 95.0), held=held)
    assert (budget(held).cash_usd, budget(held).total_pnl_usd) == (pytest.approx(1_010.0), 10.0)


def test_the_report_of_the_end_settles_what_fills_cannot_know() -> None:
    """Funding of 3: the fills came to 10, the report says 7; a later report corrects it to 6."""
    held, _ = walked(opened(), filled(1, "t", 1, 1.0, 100.0), filled(2, "t", -1, 1.0, 110.0), ended(2, "t", 7.0))
    assert (budget(held).cash_usd, budget(held).total_pnl_usd) == (pytest.approx(1_007.0), 7.0)
    walked(ended(9, "t", 6.0, counted=7.0), held=held)
    assert (budget(held).cash_usd, budget(held).total_pnl_usd) == (pytest.approx(1_006.0), 6.0)


def test_a_trade_told_of_at_its_end_only_counts_once() -> None:
    held, _ = walked(opened(), ended(5, "t", -20.0))
    assert (budget(held).cash_usd, budget(held).total_pnl_usd) == (pytest.approx(980.0), -20.0)


def lost(usd: float, start: float = 2, name: str = "t", **more) -> list:
    return [filled(start, name, 1, 1.0, 1_000.0, **more), filled(start + 1, name, -1, 1.0, 1_000.0 - usd, **more)]


@pytest.mark.parametrize(("usd", "is_paused"), [(49.0, False), (50.0, False), (50.01, True)])
def test_research_pauses_itself_once_cumulative_loss_exceeds_max_loss_usd(usd: float, is_paused: bool) -> None:
    held, told = walked(opened(), asks(1, "running"), *lost(usd))
    assert budget(held).is_paused == is_paused
    assert held.experiments["e1"].state == ("paused" if is_paused else "running")
    assert len(told.pauses) == is_paused


@pytest.mark.parametrize(
    ("own", "session", "reason"),
    [(50.0, 500.0, "e1 lost 80.00 USD, more than 50.00"), (500.0, 70.0, "lost 80.00 USD, more than 70.00")],
)
def test_the_tighter_of_experiment_and_session_limit_holds(own: float, session: float, reason: str) -> None:
    limits = Limits(budget_fraction=0.1, max_loss_usd=session)
    running = asks(1, "running", spec=spec(max_loss_usd=own))
    held, _ = walked(opened(), running, *lost(80.0), limits=limits)
    assert budget(held).pause_reason == reason


def test_an_unset_limit_is_half_of_research_capital() -> None:
    running = asks(1, "running", spec=spec(max_loss_usd=1e6))
    for usd, is_paused in ((499.0, False), (501.0, True)):
        held, _ = walked(opened(), running, *lost(usd))
        assert budget(held).is_paused == is_paused


def test_open_loss_counts_as_realised_loss_does() -> None:
    held, told = walked(
        opened(), asks(1, "running"), filled(2, "t", 1, 1.0, 1_000.0), marked(3, 949.0), marked(4, 1_100)
    )
    assert budget(held).is_paused
    assert [pause.at.minute for pause in told.pauses] == [3]


def test_prices_of_one_instant_are_felt_together() -> None:
    """A loss of one market that another makes good at the same instant is no loss."""
    both = [filled(2, "t", 1, 1.0, 1_000.0), filled(2, "u", 1, 1.0, 1_000.0, symbol="BBB")]
    held, _ = walked(opened(), asks(1, "running"), *both, marked(3, 900.0), marked(3, 1_080.0, "BBB"))
    assert not budget(held).is_paused


def test_a_session_is_paused_by_the_experiment_that_lost_although_another_traded_last() -> None:
    other = asks(1, "running", name="e2", spec=spec("e2", playbook_id="macd"))
    trades = [filled(2, "t", 1, 1.0, 1_000.0), filled(3, "u", 1, 1.0, 100.0, symbol="BBB", experiment_id="e2")]
    held, _ = walked(opened(), asks(1, "running"), other, *trades, marked(4, 900.0))
    assert {name: one.state for name, one in held.experiments.items()} == {"e1": "paused", "e2": "running"}
    assert (budget(held).is_paused, budget(held).pause_experiment_id) == (True, "e1")


def test_a_pause_holds_until_a_named_person_lifts_it() -> None:
    held, _ = walked(opened(), asks(1, "running", spec=spec(max_loss_usd=1e6)), *lost(600.0))
    walked(*lost(-800.0, 10, "u"), asks(12, None, "bot", None), held=held)
    assert budget(held).is_paused
    _, told = walked(asks(13, None, PERSON, None), held=held)
    assert not budget(held).is_paused
    assert [(lift.actor, lift.session) for lift in told.lifts] == [("alice", BOT_SESSION)]
    walked(*lost(499.0, 20, "v"), held=held)
    assert not budget(held).is_paused


class Bot:
    """Trades, pauses, suggestions and lifts at random, routed as a bot routes them."""

    def __init__(self, seed: int) -> None:
        self.rng, self.minute, self.held = random.Random(seed), 0, Held({}, {})
        self.n_after_pause = self.n_traded = 0
        self.open: dict[str, tuple[int, float]] = {}
        walked(opened(), held=self.held)

    def step(self) -> None:
        self.minute += 1
        self.rng.choice([self.enter, self.enter, self.leave, self.leave, self.price, self.suggest, self.person])()

    def enter(self) -> None:
        money = budget(self.held)
        standing = Standing(money.cash_usd, money.is_paused)
        routed = route(Trigger(self.rng.choice("ab")), self.held.experiments.values(), standing)
        if routed.book == "research" and routed.blocked is None:
            self.n_traded += 1
            self.n_after_pause += money.is_paused
            price, side = self.rng.uniform(1, 1_000), self.rng.choice([1, -1])
            name, qty = f"t{self.minute}", money.cash_usd * 0.05 / price
            self.open[name] = side, qty
            self.fill(name, side, qty, price, experiment_id=routed.experiment_id)

    def leave(self) -> None:
        if self.open:
            name = self.rng.choice(sorted(self.open))
            side, qty = self.open.pop(name)
            part = self.rng.choice([qty, qty / 3])
            if part < qty:
                self.open[name] = side, qty - part
            experiment = budget(self.held).positions[name].experiment_id
            price = budget(self.held).positions[name].entry_price * self.rng.uniform(0.2, 1.8)
            self.fill(name, -side, part, price, experiment_id=experiment)

    def fill(self, name: str, side: int, qty: float, price: float, **more) -> None:
        fee = self.rng.uniform(-0.1, 1)
        walked(filled(self.minute, name, side, qty, price, fee, symbol=self.rng.choice("ab"), **more), held=self.held)

    def price(self) -> None:
        walked(marked(self.minute, self.rng.uniform(1, 1_000), self.rng.choice("ab")), held=self.held)

    def suggest(self) -> None:
        name, state = f"e{self.rng.randrange(6)}", self.rng.choice(["draft", "running", "paused", "completed"])
        playbook = self.rng.choice(["rsi", "macd", None])
        known = self.held.experiments.get(name)
        of = known.spec if known else spec(name, playbook_id=playbook, max_loss_usd=self.rng.choice([1.0, 50.0]))
        walked(asks(self.minute, state, self.rng.choice(["bot", "judge"]), name, spec=of), held=self.held)

    def person(self) -> None:
        if self.rng.random() < 0.5:
            walked(asks(self.minute, None, PERSON, None), held=self.held)
        elif self.held.experiments:
            name = self.rng.choice(sorted(self.held.experiments))
            walked(asks(self.minute, self.rng.choice(["running", "paused"]), PERSON, name), held=self.held)


def test_ten_thousand_random_sequences_keep_the_identity_of_cash_every_pause_and_one_experiment_a_playbook() -> None:
    n_traded = n_paused = 0
    for seed in range(10_000):
        bot = Bot(seed)
        for _ in range(25):
            bot.step()
            money = budget(bot.held)
            notional = sum(one.notional_usd for one in money.positions.values())
            assert abs(money.initial_usd + money.total_pnl_usd - money.cash_usd - notional) <= 1e-9
            on = [e.spec.playbook_id for e in bot.held.experiments.values() if e.state == "running"]
            assert all(on.count(playbook) == 1 for playbook in on if playbook)
        assert bot.n_after_pause == 0
        n_traded, n_paused = n_traded + bot.n_traded, n_paused + money.is_paused
    assert n_traded > 10_000
    assert n_paused > 500


def test_what_is_held_is_left_as_it_was_where_nothing_happens() -> None:
    held, _ = walked(opened(), asks(1, "running"), *lost(10.0))
    before = copy.deepcopy(held)
    walked(held=held)
    assert held == before
