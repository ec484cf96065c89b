"""What became of each delivered file and line."""

import pandera.polars as pa
import polars as pl

from learning_pipeline.contracts import Instant, Table


class Deliveries(Table, key=("sha256",)):
    """One row per distinct file content; n_lines = accepted + duplicate + quarantined + incomplete."""

    file: pl.String = pa.Field(description="name it was first delivered under")
    sha256: pl.String = pa.Field(
        description="SHA-256 of the file's bytes", str_length={"min_value": 64, "max_value": 64}
    )
    arrived_at: Instant = pa.Field(description="when it was ingested; bookkeeping, in no analysis")
    n_lines: pl.Int64 = pa.Field(ge=0, description="lines or rows, blank lines left out")
    n_accepted: pl.Int64 = pa.Field(ge=0, description="rows that went into a table when this file was landed")
    n_duplicate: pl.Int64 = pa.Field(ge=0, description="rows that were there already then")
    n_quarantined: pl.Int64 = pa.Field(ge=0, description="rows refused with a reason")
    n_incomplete: pl.Int64 = pa.Field(ge=0, description="last lines without a newline, left for later")


class Quarantine(Table, key=("sha256", "line_no", "reason_code")):
    """One row per refused line or row, with the reason and the line itself."""

    file: pl.String = pa.Field(description="name of the delivered file")
    sha256: pl.String = pa.Field(description="SHA-256 of the file")
    arrived_at: Instant = pa.Field(description="when the file was ingested")
    line_no: pl.Int64 = pa.Field(ge=0, description="line or row, from 1; 0 for the whole file")
    reason_code: pl.String = pa.Field(description="why, as a code")
    detail: pl.String = pa.Field(description="why, in words: what was expected and what was found")
    raw_sha256: pl.String = pa.Field(description="SHA-256 of the raw line")
    raw: pl.String = pa.Field(description="the raw line (bytes outside UTF-8 replaced)")
