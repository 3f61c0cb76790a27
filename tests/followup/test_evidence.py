"""Photos of disputes and actions: counted before they are read, read before anything is locked, asked for anew."""

import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from audit.accounts.models import Grant, Person, RoleName
from audit.db import db, now
from audit.errors import TooOften
from audit.followup import actions
from audit.followup.models import Action, Dispute
from audit.review.models import Scorecard
from audit.trail.models import Entry
from audit.trail.services import record_apart_daily
from audit.visits import pictures
from audit.visits.evidence import clean_copy
from audit.visits.models import Visit
from tests import stories
from tests.followup.conftest import Lived

ClientOf = Callable[[Person | None], FlaskClient]


def kept_files(app: Flask) -> int:
    """How many files the storage holds."""
    return len(list(app.extensions["storage"].list()))


def many(count: int) -> list[tuple[io.BytesIO, str]]:
    return [(io.BytesIO(stories.picture(place + 50)), f"{place}.jpg") for place in range(count)]


@pytest.fixture
def open_card(lived: Lived) -> Scorecard:
    """Released just now."""
    return lived({"greeted": "no"}, now())


@pytest.mark.parametrize("count", [5, 40])
def test_too_many_photos_of_a_dispute_are_refused_before_any_is_kept(
    app: Flask, open_card: Scorecard, branch_manager: Person, client_of: ClientOf, count: int
) -> None:
    before = kept_files(app)
    sent: dict[str, Any] = {"question": "greeted", "fact": "Có chào.", "photos": many(count)}
    answer = client_of(branch_manager).post(f"/scorecards/{open_card.id}/disputes/new", data=sent)
    assert answer.status_code == 422
    assert "Nhiều nhất 4 ảnh" in answer.text
    assert kept_files(app) == before


def test_too_many_photos_of_an_action_are_refused_before_any_is_kept(
    app: Flask, taken: Action, branch_manager: Person, client_of: ClientOf
) -> None:
    before = kept_files(app)
    sent: dict[str, Any] = {"note": "Đã tập", "photos": many(5)}
    answer = client_of(branch_manager).post(f"/actions/{taken.id}/done", data=sent)
    assert answer.status_code == 422
    assert "Nhiều nhất 4 ảnh" in answer.text
    assert kept_files(app) == before


def test_photos_of_who_comes_too_late_are_not_read(
    app: Flask, card: Scorecard, taken: Action, branch_manager: Person, client_of: ClientOf, session: Session
) -> None:
    actions.drop(taken, branch_manager, now(), "Không làm")
    session.commit()
    before = kept_files(app)
    browser = client_of(branch_manager)
    sent: dict[str, Any] = {"question": "greeted", "fact": "Có chào.", "photos": many(1)}
    assert browser.post(f"/scorecards/{card.id}/disputes/new", data=sent).status_code == 422
    sent = {"note": "Đã tập", "photos": many(1)}
    assert browser.post(f"/actions/{taken.id}/done", data=sent).status_code == 409
    assert kept_files(app) == before


def test_nothing_is_locked_while_pictures_are_read(
    open_card: Scorecard, branch_manager: Person, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    locked: list[bool] = []
    visit_id = open_card.visit_id

    def reading(data: bytes) -> str:
        with db.engine.begin() as other:
            query = select(Visit.id).where(Visit.id == visit_id).with_for_update(skip_locked=True)
            locked.append(other.execute(query).first() is None)
        return clean_copy(data)

    monkeypatch.setattr(pictures, "clean_copy", reading)
    sent: dict[str, Any] = {"question": "greeted", "fact": "Có chào.", "photos": many(1)}
    answer = client_of(branch_manager).post(f"/scorecards/{open_card.id}/disputes/new", data=sent)
    assert answer.status_code == 303
    assert locked == [False]


def test_one_person_sends_photos_so_often_in_an_hour_and_others_go_on(
    app: Flask, branch_manager: Person, head_office: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures.limiter, "enabled", True)
    limit = pictures.SENDINGS
    with app.test_request_context():
        for _time in range(pictures.SENDINGS.amount):
            pictures.count(branch_manager, limit, "evidence", "Đợi")
        with pytest.raises(TooOften) as refused:
            pictures.count(branch_manager, limit, "evidence", "Đợi")
        assert 0 < refused.value.details["retry_after"] <= 3600
        pictures.count(head_office, limit, "evidence", "Đợi")
        pictures.limiter.limiter.clear(pictures.SENDINGS, "evidence", str(branch_manager.id))
        pictures.limiter.limiter.clear(pictures.SENDINGS, "evidence", str(head_office.id))


def test_a_kept_photo_is_shown_again_only_while_the_right_lasts(
    session: Session, open_card: Scorecard, branch_manager: Person, client_of: ClientOf
) -> None:
    action = session.scalars(select(Action).where(Action.scorecard_id == open_card.id)).one()
    browser = client_of(branch_manager)
    sent: dict[str, Any] = {"question": "greeted", "fact": "Có chào.", "photos": many(1)}
    assert browser.post(f"/scorecards/{open_card.id}/disputes/new", data=sent).status_code == 303
    disputed = session.scalars(select(Dispute)).one()
    action.evidence = [clean_copy(stories.picture(7))]
    session.commit()
    marks = {}
    for path in (
        f"/scorecards/{open_card.id}/photos/0/grid",
        f"/disputes/{disputed.id}/evidence/0",
        f"/actions/{action.id}/photos/0",
    ):
        answer = browser.get(path)
        assert answer.status_code == 200
        kept = answer.cache_control
        assert kept.private
        assert kept.no_cache
        assert kept.max_age is None
        marks[path] = answer.headers["ETag"]
        again = browser.get(path, headers={"If-None-Match": marks[path]})
        assert (again.status_code, again.data) == (304, b"")
    opened = select(Entry.kind, Entry.by_id, Entry.visit_id, Entry.scorecard_id, Entry.data["question"])
    about = (branch_manager.id, open_card.visit_id, open_card.id)
    kinds = Entry.kind.in_(("scorecard.photos_opened", "evidence.opened"))
    assert [tuple(row) for row in session.execute(opened.where(kinds).order_by(Entry.id))] == [
        ("scorecard.photos_opened", *about, None),
        ("evidence.opened", *about, "greeted"),
        ("evidence.opened", *about, "greeted"),
    ]
    session.execute(delete(Grant).where(Grant.person_id == branch_manager.id))
    session.add(Grant(person_id=branch_manager.id, role=RoleName.SHOPPER))
    session.commit()
    for path, mark in marks.items():
        assert browser.get(path, headers={"If-None-Match": mark}).status_code in (403, 404)
    stranger = client_of(None)
    for path, mark in marks.items():
        assert stranger.get(path, headers={"If-None-Match": mark}).status_code == 302


def test_an_opening_is_one_entry_a_day_of_the_branch(
    session: Session, card: Scorecard, branch_manager: Person, head_office: Person
) -> None:
    evening = datetime(2026, 12, 1, 16, 50, tzinfo=UTC)  # 23:50 in Hanoi
    about = {"visit_id": card.visit_id, "scorecard_id": card.id, "client_id": card.client_id}
    for minutes in (0, 5, 15, 20, 24 * 60):
        at = evening + timedelta(minutes=minutes)
        record_apart_daily("scorecard.photos_opened", branch_manager, at, "Asia/Ho_Chi_Minh", **about)
    record_apart_daily("scorecard.photos_opened", head_office, evening, "Asia/Ho_Chi_Minh", **about)
    session.rollback()
    query = select(Entry.by_id, Entry.at).where(Entry.kind == "scorecard.photos_opened").order_by(Entry.id)
    assert [tuple(row) for row in session.execute(query)] == [
        (branch_manager.id, evening),
        (branch_manager.id, evening + timedelta(minutes=15)),
        (head_office.id, evening),
    ]
