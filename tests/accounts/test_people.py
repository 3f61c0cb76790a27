"""The admin's pages: finding people, adding and changing them; refused to everybody else."""

import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from audit.accounts import services
from audit.accounts.models import Person, RoleName
from audit.accounts.queries import person_by_identity
from audit.db import db
from audit.errors import Conflict, Invalid
from tests import factories

Browser = Callable[[Person | None], FlaskClient]
AT = datetime(2026, 11, 14, 3, 5, tzinfo=UTC)
NEW = {
    "name": "Lý Thanh Tâm",
    "email": "tam@example.com",
    "phone": "0912 345 678",
    "password": "bốn con chim sẻ",
    "role": "shopper",
    "language": "vi",
}
EVERY_PAGE = [
    ("GET", "/people"),
    ("GET", "/people/new"),
    ("POST", "/people/new"),
    ("GET", "/people/{id}"),
    ("POST", "/people/{id}"),
    ("POST", "/people/{id}/password"),
    ("GET", "/people/{id}/rights"),
    ("POST", "/people/{id}/rights"),
    ("POST", "/people/{id}/rights/{grant}/remove"),
]


def state(session: Session) -> list[tuple[object, ...]]:
    """All that is known of people and rights."""
    session.rollback()
    session.expire_all()
    people = session.scalars(select(Person).order_by(Person.id))
    return [
        (p.id, p.name, p.email, p.phone, p.password, p.active, [(g.role, g.client_id) for g in p.grants])
        for p in people
    ]


@pytest.mark.parametrize(("method", "path"), EVERY_PAGE)
@pytest.mark.parametrize(
    "who", ["shopper", "editor", "branch_manager", "area_manager", "head_office", "other_client"]
)
def test_every_other_role_is_refused(
    who: str,
    method: str,
    path: str,
    request: pytest.FixtureRequest,
    other_shopper: Person,
    client_of: Browser,
    session: Session,
) -> None:
    person = request.getfixturevalue(who)
    before = state(session)
    address = path.format(id=person.id, grant=other_shopper.grants[0].id)
    answer = client_of(person).open(address, method=method, data={**NEW, "active": "", "role": "admin"})
    assert answer.status_code == 403
    assert state(session) == before


@pytest.mark.parametrize(("method", "path"), EVERY_PAGE)
def test_signed_out_people_are_asked_to_sign_in(
    method: str, path: str, shopper: Person, client_of: Browser, session: Session
) -> None:
    before = state(session)
    address = path.format(id=shopper.id, grant=shopper.grants[0].id)
    answer = client_of(None).open(address, method=method, data=NEW)
    assert answer.status_code == 302
    assert answer.location.startswith("/sign-in")
    assert state(session) == before


@pytest.mark.parametrize(("method", "path"), [page for page in EVERY_PAGE if page[0] == "POST"])
def test_nothing_changes_without_the_token(
    method: str,
    path: str,
    admin: Person,
    shopper: Person,
    client_of: Browser,
    csrf_on: None,
    session: Session,
) -> None:
    before = state(session)
    address = path.format(id=shopper.id, grant=shopper.grants[0].id)
    assert client_of(admin).open(address, method=method, data=NEW).status_code == 400
    assert state(session) == before


@pytest.mark.parametrize("number", ["999999", "99999999999999999999", "0", "-1", "x"])
@pytest.mark.parametrize("rest", ["", "/rights"])
def test_unknown_people_do_not_exist(admin: Person, client_of: Browser, number: str, rest: str) -> None:
    answer = client_of(admin).get(f"/people/{number}{rest}")
    assert answer.status_code == 404
    assert "Không có gì ở địa chỉ này" in answer.text


def test_the_list_shows_roles_and_reach(
    admin: Person, branch_manager: Person, area_manager: Person, head_office: Person, client_of: Browser
) -> None:
    page = client_of(admin).get("/people").text
    assert "4 người có thể đăng nhập" in page
    assert "Quản lý chi nhánh – Ngân hàng Sao Mai: CN001 Hoàn Kiếm" in page
    assert "Quản lý khu vực – Ngân hàng Sao Mai: Miền Bắc" in page
    assert "Trụ sở – Ngân hàng Sao Mai" in page


@pytest.mark.parametrize(
    "words",
    [
        "Trần Thu",
        "tran thu",
        unicodedata.normalize("NFD", "Trần Thu"),
        "THU HÀ",
        "thu%20hà".replace("%20", " "),
        "0987",
        "987 654",
        "+84 987",
        "HA.TRAN@",
    ],
)
def test_finds_with_and_without_accents(
    admin: Person, shopper: Person, other_shopper: Person, client_of: Browser, session: Session, words: str
) -> None:
    shopper.phone, shopper.email = "+84987654321", "ha.tran@example.com"
    page = client_of(admin).get("/people", query_string={"q": words}).text
    assert "1 người" in page
    assert "Trần Thu Hà" in page
    assert "Lê Quang Minh" not in page


def test_finds_d_with_stroke_by_plain_d(admin: Person, client_of: Browser) -> None:
    assert "Đỗ Hải Yến" in client_of(admin).get("/people?q=do+hai").text


@pytest.mark.parametrize("words", ["%", "_", "\\", "\x00", "'; --", "nobody at all", "😀" * 60])
def test_odd_words_find_nobody_and_say_what_to_do(admin: Person, client_of: Browser, words: str) -> None:
    answer = client_of(admin).get("/people", query_string={"q": words, "role": "shopper", "page": "9" * 30})
    assert answer.status_code == 200
    assert "Không ai phù hợp" in answer.text


def test_filters_by_role_and_account(
    admin: Person, shopper: Person, editor: Person, client_of: Browser, session: Session
) -> None:
    editor.active = False
    desk = client_of(admin)
    assert "Trần Thu Hà" in desk.get("/people?role=shopper").text
    assert "Đỗ Hải Yến</a></th>" not in desk.get("/people?role=shopper").text
    assert "Phạm Ngọc Lan" not in desk.get("/people").text
    assert "Phạm Ngọc Lan" in desk.get("/people?active=no").text
    assert "Phạm Ngọc Lan" in desk.get("/people?active=").text
    assert desk.get("/people?role=king&active=maybe&sort=;drop&page=-4").status_code == 200


def test_pages_of_fifty_and_no_query_per_person(admin: Person, client_of: Browser, session: Session) -> None:
    statements: list[str] = []
    desk = client_of(admin)

    def count(path: str) -> int:
        statements.clear()
        assert desk.get(path).status_code == 200
        return len(statements)

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    few = count("/people")
    places = factories.client("MANY", "Nhiều")
    north = factories.region(places, "Bắc")
    for number in range(60):
        at = factories.branch(north, f"N{number}", "Nơi")
        factories.person(f"Người {number:02}", RoleName.BRANCH_MANAGER, branch=at)
    page = desk.get("/people").text
    assert page.count('scope="row"') == 50
    assert "Trang 1 / 2" in page
    assert desk.get("/people?page=2").text.count('scope="row"') == 11
    assert "Trang 2 / 2" in desk.get("/people?page=99").text
    many = count("/people")
    event.remove(db.engine, "before_cursor_execute", note)
    assert many <= few + 2  # names of clients and of branches, asked once


def test_adds_somebody_who_can_sign_in_at_once(admin: Person, client_of: Browser, session: Session) -> None:
    answer = client_of(admin).post("/people/new", data=NEW)
    assert answer.status_code == 303
    made = session.scalars(select(Person).where(Person.email == "tam@example.com")).one()
    assert (made.name, made.phone, made.language) == ("Lý Thanh Tâm", "+84912345678", "vi")
    assert [grant.role for grant in made.grants] == ["shopper"]
    assert answer.location == f"/people/{made.id}"
    fresh = client_of(None)
    form = {"identity": "0912345678", "password": NEW["password"]}
    assert fresh.post("/sign-in", data=form).status_code == 302


def test_a_role_at_a_client_is_chosen_on_the_next_page(admin: Person, client_of: Browser) -> None:
    answer = client_of(admin).post("/people/new", data={**NEW, "role": ""})
    assert answer.location.endswith("/rights")


@pytest.mark.parametrize(
    ("form", "field", "sentence"),
    [
        ({"name": ""}, "name", "Vui lòng nhập tên"),
        ({"email": "", "phone": ""}, "email", "cần một trong hai để đăng nhập"),
        ({"email": "not a mail"}, "email", "Đây không phải địa chỉ email"),
        ({"phone": "12ab"}, "phone", "Đây không phải số điện thoại"),
        ({"password": "ngắn"}, "password", "ít nhất 10 ký tự"),
        ({"password": "lythanhtam1"}, "password", "chứa tên"),
        ({"role": "head_office"}, "role", "Hãy chọn khách hàng"),
        ({"role": "king"}, "role", "Hãy chọn vai trò"),
        ({"language": "xx"}, "language", "Hãy chọn tiếng Việt hoặc tiếng Anh"),
    ],
)
def test_bad_input_is_named_at_its_field_and_saves_nothing(
    admin: Person, client_of: Browser, session: Session, form: dict[str, str], field: str, sentence: str
) -> None:
    answer = client_of(admin).post("/people/new", data={**NEW, **form})
    assert answer.status_code == 422
    assert sentence in answer.text
    if field != "role" or form["role"] == "king":
        assert f'id="{field}-problem"' in answer.text
    kept = {**NEW, **form}["name"]
    assert f'value="{kept}"' in answer.text
    assert session.scalar(select(func.count()).select_from(Person)) == 1


def test_every_mistake_is_named_at_once(admin: Person, client_of: Browser, session: Session) -> None:
    bad = {**NEW, "name": "", "email": "x", "phone": "y", "password": "1234567890"}
    page = client_of(admin).post("/people/new", data=bad).text
    assert all(f'id="{field}-problem"' in page for field in ("name", "email", "phone", "password"))
    assert "1234567890" not in page


@pytest.mark.parametrize(
    ("taken", "field"), [({"email": " TAM@example.com "}, "email"), ({"phone": "+84 912 345 678"}, "phone")]
)
def test_a_taken_mail_or_phone_is_named_at_the_field(
    admin: Person, client_of: Browser, session: Session, taken: dict[str, str], field: str
) -> None:
    factories.person("Người Trước", RoleName.SHOPPER, email="tam@example.com", phone="+84912345678")
    answer = client_of(admin).post("/people/new", data={**NEW, "email": "", "phone": "", **taken})
    assert answer.status_code == 422
    assert f'id="{field}-problem"' in answer.text
    assert "đã có người khác dùng" in answer.text
    assert session.scalar(select(func.count()).select_from(Person)) == 2


def test_sending_the_form_twice_makes_one_person(admin: Person, client_of: Browser, session: Session) -> None:
    desk = client_of(admin)
    assert [desk.post("/people/new", data=NEW).status_code for _ in range(2)] == [303, 422]
    assert session.scalar(select(func.count()).select_from(Person)) == 2


def test_the_database_names_the_field_when_two_are_quicker_than_the_look_up(session: Session) -> None:
    factories.person("Một", email="same@example.com")
    late = Person(name="Hai", email="same@example.com", active=True, fs_uniquifier="x" * 32, created_at=AT)
    session.add(late)
    with pytest.raises(Invalid) as refusal:
        services._flush(late)
    assert refusal.value.details["field"] == "email"
    session.rollback()


def test_names_show_as_typed_never_as_markup(admin: Person, client_of: Browser) -> None:
    name = "<script>alert(1)</script>\"'><img src=x>"
    desk = client_of(admin)
    answer = desk.post("/people/new", data={**NEW, "name": name}, follow_redirects=True)
    listed = desk.get("/people").text
    for page in (answer.text, listed):
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "&lt;script&gt;alert(1)" in page


def test_names_are_kept_composed(admin: Person, client_of: Browser, session: Session) -> None:
    client_of(admin).post("/people/new", data={**NEW, "name": unicodedata.normalize("NFD", "Lý  Thanh Tâm ")})
    assert session.scalar(select(Person.name).where(Person.email == "tam@example.com")) == "Lý Thanh Tâm"


def details(person: Person, **changes: str) -> dict[str, str]:
    """The form of a person as it stands, with changes."""
    return {
        "name": person.name,
        "email": person.email or "",
        "phone": person.phone or "",
        "language": person.language or "",
        "active": "y",
        **changes,
    }


def test_changes_somebody(admin: Person, shopper: Person, client_of: Browser, session: Session) -> None:
    desk = client_of(admin)
    form = details(shopper, name="Trần Thu Hương", phone="0987654321", email="", language="en")
    assert desk.post(f"/people/{shopper.id}", data=form).status_code == 303
    session.refresh(shopper)
    assert (shopper.name, shopper.email, shopper.phone) == ("Trần Thu Hương", None, "+84987654321")
    assert shopper.language == "en"


def test_a_refused_change_keeps_what_was_typed(
    admin: Person, shopper: Person, other_shopper: Person, client_of: Browser, session: Session
) -> None:
    form = details(shopper, name="Tên Mới", email=other_shopper.email or "")
    answer = client_of(admin).post(f"/people/{shopper.id}", data=form)
    assert answer.status_code == 422
    assert 'value="Tên Mới"' in answer.text
    assert "đã có người khác dùng" in answer.text
    session.refresh(shopper)
    assert shopper.name == "Trần Thu Hà"


def test_closing_an_account_ends_its_sessions_for_good(
    admin: Person, shopper: Person, client_of: Browser, session: Session
) -> None:
    phone, desk = client_of(shopper), client_of(admin)
    assert phone.get("/account").status_code == 200
    closed = details(shopper)
    del closed["active"]
    assert desk.post(f"/people/{shopper.id}", data=closed).status_code == 303
    assert phone.get("/account").status_code == 302
    assert desk.post(f"/people/{shopper.id}", data=details(shopper)).status_code == 303
    session.refresh(shopper)
    assert shopper.active
    assert phone.get("/account").status_code == 302


def test_nobody_closes_their_own_account(admin: Person, client_of: Browser, session: Session) -> None:
    closed = details(admin)
    del closed["active"]
    answer = client_of(admin).post(f"/people/{admin.id}", data=closed)
    assert answer.status_code == 409
    assert "không thể đóng tài khoản của chính mình" in answer.text
    session.refresh(admin)
    assert admin.active


def test_people_made_by_a_command_can_share_a_hash(session: Session) -> None:
    from audit.accounts.passwords import hash_once

    shared = hash_once("ba con mèo đen")
    made = services.create_person(
        name="Demo", email="demo@example.com", hashed=shared, grants=[services.Reach(RoleName.EDITOR)], at=AT
    )
    session.commit()
    assert made.password == shared
    assert person_by_identity("DEMO@example.com") is made


def test_the_last_admin_stays(admin: Person, session: Session) -> None:
    other = factories.person("Khác", RoleName.EDITOR)
    with pytest.raises(Conflict):
        services.set_active(admin, False, by=other, at=AT)
    with pytest.raises(Conflict):
        services.remove_grant(admin, admin.grants[0].id, by=other, at=AT)
