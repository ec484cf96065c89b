"""Whether a caller has a name, and must have one."""

from __future__ import annotations

from typing import Annotated, cast

from fastapi import Depends, HTTPException, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from learning_pipeline.api.people import People

bearer = HTTPBearer(auto_error=False, description="token of a person; `learning-pipeline serve --add NAME` makes one")
Credentials = Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]
WHO = {"WWW-Authenticate": "Bearer"}


def reader(request: Request, credentials: Credentials) -> str | None:
    """Name of who asks; None where nobody needs one: on loopback, without a file of people.

    Raises
    ------
    HTTPException
        401: there are people, and this is none of them.
    """
    people = cast("People", request.app.state.people)
    name = people.name_of(credentials.credentials) if credentials else None
    if name is None and (people or credentials):
        raise HTTPException(401, "Authorization: expected `Bearer TOKEN` of a person of this server's file", WHO)
    return name


def person(name: Annotated[str | None, Depends(reader)]) -> str:
    """Name of who acts.

    Raises
    ------
    HTTPException
        401 as `reader`; 403: this server knows no people, so nobody can act.
    """
    if name is None:
        raise HTTPException(403, "nobody can act here: this server knows no people; `serve --add NAME` makes a token")
    return name


Person = Annotated[str, Depends(person)]
