"""The addresses of the interface: each says what it takes and what it answers, and its description is made of that."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any

from flask import Response, request
from pydantic import BaseModel

from audit.api.door import bp
from audit.api.paging import MOST, USUAL
from audit.errors import Invalid
from audit.i18n import gettext as _


@dataclass(frozen=True)
class Parameter:
    """One part of a query, or with `in_path` of the path; `schema` is JSON Schema."""

    name: str
    about: str
    schema: dict[str, Any]
    in_path: bool = False


@dataclass(frozen=True)
class Endpoint:
    """One address under the prefix, its parts in braces as OpenAPI writes them."""

    path: str
    name: str
    answer: type[BaseModel]
    summary: str
    parameters: Sequence[Parameter]

    @property
    def rule(self) -> str:
        """The path as the router reads it; what stands in braces is an id."""
        return self.path.replace("{", "<int:").replace("}", ">")


NUMBER = {"type": "integer", "minimum": 1}
TEXT = {"type": "string", "maxLength": 100}
WAVE = Parameter("wave", "Id of the wave; without it the newest one with released visits.", NUMBER)
VERSION = Parameter(
    "version", "Id of a published version: its newest wave, and no wave of another version.", NUMBER
)
BRANCHES = (
    Parameter("region", "Id of a region: its branches and those below it.", NUMBER),
    Parameter("format", "Format of the branches, spelled as at the branch.", TEXT),
    Parameter(
        "channel",
        "How customers reach the branches.",
        {"type": "string", "enum": ["onsite", "phone", "online"]},
    ),
    Parameter("q", "Words in code, name or address of the branches, with or without accents.", TEXT),
)
FILTER = (WAVE, VERSION, *BRANCHES)
PIECES = (
    Parameter(
        "limit",
        "At most so many rows in this answer.",
        {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL},
    ),
    Parameter("cursor", "`next_cursor` of the answer before.", {"type": "string"}),
)
ENDPOINTS: list[Endpoint] = []
Read = Callable[..., BaseModel]


def get(
    path: str, answer: type[BaseModel], *parameters: Parameter
) -> Callable[[Read], Callable[..., Response]]:
    """Register a reading view; the first line of its docstring is the summary in the description."""

    def decorate(view: Read) -> Callable[..., Response]:
        known = {parameter.name for parameter in parameters if not parameter.in_path}
        summary = (view.__doc__ or "").strip().splitlines()[0]
        endpoint = Endpoint(path, view.__name__, answer, summary, parameters)
        ENDPOINTS.append(endpoint)

        @wraps(view)
        def read(**place: int) -> Response:
            _refuse_unknown(known)
            made = view(**place)
            return Response(made.model_dump_json(), mimetype="application/json")

        bp.add_url_rule(endpoint.rule, view.__name__, read)
        return read

    return decorate


def _refuse_unknown(known: set[str]) -> None:
    """A misspelled filter would answer more than was asked for."""
    for name in request.args:
        if name not in known:
            raise Invalid(
                _(
                    "This address knows no “%(name)s”. It takes: %(known)s.",
                    name=name[:40],
                    known=_list(known),
                ),
                field=name[:40],
            )
        if len(request.args.getlist(name)) > 1:
            raise Invalid(_("Send “%(name)s” once.", name=name), field=name)


def _list(known: set[str]) -> str:
    return ", ".join(sorted(known)) or "–"
