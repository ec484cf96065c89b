"""Settings of the table ``[datasets]``."""

from __future__ import annotations

from pydantic import Field, model_validator

from learning_pipeline.contracts import Settings


class DatasetsSettings(Settings):
    """What an example is, how examples are split, and how long a dataset is kept."""

    horizons_days: tuple[int, ...] = Field(default=(1, 5, 20), description="horizon labels, days (learn-l2-25, 7)")
    embargo_days: float = Field(default=1.0, ge=0, description="days after a test window that training leaves out too")
    n_folds: int = Field(default=5, ge=1, description="test folds of the walk-forward split")
    n_groups: int = Field(default=6, ge=2, description="groups of time of the combinatorial split")
    n_test_groups: int = Field(default=2, ge=1, description="of these, tested on at a time")
    retention_days: int = Field(default=365, ge=90, le=365, description="datasets are kept so long; pinned ones longer")

    @model_validator(mode="after")
    def _leaves_something_to_train_on(self) -> DatasetsSettings:
        if self.n_test_groups >= self.n_groups:
            raise ValueError(f"expected n_test_groups below n_groups = {self.n_groups}, was {self.n_test_groups}")
        return self


DatasetsSettings.in_no_table = frozenset(DatasetsSettings.model_fields)
