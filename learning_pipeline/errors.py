"""What can go wrong, as one tree.

LearningPipelineError            every failure that we raise on purpose
├── ArtifactDamaged              the bytes of a model, dataset or pack are not those that were recorded
├── BadInput                     a path, file, line or argument is not what was expected
├── BadSettings                  an unknown or impossible setting
├── ContractBroken               a frame is not what its table class says
├── DataMissing                  not enough labelled data to train on
├── EvaluationFailed             a model or prompt pack could not be evaluated
│   └── EvaluationRefused        ... and trying again will not change that
├── JudgeFailed                  a judge that runs elsewhere gave no answer that can be used
├── NotAsPlanned                 a step of the demonstration ended otherwise than it must
├── Refused                      what a person asks for is against a rule that stands
├── RolloutDenied                a model may not be moved: what it takes is not there
├── StoreBusy                    another process writes to the same data root
└── TrainingFailed               a training job failed

A refusal of a single line or row is not an error: it is a row of ``events.quarantine`` with a reason.
"""

from __future__ import annotations


class LearningPipelineError(Exception):
    """A failure with a stable code; its text says what was expected, found, where, and what to do.

    Attributes
    ----------
    code : str
        Stable word for machines.
    retryable : bool
        True where the same call may succeed later without anybody changing anything.
    """

    code = "E_LEARN_FAILED"
    retryable = False


class ArtifactDamaged(LearningPipelineError):
    """The bytes of a model, dataset or pack are not those that were recorded; nothing of them is used."""

    code = "E_LEARN_ARTIFACT_DAMAGED"


class BadInput(LearningPipelineError):
    """A path, file or argument is not what was expected."""

    code = "E_LEARN_BAD_INPUT"


class BadSettings(LearningPipelineError):
    """A setting is unknown, of the wrong type or out of range."""

    code = "E_LEARN_BAD_SETTINGS"


class ContractBroken(LearningPipelineError):
    """A frame breaks the contract of its table: a defect of ours or a damaged store, never of the user's input."""

    code = "E_LEARN_CONTRACT"


class DataMissing(LearningPipelineError):
    """Not enough labelled data to train on; nothing is trained, the last good artifact stays."""

    code = "E_LEARN_DATA_MISSING"


class EvaluationFailed(LearningPipelineError):
    """A model or prompt pack could not be evaluated, which is not the same as: was evaluated and did not pass."""

    code = "E_LEARN_EVAL_FAILED"
    retryable = True


class EvaluationRefused(EvaluationFailed):
    """A measurement would say nothing: training saw the pack's days, features are missing, bytes are others."""

    retryable = False


class JudgeFailed(LearningPipelineError):
    """A judge that runs elsewhere gave no answer that can be used; nothing is asked for then.

    Attributes
    ----------
    code : str
        ``E_JUDGE_UNREACHABLE``, ``_TIMEOUT``, ``_HTTP``, ``_TOO_LONG``, ``_NOT_JSON``, ``_SCHEMA``, ``_NOT_INSTALLED``.
    """

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code = code


class NotAsPlanned(LearningPipelineError):
    """A step of the demonstration ended otherwise than it must."""

    code = "E_LEARN_DEMO"


class Refused(LearningPipelineError):
    """What a person asks for cannot be done as things stand: it was done already, or what it rests on has changed."""

    code = "E_LEARN_REFUSED"


class RolloutDenied(LearningPipelineError):
    """A model may not be moved: evidence, approval or order is not as it must be. Recorded in the audit."""

    code = "E_LEARN_ROLLOUT_DENIED"


class StoreBusy(LearningPipelineError):
    """Another process holds the data root."""

    code = "E_LEARN_BUSY"
    retryable = True


class TrainingFailed(LearningPipelineError):
    """A training job failed; the last good artifact stays."""

    code = "E_LEARN_TRAIN_FAILED"
    retryable = True
