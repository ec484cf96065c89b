"""Settings of the table ``[playbooks]``."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from learning_pipeline.contracts import Settings


class PlaybooksSettings(Settings):
    """Where playbooks lie, when their evidence is written, and what a judge looks at."""

    variables: ClassVar[str] = ""

    playbook_folder: str = Field(
        default="", description="folder of your own playbooks; empty: `playbooks` in the data root, made on first use"
    )
    playbook_min_evidence_write: int = Field(
        default=5, ge=1, description="closed trades from which on a playbook's evidence is written into its file"
    )
    judge_rules: bool = Field(default=True, description="whether the built-in judge may ask for anything")
    judge_max_win_rate: float = Field(
        default=0.45, gt=0, lt=1, description="main-budget trades of a playbook that win less often call for a test"
    )
    judge_min_trades: int = Field(default=10, ge=1, description="closed main-budget trades before that is said")
    judge_lookback_days: int = Field(default=90, ge=1, description="main-budget trades closed in that many days count")
    judge_chat_url: str = Field(
        default="", description="base URL of a language model's OpenAI-compatible API; empty: none is asked"
    )
    judge_chat_model: str = Field(default="", description="name of the model, as that API knows it")
    judge_chat_key_variable: str = Field(
        default="OPENAI_API_KEY", description="environment variable that holds its key; the key is in no file of ours"
    )
    judge_chat_timeout_seconds: float = Field(default=30.0, gt=0, le=600, description="wait for one answer, at most")
    judge_chat_retries: int = Field(default=2, ge=0, le=5, description="further tries where the model does not answer")
