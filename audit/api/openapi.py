"""The description of the interface, made of its code: OpenAPI 3.1."""

from typing import Any

from pydantic import BaseModel, ConfigDict
from pydantic.json_schema import models_json_schema

from audit.api.door import PREFIX
from audit.api.endpoints import ENDPOINTS, Endpoint, Parameter

VERSION = "1.0"
ABOUT = """\
Read-only figures of released visits. Figures are rounded once, half away from zero, exactly as the pages, XLSX and CSV
show them: estimates are whole numbers, scores of visits and points have one decimal. `null` means that the data cannot
carry the figure; it is never a 0. Texts come in the language of the token's owner, else in that of Accept-Language.
Lists come in pieces: ask again with `cursor` = `next_cursor` until that is null. Every answer has an ETag; with
If-None-Match an unchanged one is 304 without a body.
"""


class Problem(BaseModel):
    """Every refusal."""

    model_config = ConfigDict(extra="allow")

    code: str
    message: str


REFUSALS = {
    "401": "No token, or one that is unknown, ended, revoked, or whose owner's account is closed.",
    "403": "The rights with which the token was made were taken away.",
    "404": "It does not exist, or not for this token.",
    "422": "A parameter breaks its rule; `field` names it.",
    "429": "Too many requests: wait for the seconds in Retry-After.",
}


def document() -> dict[str, Any]:
    """The whole description, ready for JSON."""
    models = {endpoint.answer for endpoint in ENDPOINTS} | {Problem}
    ordered = sorted(models, key=lambda model: model.__name__)
    refs, schemas = models_json_schema(
        [(model, "serialization") for model in ordered], ref_template="#/components/schemas/{model}"
    )
    return {
        "openapi": "3.1.0",
        "info": {"title": "Audit figures", "version": VERSION, "description": ABOUT},
        "servers": [{"url": PREFIX}],
        "security": [{"token": []}],
        "paths": {
            endpoint.path: {"get": _operation(endpoint, refs[endpoint.answer, "serialization"])}
            for endpoint in ENDPOINTS
        },
        "components": {
            "schemas": schemas["$defs"],
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "responses": {code: _refusal(about) for code, about in REFUSALS.items()},
        },
    }


def _operation(endpoint: Endpoint, answer: dict[str, Any]) -> dict[str, Any]:
    return {
        "operationId": endpoint.name,
        "summary": endpoint.summary,
        "parameters": [_parameter(parameter) for parameter in endpoint.parameters],
        "responses": {
            "200": {
                "description": "The figures.",
                "headers": {"ETag": {"schema": {"type": "string"}}},
                "content": {"application/json": {"schema": answer}},
            },
            "304": {"description": "Unchanged since the answer with this ETag."},
            **{code: {"$ref": f"#/components/responses/{code}"} for code in REFUSALS},
        },
    }


def _parameter(parameter: Parameter) -> dict[str, Any]:
    return {
        "name": parameter.name,
        "in": "path" if parameter.in_path else "query",
        "required": parameter.in_path,
        "description": parameter.about,
        "schema": parameter.schema,
    }


def _refusal(about: str) -> dict[str, Any]:
    problem = {"schema": {"$ref": "#/components/schemas/Problem"}}
    return {"description": about, "content": {"application/json": problem}}
