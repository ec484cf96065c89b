"""A pickle is a program: what it may do, and what becomes of one that wants more."""

from __future__ import annotations

import copyreg
import datetime as dt
import io
import os
import pickle
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from learning_pipeline.adapters.freqtrade import locked, pickle_child, pickles
from learning_pipeline.errors import BadInput
from learning_pipeline_tests.adapters.freqtrade.exports import frame_of, joblib_bytes

NOON = dt.datetime(2024, 2, 1, 12, tzinfo=dt.UTC)


class Calls:
    """Pickled, it is a call."""

    def __init__(self, function: Any, *arguments: Any) -> None:
        self.call = function, arguments

    def __reduce__(self) -> Any:
        return self.call


def named(module: str, name: str, *arguments: bytes) -> bytes:
    """A call by STACK_GLOBAL, of names that need not exist."""
    texts = b"".join(b"\x8c" + bytes([len(text)]) + text for text in (module.encode(), name.encode()))
    return b"\x80\x04" + texts + b"\x93(" + b"".join(arguments) + b"tR."


def text(value: str) -> bytes:
    return b"\x8c" + bytes([len(value)]) + value.encode()


def by_extension(marker: Path) -> bytes:
    copyreg.add_extension("os", "system", 240)
    try:
        return pickle.dumps(Calls(os.system, f"touch {marker}"), 4)
    finally:
        copyreg.remove_extension("os", "system", 240)


def of_an_array(marker: Path) -> bytes:
    """joblib's wrapper of an array of objects, and a call where the array should follow."""
    wrapper = pickle_child.Wrapper()
    wrapper.__dict__.update(shape=(1,), order="C", dtype=np.dtype("O"))
    content = pickle.dumps(wrapper, 4)
    old, new = b"pickle_child", b"numpy_pickle"
    module = b"learning_pipeline.adapters.freqtrade.pickle_child"
    content = content.replace(b"\x8c" + bytes([len(module)]) + module, text("joblib.numpy_pickle"))
    content = content.replace(text("Wrapper"), text("NumpyArrayWrapper"))
    assert old not in content
    assert new in content
    # Without frames: what follows an array lies between them.
    return unframed(content)[:-1] + pickle.dumps(Calls(os.system, f"touch {marker}"), 2)


def unframed(content: bytes) -> bytes:
    assert content[2:3] == b"\x95"
    return content[:2] + content[11:]


def a_state_for_a_class() -> bytes:
    """Sets an attribute of DataFrame itself."""
    frame = b"\x8c\x06pandas\x8c\tDataFrame\x93"
    return b"\x80\x04" + frame + b"N}" + text("to_numpy") + frame + b"s\x86b."


HOSTILE: dict[str, Callable[[Path], bytes]] = {
    "os.system": lambda m: pickle.dumps({"A": {"B": Calls(os.system, f"touch {m}")}}),
    "posix.system": lambda m: named("posix", "system", text(f"touch {m}")),
    "eval": lambda m: pickle.dumps(Calls(eval, f"open({str(m)!r}, 'w')")),
    "exec": lambda m: pickle.dumps(Calls(exec, f"open({str(m)!r}, 'w')")),
    "import": lambda m: pickle.dumps(Calls(__import__, "this")),
    "getattr": lambda m: pickle.dumps(Calls(getattr, Calls(__import__, "os"), "system")),
    "getattr of a frame": lambda m: pickle.dumps(Calls(getattr, frame_of([("A", NOON, 1.0, "x")]), "to_pickle")),
    "getattr of a class": lambda m: named("builtins", "getattr", b"\x8c\x06pandas\x8c\tDataFrame\x93", text("to_csv")),
    "getattr of ZoneInfo": lambda m: named(
        "builtins", "getattr", b"\x8c\x08zoneinfo\x8c\x08ZoneInfo\x93", text("no_cache")
    ),
    "a zone's file": lambda m: named("zoneinfo", "ZoneInfo", text("../../etc/passwd")),
    "nested": lambda m: pickle.dumps(Calls(pickle.loads, pickle.dumps(Calls(os.system, f"touch {m}")))),
    "pandas.eval": lambda m: named("pandas", "eval", text(f"@__import__('os').system('touch {m}')"[:200])),
    "read_pickle": lambda m: named("pandas", "read_pickle", text(str(m)[:200])),
    "to_pickle by dots": lambda m: named("pandas", "DataFrame.to_pickle", text(str(m)[:200])),
    "os by dots": lambda m: named("pandas", "io.common.os.system", text(str(m)[:200])),
    "numpy.load": lambda m: named("numpy", "load", text(str(m)[:200])),
    "instance": lambda m: b"(ios\nsystem\n.",
    "object": lambda m: b"\x80\x04(" + b"\x8c\x02os\x8c\x06system\x93" + text(f"touch {m}"[:200]) + b"o.",
    "global": lambda m: b"cos\nsystem\n(" + text(f"touch {m}"[:200]) + b"tR.",
    "persistent id": lambda m: b"\x80\x04" + text(str(m)[:200]) + b"Q.",
    "persistent name": lambda m: b"Pos\n.",
    "extension": by_extension,
    "array of objects": of_an_array,
    "state of a class": lambda m: a_state_for_a_class(),
    "bytes of a size": lambda m: named("builtins", "bytearray", b"\x8a\x06" + (1 << 40).to_bytes(6, "little")),
    "methods of ours": lambda m: named("learning_pipeline.adapters.freqtrade.pickle_child", "main"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_what_frames_do_not_need_is_refused_and_not_done(tmp_path: Path, kind: str) -> None:
    marker = tmp_path / "done"
    content = HOSTILE[kind](marker)
    with pytest.raises(pickle_child.NotAllowed):
        pickle_child.Unpickler(io.BytesIO(content)).load()
    assert not marker.exists()


def test_without_the_narrowing_the_same_pickle_would_have_been_obeyed(tmp_path: Path) -> None:
    marker = tmp_path / "done"
    pickle.loads(HOSTILE["os.system"](marker))
    assert marker.exists()


@pytest.mark.parametrize("shape", [(10**12,), (-1,), (3, 10**6, 10**9), (2,)])
def test_an_array_must_follow_in_full(shape: tuple[int, ...]) -> None:
    said = {"shape": shape, "order": "C", "dtype": np.dtype("f8")}
    with pytest.raises(pickle_child.NotAllowed, match="do not follow"):
        pickle_child._array(pickle_child.Unpickler(io.BytesIO(b"\0" * 15)), said)


@pytest.mark.parametrize("n", range(0, 700, 23))
def test_a_truncated_pickle_is_an_error_of_some_kind_and_no_frames(n: int) -> None:
    content = joblib_bytes({"A": {"AAA/USDT": frame_of([("AAA/USDT", NOON, 1.0, "x")])}})
    with pytest.raises(Exception):  # noqa: B017, PT011  # any: the child tells it in one line
        pickle_child.tables(pickle_child.Unpickler(io.BytesIO(content[:n])).load())


def test_frames_come_back_through_the_child_with_times_tags_and_numbers() -> None:
    rows = [("AAA/USDT", NOON, 1.5, "dip"), ("AAA/USDT", NOON + dt.timedelta(hours=1), 2.5, None)]
    content = joblib_bytes({"Dips": {"AAA/USDT": frame_of(rows), "BBB/USDT": frame_of([])}})
    found = pickles.pickled_frames(zlib.compress(content), "here")["Dips"]
    assert found.select("pair", "date", "open", "enter_tag").rows() == [
        (pair, at, price, tag) for pair, at, price, tag in rows
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (HOSTILE["os.system"](Path("/tmp/never")), r"here was not read: .* found NotAllowed: posix.system"),
        (named("numpy", "ndarray", b"\x8a\x05" + (1 << 36).to_bytes(5, "little") + b"\x85"), "MemoryError"),
        (pickle.dumps([1, 2]), "here was not read"),
        (zlib.compress(b"\0" * (1 << 21))[:-50], "here was not read"),
    ],
    ids=["call", "too much", "no frames", "damaged"],
)
def test_the_child_tells_in_one_line_why_not(content: bytes, said: str) -> None:
    with pytest.raises(BadInput, match=said) as refused:
        pickles.pickled_frames(content, "here")
    assert "\n" not in str(refused.value)


def test_reading_ends_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pickles, "SECONDS", 0.01)
    with pytest.raises(BadInput, match=r"too long or too much .the reading ended by signal 9"):
        pickles.pickled_frames(b"", "here")


ATTEMPTS = """
import ctypes, os, runpy, socket, subprocess, sys, threading
kernel = ctypes.CDLL(None)
lock_up = runpy.run_path(sys.argv[1])["lock_up"]
if sys.argv[2] == "kernel":
    sys.addaudithook = lambda hook: None
lock_up(1 << 30)
for attempt in (
    lambda: open(sys.argv[3]), lambda: open(sys.argv[3] + "x", "w"), lambda: os.remove(sys.argv[3]),
    lambda: os.rename(sys.argv[3], sys.argv[3] + "y"), lambda: socket.socket(), lambda: os.fork(),
    lambda: subprocess.run(["true"]), lambda: os.execv("/bin/true", ["true"]), lambda: os.kill(os.getppid(), 0),
    lambda: threading.Thread(target=print).start(), lambda: os.mkdir(sys.argv[3] + "z"), lambda: bytearray(1 << 34),
    lambda: os.stat(sys.argv[3]),
):
    try:
        attempt()
        print("done")
    except (OSError, RuntimeError, MemoryError):
        print("refused")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's part is Linux's")
@pytest.mark.parametrize("by", ["python", "kernel"])
def test_a_locked_process_can_open_write_start_and_connect_to_nothing(tmp_path: Path, by: str) -> None:
    (tmp_path / "file").write_text("here")
    told = subprocess.run(
        [sys.executable, "-I", "-c", ATTEMPTS, locked.__file__, by, str(tmp_path / "file")],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert told.stdout.split() == ["refused"] * 13
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
