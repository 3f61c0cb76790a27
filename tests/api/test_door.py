"""Who gets in with a token, and what it reaches: every address of the interface."""

from datetime import timedelta

import pytest
from sqlalchemy import event, select, update

from audit.accounts.models import Grant
from audit.api import door
from audit.api.endpoints import ENDPOINTS
from audit.api.models import ApiToken
from audit.api.views import bp
from audit.branches.models import Region
from audit.db import db, now
from tests import factories
from tests.api.conftest import PREFIX

assert bp.name == "api"  # its views are registered
ANY = {"branch_id": 1}  # the door is shut before anything is looked up
ALL = [endpoint.path.format(**ANY) for endpoint in ENDPOINTS]
FIGURES = [one.path for one in ENDPOINTS if any(part.name == "region" for part in one.parameters)]


@pytest.mark.parametrize(
    ("header", "code"),
    [
        (None, "token_missing"),
        ("", "token_missing"),
        ("Basic YTpi", "token_missing"),
        ("Bearer", "token_missing"),
        ("Bearer audit_guessed", "token_unknown"),
        ("Bearer " + "x" * 5000, "token_unknown"),
        ("Bearer đoán", "token_unknown"),
    ],
)
def test_without_a_token_that_is_known(app, session, header, code):
    headers = {} if header is None else {"Authorization": header}
    for path in ALL:
        answer = app.test_client().get(PREFIX + path, headers=headers)
        assert (answer.status_code, answer.json["code"]) == (401, code), path
        assert answer.headers["WWW-Authenticate"].startswith("Bearer"), path
        assert answer.headers["Cache-Control"] == "no-store", path


def test_a_session_opens_nothing(client_of, admin):
    for path in ALL:
        assert client_of(admin).get(PREFIX + path).status_code == 401, path


def test_a_token_that_ended(program, session):
    gone = now() - timedelta(seconds=1)
    session.execute(update(ApiToken).values(made_at=gone - timedelta(days=1), expires_at=gone))
    session.commit()
    for path in ALL:
        answer = program.get(path)
        assert (answer.status_code, answer.json["code"]) == (401, "token_expired"), path


def test_a_token_that_was_revoked(program, session):
    program.token.revoked_at = now()
    session.commit()
    for path in ALL:
        answer = program.get(path)
        assert (answer.status_code, answer.json["code"]) == (401, "token_revoked"), path


def test_of_somebody_whose_account_is_closed(program, head_office, session):
    head_office.active = False
    session.commit()
    for path in ALL:
        answer = program.get(path)
        assert (answer.status_code, answer.json["code"]) == (401, "token_owner_closed"), path


def test_of_somebody_whose_rights_were_taken_away(program, head_office, session):
    head_office.grants.clear()
    session.commit()
    for path in ALL:
        answer = program.get(path)
        assert (answer.status_code, answer.json["code"]) == (403, "token_without_rights"), path


def test_of_somebody_who_went_to_another_client(program, head_office, world, session):
    head_office.grants[:] = [Grant(role="head_office", client_id=world.foreign.id)]
    session.commit()
    for path in ALL:
        assert program.get(path).status_code == 403, path


def test_nothing_can_be_changed(program):
    for path in ALL:
        for method in ("post", "put", "patch", "delete"):
            answer = getattr(program.app.test_client(), method)(
                PREFIX + path, headers={"Authorization": f"Bearer {program.secret}"}
            )
            assert answer.status_code == 405, path
            assert answer.is_json, path


def test_foreign_records_do_not_exist(program, figures, world):
    for path in FIGURES:
        for query in (
            {"wave": figures.foreign_wave.id},
            {"wave": 999_999},
            {"wave": "x"},
            {"wave": 10**30},
            {"wave": figures.wave.id, "region": world.foreign_region.id},
            {"wave": figures.wave.id, "region": 999_999},
        ):
            answer = program.get(path, **query)
            assert (answer.status_code, answer.json["code"]) == (404, "not_found"), (path, query)


def test_the_agency_reads_one_client_only(program_of, admin, figures, world):
    program = program_of(admin, world.client)
    for path in FIGURES:
        assert program.get(path, wave=figures.wave.id).status_code == 200, path
        assert program.get(path, wave=figures.foreign_wave.id).status_code == 404, path


def test_a_wave_that_is_planned_is_none(program_of, admin, world, figures, session):
    planned = factories.wave(world.client, admin, name="Sắp tới", state="planning")
    session.commit()
    program = program_of(admin, world.client)
    assert [row["id"] for row in program.rows("/waves")] == [figures.wave.id]
    assert program.get("/waves", limit=1).json["next_cursor"] is None
    for path in FIGURES:
        assert program.get(path, wave=planned.id).status_code == 404, path


def test_a_token_narrower_than_its_owner(program_of, head_office, world, figures):
    wide, narrow = program_of(head_office, world.client), program_of(head_office, world.client, world.north)
    assert [row["visits"] for row in wide.rows("/waves")] == [4]
    assert narrow.json("/token")["region"] == "Miền Bắc"
    south = program_of(head_office, world.client, world.south)
    assert [(row["branches"], row["visits"]) for row in south.rows("/waves")] == [(0, 0)]
    assert south.get("/waves").json["data"][0]["id"] == figures.wave.id


def test_an_area_managers_token_is_never_wider_than_the_area(
    program_of, area_manager, world, figures, session
):
    city = Region(client_id=world.client.id, parent_id=world.north.id, level=2, name="Hà Nội")
    session.add(city)
    session.flush()
    world.branch.region_id = city.id
    session.commit()
    whole = program_of(area_manager, world.client)
    part = program_of(area_manager, world.client, city)
    assert whole.rows("/waves")[0]["visits"] == 4
    assert part.rows("/waves")[0]["visits"] == 3
    area_manager.grants[:] = [Grant(role="area_manager", client_id=world.client.id, region_id=world.south.id)]
    session.commit()
    assert whole.rows("/waves")[0]["visits"] == 0
    assert part.get("/waves").status_code == 403


def test_an_area_manager_who_keeps_a_branch_elsewhere(program_of, area_manager, world, figures, session):
    own = Grant(role="branch_manager", client_id=world.client.id, branch_id=world.southern_branch.id)
    area_manager.grants.append(own)
    session.commit()
    programs = [program_of(area_manager, world.client, region) for region in (None, world.north, world.south)]
    reached = [[row["code"] for row in program.rows("/branches")] for program in programs]
    assert reached == [["CN001", "CN002", "CN003"], ["CN001", "CN002"], ["CN003"]]
    area_manager.grants[:] = [own]
    session.commit()
    assert [program.get("/branches").status_code for program in programs] == [403, 403, 403]


def test_rights_that_shrank_shrink_the_token(program, head_office, world, figures, session):
    assert program.rows("/waves")[0]["branches"] == 2
    city = Region(client_id=world.client.id, parent_id=world.north.id, level=2, name="Hà Nội")
    session.add(city)
    session.flush()
    world.branch.region_id = city.id
    head_office.grants[:] = [Grant(role="area_manager", client_id=world.client.id, region_id=city.id)]
    session.commit()
    assert program.rows("/waves")[0]["branches"] == 1


def test_refusals_are_in_the_owners_language(program, head_office, session):
    head_office.language = "en"
    session.commit()
    assert program.get("/waves", limit=0).json["message"].startswith("Use a number")
    head_office.language = "vi"
    session.commit()
    assert program.get("/waves", limit=0).json["message"].startswith("Hãy dùng một số")
    head_office.language = None
    session.commit()
    answer = program.get("/waves", headers={"Accept-Language": "en"}, limit=0)
    assert answer.json["message"].startswith("Use a number")


def test_too_many_requests(program):
    answers = [program.get("/token") for _time in range(door.EACH_TOKEN.amount + 1)]
    assert {answer.status_code for answer in answers[:-1]} == {200}
    assert (answers[-1].status_code, answers[-1].json["code"]) == (429, "too_many_requests")
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 60


def test_guessing_is_slowed_down(app, session, program):
    for _time in range(door.WRONG_TOKENS.amount):
        assert (
            app.test_client().get(PREFIX + "/token", headers={"Authorization": "Bearer x"}).status_code == 401
        )
    assert app.test_client().get(PREFIX + "/token", headers={"Authorization": "Bearer x"}).status_code == 429
    assert program.get("/token").status_code == 200


def test_one_request_holds_one_connection_at_a_time(program, figures, app):
    pool = db.engine.pool
    at_once = []

    def taken(*_facts):
        at_once.append(pool.checkedout())

    before = pool.checkedout()
    event.listen(pool, "checkout", taken)
    program.get("/branches")
    event.remove(pool, "checkout", taken)
    assert len(at_once) > 2
    assert max(at_once) <= before + 1


def test_an_unchanged_answer_is_not_sent_again(program, figures, session):
    for headers in ({}, {"Accept-Encoding": "gzip"}):
        first = program.get("/waves", headers=headers)
        assert first.headers["Cache-Control"] == "private, no-cache"
        assert "Authorization" in first.headers["Vary"]
        tag = first.headers["ETag"]
        again = program.get("/waves", headers={**headers, "If-None-Match": tag})
        assert (again.status_code, again.data) == (304, b"")
    figures.wave.name = "Quý tư"
    session.commit()
    assert program.get("/waves", headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize(
    "query", [{"nothing": "1"}, {"cursor": "?"}, {"limit": "-1"}, {"limit": "x"}, {"limit": "5000"}]
)
def test_a_parameter_that_breaks_its_rule(program, figures, query):
    for path in ALL:
        answer = program.get(path, **query)
        assert (answer.status_code, answer.json["code"]) == (422, "invalid"), path
        assert answer.json["field"] == next(iter(query)), path


def test_no_token_gives_nothing_away_in_the_database(program, session):
    row = db.session.execute(select(ApiToken.__table__)).mappings().one()
    assert program.secret not in str(dict(row))
