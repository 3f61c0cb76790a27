"""An editor takes a visit before deciding, and is led on to one that nobody else has."""

import threading
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.accounts.models import Person
from audit.db import db, now
from audit.review import claims, queue, queue_taking
from audit.trail.models import Entry
from audit.visits import queries
from audit.visits.models import Visit
from audit.waves.models import Wave
from tests import factories, stories
from tests.conftest import World
from tests.review.ladder import NOT_AGENCY, ClientOf, cast, state_of

ALL = queue.QueueFilter()
NOTE = "Ai chào anh/chị, lúc nào?"


@pytest.fixture
def three(wave: Wave, world: World, shopper: Person, session: Session) -> list[int]:
    """Submitted visits, the longest waiting first."""
    made = [factories.visit(wave, world.branch, shopper) for _ in range(3)]
    session.commit()
    for age, visit in zip((3, 2, 1), made, strict=True):
        stories.submitted(visit, shopper, at=stories.AT - timedelta(hours=age))
    return [visit.id for visit in made]


def holders(ids: list[int]) -> list[int | None]:
    """Who has each of them."""
    db.session.rollback()
    return [db.session.get_one(Visit, one, populate_existing=True).claimed_by_id for one in ids]


def test_a_free_visit_offers_to_be_taken_and_nothing_to_decide(
    visit: Visit, editor: Person, client_of: ClientOf
) -> None:
    browser = client_of(editor)
    page = browser.get(f"/review/{visit.id}").text
    assert 'id="take"' in page
    for way in ('id="approve"', 'id="return"', f"/review/{visit.id}/reject"):
        assert way not in page

    browser.post(f"/review/{visit.id}/claim")

    page = browser.get(f"/review/{visit.id}").text
    assert 'id="take"' not in page
    for way in ('id="approve"', 'id="return"', f"/review/{visit.id}/reject"):
        assert way in page


def test_an_own_visit_offers_neither(
    visit: Visit, editor: Person, client_of: ClientOf, session: Session
) -> None:
    visit.shopper_id = editor.id
    session.commit()

    page = client_of(editor).get(f"/review/{visit.id}").text

    assert "người khác duyệt" in page
    for way in ('id="take"', 'id="approve"', "/hand-over", "/claim"):
        assert way not in page


def test_what_was_typed_is_there_after_taking(visit: Visit, editor: Person, client_of: ClientOf) -> None:
    typed = {
        "round": "2",
        "flag_note": "Đã gọi lại.",
        "note:greeted": NOTE,
        "reject": "1",
        "reason": "Bịa đặt",
    }

    answer = client_of(editor).post(f"/review/{visit.id}/claim", data=typed)

    assert (answer.status_code, holders([visit.id])) == (200, [editor.id])
    assert all(text in answer.text for text in (NOTE, "Bịa đặt"))
    alone = client_of(editor).post(f"/review/{visit.id}/claim", data={"flag_note": "Đã gọi lại."})
    assert alone.status_code == 200  # no redirect, which would lose it


@pytest.mark.parametrize("step", ["approve", "return", "reject"])
def test_a_refused_decision_loses_nothing_of_the_page(
    step: str, visit: Visit, editor: Person, admin: Person, client_of: ClientOf, session: Session
) -> None:
    claims.claim(queries.locked_visit_for(admin, visit.id), admin, now())
    session.commit()
    typed = {"round": "2", "note:greeted": NOTE, "reject": "1", "reason": "Bịa đặt"}

    answer = client_of(editor).post(f"/review/{visit.id}/{step}", data=typed)

    assert answer.status_code in (409, 422)
    assert all(text in answer.text for text in (NOTE, "Bịa đặt"))
    assert state_of(visit.id) == "submitted"


def test_typed_notes_are_not_lost_by_rejecting(visit: Visit, editor: Person, client_of: ClientOf) -> None:
    sent = {"round": "2", "note:greeted": NOTE, "reject": "1", "reason": "Bịa đặt", "fraud": "y"}

    answer = client_of(editor).post(f"/review/{visit.id}/reject", data=sent)

    assert answer.status_code == 422
    assert all(text in answer.text for text in (NOTE, "Bịa đặt", "xóa ghi chú để từ chối"))
    assert state_of(visit.id) == "submitted"


def test_a_decision_takes_what_nobody_has(
    visit: Visit, editor: Person, client_of: ClientOf, session: Session
) -> None:
    sent = {"round": "2", "note:greeted": NOTE}
    assert client_of(editor).post(f"/review/{visit.id}/return", data=sent).status_code == 303

    entries = session.scalars(select(Entry).where(Entry.visit_id == visit.id, Entry.kind == "visit.claimed"))
    assert [entry.by_id for entry in entries] == [editor.id]


def test_each_decision_leads_on_to_one_that_is_then_taken(
    three: list[int], visit: Visit, editor: Person, admin: Person, client_of: ClientOf
) -> None:
    sent = {"round": "2", "note:greeted": NOTE}
    first = client_of(editor).post(f"/review/{visit.id}/return", data=sent)
    assert (first.location, holders(three)) == (f"/review/{three[0]}", [editor.id, None, None])

    other = client_of(admin).post("/review/next")
    assert (other.location, holders(three)) == (f"/review/{three[1]}", [editor.id, admin.id, None])
    assert 'id="approve"' in client_of(admin).get(other.location).text


def test_a_double_click_takes_one_visit_and_not_two(
    three: list[int], visit: Visit, editor: Person, client_of: ClientOf
) -> None:
    browser, sent = client_of(editor), {"round": "2", "flag_note": "Đã đối chiếu."}
    answers = [browser.post(f"/review/{visit.id}/approve", data=sent) for _twice in range(2)]

    assert [answer.location for answer in answers] == [f"/review/{three[0]}"] * 2
    assert holders(three) == [editor.id, None, None]


@pytest.mark.parametrize("who", NOT_AGENCY)
def test_only_the_agency_takes(
    who: str, three: list[int], client_of: ClientOf, request: pytest.FixtureRequest
) -> None:
    assert client_of(cast(request, who)).post("/review/next").status_code == 403
    assert holders(three) == [None] * 3


def test_where_nothing_is_free_the_queue_says_so(
    three: list[int], editor: Person, admin: Person, client_of: ClientOf
) -> None:
    for number in three:
        client_of(admin).post(f"/review/{number}/claim")

    answer = client_of(editor).post("/review/next", follow_redirects=True)

    assert "chưa có người nhận" in answer.text
    assert holders(three) == [admin.id] * 3


def test_the_next_one_keeps_to_the_filter(
    three: list[int], wave: Wave, editor: Person, client_of: ClientOf
) -> None:
    other = client_of(editor).post(f"/review/next?wave={wave.id + 1}")
    assert other.location == f"/review?wave={wave.id + 1}"
    same = client_of(editor).post(f"/review/next?wave={wave.id}")
    assert same.location == f"/review/{three[0]}?wave={wave.id}"


def test_what_waits_for_the_yes_to_the_own_correction_is_passed_over(
    three: list[int], editor: Person, admin: Person, session: Session
) -> None:
    stories.corrected_answer(session.get_one(Visit, three[0]), editor, "greeted", {"value": "no"})

    assert queue.next_waiting(editor, ALL, 0, now()) == three[1]
    claims.give_back(queries.locked_visit_for(editor, three[0]), editor, now())
    assert queue.next_waiting(admin, ALL, 0, now()) == three[0]


def test_two_at_once_are_led_to_two_visits(
    app: Flask, three: list[int], editor: Person, admin: Person, session: Session
) -> None:
    session.commit()
    people, found = (editor.id, admin.id), {}
    start, end = threading.Barrier(2, timeout=20), threading.Barrier(2, timeout=20)

    def take(person_id: int) -> None:
        with app.app_context():
            person = db.session.get_one(Person, person_id)
            start.wait()
            found[person_id] = queue_taking.take_next(person, ALL, 0, now())
            end.wait()  # neither has committed when the other one chooses
            db.session.commit()
            db.session.remove()

    threads = [threading.Thread(target=take, args=(one,)) for one in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert set(found.values()) == set(three[:2])
    assert {one for one in holders(three) if one} == set(people)
