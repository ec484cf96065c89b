"""A refusal over HTTP, and which status ours have."""

from __future__ import annotations

import logging
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from learning_pipeline.errors import BadInput, LearningPipelineError, Refused, StoreBusy

STATUS: dict[type[LearningPipelineError], int] = {BadInput: 400, Refused: 409, StoreBusy: 503}
CODES = {401: "E_LEARN_NOT_NAMED", 403: "E_LEARN_NOT_NAMED", 404: "E_LEARN_NOT_FOUND"}
FAILED = LearningPipelineError.code
log = logging.getLogger(__name__)


class Problem(BaseModel):
    """Why a request was refused."""

    code: str = Field(description="stable word for machines")
    detail: str = Field(description="what was expected, what was found, what to do; one line")


WORDS = {400: "not as expected", 401: "no or an unknown token", 404: "not there", 409: "not as things stand"}
WORDS |= {413: "too large", 415: "not JSON", 422: "not as expected", 503: "another process writes"}
PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"model": Problem, "description": words} for status, words in WORDS.items()
}


class NotFound(LearningPipelineError):
    """There is no such thing."""

    code = "E_LEARN_NOT_FOUND"


def answer_problems(app: FastAPI) -> None:
    """Have every failure answered by a `Problem`, without what happened inside."""
    app.exception_handler(LearningPipelineError)(_ours)
    app.exception_handler(RequestValidationError)(_not_valid)
    app.exception_handler(HTTPException)(_http)
    app.exception_handler(Exception)(_unforeseen)


def _ours(_: Request, error: LearningPipelineError) -> JSONResponse:
    status = 404 if isinstance(error, NotFound) else STATUS.get(type(error), 500)
    if status >= 500:
        log.error("%s: %s", error.code, error)
    return _problem(status, error.code, " ".join(str(error).split()))


def _not_valid(_: Request, error: RequestValidationError) -> JSONResponse:
    first = error.errors()[0]
    return _problem(422, BadInput.code, f"{'.'.join(map(str, first['loc']))}: {first['msg']}")


def _http(_: Request, error: HTTPException) -> JSONResponse:
    return _problem(error.status_code, CODES.get(error.status_code, BadInput.code), error.detail, error.headers)


def _unforeseen(request: Request, error: Exception) -> JSONResponse:
    log.error("%s %s", request.method, request.url.path, exc_info=error)
    return _problem(500, FAILED, "failed; the server's log says why")


def _problem(status: int, code: str, detail: str, headers: Any = None) -> JSONResponse:
    return JSONResponse(Problem(code=code, detail=detail).model_dump(), status, headers)
