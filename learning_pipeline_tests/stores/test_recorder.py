"""What a bot records is what the pipeline takes."""

from __future__ import annotations

import datetime as dt
import json
import threading
from pathlib import Path
from typing import Any

import pytest

from learning_pipeline.events.parse import parse_lines
from learning_pipeline.stores.envelope import NATURAL_KEY
from learning_pipeline.stores.recorder import Recorder

AT = dt.datetime(2024, 3, 4, 12, tzinfo=dt.UTC)
TAGS = {"book": "research", "experiment_id": "e1", "experiment_variant": "b", "playbook_id": "p1"}
ORDER = {"order_id": "o1", "trade_id": "t1", "signal_id": "s1", "symbol": "AAA", "side": "buy", "qty": 2, "price": 1.5}
PAYLOADS: dict[str, dict[str, Any]] = {
    "signal": {
        "signal_id": "s1", "symbol": "AAA", "timeframe": "1h", "strategy": "trend", "side": "long",
        "pattern_key": "k", "scope": {"regime": "calm"}, "features": {"rsi": 24.5}, "flags": {"hot": True},
        "entry_price": 1.5, "stop_price": 1.0, "target_price": 2.0, "ttl_minutes": 60, "expected_roi": 0.01,
        "score_components": {"ts": 0.5}, **TAGS,
    },
    "decision": {
        "signal_id": "s1", "decision": "blocked", "blocker_component": "ts", "blocker_reason": "0.1 < 0.3",
        "market": {"price": 1.5, "spread_bps": 2.0, "regime": "calm"}, "propensity": 0.5, "metadata": {"n": 1},
        "gates": [{"name": "ts", "passed": False, "value": 0.1, "threshold": 0.3, "op": ">="}],
    },
    "order_submitted": {**ORDER, **TAGS},
    "fill": {**ORDER, "fill_id": "f1", "fee_usd": 0.01, **TAGS},
    "trade_blocked": {"signal_id": "s1", "order_id": "o1", "reason": "cap", "detail": "5 of 5", **TAGS},
    "trade_closed": {
        "trade_id": "t1", "signal_id": "s1", "symbol": "AAA", "timeframe": "1h", "strategy": "trend", "side": "long",
        "qty": 2.0, "entry_price": 1.5, "exit_price": 2.0, "opened_at": AT - dt.timedelta(hours=2), "closed_at": AT,
        "fees_usd": 0.1, "pnl_usd": 0.9, "roi": 0.3, "did_trim": False, "reached_s3": True, "exit_reason": "target",
    },
    "position": {
        "position_id": "p1", "token": "AAA", "chain": "x", "timeframe": "1h", "status": "active",
        "total_allocation_pct": 2.0, "qty": 1.0, **TAGS,
    },
    "portfolio_snapshot": {"equity_usd": 100.0, "cash_usd": 50.0, "exposure_usd": 50.0},
    "episode_outcome": {"signal_id": "s1", "outcome": "success"},
    "setup": {
        "setup_id": "x1", "signal_id": "s1", "strategy_template_version": "v1", "playbook_id": "p1",
        "outcome": "win", "r_achieved": 1.5, "bars_to_outcome": 3,
    },
    "experiment": {
        "experiment_id": "e1", "hypothesis": "h", "status": "running", "playbook_id": "p1",
        "exposure": {"target_symbols": ["AAA"], "trigger_categories": ["c"]},
        "metrics": {"min_sample_size": 10, "max_loss_usd": 5.0},
    },
    "judge_action": {"action": "hold", "experiment_id": "e1", "note": "wait"},
    "ai_response": {
        "prompt_pack": "a", "version": "1", "model": "m", "latency_ms": 12.0, "schema_valid": True, "refused": False,
        "n_claims": 2, "n_cited": 1, "embedding": [0.1, 0.2],
    },
    "analytics_report": {"name": "n", "value": 1.0, "labels": {"a": "b"}},
}  # fmt: skip


def lines(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for path in sorted(folder.glob("*.jsonl")) for line in path.read_bytes().splitlines()]


def test_every_event_type_has_a_payload_here() -> None:
    assert set(PAYLOADS) == set(NATURAL_KEY)


@pytest.mark.parametrize("kind", NATURAL_KEY)
def test_every_event_that_is_recorded_is_accepted(tmp_path: Path, kind: str) -> None:
    with Recorder(tmp_path, source="bot", session_id="day-1") as recorder:
        event_id = getattr(recorder, kind)(at=AT, **PAYLOADS[kind])
    parsed = parse_lines(next(tmp_path.glob("*.jsonl")).read_bytes())
    assert parsed.refusals == []
    assert parsed.n_lines == 1
    row = parsed.frames[kind].row(0, named=True)
    assert (row["event_id"], row["happened_at"], row["source"], row["session_id"]) == (event_id, AT, "bot", "day-1")


def test_the_decision_trackers_own_calls_are_accepted(tmp_path: Path) -> None:
    with Recorder(tmp_path, source="bot") as recorder:
        recorder.track_block(
            signal_id="BTC_1234567890_abc123",
            blocker_component="VolatilityGuard",
            blocker_reason="Current vol 0.05 > Max 0.04",
            symbol="BTCUSDT",
            signal_metadata={"strategy": "MeanReversion", "rsi": 24.5},
        )
        recorder.track_approval(signal_id="BTC_1234567890_abc123", approved_by="AllGates", symbol="BTCUSDT")
    parsed = parse_lines(next(tmp_path.glob("*.jsonl")).read_bytes())
    assert parsed.refusals == []
    blocked, approved = parsed.frames["decision"].rows(named=True)
    assert (blocked["decision"], blocked["blocker_component"]) == ("blocked", "VolatilityGuard")
    assert blocked["blocker_reason"] == "Current vol 0.05 > Max 0.04"
    kept = {"rsi": 24.5, "strategy": "MeanReversion", "symbol": "BTCUSDT"}
    assert json.loads(blocked["metadata"]) == kept
    assert (approved["decision"], approved["approved_by"]) == ("approved", "AllGates")


def test_the_same_event_has_the_same_id_and_another_has_another(tmp_path: Path) -> None:
    with Recorder(tmp_path, source="bot") as recorder, Recorder(tmp_path, source="other") as other:
        same = [r.signal(at=at, signal_id="s1") for r in (recorder, recorder) for at in (AT, AT.astimezone())]
        others = [
            recorder.signal(at=AT, signal_id="s2"),
            recorder.signal(at=AT + dt.timedelta(microseconds=1), signal_id="s1"),
            other.signal(at=AT, signal_id="s1"),
            recorder.episode_outcome(at=AT, signal_id="s1"),
        ]
    assert len(set(same)) == 1
    assert len({*same, *others}) == 5


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        ("signal", {"at": dt.datetime.fromisoformat("2024-03-04T12:00:00")}),
        ("signal", {"at": "2024-03-04T12:00:00Z"}),
        ("trade_closed", {"opened_at": dt.datetime.fromisoformat("2024-03-04T12:00:00")}),
        ("signal", {"entry_price": float("nan")}),
        ("signal", {"features": {"x": float("inf")}}),
        ("signal", {"symbol": b"AAA"}),
        ("signal", {"features": {("a", "b"): 1.0}}),
        ("signal", {"features": {1: 1.0, "b": 2.0}}),
        ("signal", {"symbol": "\ud800"}),
        ("sginal", {}),
    ],
)
def test_what_json_cannot_hold_is_refused_and_nothing_is_written(
    tmp_path: Path, kind: str, payload: dict[str, Any]
) -> None:
    with Recorder(tmp_path, source="bot") as recorder, pytest.raises(ValueError):  # noqa: PT011  # each has its own words
        recorder.write(kind, **payload)
    assert list(tmp_path.iterdir()) == []


def test_text_is_kept_as_it_is(tmp_path: Path) -> None:
    reason = 'ü "quoted" \\ \n \u2028 \U0001f600 [red]'
    with Recorder(tmp_path, source="bot") as recorder:
        recorder.trade_blocked(reason=reason, at=AT)
    assert [line["reason"] for line in lines(tmp_path)] == [reason]


def test_the_envelope_cannot_be_overwritten_by_a_payload(tmp_path: Path) -> None:
    with Recorder(tmp_path, source="bot") as recorder:
        event_id = recorder.judge_action(at=AT, action="hold", event_id="mine", source="else", schema_version=9)
    (line,) = lines(tmp_path)
    assert (line["event_id"], line["source"], line["schema_version"]) == (event_id, "bot", 1)


def test_an_event_with_its_envelope_is_recorded_as_it_is(tmp_path: Path) -> None:
    whole = {"event_id": "mine", "type": "ordinis.signals.generated", "at": "2024-03-04T12:00:00Z", "source": "other"}
    bare = {"type": "episode_outcome", "at": AT, "signal_id": "s1", "outcome": "success"}
    with Recorder(tmp_path, source="bot") as recorder:
        ids = [recorder.record(whole | {"signal_id": "s1"}), recorder.record(bare)]
        same = recorder.episode_outcome(at=AT, signal_id="s1", outcome="success")
    first, second, _ = lines(tmp_path)
    assert first == whole | {"signal_id": "s1", "schema_version": 1}
    assert (second["source"], ids) == ("bot", ["mine", same])


@pytest.mark.parametrize(
    "event", [{}, {"type": 1}, {"type": "fill", "at": "noon"}, {"type": "fill", "at": "2024-03-04"}]
)
def test_an_event_without_a_type_or_a_time_with_a_zone_is_refused(tmp_path: Path, event: dict[str, Any]) -> None:
    with Recorder(tmp_path, source="bot") as recorder, pytest.raises(ValueError, match=r"expected|Invalid isoformat"):
        recorder.record(event)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("source", ["../up", "/etc/bot", ".hidden", "a/b", "x" * 300, "...", "ü"])
def test_no_source_leaves_the_folder_or_hides_its_file(tmp_path: Path, source: str) -> None:
    with Recorder(tmp_path / "in", source=source) as recorder:
        recorder.trade_blocked(reason="r", at=AT)
    assert [line["source"] for line in lines(tmp_path / "in")] == [source]
    assert [path.name for path in tmp_path.iterdir()] == ["in"]
    assert not any(path.name.startswith(".") for path in (tmp_path / "in").iterdir())


def test_a_recorder_without_a_name_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="expected the name of the bot"):
        Recorder(tmp_path, source="")


def test_threads_share_a_recorder_and_no_line_is_torn(tmp_path: Path) -> None:
    def work(n: int) -> None:
        for k in range(200):
            recorder.trade_blocked(reason=f"{n}-{k}" + "x" * (k * 7 % 500), at=AT)

    with Recorder(tmp_path, source="bot", max_bytes=20_000, sync_every=50) as recorder:
        threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    expected = {f"{n}-{k}" for n in range(4) for k in range(200)}
    assert sorted(line["reason"].rstrip("x") for line in lines(tmp_path)) == sorted(expected)
    assert len(list(tmp_path.glob("*.jsonl"))) > 10
