"""The queue and the page of one visit as an editor sees them."""

from collections.abc import Callable
from datetime import timedelta
from fractions import Fraction
from uuid import uuid4

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from audit.accounts.models import Person
from audit.db import db, now
from audit.review import page as page_module
from audit.review import queries as cards
from audit.review.differences import Layers
from audit.visits import queries, submission
from audit.visits.answering import Given
from audit.visits.lifecycle import State
from audit.visits.models import Photo, Visit
from audit.waves.models import Wave
from tests import factories, stories
from tests.conftest import World
from tests.review.ladder import NOT_AGENCY, ClientOf, cast


def counted(run: Callable[[], object]) -> int:
    """How many statements this runs."""
    statements: list[str] = []

    def count(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", count)
    run()
    event.remove(db.engine, "before_cursor_execute", count)
    return len(statements)


def waiting(wave: Wave, world: World, shopper: Person, hours: float) -> Visit:
    """A visit that was submitted so many hours ago; without answers."""
    visit = factories.visit(wave, world.branch, shopper, State.SUBMITTED)
    visit.submitted_at = now() - timedelta(hours=hours)
    db.session.commit()
    return visit


def test_the_queue_counts_and_starts_with_the_longest_waiting(
    wave: Wave, world: World, shopper: Person, editor: Person, client_of: ClientOf
) -> None:
    ids = [waiting(wave, world, shopper, hours).id for hours in (1, 72, 47, 49)]

    page = client_of(editor).get("/review").text

    assert "<h1>4 lượt chờ duyệt</h1>" in page
    assert "2 lượt trong số đó đã chờ quá hạn" in page
    places = [page.index(f'href="/review/{ids[place]}"') for place in (1, 3, 2, 0)]
    assert places == sorted(places)
    assert page.count("Quá 48 giờ") == 2


def test_the_queue_is_narrowed_by_client_wave_and_state(
    wave: Wave,
    world: World,
    shopper: Person,
    admin: Person,
    editor: Person,
    client_of: ClientOf,
    session: Session,
) -> None:
    waiting(wave, world, shopper, 1)
    other_wave = factories.wave(world.foreign, admin)
    factories.visit(other_wave, world.foreign_branch, shopper, State.APPROVED)
    session.commit()
    browser = client_of(editor)

    assert "<h1>1 lượt chờ duyệt</h1>" in browser.get(f"/review?client={world.client.id}&wave={wave.id}").text
    assert "Không có lượt nào chờ duyệt" in browser.get(f"/review?client={world.foreign.id}").text
    approved = browser.get(f"/review?state=approved&wave={other_wave.id}").text
    assert "<h1>1 lượt đã duyệt, chờ phát hành</h1>" in approved
    assert "Hải Châu" in approved


@pytest.mark.parametrize(
    "query", ["state=nonsense", "client=x&wave=-1", "page=0&sort=;", "client=99999999999999"]
)
def test_nonsense_in_the_address_falls_back(query: str, editor: Person, client_of: ClientOf) -> None:
    assert client_of(editor).get(f"/review?{query}").status_code == 200


def test_ten_visits_cost_as_many_queries_as_one(
    wave: Wave, world: World, shopper: Person, editor: Person, client_of: ClientOf
) -> None:
    browser = client_of(editor)
    waiting(wave, world, shopper, 1)
    one = counted(lambda: browser.get("/review"))
    for hours in range(2, 12):
        waiting(wave, world, shopper, hours)

    assert counted(lambda: browser.get("/review")) == one


@pytest.mark.parametrize("who", NOT_AGENCY)
def test_others_see_no_desk(
    who: str, visit: Visit, client_of: ClientOf, request: pytest.FixtureRequest, session: Session
) -> None:
    browser = client_of(cast(request, who))
    photo = session.query(Photo).one()

    assert browser.get("/review").status_code == 403
    assert browser.get(f"/review/{visit.id}").status_code == 403
    assert browser.get(f"/review/{visit.id}/photos/{photo.id}/grid").status_code == 403


def test_signed_out_one_is_asked_to_sign_in(visit: Visit, client_of: ClientOf) -> None:
    assert client_of(None).get("/review").status_code in (302, 303)
    assert client_of(None).get(f"/review/{visit.id}").status_code in (302, 303)


def test_the_page_shows_answers_losses_and_photos(
    visit: Visit, editor: Person, client_of: ClientOf, session: Session
) -> None:
    browser = client_of(editor)
    page = browser.get(f"/review/{visit.id}").text
    photo = session.query(Photo).one()

    assert "<h1>Hoàn Kiếm được 87,0 điểm nếu duyệt</h1>" in page
    assert "Không đạt" in page
    assert "−13,0" in page
    assert f"/review/{visit.id}/photos/{photo.id}/grid" in page
    assert "Trần Thu Hà" in page
    assert "Điểm nếu duyệt" in page
    for size in ("grid", "screen"):
        picture = browser.get(f"/review/{visit.id}/photos/{photo.id}/{size}")
        assert picture.mimetype == "image/jpeg"
        assert picture.data[:2] == b"\xff\xd8"


def test_a_photo_is_reached_only_through_its_own_visit_and_known_sizes(
    visit: Visit,
    wave: Wave,
    world: World,
    shopper: Person,
    editor: Person,
    client_of: ClientOf,
    session: Session,
) -> None:
    photo = session.query(Photo).one()
    other = waiting(wave, world, shopper, 1)
    browser = client_of(editor)

    assert browser.get(f"/review/{other.id}/photos/{photo.id}/grid").status_code == 404
    assert browser.get(f"/review/{visit.id}/photos/{photo.id}/original").status_code == 404
    assert browser.get("/review/99999").status_code == 404


def test_a_visit_returned_twice_tells_its_whole_story(
    visit: Visit, editor: Person, shopper: Person, admin: Person, client_of: ClientOf
) -> None:
    later = stories.AT + timedelta(hours=5)
    stories.returned(visit, editor, {"skill": "Có chắc là 5 không?", "greeted": "Ai chào?"})
    stories.corrected(visit, shopper, {"skill": 3})
    stories.returned(visit, admin, {"skill": "Vậy 3 hay 4?"}, later)
    stories.corrected(visit, shopper, {"skill": 4}, later + timedelta(hours=1))

    page = client_of(editor).get(f"/review/{visit.id}").text

    assert "vòng 3" in page
    for asked in ("Có chắc là 5 không?", "Ai chào?", "Vậy 3 hay 4?"):
        assert asked in page
    assert "<del>5 / 5</del>" in page
    assert page.count("3 / 5") == 2  # once as new, once as old
    assert "<ins>4 / 5</ins>" in page
    assert "giữ nguyên câu trả lời: Không" in page
    assert page.count("Trả lại</strong>") == 2
    card = stories.approved(visit, editor, later + timedelta(hours=2))
    assert card.answers["skill"] == {"value": 4}


def test_a_submission_that_came_beside_is_mentioned(
    visit: Visit, shopper: Person, editor: Person, client_of: ClientOf
) -> None:
    locked = queries.locked_visit_for(shopper, visit.id)
    late = Given("skill", 1, False, "", stories.AT)
    made, _new = submission.submit(
        locked, shopper, stories.AT, uuid4(), submission.Package(answers=(late,), sha256="0" * 64)
    )
    db.session.commit()

    assert made.status == "conflict"
    assert "Có một bài nộp khác" in client_of(editor).get(f"/review/{visit.id}").text


def test_after_a_decision_comes_the_next_of_the_same_part(
    visit: Visit, wave: Wave, world: World, shopper: Person, editor: Person, client_of: ClientOf
) -> None:
    following = waiting(wave, world, shopper, 1)

    answer = client_of(editor).post(f"/review/{visit.id}/approve?client={world.client.id}")
    assert answer.location == f"/review/{following.id}?client={world.client.id}"
    elsewhere = client_of(editor).post(f"/review/{following.id}/return?client={world.foreign.id}")
    assert elsewhere.status_code == 422


def test_every_state_has_a_page(
    wave: Wave, world: World, shopper: Person, admin: Person, client_of: ClientOf, session: Session
) -> None:
    browser = client_of(admin)
    for state in State:
        visit = factories.visit(wave, world.branch, shopper, state)
        session.commit()
        if state != State.APPROVED:  # which always has a scorecard
            assert browser.get(f"/review/{visit.id}").status_code == 200


def test_a_released_visit_shows_its_stored_score_and_deadline(
    approved: Visit, editor: Person, admin: Person, client_of: ClientOf
) -> None:
    browser = client_of(admin)
    card = cards.scorecard_of(approved)
    assert card is not None
    assert f"Phát hành {card.number}" in browser.get(f"/review/{approved.id}").text
    assert "Quản trị viên sẽ phát hành" in client_of(editor).get(f"/review/{approved.id}").text
    stories.released(approved, admin)

    page = browser.get(f"/review/{approved.id}").text

    assert "<h1>Hoàn Kiếm được 87,0 điểm</h1>" in page
    assert "khiếu nại đến 21/11/2026" in page


def test_english_is_there_too(visit: Visit, editor: Person, client_of: ClientOf, session: Session) -> None:
    session.get_one(Person, editor.id).language = "en"

    page = client_of(editor).get(f"/review/{visit.id}").text

    assert "<h1>Hoàn Kiếm gets 87.0 points if approved</h1>" in page


@pytest.mark.parametrize(
    ("possible", "lost", "shown", "worth"),
    [
        ("3.04", "3.04", "3.1", "3.1"),  # all of it lost, a tenth came from the remainders
        ("3.08", "3.08", "3.0", "3.0"),
        ("3.04", "3.01", "3.1", "3.1"),
        ("8.13", "4.06", "4.1", "8.1"),
        ("8.13", "0", "0.0", "8.1"),
    ],
)
def test_a_question_never_loses_more_than_it_shows_to_be_worth(
    possible: str, lost: str, shown: str, worth: str
) -> None:
    row = page_module.Row(
        number=1,
        id="q",
        kind="yesno",
        text="Câu",
        factor="",
        mark="part",
        said="",
        comment="",
        possible=Fraction(possible),
        lost=Fraction(lost),
        lost_shown=shown,
        is_knockout=False,
        photos=[],
        unreadable=[],
        layers=Layers(),
    )

    assert row.worth == Fraction(worth)
