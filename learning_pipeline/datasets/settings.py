"""Settings of the table ``[datasets]``."""

from __future__ import annotations

from pydantic import Field

from learning_pipeline.contracts import Settings


class DatasetsSettings(Settings):
    """What an example is and how long a dataset is kept."""

    horizons_days: tuple[int, ...] = Field(default=(1, 5, 20), description="horizon labels, days (learn-l2-25, 7)")
    embargo_days: float = Field(default=1.0, ge=0, description="days after a test window that training leaves out too")
    retention_days: int = Field(default=365, ge=90, le=365, description="datasets are kept so long; pinned ones longer")


DatasetsSettings.in_no_table = frozenset(DatasetsSettings.model_fields)
