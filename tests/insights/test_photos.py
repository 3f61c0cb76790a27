"""The wall of photos: whose, at which question and branch, with a copy that may be seen."""

import re
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import select

from audit.db import db
from audit.insights import voices_queries
from audit.review import editions, redaction
from audit.review.models import Scorecard
from audit.visits import queries as visits
from tests import factories, stories
from tests.insights.conftest import heading
from tests.insights.voices import spoken

LOST = {"solved": "8.0", "greeted": 0}


def page(browser, query="", status=200):
    answer = browser.get("/network/photos", query_string=query)
    assert answer.status_code == status, answer.text[:500]
    return answer.text


def pictures(text):
    """The addresses of the small copies, in order."""
    return re.findall(r'<img src="(/scorecards/\d+/photos/\d+/grid)"', text)


@pytest.fixture
def taken(world, shopper, admin, session):
    """Three photos at Hoàn Kiếm, two at Ba Đình, one at Ninh Kiều; one of another client."""
    wave = factories.wave(world.client, admin, name="Quý 4")
    other = factories.wave(world.foreign, admin, name="Đợt Hoa Sen")
    cards = [
        spoken(wave, world.branch, shopper, {}, LOST, photos=("solved", "front", "solved")),
        spoken(wave, world.second_branch, shopper, {}, {"solved": "16.0"}, photos=("front", "solved")),
        spoken(wave, world.southern_branch, shopper, {}, photos=("front",)),
        spoken(other, world.foreign_branch, shopper, {}, photos=("front",)),
    ]
    session.commit()
    return wave, cards


def test_photos_stand_by_question_in_form_order(client_of, head_office, taken):
    _wave, cards = taken
    first, second, third, _foreign = (card.id for card in cards)
    text = page(client_of(head_office))
    assert heading(text) == "6 ảnh, 3 ở câu bị mất điểm"
    heads = [unescape(one).strip() for one in re.findall(r'<h2 id="q\d+">(.*?)<span', text, re.S)]
    assert heads == ["Câu 1. Chụp mặt tiền", "Câu 6. Giải quyết thế nào?"]
    assert pictures(text) == [
        f"/scorecards/{card}/photos/{place}/grid"
        for card, place in ((third, 0), (second, 0), (first, 1), (second, 1), (first, 0), (first, 2))
    ]
    assert f'href="/scorecards/{first}"' in text
    assert f'href="/scorecards/{first}/photos/1/screen"' in text
    assert 'alt="Ảnh câu 1, Hoàn Kiếm, 14/11/2026"' in text


def test_photos_by_branch(client_of, head_office, taken):
    _wave, cards = taken
    text = page(client_of(head_office), "by=branch")
    owners = [int(one.split("/")[2]) for one in pictures(text)]
    assert owners == [cards[1].id] * 2 + [cards[0].id] * 3 + [cards[2].id]  # Ba Đình, Hoàn Kiếm, Ninh Kiều


def test_question_branch_losses_and_the_filter_narrow(client_of, head_office, taken, world):
    browser = client_of(head_office)
    for query, count in (
        ({"question": "front"}, 3),
        ({"question": "front", "lost": "1"}, 0),
        ({"lost": "1"}, 3),
        ({"branch": world.branch.id}, 3),
        ({"branch": world.branch.id, "question": "front"}, 1),
        ({"region": world.south.id}, 1),
        ({"q": "CN002"}, 2),
        ({"channel": "phone"}, 0),
        ({"by": "nonsense", "page": "77"}, 6),
    ):
        text = page(browser, query)
        assert len(pictures(text)) == count, query
        if not count:
            assert "Không có ảnh nào khớp bộ lọc này" in text


def test_an_area_manager_sees_the_area_only(client_of, area_manager, taken, world):
    browser = client_of(area_manager)
    assert len(pictures(page(browser))) == 5
    page(browser, {"branch": world.southern_branch.id}, 404)
    page(browser, {"region": world.south.id}, 404)


def test_another_client_sees_its_own(client_of, other_client, taken, world):
    wave, cards = taken
    browser = client_of(other_client)
    assert pictures(page(browser)) == [f"/scorecards/{cards[3].id}/photos/0/grid"]
    for query in ({"wave": wave.id}, {"branch": world.branch.id}, {"region": world.north.id}):
        page(browser, query, 404)


@pytest.mark.parametrize("role", ["editor", "admin"])
def test_the_agency_sees_every_client(client_of, request, role, taken):
    wave, _cards = taken
    assert len(pictures(page(client_of(request.getfixturevalue(role)), {"wave": wave.id}))) == 6


@pytest.mark.parametrize("role", ["shopper", "branch_manager"])
def test_other_roles_are_refused(client_of, request, role, taken):
    page(client_of(request.getfixturevalue(role)), "", 403)


def test_signed_out(client_of, taken):
    assert client_of(None).get("/network/photos").status_code == 302


def test_no_wave_and_no_photo(client_of, head_office, world, admin, shopper, session):
    browser = client_of(head_office)
    assert "Chưa có đợt nào được mở" in page(browser)
    spoken(factories.wave(world.client, admin), world.branch, shopper, {})
    session.commit()
    assert heading(page(browser)) == "Chưa có ảnh nào"


def test_only_released_current_editions_show(client_of, head_office, taken, world, shopper, session):
    wave, _cards = taken
    spoken(wave, world.branch, shopper, {}, photos=("front",), released_at=None)
    spoken(wave, world.branch, shopper, {}, photos=("front",), is_current=False)
    session.commit()
    assert len(pictures(page(client_of(head_office)))) == 6


def test_many_photos_are_paged_and_cost_the_same_queries(
    client_of, head_office, taken, world, shopper, session, queries, monkeypatch
):
    wave, _cards = taken
    monkeypatch.setattr(voices_queries, "PHOTOS", 4)
    browser = client_of(head_office)
    with queries() as few:
        first = pictures(page(browser))
    second = pictures(page(browser, "page=2"))
    assert (len(first), len(second)) == (4, 2)
    assert not set(first) & set(second)
    monkeypatch.setattr(voices_queries, "PHOTOS", 60)
    for _place in range(20):
        spoken(wave, world.branch, shopper, {}, photos=("front", "solved"))
    session.commit()
    with queries() as many:
        assert len(pictures(page(browser))) == 46
    assert len(many) == len(few)


@pytest.fixture
def visit(world, admin, shopper, session):
    """A visit of the bank's, submitted with photos."""
    wave = factories.wave(world.client, admin, name="Quý 4")
    made = factories.visit(wave, world.branch, shopper)
    session.commit()
    stories.submitted(made, shopper, {"solved": "no"})
    stories.looked_through(made)
    return made


def _withheld(visit, editor, at):
    locked = visits.locked_visit_for(editor, visit.id)
    photo = next(one for one in visits.photos_of(locked) if one.question_id == "front")
    redaction.redact_photo(locked, photo.id, [], editor, at, withheld=True, reason="Khuôn mặt")
    db.session.commit()
    return str(photo.id)


def test_a_photo_kept_back_never_appears(client_of, head_office, admin, editor, visit):
    kept = _withheld(visit, editor, stories.AT + timedelta(hours=2))
    card = stories.approved(visit, editor)
    stories.released(visit, admin)
    assert kept not in [one["id"] for one in card.photos]
    for person in (head_office, admin):
        browser = client_of(person)
        text = page(browser)
        assert pictures(text) == [
            f"/scorecards/{card.id}/photos/{place}/grid" for place in range(len(card.photos))
        ]
        assert "Chụp mặt tiền" not in text
        for address in pictures(text):
            assert browser.get(address).status_code == 200


def test_a_photo_kept_back_later_goes_with_the_next_edition(client_of, head_office, admin, editor, visit):
    card = stories.approved(visit, editor)
    stories.released(visit, admin)
    browser = client_of(head_office)
    before = len(pictures(page(browser)))
    _withheld(visit, editor, stories.AT + timedelta(hours=5))
    assert len(pictures(page(browser))) == before  # what a client was shown does not change
    visits.locked_visit_for(editor, visit.id)
    first = db.session.get_one(Scorecard, card.id)
    editions.make_edition(first, editor, stories.AT + timedelta(hours=6), "Khuôn mặt")
    db.session.commit()
    newest = db.session.scalars(select(Scorecard).where(Scorecard.is_current)).one()
    shown = pictures(page(browser))
    assert len(shown) == before - 1
    assert all(address.startswith(f"/scorecards/{newest.id}/") for address in shown)
