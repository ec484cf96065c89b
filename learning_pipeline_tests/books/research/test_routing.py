"""The routing table, a test per row, and what holds whatever the trigger is."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from learning_pipeline.books.research.experiment import STATES
from learning_pipeline.books.research.routing import Standing, Trigger, route
from learning_pipeline_tests.books.research.worlds import an_experiment

OPEN, PAUSED, SPENT = Standing(900.0), Standing(900.0, paused=True, pause_reason="lost too much"), Standing(0.0)
TRIGGER = Trigger("AAA", "mean_reversion")


def test_a_covered_trigger_is_traded_from_research() -> None:
    routed = route(TRIGGER, [an_experiment()], OPEN)
    assert (routed.book, routed.blocked) == ("research", None)
    assert (routed.experiment_id, routed.playbook_id) == ("e1", "rsi_extremes")


def test_only_a_running_experiment_trades_and_a_paused_one_keeps_its_triggers_from_main() -> None:
    routes = {state: route(TRIGGER, [an_experiment(state=state)], OPEN) for state in STATES}
    books = {state: routed.book for state, routed in routes.items()}
    assert books == {s: "research" if s in {"running", "paused"} else "profit" for s in STATES}
    assert (routes["running"].blocked, routes["paused"].blocked) == (None, "research_paused")


def test_the_symbol_must_match_or_none_be_named() -> None:
    books = [route(TRIGGER, [an_experiment(target_symbols=names)], OPEN).book for names in ((), ("AAA",), ("BBB",))]
    assert books == ["research", "research", "profit"]


def test_the_category_must_match_or_none_be_named() -> None:
    named = [(), ("breakout", "mean_reversion"), ("breakout",)]
    books = [route(TRIGGER, [an_experiment(trigger_categories=names)], OPEN).book for names in named]
    assert books == ["research", "research", "profit"]


def test_a_paused_budget_blocks_what_is_covered() -> None:
    routed = route(TRIGGER, [an_experiment()], PAUSED)
    assert (routed.book, routed.blocked, routed.detail) == ("research", "research_paused", "lost too much")


def test_an_insolvent_or_absent_budget_blocks_what_is_covered() -> None:
    assert {route(TRIGGER, [an_experiment()], b).blocked for b in (SPENT, Standing(-1.0), None)} == {
        "research_insolvent"
    }


def test_a_budget_of_unknown_cash_is_not_known_to_be_spent() -> None:
    assert route(TRIGGER, [an_experiment()], Standing(None)).blocked is None


def test_a_trigger_that_asks_for_the_main_budget_gets_it() -> None:
    assert route(TRIGGER._replace(force_main_budget=True), [an_experiment()], OPEN).book == "profit"


def test_emergency_exits_always_route_to_main() -> None:
    trigger = TRIGGER._replace(emergency_exit=True, is_research=True, experiment_id="e1")
    for standing in (OPEN, PAUSED, SPENT, None):
        routed = route(trigger, [an_experiment()], standing)
        assert (routed.book, routed.blocked) == ("profit", None)


def test_a_research_trigger_never_falls_through_to_main() -> None:
    tagged = Trigger.of({"symbol": "AAA", "book": "research", "experiment_id": "e1"})
    for experiments in ([], [an_experiment(state="paused")], [an_experiment(target_symbols=("BBB",))]):
        routed = route(tagged, experiments, OPEN)
        assert (routed.book, routed.blocked, routed.experiment_id) == ("research", "research_paused", "e1")


def test_of_several_the_named_then_the_one_on_the_playbook_then_the_narrowest_counts() -> None:
    wide, narrow = an_experiment("a", playbook_id="p"), an_experiment("b", playbook_id="q", target_symbols=("AAA",))
    both = [wide, narrow]
    assert route(TRIGGER, both, OPEN).experiment_id == "b"
    assert route(TRIGGER._replace(playbook_id="p"), both, OPEN).experiment_id == "a"
    assert route(TRIGGER._replace(playbook_id="p", experiment_id="b"), both, OPEN).experiment_id == "b"


experiments = st.lists(
    st.builds(
        an_experiment,
        st.sampled_from("abc"),
        st.sampled_from(STATES),
        target_symbols=st.sampled_from([(), ("AAA",), ("BBB",)]),
        trigger_categories=st.sampled_from([(), ("breakout",)]),
    ),
    max_size=4,
    unique_by=lambda one: one.spec.experiment_id,
)
standings = st.none() | st.builds(Standing, st.none() | st.floats(-10, 10), st.booleans())
triggers = st.builds(
    Trigger,
    st.sampled_from(["AAA", "BBB"]),
    st.sampled_from([None, "breakout", "reversal"]),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.sampled_from([None, "a", "z"]),
)


@given(trigger=triggers, held=experiments, standing=standings)
def test_whatever_comes_it_is_main_or_research_and_research_money_is_never_touched_while_closed(
    trigger: Trigger, held: list, standing: Standing | None
) -> None:
    routed = route(trigger, held, standing)
    assert routed == route(trigger, held[::-1], standing)
    is_main = routed.book == "profit"
    assert not (is_main and routed.blocked)
    if trigger.emergency_exit or trigger.force_main_budget:
        assert is_main
    elif trigger.is_research:
        assert not is_main
    if not is_main and not routed.blocked:
        named = next(one for one in held if one.spec.experiment_id == routed.experiment_id)
        assert named.state == "running"
        assert named.spec.covers(trigger.symbol, trigger.category)
        assert standing is not None
        assert not standing.paused
        assert standing.cash_usd is None or standing.cash_usd > 0
