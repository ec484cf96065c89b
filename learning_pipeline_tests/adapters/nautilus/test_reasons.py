"""Words of nautilus' own risk engine, 1.221 to 2.0."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from learning_pipeline.adapters.nautilus.reasons import gate_of, reason_of
from learning_pipeline.events.gates import Gate, contradicts

LIMITS: list[tuple[str, float, float, str]] = [
    ("QUANTITY_EXCEEDS_MAXIMUM: effective_quantity=15, max_quantity=10", 15, 10, "<="),
    ("QUANTITY_BELOW_MINIMUM: effective_quantity=0.001, min_quantity=0.01", 0.001, 0.01, ">="),
    ("NOTIONAL_EXCEEDS_MAX_PER_ORDER: max_notional=100.00 USD, notional=250.50 USD", 250.5, 100, "<="),
    ("NOTIONAL_BELOW_MINIMUM: min_notional=Money(1.00, USD), notional=Money(0.90, USD)", 0.9, 1, ">="),
    ("NOTIONAL_LESS_THAN_MIN_FOR_INSTRUMENT: min_notional=10.00 USDT , notional=5.00 USDT", 5, 10, ">="),
    ("NOTIONAL_EXCEEDS_FREE_BALANCE: free_balance=1_000.00 USDT, notional=5_000.00 USDT", 5000, 1000, "<="),
    ("NOTIONAL_EXCEEDS_FREE_BALANCE: free=100.00 USD, balance_impact=-250.00 USD", 250, 100, "<="),
    ("CUM_MARGIN_EXCEEDS_FREE_BALANCE: free=10.00 USD, cum_margin=20.00 USD", 20, 10, "<="),
    ("PRICE_PRECISION_EXCEEDS_MAXIMUM: field=price, price=1.2345, price_precision=4, max_precision=2", 4, 2, "<="),
]
NO_LIMIT = [
    "TRADING_HALTED",
    "INSTRUMENT_NOT_FOUND: instrument_id=ETH.SIM",
    "SUBMIT_FAILED: connection lost, free=maybe",
    "NOTIONAL_EXCEEDS_FREE_BALANCE: free=1.00 BTC, notional=2.00 USDT",
    "QUANTITY_EXCEEDS_MAXIMUM: effective_quantity=5, max_quantity=10",
]


@pytest.mark.parametrize(("words", "value", "threshold", "op"), LIMITS, ids=lambda x: str(x)[:40])
def test_a_limit_is_a_gate_with_value_and_threshold(words: str, value: float, threshold: float, op: str) -> None:
    reason = reason_of(words)
    gate = gate_of(reason)
    assert gate == {
        "name": words.partition(":")[0],
        "passed": False,
        "value": value,
        "threshold": threshold,
        "op": op,
    }
    assert not contradicts(msgspec.convert(gate, Gate))


@pytest.mark.parametrize("words", NO_LIMIT)
def test_without_a_limit_that_was_broken_the_gate_has_no_numbers(words: str) -> None:
    """Two currencies are not compared; numbers that would let the order pass are not the reason."""
    assert gate_of(reason_of(words)) == {"name": words.partition(":")[0], "passed": False}


@pytest.mark.parametrize(
    "words",
    ["quantity 50000.000 invalid (> maximum trade size of 1000.000)", "Exceeded MAX_ORDER_SUBMIT_RATE", "", None],
)
def test_free_words_of_older_versions_have_no_code(words: Any) -> None:
    assert reason_of(words) == ("OTHER", {})


def test_parameters_keep_their_commas() -> None:
    reason = reason_of("INVALID_POSITION_ID: position_id=P-1, detail=expected P-2, was P-1")
    assert reason.parameters == {"position_id": "P-1", "detail": "expected P-2, was P-1"}
