"""Reads one pickle of freqtrade's in a process of its own: pickle on stdin, Arrow streams on stdout, reason on stderr.

A pickle is a program. Here it may name only what pandas, NumPy and joblib need to write frames down, and what it names
runs where nothing can be opened, written, started or connected to. Run as a file, so that nothing but the standard
library, NumPy, pandas and PyArrow is loaded.
"""

from __future__ import annotations

import datetime as dt
import io
import pickle
import runpy
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy._core import multiarray
from pandas._libs import arrays as pandas_arrays
from pandas._libs import internals as pandas_internals
from pandas.core.indexes import base as pandas_index
from pandas.core.internals import managers as pandas_managers

MOST_BYTES = 1 << 30
"""Of the pickle, unpacked; and of memory on top of what the libraries themselves take, twice that."""

MOST_ROWS = 10_000_000


class NotAllowed(Exception):
    """The pickle asks for something that frames do not need."""


class Wrapper:
    """Stands for joblib's ``NumpyArrayWrapper``: what it says of an array whose bytes follow it."""

    shape: tuple[int, ...]
    order: str
    dtype: np.dtype[Any]
    numpy_array_alignment_bytes: int | None = None


def _utc_by_name(key: Any, _from_cache: Any = None) -> dt.tzinfo:
    """Stands for ``getattr(ZoneInfo, "_unpickle")``."""
    if key != "UTC":
        raise NotAllowed(f"a time zone other than UTC: {str(key)[:40]!r}")
    return dt.UTC


def _fetched(owner: Any, name: Any) -> Callable[..., Any]:
    """Stands for ``getattr``: the one fetch that pandas' own pickles contain."""
    if owner is not _utc_by_name or name != "_unpickle":
        raise NotAllowed(f"getattr of {str(name)[:40]!r}")
    return _utc_by_name


def _array_of(data: Any) -> pa.Array:
    """Stands for ``pyarrow.lib._restore_array``, whose offsets nobody has checked yet."""
    restored = pa.lib._restore_array(data)
    restored.validate(full=True)
    return restored


def _bytes_of(data: Any = b"", *_: Any) -> bytearray:
    """Stands for ``bytearray``: of bytes, never of a size."""
    if not isinstance(data, bytes | bytearray):
        raise NotAllowed("a bytearray that is not made of bytes")
    return bytearray(data)


def _buffer_of(data: Any) -> pa.Buffer:
    return pa.py_buffer(_bytes_of(data))


ALLOWED: dict[str, Any] = {
    "builtins.bytearray": _bytes_of,
    "builtins.getattr": _fetched,
    "builtins.slice": slice,
    "datetime.timedelta": dt.timedelta,
    "datetime.timezone": dt.timezone,
    "joblib.numpy_pickle.NumpyArrayWrapper": Wrapper,
    "numpy._core.multiarray._reconstruct": multiarray._reconstruct,
    "numpy._core.multiarray.scalar": multiarray.scalar,
    "numpy.core.multiarray._reconstruct": multiarray._reconstruct,
    "numpy.core.multiarray.scalar": multiarray.scalar,
    "numpy.dtype": np.dtype,
    "numpy.ndarray": np.ndarray,
    "pandas.DataFrame": pd.DataFrame,
    "pandas.DatetimeTZDtype": pd.DatetimeTZDtype,
    "pandas.Index": pd.Index,
    "pandas.RangeIndex": pd.RangeIndex,
    "pandas.StringDtype": pd.StringDtype,
    "pandas._libs.arrays.__pyx_unpickle_NDArrayBacked": pandas_arrays.__pyx_unpickle_NDArrayBacked,
    "pandas._libs.internals._unpickle_block": pandas_internals._unpickle_block,
    "pandas.arrays.ArrowStringArray": pd.arrays.ArrowStringArray,
    "pandas.arrays.DatetimeArray": pd.arrays.DatetimeArray,
    "pandas.core.arrays.datetimes.DatetimeArray": pd.arrays.DatetimeArray,
    "pandas.core.arrays.string_arrow.ArrowStringArray": pd.arrays.ArrowStringArray,
    "pandas.core.arrays.string_arrow.ArrowStringArrayNumpySemantics": pd.arrays.ArrowStringArray,
    "pandas.core.dtypes.dtypes.DatetimeTZDtype": pd.DatetimeTZDtype,
    "pandas.core.frame.DataFrame": pd.DataFrame,
    "pandas.core.indexes.base.Index": pd.Index,
    "pandas.core.indexes.base._new_Index": pandas_index._new_Index,
    "pandas.core.indexes.range.RangeIndex": pd.RangeIndex,
    "pandas.core.internals.managers.BlockManager": pandas_managers.BlockManager,
    "pyarrow.lib._restore_array": _array_of,
    "pyarrow.lib.py_buffer": _buffer_of,
    "pyarrow.lib.type_for_alias": pa.lib.type_for_alias,
    "pytz._UTC": lambda: dt.UTC,
    "zoneinfo.ZoneInfo": _utc_by_name,
}
"""Everything that a pickle may name, and what it gets; pandas 2.0 to 3.x."""

_STATEFUL: tuple[type, ...] = (Wrapper, np.ndarray, np.dtype, pd.DataFrame, pandas_managers.BlockManager)
_STATEFUL += (pd.arrays.DatetimeArray, pd.arrays.ArrowStringArray, pd.DatetimeTZDtype, pd.StringDtype)


_PlainPython: Any = pickle._Unpickler  # every step of it can be narrowed


class Unpickler(_PlainPython):
    """Python's own unpickler, narrowed to `ALLOWED`."""

    def __init__(self, file: io.BytesIO) -> None:
        super().__init__(file)
        self.file = file

    def find_class(self, module: str, name: str) -> Any:
        """What a pickle names; never an attribute of an attribute."""
        known = f"{module}.{name}"
        if known not in ALLOWED:
            raise NotAllowed(f"{known[:80]}")
        return ALLOWED[known]

    def get_extension(self, code: int) -> None:
        """Numbers of the extension registry name nothing."""
        raise NotAllowed(f"extension {code}")

    def persistent_load(self, _pid: Any) -> None:
        """Nothing is kept outside."""
        raise NotAllowed("a persistent id")

    def load_build(self) -> None:
        """Give an instance its state: never a class or a function, and never by names of its attributes."""
        state, instance = self.stack[-1], self.stack[-2]
        if not isinstance(instance, _STATEFUL):
            raise NotAllowed(f"a state for {type(instance).__name__}")
        if isinstance(instance, Wrapper):
            self.stack.pop()
            self.stack[-1] = _array(self, state)
        elif hasattr(instance, "__setstate__"):
            super().load_build()
        else:
            raise NotAllowed(f"attributes of {type(instance).__name__}")

    dispatch: ClassVar[Any] = {**_PlainPython.dispatch, pickle.BUILD[0]: load_build}


def _array(unpickler: Unpickler, state: dict[str, Any]) -> Any:
    """The array whose bytes follow joblib's wrapper; one of objects follows as a pickle."""
    shape, dtype, file = state["shape"], state["dtype"], unpickler.file
    if not isinstance(dtype, np.dtype):
        raise NotAllowed("an array without a type")
    if dtype.hasobject:
        return Unpickler(file).load()
    if state.get("numpy_array_alignment_bytes") is not None:
        file.read(file.read(1)[0])
    count = int(np.prod([int(n) for n in shape], dtype=object))
    size = count * dtype.itemsize
    if not 0 <= size <= len(file.getbuffer()) - file.tell():
        raise NotAllowed(f"an array of {size:,} bytes, which do not follow")
    flat = np.frombuffer(file.read(size), dtype, count)
    return flat.reshape(shape, order="F" if state["order"] == "F" else "C")


def unpacked(content: bytes) -> bytes:
    """The pickle, out of joblib's zlib or gzip where it lies in one."""
    if content[:1] != b"x" and content[:2] != b"\x1f\x8b":
        return content
    inflated = zlib.decompressobj(wbits=47).decompress(content, MOST_BYTES)
    if len(inflated) == MOST_BYTES:
        raise NotAllowed(f"more than {MOST_BYTES:,} bytes unpacked")
    return inflated


def tables(frames: Any) -> list[pa.Table]:
    """One table per strategy: ``pair``, ``date``, ``enter_tag`` where there is one, and every column of numbers."""
    made = []
    for strategy, by_pair in frames.items():
        parts = [_table(pair, frame) for pair, frame in by_pair.items() if len(frame)]
        table = pa.concat_tables(parts, promote_options="default") if parts else pa.table({"pair": pa.array([], "str")})
        made.append(table.replace_schema_metadata({"strategy": str(strategy)}))
    if sum(table.num_rows for table in made) > MOST_ROWS:
        raise NotAllowed(f"more than {MOST_ROWS:,} rows")
    return made


def _table(pair: Any, frame: pd.DataFrame) -> pa.Table:
    dates = frame["date"].to_numpy("datetime64[us]")
    columns = {
        "pair": pa.array([str(pair)] * len(frame), pa.string()),
        "date": pa.array(dates, pa.timestamp("us", "UTC")),
    }
    if "enter_tag" in frame:
        tags = [tag if isinstance(tag, str) else None for tag in frame["enter_tag"].tolist()]
        columns["enter_tag"] = pa.array(tags, pa.string())
    for name, column in frame.items():
        if isinstance(column.dtype, np.dtype) and column.dtype.kind in "iufb" and str(name) not in columns:
            columns[str(name)] = pa.array(column.to_numpy(np.float64), pa.float64(), from_pandas=True)
    return pa.table(columns)


def streams(made: list[pa.Table]) -> bytes:
    """Arrow IPC streams, one after the other."""
    sink = io.BytesIO()
    for table in made:
        with pa.ipc.new_stream(sink, table.schema, options=pa.ipc.IpcWriteOptions(use_threads=False)) as writer:
            writer.write_table(table)
    return sink.getvalue()


def main() -> None:
    """Read stdin, lock up, and answer."""
    lock_up = runpy.run_path(str(Path(__file__).with_name("locked.py")))["lock_up"]
    content = sys.stdin.buffer.read()
    _warm()
    lock_up(2 * MOST_BYTES)
    try:
        answer = streams(tables(Unpickler(io.BytesIO(unpacked(content))).load()))
    except BaseException as e:  # noqa: BLE001  # whatever a pickle can make happen is told in one line
        sys.exit(" ".join(f"{type(e).__name__}: {e}".split())[:300])
    sys.stdout.buffer.write(answer)
    sys.stdout.flush()


def _warm() -> None:
    """Do once what will be done: what it loads late can no longer be loaded afterwards."""
    frame = pd.DataFrame({"date": pd.to_datetime(["2024-01-01"], utc=True), "enter_tag": ["x"], "n": [1.0]})
    again = Unpickler(io.BytesIO(pickle.dumps(frame, 4))).load()
    streams(tables({"strategy": {"pair": again}}))


if __name__ == "__main__":
    main()
