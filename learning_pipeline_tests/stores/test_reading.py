"""Files that are not what their names say are refused in words; a reader never crashes."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import itertools
import random
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pyarrow as pa
import pytest

from learning_pipeline.errors import BadInput
from learning_pipeline.stores.inbox import read_bars, read_lines

LINES = b"".join(b'{"event_id":"%d"}\n' % n for n in range(3000))
BARS = pl.DataFrame(
    {
        "symbol": ["AAA"] * 400,
        "ts": [dt.datetime(2024, 3, 4, tzinfo=dt.UTC) + dt.timedelta(hours=n) for n in range(400)],
        "close": [100.0 + n for n in range(400)],
    }
)


def put(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def parquet() -> bytes:
    buffer = io.BytesIO()
    BARS.write_parquet(buffer)
    return buffer.getvalue()


def zstd(content: bytes) -> bytes:
    return pa.compress(content, "zstd", asbytes=True)


@pytest.mark.parametrize(("ending", "pack"), [("", bytes), (".gz", gzip.compress), (".zst", zstd)])
def test_lines_are_unpacked(tmp_path: Path, ending: str, pack: type[bytes]) -> None:
    assert read_lines(put(tmp_path / f"a.jsonl{ending}", pack(LINES))) == LINES
    assert read_lines(put(tmp_path / f"e.jsonl{ending}", pack(b""))) == b""


@pytest.mark.parametrize("pack", [gzip.compress, zstd])
def test_parts_packed_one_after_the_other_are_all_read(tmp_path: Path, pack: type[bytes]) -> None:
    ending = "gz" if pack is gzip.compress else "zst"
    assert read_lines(put(tmp_path / f"a.jsonl.{ending}", pack(b"1\n") + pack(b"2\n"))) == b"1\n2\n"


@pytest.mark.parametrize(
    ("name", "damage"),
    # a flipped bit of zstd without a checksum may go unseen: the lines are parsed strictly anyway
    [("a.jsonl.gz", "cut"), ("a.jsonl.gz", "plain"), ("a.jsonl.gz", "flipped"), ("a.jsonl.zst", "cut"),
     ("a.jsonl.zst", "plain")],
)  # fmt: skip
def test_damaged_packing_is_refused_in_words(tmp_path: Path, name: str, damage: str) -> None:
    good = gzip.compress(LINES) if name.endswith("gz") else zstd(LINES)
    flipped = bytearray(good)
    flipped[len(good) // 2] ^= 0xFF
    content = {"cut": good[: len(good) // 2], "plain": LINES, "flipped": bytes(flipped)}[damage]
    with pytest.raises(BadInput, match="compressed lines, found damaged or other content"):
        read_lines(put(tmp_path / name, content))


def test_bars_are_read_as_they_stand(tmp_path: Path) -> None:
    assert read_bars(put(tmp_path / "bars.parquet", parquet())).equals(BARS)
    text = read_bars(put(tmp_path / "bars.csv", b"symbol,close\nAAA,1.50\nBBB,\n"))
    assert text.rows() == [("AAA", "1.50"), ("BBB", None)]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("text.parquet", b"symbol,close\nAAA,1\n"),
        ("empty.parquet", b""),
        ("cut.parquet", parquet()[:-20]),
        ("magic.parquet", b"PAR1" + b"\xff" * 400 + b"PAR1"),
        ("empty.csv", b""),
        ("binary.csv", parquet()),
        ("ragged.csv", b"a,b\n1,2,3,4\n"),
    ],
)
def test_other_content_is_refused_in_words_of_one_line(tmp_path: Path, name: str, content: bytes) -> None:
    with pytest.raises(BadInput, match=r"expected a \.\w+ file of bars, found") as refused:
        read_bars(put(tmp_path / name, content))
    assert "\n" not in str(refused.value)


def damaged_copies() -> Iterator[bytes]:
    """Each byte of the footer changed alone, and many changed at once anywhere."""
    good, rng = parquet(), random.Random(3)
    for offset, byte in itertools.product(range(1, 700), (0x15, 0x7F)):
        yield good[:-offset] + bytes([byte]) + good[len(good) - offset + 1 :]
    for _ in range(100):
        damaged = bytearray(good)
        for _ in range(40):
            damaged[rng.randrange(len(good))] = rng.randrange(256)
        yield bytes(damaged)


def test_damaged_parquet_is_read_or_refused_and_never_brings_the_process_down(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    causes = set()
    for damaged in damaged_copies():
        try:
            read_bars(put(tmp_path / "bars.parquet", damaged))
        except BadInput as e:
            causes.add(type(e.__cause__))
    capfd.readouterr()
    # where polars no longer panics on any of these, this test has lost its point
    assert {pl.exceptions.ComputeError, pl.exceptions.PanicException} <= causes
