"""Raising a dispute: who may, until when, once; what is refused stays on the page."""

import io
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from audit.accounts.models import Person
from audit.db import db, now
from audit.errors import Conflict, Forbidden, Invalid, NotFound
from audit.followup import disputes
from audit.followup.models import Dispute
from audit.mails.models import Mail
from audit.review.models import Scorecard
from audit.review.queries import locked_released_for
from audit.trail.models import Entry
from tests import factories, photo_files, stories
from tests.conftest import World
from tests.followup.conftest import Lived

Browser = Callable[[Person | None], FlaskClient]
AT = factories.AT
FACT = "Hai nhân viên đứng cửa chào khách lúc 10 giờ, camera số 2 ghi lại."


def found(session: Session) -> list[Dispute]:
    """All disputes as the database has them now."""
    session.rollback()
    return list(session.scalars(select(Dispute).order_by(Dispute.id)))


def posted(**more: Any) -> dict[str, Any]:
    """A form that is right in itself."""
    return {"question": "greeted", "fact": FACT, **more}


@pytest.fixture
def open_card(lived: Lived) -> Scorecard:
    """Released an hour ago, whatever the clock says."""
    return lived({"greeted": "no", "queue": "no"}, at=now() - timedelta(hours=2))


@pytest.mark.parametrize("who", ["branch_manager", "area_manager", "head_office"])
def test_those_in_whose_scope_the_branch_is_object(
    who: str,
    open_card: Scorecard,
    client_of: Browser,
    session: Session,
    editor: Person,
    admin: Person,
    request: pytest.FixtureRequest,
) -> None:
    person = request.getfixturevalue(who)
    answer = client_of(person).post(f"/scorecards/{open_card.id}/disputes/new", data=posted())
    [made] = found(session)
    assert answer.status_code == 303
    assert answer.location.endswith(f"/scorecards/{open_card.id}#dispute-{made.id}")
    assert (made.question_id, made.fact, made.by_id, made.evidence) == ("greeted", FACT, person.id, [])
    assert session.scalars(select(Entry.kind).where(Entry.kind.like("dispute.%"))).all() == ["dispute.raised"]
    told = session.scalars(select(Mail.person_id).where(Mail.key.like("dispute:%"))).all()
    assert set(told) == {editor.id, admin.id}
    page = client_of(person).get(f"/scorecards/{open_card.id}").text
    assert FACT in page
    assert "Chờ trả lời" in page


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("other_manager", 404),
        ("other_client", 404),
        ("shopper", 403),
        ("editor", 403),
        ("admin", 403),
    ],
)
def test_nobody_else_objects(
    who: str,
    status: int,
    open_card: Scorecard,
    client_of: Browser,
    session: Session,
    request: pytest.FixtureRequest,
) -> None:
    browser = client_of(request.getfixturevalue(who))
    address = f"/scorecards/{open_card.id}/disputes/new"
    assert browser.get(address).status_code == status
    assert browser.post(address, data=posted()).status_code == status
    assert not found(session)


def test_the_agency_is_refused_by_the_service_too(card: Scorecard, admin: Person, shopper: Person) -> None:
    for person in (admin, shopper):
        with pytest.raises(Forbidden):
            disputes.raise_dispute(card, person, AT, "greeted", FACT)


def test_what_is_not_released_cannot_be_disputed(
    world: World, wave: Any, shopper: Person, editor: Person, branch_manager: Person, client_of: Browser
) -> None:
    visit = factories.visit(wave, world.branch, shopper)
    db.session.commit()
    stories.submitted(visit, shopper)
    card = stories.approved(visit, editor)
    with pytest.raises(NotFound):
        locked_released_for(branch_manager, card.id)
    address = f"/scorecards/{card.id}/disputes/new"
    assert client_of(branch_manager).get(address).status_code == 404
    assert client_of(branch_manager).post(address, data=posted()).status_code == 404


def test_the_deadline_is_the_end_of_the_branchs_day(
    card: Scorecard, world: World, branch_manager: Person
) -> None:
    assert card.dispute_until == date(2026, 11, 21)
    world.branch.timezone = "Pacific/Kiritimati"  # UTC+14
    db.session.commit()
    last = datetime(2026, 11, 21, 9, 59, tzinfo=UTC)  # 23:59 there
    with pytest.raises(Conflict) as refused:
        disputes.raise_dispute(card, branch_manager, last + timedelta(minutes=1), "greeted", FACT)
    assert refused.value.code == "too_late"
    made = disputes.raise_dispute(card, branch_manager, last, "greeted", FACT)
    # Five days to answer, the last one whole: until 23:59:59 of the 26th there.
    assert made.answer_by == datetime(2026, 11, 26, 9, 59, 59, tzinfo=UTC)


def test_after_the_deadline_the_page_says_so_and_keeps_what_was_written(
    lived: Lived, session: Session, client_of: Browser, branch_manager: Person
) -> None:
    card = lived({"greeted": "no"}, at=now() - timedelta(days=9))
    browser = client_of(branch_manager)
    address = f"/scorecards/{card.id}/disputes/new"
    assert "đã hết hạn khiếu nại" in browser.get(address).text.lower()
    assert "<textarea" not in browser.get(address).text
    assert address not in browser.get(f"/scorecards/{card.id}").text
    late = browser.post(address, data=posted())
    assert late.status_code == 422
    assert FACT in late.text
    assert not found(session)


def test_twice_is_once_and_another_ones_is_refused(
    open_card: Scorecard, client_of: Browser, session: Session, branch_manager: Person, head_office: Person
) -> None:
    address = f"/scorecards/{open_card.id}/disputes/new"
    for _ in range(2):
        assert client_of(branch_manager).post(address, data=posted()).status_code == 303
    second = client_of(head_office).post(address, data=posted(fact="Theo camera thì khác."))
    assert second.status_code == 422
    assert "Theo camera thì khác." in second.text
    assert client_of(head_office).post(address, data=posted(question="skill")).status_code == 303
    assert [one.question_id for one in found(session)] == ["greeted", "skill"]
    assert len(session.scalars(select(Mail).where(Mail.key.like("dispute:%"))).all()) == 4


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"fact": "  \u200b "}, "fact"),
        ({"fact": "a" * 2001}, "fact"),
        ({"question": ""}, "question"),
        ({"question": "nothing"}, "question"),
        ({"question": "wait"}, "question"),  # hidden: there was no queue
        ({"question": "front"}, "question"),  # a photo is no answer
        ({"question": "remark"}, "question"),  # nor are the shopper's words
    ],
)
def test_wrong_input_is_refused_at_its_field(
    sent: dict[str, str],
    field: str,
    open_card: Scorecard,
    client_of: Browser,
    session: Session,
    branch_manager: Person,
) -> None:
    page = client_of(branch_manager).post(f"/scorecards/{open_card.id}/disputes/new", data=posted() | sent)
    assert page.status_code == 422
    assert f'<a href="#{field}">' in page.text
    assert sent.get("fact", FACT).replace("\u200b", "").strip() in page.text
    assert not found(session)


def test_evidence_is_kept_clean_and_read_by_all_who_see_the_scorecard(
    open_card: Scorecard,
    client_of: Browser,
    session: Session,
    branch_manager: Person,
    head_office: Person,
    editor: Person,
    other_manager: Person,
    other_client: Person,
    shopper: Person,
) -> None:
    photo = photo_files.jpeg(2000, 1500, 3, gps=(21.03, 105.85))
    sent = posted(photos=[(io.BytesIO(photo), "camera.jpg")])
    address = f"/scorecards/{open_card.id}/disputes/new"
    assert client_of(branch_manager).post(address, data=sent).status_code == 303
    [made] = found(session)
    for person in (branch_manager, head_office, editor):
        answer = client_of(person).get(f"/disputes/{made.id}/evidence/0")
        picture = Image.open(io.BytesIO(answer.data))
        assert (answer.mimetype, max(picture.size), dict(picture.getexif())) == ("image/jpeg", 1600, {})
    assert client_of(editor).get(f"/disputes/{made.id}/evidence/1").status_code == 404
    for stranger, status in ((other_manager, 404), (other_client, 404), (shopper, 403)):
        assert client_of(stranger).get(f"/disputes/{made.id}/evidence/0").status_code == status


def test_photos_survive_a_refused_text_and_nobody_elses_seal_counts(
    open_card: Scorecard,
    client_of: Browser,
    session: Session,
    branch_manager: Person,
    head_office: Person,
) -> None:
    address = f"/scorecards/{open_card.id}/disputes/new"
    browser = client_of(branch_manager)
    first = browser.post(address, data=posted(fact="", photos=[(io.BytesIO(stories.picture(5)), "a.jpg")]))
    assert first.status_code == 422
    seal = first.text.split('name="kept"')[1].split('value="')[1].split('"')[0]
    assert seal
    assert client_of(head_office).post(address, data=posted(question="skill", kept=seal)).status_code == 303
    assert browser.post(address, data=posted(kept=seal)).status_code == 303
    stolen, kept = found(session)
    assert (len(stolen.evidence), len(kept.evidence)) == (0, 1)


@pytest.mark.parametrize("content", [b"%PDF-1.7 paper", b"not a picture"])
def test_what_is_no_photo_is_refused_at_its_field(
    content: bytes, open_card: Scorecard, client_of: Browser, session: Session, branch_manager: Person
) -> None:
    page = client_of(branch_manager).post(
        f"/scorecards/{open_card.id}/disputes/new",
        data=posted(photos=[(io.BytesIO(content), "paper.pdf")]),
    )
    assert page.status_code == 422
    assert '<a href="#photos">' in page.text
    assert not found(session)


def test_at_most_four_photos(card: Scorecard, branch_manager: Person) -> None:
    with pytest.raises(Invalid) as refused:
        disputes.raise_dispute(card, branch_manager, AT, "greeted", FACT, ["a"] * 5)
    assert refused.value.details["field"] == "photos"


@pytest.mark.parametrize("change", ["DELETE FROM dispute", "UPDATE dispute SET fact = 'x'"])
def test_the_database_keeps_what_was_said(
    change: str, card: Scorecard, branch_manager: Person, session: Session
) -> None:
    stories.disputed(card, branch_manager)
    with pytest.raises(IntegrityError, match="append-only"):
        session.execute(text(change))


def test_no_mail_says_a_figure_or_a_word_of_the_dispute(
    card: Scorecard, branch_manager: Person, session: Session
) -> None:
    stories.disputed(card, branch_manager, fact="Bí mật 777.")
    mails = session.scalars(select(Mail).where(Mail.key.like("dispute:%"))).all()
    assert mails
    for mail in mails:
        assert "777" not in mail.subject + mail.body
        assert "/disputes/" in mail.body


def test_storage_holds_no_original(
    open_card: Scorecard, app: Flask, client_of: Browser, branch_manager: Person
) -> None:
    photo = photo_files.jpeg(500, 400, 9, gps=(21.03, 105.85))
    client_of(branch_manager).post(
        f"/scorecards/{open_card.id}/disputes/new", data=posted(photos=[(io.BytesIO(photo), "a.jpg")])
    )
    kept = [path for path in Path(app.extensions["settings"].uploads).rglob("*") if path.is_file()]
    assert kept
    assert all(path.read_bytes() != photo for path in kept)
