"""Forms that pages of the dashboard send."""

from collections.abc import Mapping
from typing import Annotated
from urllib.parse import parse_qs

from fastapi import Depends, HTTPException, Request

LONGEST = 4096
"""Bytes of a form at most."""


async def fields(request: Request) -> Mapping[str, str]:
    """Returns the fields of a form; none of one that is too long or no form."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LONGEST:
            return {}
    found = parse_qs(body.decode("ascii", "replace"), max_num_fields=None)
    return {name: values[-1] for name, values in found.items()}


Form = Annotated[Mapping[str, str], Depends(fields)]
"""The fields of the form that came with a request."""


def required(form: Mapping[str, str], name: str) -> str:
    """Returns a field that every such form of ours has.

    Raises:
        HTTPException: it is not there, so that the form is none of ours.
    """
    value = form.get(name, "")
    if not value:
        raise HTTPException(400, f"The form lacks its field `{name}`: load the page again.")
    return value
