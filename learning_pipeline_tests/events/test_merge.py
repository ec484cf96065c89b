"""What stays depends on the lines ever delivered, not on their order, files, deliveries or repetition."""

from __future__ import annotations

import datetime as dt
import hashlib
import json

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from learning_pipeline.events.merge import Merged, content_digest, merge_events
from learning_pipeline_tests.events.landing import NOTHING, Landed, as_sets, land
from learning_pipeline_tests.events.lines import delivered, fields, line, signal_line

TUESDAY, WEDNESDAY = "2024-01-02T12:00:00Z", "2024-01-03T12:00:00Z"
REVISED = {"trade_closed": "trade_id", "position": "position_id", "order_submitted": "order_id"}


def landed(*deliveries: list[bytes]) -> tuple[Landed, Merged]:
    """One file per delivery."""
    state, merged = NOTHING, merge_events({}, {})
    for lines in deliveries:
        state, merged = land(state, [delivered(*lines)])
    return state, merged


def ids(state: Landed, event_type: str = "signal") -> list[str]:
    return sorted(state.tables[event_type]["event_id"])


def sha(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()


def statuses(merged: Merged) -> list[str]:
    return merged.lines.sort("file_no", "line_no")["status"].to_list()


def test_an_event_delivered_again_is_a_duplicate() -> None:
    spaced = json.dumps(dict(reversed(fields("signal").items())), indent=None, separators=(" , ", " : ")).encode()
    state, merged = landed([signal_line()], [signal_line(), spaced])
    assert statuses(merged) == ["duplicate", "duplicate"]
    assert (ids(state), state.quarantine, merged.first_change) == (["e1"], set(), None)


def test_the_first_of_two_equal_lines_of_a_delivery_is_accepted() -> None:
    assert statuses(landed([signal_line(), signal_line()])[1]) == ["accepted", "duplicate"]


@pytest.mark.parametrize(
    "other",
    [
        signal_line(strategy="reversal"),
        signal_line(at=WEDNESDAY),
        signal_line(entry_price=...),
        signal_line(source="another bot"),
        line("fill"),
        line("decision", at=WEDNESDAY),
    ],
)
def test_of_two_contents_of_an_id_the_smaller_digest_stays(other: bytes) -> None:
    one = signal_line()
    (first, _), (second, _) = landed([one], [other]), landed([other], [one])
    assert as_sets(first) == as_sets(second) == as_sets(landed([one, other])[0])
    assert {code for code, _ in first.quarantine} == {"id_conflict"}
    assert len(first.quarantine) == 1


def test_the_digest_does_not_depend_on_nulls_or_bookkeeping() -> None:
    bare = {"event_id": "e1", "happened_at": dt.datetime(2024, 1, 2, tzinfo=dt.UTC)}
    full = {**bare, "day": dt.date(2024, 1, 2), "file_no": 3, "line_no": 7, "qty": None}
    assert content_digest("signal", bare) == content_digest("signal", full)
    assert content_digest("signal", bare) != content_digest("fill", bare)


def test_the_earlier_signal_of_an_id_stays() -> None:
    early, late = signal_line(event_id="e9", at=TUESDAY), signal_line(event_id="e1", at=WEDNESDAY)
    for state in (landed([early], [late])[0], landed([late], [early])[0], landed([late, early])[0]):
        assert ids(state) == ["e9"]
        assert state.quarantine == {("second_signal", sha(late))}


def test_of_signals_of_one_instant_the_smaller_event_id_stays() -> None:
    state, _ = landed([signal_line(event_id="e2")], [signal_line(event_id="e1")])
    assert ids(state) == ["e1"]


@pytest.mark.parametrize(("event_type", "identity"), REVISED.items())
def test_a_later_revision_is_kept_beside_the_earlier(event_type: str, identity: str) -> None:
    one, two = line(event_type, at=TUESDAY), line(event_type, event_id="e2", at=WEDNESDAY, qty=3)
    for state, merged in (landed([one], [two]), landed([two], [one])):
        assert ids(state, event_type) == ["e1", "e2"]
        assert state.quarantine == set()
        assert statuses(merged) == ["accepted"]


@pytest.mark.parametrize(("event_type", "identity"), REVISED.items())
def test_two_revisions_of_one_instant_are_ambiguous(event_type: str, identity: str) -> None:
    one, two = line(event_type), line(event_type, event_id="e2", qty=3)
    for state in (landed([one], [two])[0], landed([two], [one])[0]):
        assert ids(state, event_type) == ["e1"]
        assert state.quarantine == {("ambiguous_revision", sha(two))}


def test_one_id_in_two_tables_is_not_one_identity() -> None:
    state, _ = landed([line("trade_closed", event_id="e1"), line("position", event_id="e2", position_id="t1")])
    assert state.quarantine == set()


def test_every_line_of_a_displaced_event_goes_to_quarantine() -> None:
    late = signal_line(event_id="e1", at=WEDNESDAY)
    again = late.replace(b": ", b":")
    deep = b'{"why": ' + b"[" * 100_000
    state, merged = landed([b"", late, deep, again], [signal_line(event_id="e2", at=TUESDAY)])
    assert {("second_signal", sha(late)), ("second_signal", sha(again))} < state.quarantine
    assert merged.displaced["event_id"].to_list() == ["e1"]
    assert merged.first_change == dt.date(2024, 1, 2)


def test_the_first_change_is_the_first_day_that_reads_differently() -> None:
    late, early = signal_line(at=WEDNESDAY), signal_line(event_id="e2", signal_id="s2", at=TUESDAY)
    assert landed([late])[1].first_change == dt.date(2024, 1, 3)
    assert landed([late], [early, late])[1].first_change == dt.date(2024, 1, 2)
    assert landed([late], [late, late])[1].first_change is None
    assert merge_events({}, {}).first_change is None


def test_a_displaced_row_changes_its_own_day_too() -> None:
    tries = [landed([signal_line(at=TUESDAY)], [signal_line(at=WEDNESDAY, strategy=f"v{k}")])[1] for k in range(8)]
    displacing = [merged for merged in tries if statuses(merged) == ["accepted"]]
    assert {merged.first_change for merged in displacing} == {dt.date(2024, 1, 2)}


def test_a_content_that_lost_does_not_stand_against_other_signals() -> None:
    late = signal_line(event_id="e2", at=WEDNESDAY)
    contents = [signal_line(signal_id="s2", strategy=f"v{k}") for k in range(30)]
    found = {tuple(landed([signal_line(), late, other])[0].tables["signal"]["signal_id"]) for other in contents}
    assert found == {("s1",), ("s1", "s2")}


def _contested(k: int) -> bytes:
    """One of several contents under few event_ids: other types, days and fields; no identity shared with another id."""
    event_id = f"c{k % 3}"
    event_type = ["signal", "trade_closed", "fill", "experiment"][k // 3 % 4]
    named = {"signal": "signal_id", "trade_closed": "trade_id", "experiment": "experiment_id"}.get(
        event_type, "fill_id"
    )
    return line(event_type, event_id=event_id, **{named: event_id}, at=[TUESDAY, WEDNESDAY][k // 12 % 2])


def _rival(k: int) -> bytes:
    """An event with one content that shares the identity of its table with others; some at the same instant."""
    event_type, identity = [("signal", "signal_id"), *REVISED.items()][k % 4]
    at = [TUESDAY, WEDNESDAY][k // 4 % 2]
    return line(event_type, event_id=f"r{k:02}", **{identity: f"i{k // 8 % 2}"}, at=at)


def _spaced(raw: bytes) -> bytes:
    return raw.replace(b'": ', b'":  ')


lines_of_any_kind = st.one_of(
    st.integers(0, 23).map(_contested),
    st.integers(0, 31).map(_rival),
    st.integers(0, 23).map(_contested).map(_spaced),
    st.integers(0, 31).map(_rival).map(_spaced),
    st.sampled_from([b"", b"nonsense", signal_line(at="2024-01-02")]),
)


@st.composite
def deliveries(draw: st.DrawFn, lines: list[bytes]) -> list[list[bytes]]:
    """The same lines and some of them again, in any order, split into any files and deliveries."""
    again = draw(st.lists(st.sampled_from(lines), max_size=3))
    shuffled = draw(st.permutations(lines + again))
    cuts = sorted(draw(st.lists(st.integers(0, len(shuffled)), max_size=4)))
    files = [delivered(*shuffled[a:b]) for a, b in zip([0, *cuts], [*cuts, len(shuffled)], strict=True)]
    ends = sorted(draw(st.lists(st.integers(0, len(files)), max_size=3)))
    batches = [files[a:b] for a, b in zip([0, *ends], [*ends, len(files)], strict=True)]
    return batches + draw(st.lists(st.sampled_from(batches), max_size=1))


@settings(max_examples=100, deadline=None)
@given(st.lists(lines_of_any_kind, min_size=1, max_size=12), st.data())
def test_order_repetition_and_splitting_do_not_matter(lines: list[bytes], data: st.DataObject) -> None:
    at_once, _ = land(NOTHING, [delivered(*lines)])
    state = NOTHING
    for files in data.draw(deliveries(lines)):
        state, merged = land(state, files)
        assert merged.lines.select("file_no", "line_no").is_unique().all()
        assert set(merged.lines["status"]) <= {"accepted", "duplicate", "quarantined"}
        refused = merged.lines["status"] == "quarantined"
        assert (merged.lines["reason_code"].is_not_null() == refused).all()
    assert as_sets(state) == as_sets(at_once)


@settings(max_examples=50, deadline=None)
@given(st.lists(lines_of_any_kind, min_size=1, max_size=10))
def test_every_line_delivered_has_one_status(lines: list[bytes]) -> None:
    state, merged = land(NOTHING, [delivered(*lines)])
    n_refused = sum(1 for raw in lines if raw in (b"nonsense", signal_line(at="2024-01-02")))
    n_filled = sum(1 for raw in lines if raw)
    assert merged.lines.height == n_filled - n_refused
    n_rows = pl.Series([frame.height for frame in state.tables.values()], dtype=pl.Int64).sum()
    assert (merged.lines["status"] == "accepted").sum() == n_rows
