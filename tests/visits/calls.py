"""The calls of the protocol as a test makes them."""

from typing import Any
from uuid import uuid4

from flask.testing import FlaskClient

from audit.visits.models import Visit
from tests import factories
from tests.photo_files import jpeg


def put(phone: FlaskClient, visit: Visit, what: str, body: Any, **headers: str) -> Any:
    """One call."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return phone.put(f"/api/v1/visits/{visit.id}/{what}", json=body, headers=named)


def put_photo(
    phone: FlaskClient, visit: Visit, id_: object, data: bytes | None = None, **headers: str
) -> Any:
    """One photo."""
    data = jpeg(800, 600, 1) if data is None else data
    named = {"X-Question-Id": "front", **{name.replace("_", "-"): text for name, text in headers.items()}}
    return phone.put(f"/api/v1/visits/{visit.id}/photos/{id_}", data=data, headers=named)


def submit(phone: FlaskClient, visit: Visit, body: Any, **headers: str) -> Any:
    """One submission under a new number."""
    return put(phone, visit, f"submissions/{uuid4()}", body, **headers)


def resume(phone: FlaskClient, visit: Visit) -> Any:
    """What the server has of it."""
    return phone.get(f"/api/v1/visits/{visit.id}").json


def package(visit: Visit, **more: Any) -> dict[str, Any]:
    """A payload of a visit that is filled already."""
    return {"answers": [], "photos": [], "visited_at": factories.AT.isoformat(), "device": {}, **more}
