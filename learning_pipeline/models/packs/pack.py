"""A pack: its manifest and its rows, of the bytes that were frozen and no others."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass

import polars as pl

from learning_pipeline.contracts import Table
from learning_pipeline.datasets.tables import Examples
from learning_pipeline.errors import ContractBroken, EvaluationRefused
from learning_pipeline.models.packs.manifest import Data, Manifest
from learning_pipeline.models.tables import Answers

TABLES: dict[str, type[Table]] = {"signal_model": Examples, "prompt_pack": Answers}


@dataclass(frozen=True)
class Pack:
    """A pack as it was read.

    Attributes
    ----------
    manifest : Manifest
        What it says of itself.
    raw : bytes
        Its ``pack.json``: through the SHA-256 of the rows in it, all that the pack is.
    rows : DataFrame
        `Examples` of a pack for signal models, `Answers` of one for prompt packs.
    """

    manifest: Manifest
    raw: bytes
    rows: pl.DataFrame

    @property
    def pack_id(self) -> str:
        """Its name."""
        return self.manifest.pack_id

    @classmethod
    def read(cls, raw: bytes, parquet: bytes) -> Pack:
        """Read a pack's two files.

        Raises
        ------
        EvaluationRefused
            One of them is malformed, or the rows are not those that were frozen: in one line.
        """
        manifest = Manifest.read(raw)
        found = hashlib.sha256(parquet).hexdigest()
        if found != manifest.examples.sha256:
            expected = manifest.examples.sha256[:16]
            raise EvaluationRefused(
                f"pack {manifest.pack_id}: examples.parquet: expected SHA-256 {expected}, found {found[:16]}; "
                "a frozen pack never changes: bring its file back, or freeze one of another name"
            )
        rows = _rows(manifest, parquet)
        if rows.height != manifest.examples.n:
            expected = f"expected {manifest.examples.n} rows, found {rows.height}"
            raise EvaluationRefused(f"pack {manifest.pack_id}: examples.parquet: {expected}")
        return cls(manifest, raw, rows)


def frozen(manifest: Manifest, rows: pl.DataFrame) -> tuple[bytes, bytes]:
    """The two files of a pack: ``pack.json``, with the digest and count of the rows put in, and the rows as Parquet.

    Same rows, same bytes.

    Raises
    ------
    EvaluationRefused
        A row is not of the pack's windows, or of another form.
    """
    kept = _checked(manifest, rows)
    file = io.BytesIO()
    kept.rechunk().write_parquet(file, compression="zstd", statistics=False, row_group_size=2**20)
    parquet = file.getvalue()
    data = Data(sha256=hashlib.sha256(parquet).hexdigest(), n=kept.height)
    return manifest.model_copy(update={"examples": data}).raw(), parquet


def _rows(manifest: Manifest, parquet: bytes) -> pl.DataFrame:
    try:
        rows = pl.read_parquet(io.BytesIO(parquet), use_pyarrow=False)
    except (pl.exceptions.PolarsError, OSError) as e:
        words = str(e).splitlines()[0]
        raise EvaluationRefused(f"pack {manifest.pack_id}: examples.parquet: expected Parquet ({words})") from e
    return _checked(manifest, rows)


def _checked(manifest: Manifest, rows: pl.DataFrame) -> pl.DataFrame:
    try:
        kept = TABLES[manifest.kind].checked(rows)
    except ContractBroken as e:
        raise EvaluationRefused(f"pack {manifest.pack_id}: examples.parquet: {e}") from e
    inside = [kept["decided_at"].dt.date().is_between(w.first_day, w.last_day) for w in manifest.windows]
    n_outside = kept.height - sum(int(each.sum()) for each in inside)
    if n_outside:
        raise EvaluationRefused(f"pack {manifest.pack_id}: {n_outside} rows are not of its windows")
    return kept
