"""Every line is a row or a refusal with its reason, whatever the bytes are."""

from __future__ import annotations

import datetime as dt
import json

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from learning_pipeline.events.parse import Parsed, parse_lines
from learning_pipeline.events.tables import EVENT_TABLES
from learning_pipeline.events.wire import ALIASES
from learning_pipeline_tests.events.lines import GATE, PAYLOADS, delivered, fields, line, signal_line

INSTANT = dt.datetime(2024, 1, 2, 3, 4, 5, tzinfo=dt.UTC)


def accounted(content: bytes, **options: int) -> Parsed:
    """What a file holds; every row keeps its contract and every line is somewhere, once."""
    parsed = parse_lines(content, **options)
    numbers = [r.line_no for r in parsed.refusals]
    for event_type, rows in parsed.frames.items():
        table = EVENT_TABLES[event_type]
        for _, one in rows.drop("line_no").with_row_index("n").group_by("n"):
            table.checked(one.drop("n"))
        numbers += rows["line_no"].to_list()
    filled = [n for n, raw in enumerate(content.split(b"\n")[:-1], 1) if raw.strip()]
    assert sorted(numbers) == filled
    assert parsed.n_lines == len(numbers) + parsed.n_incomplete
    return parsed


def only_row(raw: bytes) -> dict[str, object]:
    (rows,) = accounted(delivered(raw)).frames.values()
    return rows.row(0, named=True)


@pytest.mark.parametrize("event_type", EVENT_TABLES)
def test_every_type_keeps_what_was_sent(event_type: str) -> None:
    row = only_row(line(event_type))
    assert (row["event_id"], row["source"], row["session_id"], row["line_no"]) == ("e1", "bot", "bot", 1)
    assert (row["happened_at"], row["day"]) == (INSTANT, INSTANT.date())
    sent = PAYLOADS[event_type]
    kept = {name: row[name] for name in sent.keys() & row.keys()}
    as_read = {name: json.loads(v) if isinstance(v, str) and v[:1] in "{[" else v for name, v in kept.items()}
    as_read |= {name: v.isoformat() for name, v in kept.items() if isinstance(v, dt.datetime)}
    times = {n: dt.datetime.fromisoformat(v).astimezone(dt.UTC).isoformat() for n, v in sent.items() if n[-3:] == "_at"}
    assert as_read == {name: sent[name] for name in kept} | times
    assert row.get("book") in (None, sent.get("book", "learning" if "learning_book" in sent else "profit"))


def test_what_is_enclosed_on_the_wire_has_columns_of_its_own() -> None:
    assert only_row(line("decision"))["price"] == 101.5
    assert only_row(line("decision", market=...))["price"] is None
    assert only_row(line("experiment"))["target_symbols"] == ["BTC", "ETH"]
    assert only_row(line("judge_action"))["payload"] == '{"why":{"a":null,"b":[1,"two"]}}'


def test_objects_are_kept_as_canonical_text() -> None:
    assert only_row(signal_line())["scope"] == '{"chain":"sol","regime":"up"}'
    assert only_row(signal_line(scope=...))["scope"] == "{}"
    assert only_row(signal_line())["features"] == '{"halo":1.0,"ts":0.6}'


@pytest.mark.parametrize(("alias", "event_type"), ALIASES.items())
def test_a_topic_is_the_event_type_it_means(alias: str, event_type: str) -> None:
    both = delivered(line(event_type), line(event_type, type=alias))
    rows = accounted(both).frames[event_type].drop("line_no")
    assert rows[0].equals(rows[1])


def test_null_is_absent() -> None:
    nulls = dict.fromkeys(["entry_price", "ttl_bars", "features", "book", "session_id", "learning_book"])
    absent = dict.fromkeys(nulls, ...)
    assert only_row(signal_line(**nulls)) == only_row(signal_line(**absent))


def test_minus_zero_is_zero() -> None:
    # They are equal, but not the same bytes: which one is kept would depend on which came first.
    assert str(only_row(signal_line(expected_roi=-0.0))["expected_roi"]) == "0.0"


@pytest.mark.parametrize(
    ("pnl", "mismatch"), [(19.0, False), (19.009, False), (19.02, True), (18.98, True), (-19.0, True)]
)
def test_a_trade_off_by_more_than_a_cent_is_kept_and_marked(pnl: float, mismatch: bool) -> None:
    assert only_row(line("trade_closed", pnl_usd=pnl))["pnl_mismatch"] is mismatch


def test_a_large_trade_may_be_off_by_a_millionth_of_its_notional() -> None:
    large = {"qty": 200_000, "fees_usd": 0, "exit_price": 100}
    assert only_row(line("trade_closed", **large, pnl_usd=19.0))["pnl_mismatch"] is False
    assert only_row(line("trade_closed", **large, pnl_usd=21.0))["pnl_mismatch"] is True


def test_a_short_trade_wins_when_the_price_falls() -> None:
    short = line("trade_closed", side="short", exit_price=90)
    assert only_row(short)["pnl_mismatch"] is False


def test_blank_lines_and_line_ends() -> None:
    content = b"\n  \r\n" + signal_line() + b"\r\n\t\n" + b"nonsense\r\n" + signal_line()[:40]
    parsed = accounted(content)
    assert parsed.frames["signal"]["line_no"].to_list() == [3]
    assert [(r.line_no, r.raw) for r in parsed.refusals] == [(5, "nonsense\r")]
    assert (parsed.n_lines, parsed.n_incomplete) == (3, 1)


@pytest.mark.parametrize(("content", "n_incomplete"), [(b"", 0), (b"\n \n  ", 0), (signal_line(), 1), (b"\n{", 1)])
def test_files_without_a_whole_line(content: bytes, n_incomplete: int) -> None:
    assert accounted(content) == Parsed({}, [], n_incomplete, n_incomplete)


texts = st.text(alphabet='ab:" \\/{}[],\t\u00e9\u2028\U0001f600', max_size=6)
scalars = st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False) | texts
values = st.recursive(scalars, lambda v: st.lists(v, max_size=3) | st.dictionaries(texts, v, max_size=3), max_leaves=6)


@st.composite
def whole_lines(draw: st.DrawFn) -> bytes:
    """A valid event, or one with a field set to anything, written in one of the ways JSON can be written."""
    event = fields(draw(st.sampled_from(list(PAYLOADS))))
    if draw(st.booleans()):
        event[draw(st.sampled_from([*event, "metadata", "note"]))] = draw(values)
    spaces = draw(st.sampled_from([(",", ":"), (", ", ": "), (" , ", " : ")]))
    return json.dumps(event, separators=spaces, ensure_ascii=draw(st.booleans())).encode()


@st.composite
def mutants(draw: st.DrawFn) -> bytes:
    """A whole line with bytes inserted, deleted or replaced."""
    raw = bytearray(draw(whole_lines()))
    for _ in range(draw(st.integers(0, 3))):
        k = draw(st.integers(0, len(raw)))
        new = draw(st.binary(max_size=3) | st.sampled_from([b'"', b"{", b"}", b"1e999", b"NaN", b"\\u0022", b"\n"]))
        raw[k : k + draw(st.integers(0, 3))] = new
    return bytes(raw)


@settings(max_examples=150, deadline=dt.timedelta(seconds=5))
@given(st.lists(st.binary(max_size=30), max_size=5).map(b"\n".join))
@example(b"[" * 100_000 + b"\n")
@example(b"{" * 100_000 + b"\n")
def test_any_bytes_are_accounted_for(content: bytes) -> None:
    accounted(content)


@settings(max_examples=150, deadline=dt.timedelta(seconds=5))
@given(st.lists(mutants(), max_size=4), st.integers(1, 5))
def test_lines_at_once_and_one_by_one_are_the_same(lines: list[bytes], chunk_lines: int) -> None:
    content = delivered(*lines)
    one_by_one, together = accounted(content, chunk_lines=1), accounted(content, chunk_lines=chunk_lines)
    assert one_by_one._replace(frames={}) == together._replace(frames={})
    assert list(one_by_one.frames) == list(together.frames)
    for event_type, rows in one_by_one.frames.items():
        assert_frame_equal(rows, together.frames[event_type])


@settings(max_examples=100, deadline=None)
@given(st.lists(whole_lines(), min_size=1, max_size=4), st.data())
def test_a_key_that_stands_twice_is_found_among_any_lines(lines: list[bytes], data: st.DataObject) -> None:
    k = data.draw(st.integers(0, len(lines)))
    twice = data.draw(
        st.sampled_from(
            [
                signal_line()[:-1] + b', "side": "long"}',
                signal_line()[:-1] + b', "si\\u0064e" : "short"}',
                b'{"type": "signal",' + signal_line()[1:],
                signal_line().replace(b'"regime": "up"', b'"regime": "up", "regime": "up"'),
                line("decision").replace(b'"price": 101.5', b'"price": 1, "price": 101.5'),
                line("decision").replace(b'"thing": null', b'"thing": 1, "thing": 2'),
                line("judge_action").replace(b'"a": null', b'"a": null, "a": null'),
            ]
        )
    )
    parsed = accounted(delivered(*lines[:k], twice, *lines[k:]))
    assert "duplicate_key" in [r.reason_code for r in parsed.refusals if r.line_no == k + 1]


def test_rows_are_in_the_order_of_the_file() -> None:
    content = delivered(*(signal_line(event_id=f"e{k}") if k % 3 else b"?" for k in range(20)))
    numbers = accounted(content, chunk_lines=4).frames["signal"]["line_no"]
    assert numbers.is_sorted()
    assert numbers.dtype == pl.Int64


def test_gates_come_back_to_the_last_bit() -> None:
    gate = {**GATE, "value": 0.1 + 0.2, "threshold": 0.3, "op": ">", "passed": True}
    assert json.loads(str(only_row(line("decision", gates=[gate]))["gates"])) == [gate]
