"""What can go wrong: error codes, and the reasons for which a line is refused."""

from collections.abc import Iterator

from from_contracts.markdown import code, plain, table
from learning_pipeline.errors import LearningPipelineError
from learning_pipeline.events.refusals import REASON_CODES


def codes() -> str:
    """Every error code, whether trying again may help, and what it means."""
    rows = [
        [code(each.code), code(each.__name__), "yes" if each.retryable else "no", plain(_said(each))]
        for each in _tree(LearningPipelineError)
    ]
    return ":::{container} columns\n" + table(["code", "in Python", "retry", "means"], rows) + ":::"


def quarantine_codes() -> str:
    """Every reason code of ``events.quarantine``."""
    return ", ".join(code(each) for each in REASON_CODES) + "\n"


def _said(each: type[LearningPipelineError]) -> str:
    return (each.__doc__ or "").partition("Attributes\n")[0]


def _tree(each: type[LearningPipelineError]) -> Iterator[type[LearningPipelineError]]:
    yield each
    for inner in sorted(each.__subclasses__(), key=lambda one: one.__name__):
        yield from _tree(inner)
