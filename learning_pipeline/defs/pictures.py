"""Pictures in the metadata of assets."""

import base64
import os

import dagster as dg

from learning_pipeline.reports import Drawing, to_png

MOST_BYTES = 50_000
"""Metadata lies in the event log for as long as its run."""

VARIABLE = "LEARNING_PIPELINE_PICTURES"
"""Environment variable; ``off`` leaves them out, a sixth of the time of a small run."""


def picture(drawing: Drawing | None) -> dict[str, dg.MarkdownMetadataValue]:
    """A drawing as metadata ``picture``; nothing where there is nothing to see, or too much to keep."""
    if drawing is None or os.environ.get(VARIABLE) == "off":
        return {}
    words = f"![picture](data:image/png;base64,{base64.b64encode(to_png(drawing)).decode()})"
    return {"picture": dg.MetadataValue.md(words)} if len(words) <= MOST_BYTES else {}
