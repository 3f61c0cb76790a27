"""A redaction counts for the words it was made for: what the shopper writes anew is looked at anew."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from audit.accounts.models import Person
from audit.db import db, now
from audit.errors import Conflict
from audit.review import redaction
from audit.visits import evidence, queries
from audit.visits.answering import Given, save_answers
from audit.visits.models import Visit
from audit.waves.models import Wave
from tests import factories, stories
from tests.conftest import World
from tests.review.ladder import ClientOf

LATER = stories.AT + timedelta(hours=2)
NAMED = "Chị Hạnh quầy 3 rất vội"
COVERED = "Nhân viên […] rất vội"
ANEW = "Nhân viên không chào và nói to"


@pytest.fixture
def visit(session: Session, wave: Wave, world: World, shopper: Person) -> Visit:
    """A submitted visit with a comment and a written answer that name somebody."""
    made = factories.visit(wave, world.branch, shopper)
    session.commit()
    stories.answered(made, shopper, {"remark": NAMED}, stories.AT - timedelta(hours=1))
    locked = queries.locked_visit_for(shopper, made.id)
    save_answers(locked, shopper, now(), [Given("greeted", "yes", False, NAMED, now())])
    session.commit()
    stories.sent(made, shopper)
    evidence.prepare(made.id)
    return made


def fresh(visit: Visit, by: Person) -> Visit:
    return queries.locked_visit_for(by, visit.id)


@pytest.fixture
def anew(visit: Visit, editor: Person, shopper: Person) -> Visit:
    """Covered in both texts, returned, and sent again with another written answer."""
    for place, shown in ((("remark", "value"), "Nhân viên rất tốt"), (("greeted", "comment"), COVERED)):
        redaction.redact_text(fresh(visit, editor), *place, shown, "Nêu tên nhân viên", editor, LATER)
    stories.returned(visit, editor, {"remark": "Viết lại"}, LATER + timedelta(minutes=5))
    stories.corrected(visit, shopper, {"remark": ANEW}, LATER + timedelta(minutes=10))
    return visit


def written_anew(visit: Visit, by: Person, shown: str, minutes: int = 20) -> None:
    at = LATER + timedelta(minutes=minutes)
    redaction.redact_text(fresh(visit, by), "remark", "value", shown, "Nêu tên", by, at)
    db.session.commit()


def test_a_redaction_never_replaces_words_that_it_was_not_made_for(anew: Visit, editor: Person) -> None:
    with pytest.raises(Conflict, match=r"viết lại: câu 10|anew: question 10") as refused:
        stories.approved(anew, editor, LATER + timedelta(minutes=30))
    assert refused.value.code == "covers"
    db.session.rollback()

    written_anew(anew, editor, "Nhân viên […] nói to")
    answers = stories.approved(anew, editor, LATER + timedelta(minutes=30)).answers
    assert answers["remark"]["value"] == "Nhân viên […] nói to"
    assert answers["greeted"]["comment"] == COVERED  # whose words stand as they were


def test_a_void_redaction_can_be_set_aside(anew: Visit, editor: Person) -> None:
    written_anew(anew, editor, ANEW)
    assert stories.approved(anew, editor).answers["remark"]["value"] == ANEW


def test_a_redaction_counts_again_with_the_words_it_covered(
    anew: Visit, editor: Person, shopper: Person
) -> None:
    stories.returned(anew, editor, {"remark": "Viết lại"}, LATER + timedelta(minutes=15))
    stories.corrected(anew, shopper, {"remark": NAMED}, LATER + timedelta(minutes=20))
    assert stories.approved(anew, editor).answers["remark"]["value"] == "Nhân viên rất tốt"


def test_who_writes_what_the_editor_had_put_there_needs_no_cover(
    anew: Visit, editor: Person, shopper: Person
) -> None:
    stories.returned(anew, editor, {"remark": "Viết lại"}, LATER + timedelta(minutes=15))
    stories.corrected(anew, shopper, {"remark": "Nhân viên rất tốt"}, LATER + timedelta(minutes=20))
    assert stories.approved(anew, editor).answers["remark"]["value"] == "Nhân viên rất tốt"


def test_words_that_vanished_need_no_cover(anew: Visit, editor: Person, shopper: Person) -> None:
    stories.returned(anew, editor, {"remark": "Viết lại"}, LATER + timedelta(minutes=15))
    stories.corrected(anew, shopper, {"remark": ""}, LATER + timedelta(minutes=20))
    assert not stories.approved(anew, editor).answers["remark"].get("value")


def test_the_desk_asks_to_cover_again(
    anew: Visit, editor: Person, shopper: Person, client_of: ClientOf
) -> None:
    editor.language = "en"
    browser, address = client_of(editor), f"/review/{anew.id}/questions/10/redact"
    desk = browser.get(f"/review/{anew.id}").text
    assert "At 1 place the shopper has written anew what was covered" in desk
    assert "the cover no longer counts" in desk
    assert f'href="{address}"' in desk
    page = browser.get(address).text
    assert "The shopper has written these words anew." in page
    assert page.count(ANEW) == 2  # above, and to be changed
    refused = browser.post(f"/review/{anew.id}/approve", data={"round": anew.round})
    assert (refused.status_code, "Cover them again" in refused.text) == (409, True)

    saved = browser.post(address, data={"part": "value", "text": ANEW, "reason": "Không nêu ai"})
    assert saved.status_code == 303
    assert "the cover no longer counts" not in browser.get(f"/review/{anew.id}").text
    shopper.language = "en"
    told = client_of(shopper).get(f"/visits/{anew.id}/changes").text
    assert COVERED in told
    assert "Nhân viên rất tốt" not in told
