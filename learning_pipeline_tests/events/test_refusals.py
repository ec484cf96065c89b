"""Each malformation is refused under its own reason, with the line as it was."""

from __future__ import annotations

import hashlib

import pytest

from learning_pipeline.events.parse import parse_lines
from learning_pipeline.events.refusals import REASON_CODES
from learning_pipeline_tests.events.lines import GATE, delivered, line, signal_line

OK = signal_line()


def decision(*gates: dict[str, object]) -> bytes:
    return line("decision", gates=list(gates))


def with_text(value: bytes, event_type: str = "signal", name: bytes = b"entry_price") -> bytes:
    """A line whose field is written as given: what ``json.dumps`` would not write."""
    return line(event_type, **{name.decode(): "HERE"}).replace(b'"HERE"', value)


MALFORMED = {
    "duplicate_key": [
        OK[:-1] + b', "side": "long"}',
        OK[:-1] + b', "side" : "short"}',
        OK[:-1] + b', "s\\u0069de": "short"}',
        OK[:-1] + b', "entry_price": null, "entry_price": null}',
        OK.replace(b"trend", b"\\u0022\\u0022")[:-1] + b', "ttl_bars": 3}',
        OK.replace(b'"regime": "up"', b'"regime": "up", "regime": "down"'),
        line("decision").replace(b'"thing": null', b'"thing": 1, "thing": 1'),
        line("judge_action").replace(b'"a": null', b'"a": [{"b": 1, "b": 1}]'),
        b'{"type": "heartbeat", "a": 1, "a": 2}',
    ],
    "naive_time": [
        signal_line(at="2024-01-02T03:04:05"),
        signal_line(at="2024-01-02 03:04:05.123"),
        signal_line(at="2024-01-02"),
        line("trade_closed", opened_at="2024-01-01T00:00:00"),
    ],
    "bad_time": [
        signal_line(at=1704164645),
        signal_line(at="1704164645"),
        signal_line(at="2024-02-30T00:00:00Z"),
        signal_line(at="2024-01-02T24:00:00Z"),
        signal_line(at="2024-01-02T03:04:60Z"),
        signal_line(at="2024-01-02T03:04:05+99:00"),
        signal_line(at="2024-01-02T03:04:05+0100"),
        signal_line(at="2024-01-02T03:04Z"),
        signal_line(at="1970-01-20T17:22:44Z"),
        signal_line(at="2100-01-01T00:00:00Z"),
        signal_line(at="9999-12-31T23:59:59Z"),
        signal_line(at="2024-01-02T03:04:05Z\n"),
        signal_line(at=""),
        line("trade_closed", closed_at=0),
    ],
    "not_finite": [
        with_text(b"NaN"),
        with_text(b"Infinity"),
        with_text(b"-Infinity"),
        with_text(b"1e999"),
        with_text(b'{"a": -1e999}', name=b"features"),
        with_text(b"[NaN]", "judge_action", b"why"),
        with_text(b"1e999", "judge_action", b"why"),
        with_text(b"9" * 400),
    ],
    "wrong_type": [
        signal_line(entry_price=True),
        signal_line(entry_price="100"),
        signal_line(strategy=7),
        signal_line(side=None),
        signal_line(ttl_bars=3.5),
        signal_line(ttl_bars=True),
        signal_line(scope={"k": 1}),
        signal_line(scope="up"),
        signal_line(features={"ts": True}),
        signal_line(flags={"fresh": 1}),
        line("decision", gates={}),
        with_text(b"[" * 9 + b"]" * 9, "judge_action", b"why"),
        with_text(b'{"a":' * 10 + b"1" + b"}" * 10, "decision", b"metadata"),
    ],
    "unknown_type": [signal_line(type="heartbeat"), signal_line(type="Signal"), signal_line(type=1)],
    "unknown_word": [
        signal_line(side="LONG"),
        line("decision", decision="skipped"),
        line("position", status="open"),
        decision({**GATE, "op": "=="}),
        signal_line(schema_version=2),
    ],
    "unknown_field": [
        signal_line(entryprice=1),
        signal_line(day="2024-01-01"),
        line("decision", market={"price": 1, "bid": 1}),
        decision({**GATE, "note": ""}),
        line("trade_closed", pnl_mismatch=False),
        signal_line(**{"missing required field": 1}),
    ],
    "missing_field": [
        signal_line(side=...),
        signal_line(type=...),
        signal_line(event_id=...),
        line("experiment", metrics=...),
        decision({"name": "halo"}),
        b"{}",
    ],
    "out_of_range": [
        signal_line(event_id=""),
        signal_line(signal_id=""),
        signal_line(source=""),
        line("decision", signal_id=""),
        line("trade_closed", trade_id=""),
        signal_line(entry_price=0),
        signal_line(timeframe="60"),
        signal_line(timeframe="0m"),
        signal_line(timeframe="1M"),
        signal_line(timeframe="1h\n"),
        signal_line(scope={str(k): "" for k in range(7)}),
        signal_line(ttl_bars=2**63),
        line("ai_response", n_claims=10**30),
        line("decision", propensity=1.5),
        line("trade_closed", opened_at="2024-01-03T00:00:00Z"),
        decision({**GATE, "name": ""}),
    ],
    "contradicting_book": [
        signal_line(book="profit", learning_book=True, experiment_id="x1"),
        signal_line(book="learning", learning_book=False, experiment_id="x1"),
        signal_line(book="research", learning_book=True, experiment_id="x1"),
    ],
    "missing_experiment": [
        signal_line(book="learning"),
        signal_line(book="research"),
        signal_line(learning_book=True),
        signal_line(book="learning", experiment_id=""),
    ],
    "duplicate_gate": [decision(GATE, GATE), decision(GATE, {"name": "halo", "passed": True})],
    "gate_contradiction": [
        decision({**GATE, "passed": True}),
        decision({**GATE, "value": 0.3}),
        decision({**GATE, "op": "<", "value": 0.3, "passed": True}),
        decision({"name": "ts", "passed": True}, {**GATE, "passed": True}),
    ],
    "bad_encoding": [
        OK.replace(b"trend", b"tr\xffnd"),
        line("judge_action").replace(b"two", b"\xc3("),
        b"\xff\xfe",
    ],
    "bad_json": [
        OK[:-1],
        OK[: len(OK) // 2],
        OK + OK,
        OK + b",",
        b"\xef\xbb\xbf" + OK,
        OK.replace(b'"', b"'"),
        OK.replace(b"trend", b"tr\tend"),
        OK.replace(b"trend", b"\\ud800"),
        with_text(b"01"),
        with_text(b"[" * 100_000, "judge_action", b"why"),
        b"null null",
    ],
    "not_an_object": [b"[" + OK + b"]", b"[]", b"null", b"7", b'"signal"', b"true"],
}
CASES = [(code, raw) for code, raws in MALFORMED.items() for raw in raws]


@pytest.mark.parametrize(("code", "raw"), CASES, ids=[f"{code}-{k}" for k, (code, _) in enumerate(CASES)])
def test_a_malformed_line_is_refused_by_name(code: str, raw: bytes) -> None:
    around = delivered(OK, b"", raw, signal_line(event_id="e2", entry_price=None))
    parsed = parse_lines(around)
    (found,) = parsed.refusals
    assert (found.reason_code, found.line_no) == (code, 3), found.detail
    assert found.raw_sha256 == hashlib.sha256(raw).hexdigest()
    assert found.raw == raw.decode("utf-8", "replace")
    assert found.detail
    assert parsed.frames["signal"]["line_no"].to_list() == [1, 4]


def test_every_code_of_a_line_is_tried() -> None:
    in_merge = {"id_conflict", "second_signal", "ambiguous_revision"}
    of_files = {"unreadable_file", "bad_schema", "null_value", "bad_prices", "conflicting_bar"}
    assert MALFORMED.keys() == set(REASON_CODES) - in_merge - of_files


@pytest.mark.parametrize(
    "raw",
    [
        decision({**GATE, "evaluated": False, "passed": True}),
        decision({"name": "ts", "passed": True, "value": 1.0}),
        decision({**GATE, "op": ">=", "value": 0.3, "passed": True}),
        decision({**GATE, "op": "<=", "value": 0.3, "passed": True}),
        decision(),
        signal_line(at="2024-01-02 03:04:05.123456789+05:30"),
        signal_line(at="2024-02-29t00:00:00z"),
        signal_line(scope={str(k): "" for k in range(6)}),
        signal_line(book="learning", learning_book=True, experiment_id="x1"),
        signal_line(ttl_bars=2**63 - 1),
        signal_line(schema_version=1),
        with_text(b"[" * 8 + b"]" * 8, "judge_action", b"why"),
        signal_line(strategy='"side":"short"'),
        line("trade_closed", opened_at="2024-01-02T00:00:00+02:00"),
    ],
)
def test_what_is_unusual_but_valid_is_kept(raw: bytes) -> None:
    assert parse_lines(delivered(raw)).refusals == []
