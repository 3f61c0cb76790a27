"""Making, seeing once and revoking tokens."""

import hashlib
import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from audit.accounts import services
from audit.accounts.models import Person
from audit.api import tokens
from audit.api.models import ApiToken
from audit.db import now
from audit.trail.models import Entry

PAGE = "/account/tokens"


def _form(**values):
    return {"name": "Power BI", "days": "90", **values}


def _secret(page):
    return re.search(r'value="(audit_[^"]+)"', page).group(1)


def test_a_token_is_shown_once_and_only_its_hash_is_kept(client_of, head_office, world, session):
    browser = client_of(head_office)
    answer = browser.post(PAGE, data=_form(reach=str(world.client.id)))
    assert answer.status_code == 201
    secret = _secret(answer.text)
    token = session.scalars(select(ApiToken)).one()
    assert (token.person_id, token.client_id, token.region_id) == (head_office.id, world.client.id, None)
    assert token.sha256 == hashlib.sha256(secret.encode()).hexdigest()
    assert token.ending == secret[-4:]
    assert timedelta(days=89) < token.expires_at - now() <= timedelta(days=90)
    later = browser.get(PAGE).text
    assert secret not in later
    assert token.sha256 not in later
    assert f"…{token.ending}" in later
    assert "Có hiệu lực đến" in later
    assert answer.headers["Cache-Control"] == "no-store"


def test_two_tokens_have_nothing_in_common(head_office, world, session):
    found = {tokens.make(head_office, "x", world.client.id, None, 30, now())[1] for _ in range(5)}
    assert len(found) == 5
    assert all(len(secret) > 40 for secret in found)


def test_one_region_of_the_client(client_of, head_office, world, session):
    data = _form(reach=f"{world.client.id}.{world.north.id}")
    assert client_of(head_office).post(PAGE, data=data).status_code == 201
    assert session.scalars(select(ApiToken)).one().region_id == world.north.id
    assert "Miền Bắc" in client_of(head_office).get(PAGE).text


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"name": "  "}, "Hãy ghi mã này dùng để làm gì"),
        ({"name": "x" * 81}, "Tối đa 80 ký tự"),
        ({"days": "36500"}, "Hãy chọn thời hạn"),
        ({"days": "mai"}, "Hãy chọn thời hạn"),
        ({"days": "9" * 5000}, "Hãy chọn thời hạn"),
        ({"reach": ""}, "Hãy chọn phạm vi được đọc"),
        ({"reach": "1.2.3"}, "Hãy chọn phạm vi được đọc"),
        ({"reach": "9" * 40}, "Hãy chọn phạm vi được đọc"),
    ],
)
def test_bad_input_stays_on_the_page(client_of, head_office, world, session, changed, sentence):
    answer = client_of(head_office).post(PAGE, data=_form(reach=str(world.client.id)) | changed)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert session.scalars(select(ApiToken)).all() == []


def test_nothing_outside_ones_own_reach(client_of, head_office, area_manager, world, session):
    for who, reach in (
        (head_office, f"{world.foreign.id}"),
        (head_office, f"{world.client.id}.{world.foreign_region.id}"),
        (head_office, "999999"),
        (area_manager, f"{world.client.id}.{world.south.id}"),
        (area_manager, f"{world.foreign.id}"),
    ):
        assert client_of(who).post(PAGE, data=_form(reach=reach)).status_code == 404
    assert session.scalars(select(ApiToken)).all() == []


def test_what_is_offered_is_what_one_reaches(client_of, area_manager, admin, world):
    page = client_of(area_manager).get(PAGE).text
    assert "Miền Bắc" in page
    assert "Miền Nam" not in page
    assert "Siêu thị Hoa Sen" not in page
    assert "Siêu thị Hoa Sen" in client_of(admin).get(PAGE).text


def test_no_more_than_twenty_at_a_time(client_of, head_office, world, session):
    made = [tokens.make(head_office, f"t{place}", world.client.id, None, 30, now())[0] for place in range(20)]
    session.commit()
    browser = client_of(head_office)
    answer = browser.post(PAGE, data=_form(reach=str(world.client.id)))
    assert answer.status_code == 409
    assert "20 mã" in answer.text
    browser.post(f"{PAGE}/{made[0].id}/revoke")
    assert browser.post(PAGE, data=_form(reach=str(world.client.id))).status_code == 201


def test_revoking_and_doing_it_twice(client_of, head_office, program, session):
    browser = client_of(head_office)
    assert program.get("/token").status_code == 200
    for _time in range(2):
        assert browser.post(f"{PAGE}/{program.token.id}/revoke").status_code == 303
    session.expire_all()
    assert program.token.revoked_at is not None
    assert program.get("/token").status_code == 401
    assert "Thu hồi ngày" in browser.get(PAGE).text
    kinds = session.scalars(select(Entry.kind).order_by(Entry.id)).all()
    assert kinds == ["token.made", "token.used", "token.revoked"]


def test_another_persons_token_is_none(client_of, admin, other_client, program, session):
    for person in (admin, other_client):
        assert client_of(person).post(f"{PAGE}/{program.token.id}/revoke").status_code == 404
        assert f"…{program.token.ending}" not in client_of(person).get(PAGE).text
    session.expire_all()
    assert program.token.revoked_at is None


def test_roles_that_compare_nothing_have_no_tokens(client_of, shopper, branch_manager, world):
    for person in (shopper, branch_manager):
        assert client_of(person).get(PAGE).status_code == 403
        assert client_of(person).post(PAGE, data=_form(reach=str(world.client.id))).status_code == 403
    assert client_of(None).get(PAGE).location == f"/sign-in?next={PAGE}"


def test_what_happened_is_told_in_the_trail(client_of, admin, program, session):
    program.get("/waves")
    page = client_of(admin).get("/trail").text
    assert "Tạo mã cho chương trình" in page
    assert "Chương trình đọc số liệu" in page
    assert f"Power BI (…{program.token.ending})" in page
    assert program.secret not in page


def test_use_is_noted_once_a_day(program, session):
    for _time in range(3):
        program.get("/token")
    session.expire_all()
    assert program.token.used_on == now().astimezone(tokens.ZONE).date()
    assert (
        session.scalars(select(Entry).where(Entry.kind == "token.used")).one().by_id
        == program.token.person_id
    )


def test_the_page_costs_the_same_with_many_tokens(client_of, head_office: Person, world, session, statements):
    browser = client_of(head_office)
    counts = []
    for _time in range(2):
        with statements() as sent:
            browser.get(PAGE)
        counts.append(len(sent))
        for place in range(8):
            tokens.make(head_office, f"t{place}", world.client.id, world.north.id, 30, now())
        session.commit()
    assert counts[0] == counts[1]


def _ends_with_account(session, person, by):
    services.set_active(person, False, by=by, at=now())
    session.commit()
    services.set_active(person, True, by=by, at=now())


def _ends_with_password(_session, person, by):
    services.set_password(person, "Bốn con chim sẻ nâu", by=by, at=now())


def _ends_with_reset(_session, person, _by):
    services.password_reset(person, now())


@pytest.mark.parametrize("ends", [_ends_with_account, _ends_with_password, _ends_with_reset])
def test_a_token_ends_with_the_access_of_its_owner(program, head_office, admin, session, ends):
    assert program.get("/token").status_code == 200
    ends(session, head_office, admin)
    session.commit()
    answer = program.get("/token")
    assert (answer.status_code, answer.json["code"]) == (401, "token_revoked")
    revoked = session.scalars(select(Entry).where(Entry.kind == "token.revoked")).one()
    assert (revoked.person_id, revoked.client_id) == (head_office.id, program.token.client_id)
    assert revoked.data == {"token": f"{program.token.name} (…{program.token.ending})"}


def test_others_keep_their_tokens(program, admin, session, world):
    own, _secret = tokens.make(admin, "của quản trị", world.client.id, None, 30, now())
    services.set_password(program.token.person, "Bốn con chim sẻ nâu", by=admin, at=now())
    session.commit()
    assert (own.revoked_at, program.token.revoked_at is None) == (None, False)


def test_an_own_new_password_leaves_the_programs_alone(program, head_office, session):
    services.password_changed(head_office, now())
    session.commit()
    assert program.get("/token").status_code == 200


def test_an_admin_sees_and_ends_everybodys_tokens(client_of, admin, head_office, program, session):
    ended, _secret = tokens.make(head_office, "cũ rồi", program.token.client_id, None, 30, now())
    tokens.revoke(head_office, ended.id, now())
    browser = client_of(admin)
    page = browser.get(f"{PAGE}/all").text
    assert "1 mã có thể đọc số liệu" in page
    assert head_office.name in page
    assert f"…{program.token.ending}" in page
    assert "cũ rồi" not in page
    for _time in range(2):
        assert browser.post(f"{PAGE}/all/{program.token.id}/revoke").status_code == 303
    assert program.get("/token").status_code == 401
    session.expire_all()
    last = session.scalars(select(Entry).order_by(Entry.id.desc())).first()
    assert (last.kind, last.by_id, last.person_id) == ("token.revoked", admin.id, head_office.id)
    assert "Không có mã nào" in browser.get(f"{PAGE}/all").text


def test_only_admins_see_everybodys_tokens(client_of, head_office, editor, program, session):
    for person in (head_office, editor):
        assert client_of(person).get(f"{PAGE}/all").status_code == 403
        assert client_of(person).post(f"{PAGE}/all/{program.token.id}/revoke").status_code == 403
    session.expire_all()
    assert program.token.revoked_at is None


def test_everybodys_tokens_cost_the_same_however_many(
    client_of, admin, head_office, world, session, statements
):
    browser, counts = client_of(admin), []
    for _time in range(2):
        for place in range(5):
            tokens.make(head_office, f"t{place}", world.client.id, world.north.id, 30, now())
        session.commit()
        with statements() as sent:
            browser.get(f"{PAGE}/all")
        counts.append(len(sent))
    assert counts[0] == counts[1]
