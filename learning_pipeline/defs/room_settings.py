"""Settings of a run by room, each with its own type."""

from typing import cast

from learning_pipeline.adapters.settings import ImportsSettings
from learning_pipeline.allocation import AllocationSettings
from learning_pipeline.analysis.settings import AnalysisSettings
from learning_pipeline.books.settings import BooksSettings
from learning_pipeline.contracts import Settings
from learning_pipeline.datasets.settings import DatasetsSettings
from learning_pipeline.drift.settings import DriftSettings
from learning_pipeline.models.settings import ModelsSettings
from learning_pipeline.playbooks.settings import PlaybooksSettings
from learning_pipeline.posture.settings import PostureSettings
from learning_pipeline.rollout.settings import RolloutSettings
from learning_pipeline.shadow.settings import ShadowSettings
from learning_pipeline.tuning import Rule, TuningSettings


class RoomSettings:
    """Whoever knows the settings of every room, and gives each under its name."""

    @property
    def effective_settings(self) -> dict[str, Settings]:
        """Settings of every room."""
        raise NotImplementedError

    @property
    def imports(self) -> ImportsSettings:
        """Folders of bots that are looked at by themselves."""
        return cast("ImportsSettings", self.effective_settings["imports"])

    @property
    def shadow(self) -> ShadowSettings:
        """Settings of the shadow room."""
        return cast("ShadowSettings", self.effective_settings["shadow"])

    @property
    def analysis(self) -> AnalysisSettings:
        """Settings of the analysis room."""
        return cast("AnalysisSettings", self.effective_settings["analysis"])

    @property
    def tuning(self) -> TuningSettings:
        """Settings of the tuning room."""
        return cast("TuningSettings", self.effective_settings["tuning"])

    @property
    def overrides(self) -> Rule:
        """Which change of limits may be chosen."""
        return cast("Rule", self.effective_settings["overrides"])

    @property
    def allocation(self) -> AllocationSettings:
        """Settings of the allocation room."""
        return cast("AllocationSettings", self.effective_settings["allocation"])

    @property
    def posture(self) -> PostureSettings:
        """Settings of posture."""
        return cast("PostureSettings", self.effective_settings["posture"])

    @property
    def books(self) -> BooksSettings:
        """Settings of the learning book and the research budget."""
        return cast("BooksSettings", self.effective_settings["books"])

    @property
    def playbooks(self) -> PlaybooksSettings:
        """Where playbooks lie, when their evidence is written, what a judge looks at."""
        return cast("PlaybooksSettings", self.effective_settings["playbooks"])

    @property
    def datasets(self) -> DatasetsSettings:
        """Settings of the datasets room."""
        return cast("DatasetsSettings", self.effective_settings["datasets"])

    @property
    def models(self) -> ModelsSettings:
        """When a model is trained and what it must pass."""
        return cast("ModelsSettings", self.effective_settings["models"])

    @property
    def rollout(self) -> RolloutSettings:
        """What it takes to move a model."""
        return cast("RolloutSettings", self.effective_settings["rollout"])

    @property
    def drift(self) -> DriftSettings:
        """When a drift is an alarm."""
        return cast("DriftSettings", self.effective_settings["drift"])
