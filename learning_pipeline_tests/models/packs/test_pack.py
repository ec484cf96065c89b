"""Packs that are whole, and packs that are not: one line says what was expected, what was found and where."""

from __future__ import annotations

import datetime as dt
import io
import json

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from learning_pipeline.errors import EvaluationRefused
from learning_pipeline.models.evaluation.evaluation import policy_sha256
from learning_pipeline.models.packs.manifest import Manifest
from learning_pipeline.models.packs.pack import Pack, frozen
from learning_pipeline_tests.models.evaluation.worlds import manifest_of, world

ROWS = world(5, n_training=400, n_pack=400).pack.rows
RAW, PARQUET = frozen(manifest_of(ROWS), ROWS)


def test_the_same_rows_make_the_same_bytes_and_come_back() -> None:
    again = frozen(manifest_of(ROWS), ROWS.sample(fraction=1.0, shuffle=True, seed=1))
    assert again == (RAW, PARQUET)
    pack = Pack.read(RAW, PARQUET)
    assert pack.rows.equals(ROWS)
    assert pack.manifest.raw() == RAW
    assert pack.manifest.examples.n == ROWS.height


def test_thresholds_data_and_gates_are_the_policy(monkeypatch: pytest.MonkeyPatch) -> None:
    before = policy_sha256(RAW)
    softer, _ = frozen(manifest_of(ROWS, dsr_level=0.9), ROWS)
    other, _ = frozen(manifest_of(ROWS), ROWS.with_columns(net_roi=pl.col("net_roi") * 1.001))
    assert len({before, policy_sha256(softer), policy_sha256(other)}) == 3
    monkeypatch.setattr("learning_pipeline.models.evaluation.evaluation.GATE_VERSION", 2)
    assert policy_sha256(RAW) != before


def changed(**values: object) -> bytes:
    return json.dumps(json.loads(RAW) | values).encode()


THRESHOLDS = json.loads(RAW)["thresholds"]
HOSTILE = {
    "no JSON": (b"{", "the file: Invalid JSON"),
    "not an object": (b"[1]", "the file: "),
    "another format": (changed(format=2), "format: Input should be 1; found 2"),
    "a key too many": (changed(pickle="x"), "pickle: Extra inputs are not permitted"),
    "a path for a name": (changed(pack_id="../secret"), "pack_id: String should match"),
    "no windows": (changed(windows=[]), "windows: Tuple should have at least 1 item"),
    "a window that ends before it begins": (
        changed(windows=[{"first_day": "2023-02-01", "last_day": "2023-01-01"}]),
        "last_day 2023-01-01 is before first_day 2023-02-01",
    ),
    "windows that overlap": (
        changed(windows=[{"first_day": "2023-01-01", "last_day": "2023-02-01"}] * 2),
        "windows: expected one after the other",
    ),
    "a level of nothing": (changed(thresholds=THRESHOLDS | {"dsr_level": 0}), "thresholds.dsr_level: Input should be"),
    "a number as text": (
        changed(thresholds=THRESHOLDS | {"min_trades": "1"}),
        "thresholds.min_trades: Input should be",
    ),
    "true for a number": (changed(thresholds=THRESHOLDS | {"min_trades": True}), "thresholds.min_trades"),
    "not a number": (RAW.replace(b'"dsr_level": 0.99', b'"dsr_level": NaN'), "thresholds.dsr_level"),
    "a baseline of another kind": (changed(kind="prompt_pack"), "is none of kind prompt_pack"),
    "too large": (b" " * (2**20 + 1), "expected at most 1048576 bytes, found 1048577"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_malformed_manifest_is_one_line(case: str) -> None:
    raw, words = HOSTILE[case]
    with pytest.raises(EvaluationRefused, match="pack") as caught:
        Manifest.read(raw)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, len(PARQUET) - 1), st.integers(1, 255))
def test_no_changed_byte_of_the_rows_is_read(at: int, by: int) -> None:
    flipped = bytearray(PARQUET)
    flipped[at] ^= by
    with pytest.raises(EvaluationRefused, match=r"expected SHA-256 .* found"):
        Pack.read(RAW, bytes(flipped))


def _with_digest(parquet: bytes, n: int = 1) -> bytes:
    import hashlib

    return changed(examples={"sha256": hashlib.sha256(parquet).hexdigest(), "n": n})


def _parquet(rows: pl.DataFrame) -> bytes:
    file = io.BytesIO()
    rows.write_parquet(file)
    return file.getvalue()


def test_rows_of_another_form_are_refused_though_their_digest_is_right() -> None:
    for parquet, words in (
        (b"PAR1 is not enough", "expected Parquet"),
        (_parquet(ROWS.drop("net_roi")), "columns missing or not in the contract net_roi"),
        (_parquet(ROWS.with_columns(net_roi=pl.lit(float("nan")))), "net_roi: not_nullable (found NaN)"),
        (_parquet(pl.concat([ROWS, ROWS])), "more than one row per"),
    ):
        with pytest.raises(EvaluationRefused) as caught:
            Pack.read(_with_digest(parquet), parquet)
        assert words in str(caught.value)
        assert "\n" not in str(caught.value)
    with pytest.raises(EvaluationRefused, match="expected 7 rows, found 400"):
        Pack.read(_with_digest(PARQUET, 7), PARQUET)


def test_rows_outside_the_windows_are_not_frozen() -> None:
    early = ROWS.with_columns(decided_at=pl.col("decided_at") - dt.timedelta(days=400))
    with pytest.raises(EvaluationRefused, match="400 rows are not of its windows"):
        frozen(manifest_of(ROWS), early)
