"""The description is valid, open, and what every address answers fits it."""

import pytest
from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import OpenAPIV31SpecValidator, validate

from audit.api import openapi
from audit.api.endpoints import ENDPOINTS
from audit.api.views import bp
from tests import factories
from tests.api.conftest import PREFIX
from tests.insights.cards import card

assert bp.name == "api"  # its views are registered
ALL = [endpoint.path for endpoint in ENDPOINTS]


@pytest.fixture
def at(world):
    """The address of a path, with the bank's first branch where it asks for one."""
    return lambda path: path.replace("{branch_id}", str(world.branch.id))


def _faults(path, status, answer):
    """What does not fit the description of this address."""
    document = openapi.document()
    operation = document["paths"][path]["get"]
    response = operation["responses"][str(status)]
    if "$ref" in response:
        response = document["components"]["responses"][response["$ref"].rsplit("/", 1)[1]]
    schema = {**response["content"]["application/json"]["schema"], "components": document["components"]}
    return [error.message for error in OAS31Validator(schema).iter_errors(answer)]


def test_the_description_is_valid_openapi(app, session):
    answer = app.test_client().get(PREFIX + "/openapi.json")
    assert answer.status_code == 200
    validate(answer.json, cls=OpenAPIV31SpecValidator)
    assert answer.json["openapi"].startswith("3.1")
    assert set(answer.json["paths"]) == set(ALL)


def test_every_address_of_the_room_is_described(app):
    rules = {rule.rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("api.")}
    assert rules == {PREFIX + path for path in (*(endpoint.rule for endpoint in ENDPOINTS), "/openapi.json")}
    others = {rule.rule for rule in app.url_map.iter_rules() if not rule.endpoint.startswith("api.")}
    assert not rules & others  # the shopper's phone has its addresses beside these


def test_answers_fit_the_description(program, figures, at):
    for path in ALL:
        answer = program.get(at(path))
        assert (answer.status_code, answer.mimetype) == (200, "application/json"), path
        assert _faults(path, 200, answer.json) == [], path


def test_refusals_fit_it_too(program, figures, app, at):
    for path in ALL:
        assert _faults(path, 422, program.get(at(path), nothing=1).json) == [], path
        assert _faults(path, 401, app.test_client().get(PREFIX + at(path)).json) == [], path


def test_before_the_first_wave(program, at):
    for path in ALL:
        answer = program.get(at(path))
        assert answer.status_code in (200, 404), path
        assert _faults(path, answer.status_code, answer.json) == [], path
        if answer.status_code == 200 and "data" in answer.json:
            assert answer.json["data"] == [], path


def test_a_wave_without_visits(program, world, admin, session, at):
    wave = factories.wave(world.client, admin)
    session.commit()
    for path in ALL:
        answer = program.get(at(path))
        assert answer.status_code == 200, path
        assert _faults(path, 200, answer.json) == [], path
        if path == "/network":
            assert answer.json["network"]["mean"] is None, path
            assert answer.json["wave"]["id"] == wave.id, path


@pytest.mark.parametrize("scores", [[50], [None], [0, 0, 0], [100] * 6], ids=str)
def test_tiny_and_odd_waves(program, world, admin, shopper, session, scores, at):
    wave = factories.wave(world.client, admin)
    for score in scores:
        factors = {"issue": score, "attitude": None}
        card(wave, world.branch, shopper, score, factors if score is not None else None)
    session.commit()
    for path in ALL:
        answer = program.get(at(path))
        assert answer.status_code == 200, path
        assert _faults(path, 200, answer.json) == [], path


def test_a_misfit_would_be_seen(program, figures):
    answer = program.json("/waves")
    answer["data"][0]["visits"] = -1
    answer["data"][0]["more"] = 1
    assert len(_faults("/waves", 200, answer)) == 2
