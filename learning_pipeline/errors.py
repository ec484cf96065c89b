"""What can go wrong, as one tree.

LearningPipelineError            every failure that we raise on purpose
├── BadInput                     a path, file, line or argument is not what was expected
├── BadSettings                  an unknown or impossible setting
├── ContractBroken               a frame is not what its table class says
├── JudgeFailed                  a judge that runs elsewhere gave no answer that can be used
├── Refused                      what a person asks for is against a rule that stands
└── StoreBusy                    another process writes to the same data root

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


class BadInput(LearningPipelineError):
    """A path, file or argument is not what was expected."""

    code = "E_LEARN_BAD_INPUT"


class BadSettings(LearningPipelineError):
    """A setting is unknown, of the wrong type or out of range."""

    code = "E_LEARN_BAD_SETTINGS"


class ContractBroken(LearningPipelineError):
    """A frame breaks the contract of its table: a defect of ours or a damaged store, never of the user's input."""

    code = "E_LEARN_CONTRACT"


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


class Refused(LearningPipelineError):
    """What a person asks for cannot be done as things stand: it was done already, or what it rests on has changed."""

    code = "E_LEARN_REFUSED"


class StoreBusy(LearningPipelineError):
    """Another process holds the data root."""

    code = "E_LEARN_BUSY"
    retryable = True
