"""What is delivered is copied whole, once, in order; what is dropped is found."""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import os
from pathlib import Path

import pytest

from learning_pipeline.errors import BadInput
from learning_pipeline.stores.inbox import Inbox
from learning_pipeline.stores.ledger import Ledger

NOW = dt.datetime(2024, 3, 4, 12, tzinfo=dt.UTC)


@pytest.fixture
def inbox(tmp_path: Path) -> Inbox:
    return Inbox(tmp_path / "home" / "inbox", Ledger(tmp_path / "home" / "ledger.sqlite"))


@pytest.fixture
def out(tmp_path: Path) -> Path:
    (tmp_path / "out").mkdir()
    return tmp_path / "out"


def put(path: Path, content: bytes = b"{}\n") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def files(inbox: Inbox) -> list[str]:
    return [arrival.file for arrival in inbox.arrivals(landed=False)]


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz", "a.jsonl.zst", "a.parquet", "b.c.csv"])
def test_a_file_is_copied_under_its_digest_and_left_where_it_was(inbox: Inbox, out: Path, name: str) -> None:
    start = {".parquet": b"PAR1", ".gz": b"\x1f\x8b", ".zst": b"\x28\xb5\x2f\xfd"}.get(Path(name).suffix, b"")
    content = start + b"some bytes"
    path = put(out / name, content)
    digest = hashlib.sha256(content).hexdigest()
    assert inbox.deliver([path], NOW) == [digest]
    arrival = inbox.arrivals(landed=False)[0]
    assert (arrival.sha256, arrival.file, arrival.arrived_at, arrival.counts) == (digest, name, NOW, None)
    assert arrival.path == inbox.folder / f"{digest}.{name.removeprefix('b.c.').removeprefix('a.')}"
    assert arrival.path.read_bytes() == path.read_bytes() == content


def test_a_content_arrives_once_under_its_first_name(inbox: Inbox, out: Path) -> None:
    first = inbox.deliver([put(out / "first.jsonl")], NOW)
    written = [path.stat().st_mtime_ns for path in inbox.folder.iterdir()]
    assert [inbox.deliver([put(out / name)], NOW) for name in ("second.jsonl", "first.jsonl")] == [first, first]
    assert [path.stat().st_mtime_ns for path in inbox.folder.iterdir()] == written, "never changed by us"
    assert files(inbox) == ["first.jsonl"]
    assert len(list(inbox.folder.iterdir())) == 1


def test_folders_are_taken_with_what_lies_below_them_by_name_and_the_rest_is_left(inbox: Inbox, out: Path) -> None:
    for n, name in enumerate(["b.jsonl", "a.csv", "deep/er/c.csv", "notes.txt", "x.jsonl.tmp"]):
        put(out / name, str(n).encode())
    inbox.deliver([out], NOW)
    assert files(inbox) == ["a.csv", "b.jsonl", "c.csv"]


def test_files_arrive_in_the_order_in_which_they_were_named(inbox: Inbox, out: Path) -> None:
    inbox.deliver([put(out / "z.jsonl", b"1"), put(out / "a.jsonl", b"2")], NOW)
    assert files(inbox) == ["z.jsonl", "a.jsonl"]


def test_an_open_file_is_taken_up_to_its_last_newline(inbox: Inbox, out: Path) -> None:
    inbox.deliver([put(out / "bot.jsonl.open", b'{"a":1}\n{"b":2}\n{"half')], NOW)
    (arrival,) = inbox.arrivals(landed=False)
    assert arrival.path.name.endswith(".jsonl")
    assert arrival.path.read_bytes() == b'{"a":1}\n{"b":2}\n'


def test_dropped_files_are_found_oldest_first_and_open_hidden_and_foreign_ones_are_not(inbox: Inbox) -> None:
    for n, name in enumerate(["young.jsonl", "old.csv", "bot.jsonl.open", ".hidden.jsonl", "notes.txt"]):
        os.utime(put(inbox.folder / name, str(n).encode()), (1_000_000 - n, 1_000_000 - n))
    assert inbox.waiting() == ["old.csv", "young.jsonl"]
    assert files(inbox) == [], "to look writes nothing"
    inbox.scan(NOW)
    inbox.scan(NOW)
    assert files(inbox) == ["old.csv", "young.jsonl"]
    assert inbox.arrivals(landed=False)[0].path == inbox.folder / "old.csv"


def test_files_wait_until_they_are_landed(inbox: Inbox, out: Path, tmp_path: Path) -> None:
    assert inbox.waiting() == []
    (digest,) = inbox.deliver([put(out / "a.jsonl")], NOW)
    assert inbox.waiting() == [f"{digest}.jsonl"]
    Ledger(tmp_path / "home" / "ledger.sqlite").note_landed([digest])
    assert inbox.waiting() == []


def test_a_dropped_file_that_grew_is_found_again(inbox: Inbox) -> None:
    path = put(inbox.folder / "a.jsonl", b"1\n")
    inbox.scan(NOW)
    path.write_bytes(b"1\n2\n")
    assert inbox.waiting() == ["a.jsonl", "a.jsonl"]
    inbox.scan(NOW)
    assert len(inbox.arrivals(landed=False)) == 2


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("missing.jsonl", "no such file or folder; check the path"),
        ("empty", "found none in this folder"),
        ("notes.txt", "expected a file that ends in .jsonl, .jsonl.gz, .jsonl.zst, .parquet, .csv"),
        ("bars.xlsx", "rename it to what it holds"),
        ("text.parquet", "its first bytes are not those of .parquet; rename it"),
        ("text.jsonl.gz", "its first bytes are not those of .gz; rename it"),
        ("parquet.csv", "its first bytes are those of .parquet; rename it"),
    ],
)
def test_what_cannot_be_taken_is_refused_by_name_and_nothing_is_copied(
    inbox: Inbox, out: Path, name: str, words: str
) -> None:
    for other in ("notes.txt", "bars.xlsx", "text.parquet", "text.jsonl.gz"):
        put(out / other)
    put(out / "parquet.csv", b"PAR1...."), (out / "empty").mkdir()
    with pytest.raises(BadInput, match=words) as refused:
        inbox.deliver([put(out / "good.jsonl"), out / name], NOW)
    assert str(refused.value).startswith(str(out / name))
    assert files(inbox) == []
    assert not inbox.folder.exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_that_may_not_be_read_is_refused_by_name(inbox: Inbox, out: Path) -> None:
    path = put(out / "a.jsonl")
    path.chmod(0)
    with pytest.raises(BadInput, match=r"a\.jsonl: cannot be read \(Permission denied\)"):
        inbox.deliver([put(out / "good.jsonl"), path], NOW)
    assert files(inbox) == []


def test_a_dangling_link_is_refused_by_name(inbox: Inbox, out: Path) -> None:
    (out / "a.jsonl").symlink_to(out / "gone.jsonl")
    with pytest.raises(BadInput, match="no such file"):
        inbox.deliver([out / "a.jsonl"], NOW)


def test_compressed_files_are_kept_compressed(inbox: Inbox, out: Path) -> None:
    packed = gzip.compress(b"{}\n")
    inbox.deliver([put(out / "a.jsonl.gz", packed)], NOW)
    assert inbox.arrivals(landed=False)[0].path.read_bytes() == packed
