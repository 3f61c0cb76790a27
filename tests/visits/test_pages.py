"""A shopper's pages: list, brief, terms, steps, receipt; who may, who may not, twice."""

import hashlib
import io
import re
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from audit.accounts.models import Person
from audit.db import db, now
from audit.visits import services, words
from audit.visits.lifecycle import State
from audit.visits.models import Photo, Submission, Visit, VisitEvent
from tests import factories
from tests.conftest import World
from tests.photo_files import jpeg
from tests.visits.helpers import fill, reloaded

Browser = Callable[[Person | None], FlaskClient]


@pytest.fixture
def make(session: Session, world: World, shopper: Person, admin: Person) -> Callable[..., Visit]:
    """A visit of the shopper in a state."""
    wave = factories.wave(world.client, admin, scenario="Hỏi mở thẻ cho con.")

    def made(state: State = State.ACCEPTED, **values: object) -> Visit:
        found = factories.visit(wave, world.branch, shopper, state)
        for name, value in values.items():
            setattr(found, name, value)
        session.commit()
        return found

    return made


def test_the_list_counts_what_is_to_do_and_groups_the_rest(
    make: Callable, client_of: Browser, shopper: Person
) -> None:
    for state in (
        State.ACCEPTED,
        State.IN_PROGRESS,
        State.RETURNED,
        State.OFFERED,
        State.SUBMITTED,
        State.RELEASED,
    ):
        make(state)
    page = client_of(shopper).get("/visits").text
    assert "<title>3 lượt cần làm</title>" in page
    heads = re.findall(r"<h2>(.*?)</h2>", page)
    assert heads == ["Đang mời nhận", "Đang chờ đơn vị khảo sát", "Đã xong"]
    assert "0/8 câu đã trả lời" in page
    assert "Ngân hàng Sao Mai" not in page  # the client's name


def test_an_empty_list_says_so(client_of: Browser, shopper: Person) -> None:
    page = client_of(shopper).get("/visits").text
    assert "Chưa có lượt nào dành cho anh/chị" in page


def test_ten_rows_cost_the_same_queries_as_one(make: Callable, client_of: Browser, shopper: Person) -> None:
    def cost() -> int:
        browser, count = client_of(shopper), 0

        def counted(*_args: object) -> None:
            nonlocal count
            count += 1

        event.listen(db.engine, "before_cursor_execute", counted)
        try:
            assert browser.get("/visits").status_code == 200
        finally:
            event.remove(db.engine, "before_cursor_execute", counted)
        return count

    for state in (State.IN_PROGRESS, State.OFFERED):
        make(state)
    cost()  # the first request of an application has more to learn
    few = cost()
    for _ in range(9):
        make(State.IN_PROGRESS)
    assert cost() == few


PATHS = ("", "/accept", "/answer", "/plain", "/answer/arrival", "/correct", "/check", "/receipt", "/abort")


@pytest.mark.parametrize("path", PATHS)
def test_only_the_own_shopper_opens_a_visit(
    path: str, make: Callable, client_of: Browser, other_shopper: Person, editor: Person, head_office: Person
) -> None:
    address = f"/visits/{make(State.IN_PROGRESS).id}{path}"
    assert client_of(None).get(address).status_code in (302, 303)
    assert client_of(other_shopper).get(address).status_code == 404
    assert client_of(editor).get(address).status_code == 403
    assert client_of(head_office).get(address).status_code == 403


@pytest.mark.parametrize("action", ["accept", "decline", "withdraw", "start", "abort", "check", "correct"])
def test_nobody_else_takes_a_step(
    action: str, make: Callable, client_of: Browser, other_shopper: Person, branch_manager: Person
) -> None:
    visit = make(State.OFFERED)
    address = f"/visits/{visit.id}/{action}"
    assert client_of(None).post(address).status_code in (302, 303)
    assert client_of(other_shopper).post(address).status_code == 404
    assert client_of(branch_manager).post(address).status_code == 403
    assert reloaded(visit).state == State.OFFERED


@pytest.mark.parametrize("number", ["0", "999999", "2147483648", "99999999999999999999", "x"])
def test_an_unknown_visit_is_a_page_of_ours(number: str, client_of: Browser, shopper: Person) -> None:
    answer = client_of(shopper).get(f"/visits/{number}")
    assert answer.status_code == 404
    assert "<h1>" in answer.text


def test_the_brief_shows_scenario_window_fee_and_photos(
    make: Callable, client_of: Browser, shopper: Person
) -> None:
    page = client_of(shopper).get(f"/visits/{make().id}").text
    for text in (
        "Hỏi mở thẻ cho con.",
        "10/11",
        "20/11",
        "150.000\u00a0₫",
        "Chụp mặt tiền",
        "openstreetmap.org",
    ):
        assert text in page


def test_accepting_freezes_the_terms_and_twice_is_once(
    make: Callable, client_of: Browser, shopper: Person, session: Session
) -> None:
    visit = make(State.OFFERED)
    browser, address = client_of(shopper), f"/visits/{visit.id}/accept"
    page = browser.get(address).text
    assert "150.000\u00a0₫" in page
    assert "50.000\u00a0₫" in page
    form = {"conflict": "no", "terms_seen": services.terms_seal(visit)}
    assert browser.post(address, data=form).status_code == 303
    assert browser.post(address, data=form).status_code == 303
    assert reloaded(visit).state == State.ACCEPTED
    assert visit.terms["fee"] == 150_000
    query = select(VisitEvent).where(VisitEvent.visit_id == visit.id).order_by(VisitEvent.id)
    events = session.scalars(query).all()
    assert [one.action for one in events] == ["accept"]


def test_the_conflict_question_must_be_answered(make: Callable, client_of: Browser, shopper: Person) -> None:
    visit = make(State.OFFERED)
    seal = services.terms_seal(visit)
    answer = client_of(shopper).post(f"/visits/{visit.id}/accept", data={"terms_seen": seal})
    assert answer.status_code == 422
    assert "Hãy trả lời câu này trước." in answer.text
    assert reloaded(visit).state == State.OFFERED


def test_a_conflict_blocks_and_is_logged(
    make: Callable, client_of: Browser, shopper: Person, session: Session
) -> None:
    visit = make(State.OFFERED)
    form = {"conflict": "yes", "terms_seen": services.terms_seal(visit)}
    assert client_of(shopper).post(f"/visits/{visit.id}/accept", data=form).status_code == 303
    assert (reloaded(visit).state, visit.shopper_id) == (State.PLANNED, None)
    logged = session.scalars(select(VisitEvent).where(VisitEvent.visit_id == visit.id)).one()
    assert logged.data["conflict"] is True


def test_terms_that_changed_meanwhile_are_not_accepted(
    make: Callable, client_of: Browser, shopper: Person
) -> None:
    visit = make(State.OFFERED)
    answer = client_of(shopper).post(
        f"/visits/{visit.id}/accept", data={"conflict": "no", "terms_seen": "old"}
    )
    assert answer.status_code == 409
    assert reloaded(visit).state == State.OFFERED


@pytest.mark.parametrize(
    ("action", "before", "after"),
    [
        ("decline", State.OFFERED, State.PLANNED),
        ("withdraw", State.ACCEPTED, State.PLANNED),
        ("start", State.ACCEPTED, State.IN_PROGRESS),
    ],
)
def test_a_step_works_and_does_not_work_in_another_state(
    action: str, before: State, after: State, make: Callable, client_of: Browser, shopper: Person
) -> None:
    visit, done = make(before), make(State.SUBMITTED)
    browser = client_of(shopper)
    assert browser.post(f"/visits/{visit.id}/{action}").status_code == 303
    assert reloaded(visit).state == after
    assert browser.post(f"/visits/{done.id}/{action}").status_code == 409


@pytest.mark.parametrize("state", [State.ACCEPTED, State.IN_PROGRESS])
def test_it_could_not_be_done(state: State, make: Callable, client_of: Browser, shopper: Person) -> None:
    visit = make(state)
    browser, address = client_of(shopper), f"/visits/{visit.id}/abort"
    assert browser.get(address).status_code == 200
    assert browser.post(address, data={"note": "cửa đóng"}).status_code == 422
    assert "cửa đóng" in browser.post(address, data={"note": "cửa đóng", "reason": "bored"}).text
    form = {"reason": "closed", "note": "cửa đóng", "photos": (io.BytesIO(jpeg(800, 600, 1)), "a.jpg")}
    assert browser.post(address, data=form).status_code == 303
    assert (reloaded(visit).state, visit.abort_reason, visit.abort_note) == (
        State.ABORTED,
        "closed",
        "cửa đóng",
    )
    assert browser.post(address, data={"reason": "closed"}).status_code == 303  # twice


def test_good_photos_survive_a_refusal_of_the_form_that_ends_a_visit(
    make: Callable, client_of: Browser, shopper: Person, other_shopper: Person, session: Session
) -> None:
    visit, foreign = make(State.IN_PROGRESS), make(State.IN_PROGRESS)
    browser, address = client_of(shopper), f"/visits/{visit.id}/abort"

    def picture(seed: int) -> tuple[io.BytesIO, str]:
        return io.BytesIO(jpeg(800, 600, seed)), f"{seed}.jpg"

    def boxes(page: str) -> list[str]:
        return re.findall(r'name="kept" id="kept-\d" value="([^"]+)" checked', page)

    # The reason is missing; then one photo is none.
    page = browser.post(address, data={"photos": [picture(1), picture(2)]}).text
    assert "Ảnh 2 đã được giữ" in page
    first = boxes(page)
    assert len(first) == 2
    broken = (io.BytesIO(b"no picture"), "hong.jpg")
    form = {"reason": "closed", "kept": first, "photos": [broken, picture(3), picture(1)]}
    answer = browser.post(address, data=form)
    assert (answer.status_code, "hong.jpg: " in answer.text) == (422, True)
    kept = boxes(answer.text)
    assert len(kept) == 3  # the same photo chosen again is one
    assert reloaded(visit).state == State.IN_PROGRESS

    # What was kept for one visit is nothing for another.
    other = browser.post(f"/visits/{foreign.id}/abort", data={"kept": kept})
    assert (other.status_code, boxes(other.text)) == (422, [])

    assert browser.post(address, data={"reason": "closed", "kept": kept[1:]}).status_code == 303
    stored = session.scalars(select(Photo.sha256).where(Photo.visit_id == visit.id))
    assert set(stored) == {hashlib.sha256(jpeg(800, 600, seed)).hexdigest() for seed in (2, 3)}
    assert reloaded(visit).state == State.ABORTED


def test_submitting_gives_one_receipt_however_often(
    make: Callable, client_of: Browser, shopper: Person, session: Session
) -> None:
    visit = make(State.IN_PROGRESS)
    fill(visit, shopper)
    browser, address = client_of(shopper), f"/visits/{visit.id}/check"
    page = browser.get(address).text
    id_ = re.search(r'name="submission_id"[^>]*value="([^"]+)"', page)
    assert id_ is not None
    arrived = (now() - timedelta(hours=1)).replace(second=0, microsecond=0)
    local = f"{arrived.astimezone(ZoneInfo(visit.branch.timezone)):%Y-%m-%dT%H:%M}"
    form = {"submission_id": id_[1], "visited_at": local}
    for _ in range(2):
        answer = browser.post(address, data=form)
        assert (answer.status_code, answer.location) == (303, f"/visits/{visit.id}/receipt")
    again = browser.get(address)
    assert again.status_code == 303
    sent = session.scalars(select(Submission).where(Submission.visit_id == visit.id)).one()
    assert sent.receipt in browser.get(f"/visits/{visit.id}/receipt").text
    assert reloaded(visit).visited_at == arrived


@pytest.mark.parametrize("arrived", ["0001-01-01T00:00", "1999-12-31T10:00", "9999-12-31T23:59"])
def test_an_arrival_that_cannot_be_is_refused_at_its_field(
    arrived: str, make: Callable, client_of: Browser, shopper: Person
) -> None:
    visit = make(State.IN_PROGRESS)
    fill(visit, shopper)
    answer = client_of(shopper).post(
        f"/visits/{visit.id}/check", data={"submission_id": str(uuid4()), "visited_at": arrived}
    )
    assert answer.status_code == 422
    assert "anh/chị không thể đến vào lúc đó" in answer.text
    assert arrived in answer.text
    assert reloaded(visit).state == State.IN_PROGRESS


def test_what_is_missing_is_listed_with_links(make: Callable, client_of: Browser, shopper: Person) -> None:
    visit = make(State.IN_PROGRESS)
    browser, address = client_of(shopper), f"/visits/{visit.id}/check"
    page = browser.get(address)
    assert f'/visits/{visit.id}/answer/counter#q-skill"' in page.text
    form = {"submission_id": "6f1c7f0e-3f2c-4a43-9f4e-0a1b2c3d4e5f", "visited_at": "2026-11-14T10:00"}
    refused = browser.post(address, data=form)
    assert refused.status_code == 422
    assert "2026-11-14T10:00" in refused.text
    assert browser.post(address, data={"submission_id": "nonsense"}).status_code == 422
    assert browser.post(address, data={**form, "visited_at": "yesterday"}).status_code == 422
    assert reloaded(visit).state == State.IN_PROGRESS


def test_photos_are_for_the_shopper_and_the_agency(
    make: Callable,
    client_of: Browser,
    shopper: Person,
    other_shopper: Person,
    editor: Person,
    head_office: Person,
    session: Session,
) -> None:
    visit = make(State.IN_PROGRESS)
    fill(visit, shopper)
    photo = session.scalars(select(Photo).where(Photo.visit_id == visit.id)).first()
    address = f"/visits/{visit.id}/photos/{photo.id}"
    for person in (shopper, editor):
        answer = client_of(person).get(f"{address}/grid")
        assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
        assert "private" in answer.headers["Cache-Control"]
    assert client_of(shopper).get(f"{address}/pdf").status_code == 404
    assert client_of(shopper).get(f"/visits/{visit.id + 1}/photos/{photo.id}/grid").status_code == 404
    assert client_of(other_shopper).get(f"{address}/grid").status_code == 404
    assert client_of(head_office).get(f"{address}/grid").status_code == 403
    assert client_of(None).get(f"{address}/grid").status_code in (302, 303)


def test_a_photo_is_removed_after_one_question(
    make: Callable, client_of: Browser, shopper: Person, other_shopper: Person, session: Session
) -> None:
    visit = make(State.IN_PROGRESS)
    fill(visit, shopper)
    photo = session.scalars(select(Photo).where(Photo.visit_id == visit.id)).first()
    address = f"/visits/{visit.id}/photos/{photo.id}/remove"
    assert client_of(other_shopper).post(address).status_code == 404
    browser = client_of(shopper)
    assert "Xóa ảnh này?" in browser.get(address).text
    for _ in range(2):
        assert browser.post(address).location == f"/visits/{visit.id}/answer/arrival#q-front"
    session.refresh(photo)
    assert photo.removed_at is not None


@pytest.mark.parametrize(
    ("left", "text"),
    [
        (timedelta(days=3, hours=5), "còn 3 ngày"),
        (timedelta(hours=23), "còn 23 giờ"),
        (timedelta(minutes=25, seconds=30), "còn 25 phút"),
        (timedelta(minutes=-5), "vừa quá hạn"),
        (timedelta(days=-2), "quá hạn 2 ngày"),
    ],
)
def test_a_deadline_in_words(left: timedelta, text: str, app: object, session: Session) -> None:
    at = now()
    with app.test_request_context(headers={"Accept-Language": "vi"}):  # type: ignore[attr-defined]
        assert words.countdown(at + left, at).text == text
