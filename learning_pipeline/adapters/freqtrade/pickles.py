"""Frames out of a pickle, which is a program: it is run where it can do nothing but compute."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import IO, cast

import polars as pl
import pyarrow as pa

from learning_pipeline.errors import BadInput

SECONDS = 120.0
MOST_BYTES = 2 << 30
"""Of the answer."""

_CHILD = Path(__file__).with_name("pickle_child.py")
_ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


def pickled_frames(content: bytes, where: str) -> dict[str, pl.DataFrame]:
    """Rows by strategy: ``pair``, ``date`` (UTC, microseconds), ``enter_tag`` where there is one, numbers as Float64.

    Raises
    ------
    BadInput
        The pickle holds something else than frames, or asks for something that frames do not need. Nothing of it
        was executed in this process, and what ran elsewhere could neither write nor connect.
    """
    answer, reason = _asked(content)
    if reason:
        raise BadInput(f"{where} was not read: expected frames as pandas writes them, found {reason}")
    try:
        return _frames(answer)
    except (pa.ArrowException, pl.exceptions.PolarsError, KeyError, UnicodeDecodeError) as e:
        raise BadInput(f"{where} was not read: its frames came out damaged ({' '.join(str(e).split())[:200]})") from e


def _asked(content: bytes) -> tuple[bytes, str]:
    """What the child answered, or why it did not."""
    with tempfile.TemporaryFile() as given:
        given.write(content)
        given.seek(0)
        child = subprocess.Popen(  # noqa: S603  # this very Python, and a file of this package
            [sys.executable, "-I", str(_CHILD)],
            stdin=given, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=_ONE_THREAD, cwd="/",
        )  # fmt: skip
        late = threading.Timer(SECONDS, child.kill)
        late.daemon = True
        late.start()
        with child:
            answer = cast("IO[bytes]", child.stdout).read(MOST_BYTES + 1)
            if len(answer) > MOST_BYTES:
                child.kill()
            told = cast("IO[bytes]", child.stderr).read(2000).decode("utf-8", "replace")
        late.cancel()
    return answer, _reason(child.returncode, answer, told)


def _reason(code: int, answer: bytes, told: str) -> str:
    if len(answer) > MOST_BYTES:
        return f"an answer of more than {MOST_BYTES:,} bytes"
    if code < 0:
        return f"something that took too long or too much (the reading ended by signal {-code})"
    return (told.strip().splitlines() or ["nothing"])[-1] if code else ""


def _frames(answer: bytes) -> dict[str, pl.DataFrame]:
    """The child's Arrow streams; checked in full, as a pickle may have had its way with who wrote them."""
    made: dict[str, pl.DataFrame] = {}
    reader = pa.BufferReader(answer)
    while reader.tell() < reader.size():
        with pa.ipc.open_stream(reader) as stream:
            table = stream.read_all()
        table.validate(full=True)
        made[table.schema.metadata[b"strategy"].decode()] = pl.DataFrame(pl.from_arrow(table))
    return made
