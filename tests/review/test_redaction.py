"""Covering words and photos for the client: the original stays, what was released does not change."""

import io
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from PIL import Image
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from audit.accounts.models import Person
from audit.db import db, now
from audit.errors import Conflict, Invalid, NotFound
from audit.review import redaction
from audit.review.layers import CommentRedaction, PhotoRedaction
from audit.trail.models import Entry
from audit.visits import evidence, queries
from audit.visits.answering import Given, save_answers
from audit.visits.covering import Area
from audit.visits.models import Photo, Visit
from audit.waves.models import Wave
from tests import factories, stories
from tests.conftest import World
from tests.review.ladder import NOT_AGENCY, ClientOf, cast

LATER = stories.AT + timedelta(hours=2)
FACE: Area = (0.25, 0.25, 0.5, 0.5)
NAMED = "Chị Hạnh quầy 3 rất vội"
COVERED = "Nhân viên […] rất vội"


@pytest.fixture
def visit(session: Session, wave: Wave, world: World, shopper: Person) -> Visit:
    """A submitted visit with a comment that names somebody and a written answer."""
    made = factories.visit(wave, world.branch, shopper)
    session.commit()
    at = stories.AT - timedelta(hours=1)
    stories.answered(made, shopper, {"remark": NAMED}, at)
    locked = queries.locked_visit_for(shopper, made.id)
    save_answers(locked, shopper, now(), [Given("greeted", "yes", False, NAMED, now())])
    session.commit()
    stories.sent(made, shopper)
    evidence.prepare(made.id)
    return made


def fresh(visit: Visit, by: Person) -> Visit:
    return queries.locked_visit_for(by, visit.id)


def photo_id(visit: Visit) -> UUID:
    return queries.photos_of(visit)[0].id


def cover(visit: Visit, by: Person, *areas: Area, **more: Any) -> PhotoRedaction:
    made = redaction.redact_photo(fresh(visit, by), photo_id(visit), areas, by, LATER, **more)
    db.session.commit()
    return made


def rewrite(
    visit: Visit, by: Person, shown: str = COVERED, question: str = "greeted", part: str = "comment"
) -> CommentRedaction:
    made = redaction.redact_text(fresh(visit, by), question, part, shown, "Nêu tên nhân viên", by, LATER)
    db.session.commit()
    return made


# Words.


def test_the_scorecard_tells_the_redacted_words(visit: Visit, editor: Person, session: Session) -> None:
    rewrite(visit, editor)
    rewrite(visit, editor, "", "remark", "value")

    card = stories.approved(visit, editor)

    assert card.answers["greeted"]["comment"] == COVERED
    assert card.answers["remark"]["value"] == ""
    assert card.result["overall_shown"] == "100.0"
    assert "Hạnh" not in str(card.answers)
    submission = queries.submission_of(visit)
    assert submission is not None
    assert submission.payload["answers"]["greeted"]["comment"] == NAMED  # kept as sent


def test_a_comment_may_vanish(visit: Visit, editor: Person) -> None:
    rewrite(visit, editor, " ")

    assert "comment" not in stories.approved(visit, editor).answers["greeted"]


def test_the_newest_redaction_counts_and_can_be_lifted(
    visit: Visit, editor: Person, session: Session
) -> None:
    first = rewrite(visit, editor)
    assert rewrite(visit, editor).id == first.id  # a second click
    rewrite(visit, editor, "Nhân viên rất vội")
    rewrite(visit, editor, NAMED)

    assert stories.approved(visit, editor).answers["greeted"]["comment"] == NAMED
    assert len(session.scalars(select(CommentRedaction)).all()) == 3


@pytest.mark.parametrize(
    ("shown", "reason", "field"),
    [
        (NAMED, "x", "text"),
        (COVERED, " ", "reason"),
        (COVERED, "x" * 501, "reason"),
        ("x" * 10_001, "x", "text"),
    ],
)
def test_wrong_words_are_refused(shown: str, reason: str, field: str, visit: Visit, editor: Person) -> None:
    with pytest.raises(Invalid) as refused:
        redaction.redact_text(fresh(visit, editor), "greeted", "comment", shown, reason, editor, LATER)
    assert refused.value.details["field"] == field


@pytest.mark.parametrize(
    ("question", "part"),
    [
        ("skill", "comment"),
        ("skill", "value"),
        ("greeted", "value"),
        ("nothing", "comment"),
        ("greeted", "x"),
    ],
)
def test_where_nothing_is_written_nothing_is_covered(
    question: str, part: str, visit: Visit, editor: Person
) -> None:
    with pytest.raises(NotFound):
        rewrite(visit, editor, COVERED, question, part)


# Photos.


def test_the_scorecard_gets_the_covered_copies(visit: Visit, editor: Person, session: Session) -> None:
    original = session.get_one(Photo, photo_id(visit))
    made = cover(visit, editor, FACE)

    (shown,) = stories.approved(visit, editor).photos

    assert [shown[size] for size in ("screen", "pdf", "grid")] == [
        made.screen_key,
        made.pdf_key,
        made.grid_key,
    ]
    assert original.screen_key not in shown.values()
    assert evidence.storage().read(original.sha256) == stories.picture(0)  # kept apart, as it was
    for key in (made.screen_key, made.pdf_key, made.grid_key):
        picture = Image.open(io.BytesIO(evidence.storage().read(str(key))))
        across, down = picture.size
        face = picture.crop((across * 3 // 8, down * 3 // 8, across * 5 // 8, down * 5 // 8)).convert("L")
        found = [tone for tone, count in enumerate(face.histogram()) if count]
        assert found[-1] - found[0] < 48


def test_a_photo_may_be_kept_back(visit: Visit, editor: Person) -> None:
    cover(visit, editor, withheld=True)

    assert stories.approved(visit, editor).photos == []


def test_an_approved_scorecard_loses_what_is_covered_before_its_release(
    visit: Visit, editor: Person, admin: Person, session: Session
) -> None:
    card = stories.approved(visit, editor)
    made = cover(visit, editor, FACE)
    rewrite(visit, editor)

    session.refresh(card)
    assert card.photos[0]["screen"] == made.screen_key
    assert card.answers["greeted"]["comment"] == COVERED
    assert stories.released(visit, admin).photos[0]["screen"] == made.screen_key


def test_a_released_scorecard_stays_as_it_is(
    visit: Visit, editor: Person, admin: Person, session: Session
) -> None:
    stories.approved(visit, editor)
    card = stories.released(visit, admin)
    before = (dict(card.answers), list(card.photos))

    cover(visit, editor, FACE)
    rewrite(visit, editor)

    session.refresh(card)
    assert (card.answers, card.photos) == before
    with pytest.raises(IntegrityError, match="never changes"):
        session.execute(text("UPDATE scorecard SET photos = '[]'"))


def test_before_its_release_nothing_else_of_a_scorecard_changes(
    visit: Visit, editor: Person, session: Session
) -> None:
    stories.approved(visit, editor)

    with pytest.raises(IntegrityError, match="never changes"):
        session.execute(text("UPDATE scorecard SET result = '{}'"))


def test_a_redaction_can_be_lifted(visit: Visit, editor: Person) -> None:
    cover(visit, editor, FACE)
    assert cover(visit, editor, FACE).id == cover(visit, editor, FACE).id  # a second click
    cover(visit, editor)

    original = queries.photos_of(visit)[0]
    assert stories.approved(visit, editor).photos[0]["screen"] == original.screen_key


@pytest.mark.parametrize(
    "areas",
    [
        [],
        [(0.0, 0.0, 0.0, 0.5)],
        [(1.0, 0.0, 0.5, 0.5)],
        [(-0.1, 0.0, 0.5, 0.5)],
        [(float("nan"), 0.0, 0.5, 0.5)],
        [(0.0, 0.0, float("inf"), float("nan"))],
        [FACE] * 21,
    ],
)
def test_areas_that_are_none_are_refused(areas: list[Area], visit: Visit, editor: Person) -> None:
    with pytest.raises(Invalid) as refused:
        cover(visit, editor, *areas)
    assert refused.value.details["field"] == "areas"


def test_an_area_is_cut_to_the_photo(visit: Visit, editor: Person) -> None:
    made = cover(visit, editor, (0.75, 0.5, 3.0, 3.0))

    assert made.areas == [[0.75, 0.5, 0.25, 0.5]]


def test_a_photo_that_was_not_submitted_is_not_there(visit: Visit, editor: Person) -> None:
    with pytest.raises(NotFound):
        redaction.redact_photo(fresh(visit, editor), uuid4(), [FACE], editor, LATER)


def test_a_returned_visit_waits(visit: Visit, editor: Person) -> None:
    stories.returned(visit, editor, {"skill": "Xem lại"}, LATER)

    with pytest.raises(Conflict):
        cover(visit, editor, FACE)


@pytest.mark.parametrize("table", ["comment_redaction", "photo_redaction"])
@pytest.mark.parametrize("verb", ["UPDATE {} SET at = now()", "DELETE FROM {}"])
def test_redactions_are_append_only(
    table: str, verb: str, visit: Visit, editor: Person, session: Session
) -> None:
    cover(visit, editor, FACE)
    rewrite(visit, editor)

    with pytest.raises(IntegrityError, match="append-only"):
        session.execute(text(verb.format(table)))


def test_they_are_in_the_trail(visit: Visit, editor: Person, session: Session) -> None:
    cover(visit, editor, FACE)
    rewrite(visit, editor)

    kinds = session.scalars(select(Entry.kind).where(Entry.visit_id == visit.id).order_by(Entry.id)).all()
    assert kinds == ["visit.claimed", "photo.redacted", "comment.redacted"]


# What everybody gets to see.


def test_the_client_gets_the_covered_photo_and_words(
    visit: Visit, editor: Person, admin: Person, branch_manager: Person, english: ClientOf
) -> None:
    made = cover(visit, editor, FACE)
    rewrite(visit, editor)
    rewrite(visit, editor, "", "remark", "value")
    stories.approved(visit, editor)
    card = stories.released(visit, admin)
    browser = english(branch_manager)

    page = browser.get(f"/scorecards/{card.id}").text

    assert "Hạnh" not in page
    assert COVERED in page
    picture = browser.get(f"/scorecards/{card.id}/photos/0/screen").data
    assert picture == evidence.storage().read(str(made.screen_key))


# The pages.


def test_an_editor_covers_words_on_the_page(
    visit: Visit, editor: Person, english: ClientOf, session: Session
) -> None:
    browser, address = english(editor), f"/review/{visit.id}/questions/2/redact"
    assert NAMED in browser.get(address).text

    refused = browser.post(address, data={"part": "comment", "text": COVERED, "reason": ""})
    assert refused.status_code == 422
    assert COVERED in refused.text
    sent = {"part": "comment", "text": COVERED, "reason": "Nêu tên"}
    assert browser.post(address, data=sent).status_code == 303
    assert session.scalars(select(CommentRedaction)).one().text == COVERED
    review = browser.get(f"/review/{visit.id}").text
    assert "1 place is covered for the client" in review


def test_an_editor_covers_areas_on_the_page(
    visit: Visit, editor: Person, english: ClientOf, session: Session
) -> None:
    browser, address = english(editor), f"/review/{visit.id}/photos/{photo_id(visit)}/redact"
    assert browser.get(address).status_code == 200
    assert browser.get(f"{address}ed/screen").status_code == 404
    rows = {
        "left": ["25", "", "60,5"],
        "top": ["25", "", "0"],
        "width": ["50", "", "20"],
        "height": ["50", "", "20.25"],
    }

    assert browser.post(address, data=rows).status_code == 303

    made = session.scalars(select(PhotoRedaction)).one()
    assert made.areas == [[0.25, 0.25, 0.5, 0.5], [0.605, 0.0, 0.2, 0.2025]]
    page = browser.get(address).text
    assert 'value="60.5"' in page
    assert browser.get(f"{address}ed/screen").data == evidence.storage().read(str(made.screen_key))
    assert browser.get(f"{address}ed/pdf").status_code == 404


@pytest.mark.parametrize(
    "row",
    [
        {"left": "25", "top": "", "width": "50", "height": "50"},
        {"left": "x", "top": "1", "width": "50", "height": "50"},
        {"left": "25", "top": "25", "width": "0", "height": "50"},
        {"left": "", "top": "", "width": "", "height": ""},
    ],
)
def test_wrong_rows_stay_on_the_page(
    row: dict[str, str], visit: Visit, editor: Person, english: ClientOf, session: Session
) -> None:
    browser, address = english(editor), f"/review/{visit.id}/photos/{photo_id(visit)}/redact"

    answer = browser.post(address, data={**row, "reason": "Mặt nhân viên"})

    assert answer.status_code == 422
    assert "Mặt nhân viên" in answer.text
    assert not row["left"] or f'value="{row["left"]}"' in answer.text
    assert session.scalars(select(PhotoRedaction)).all() == []


def test_after_release_the_page_says_what_it_cannot_do(
    visit: Visit, editor: Person, admin: Person, english: ClientOf
) -> None:
    stories.approved(visit, editor)
    stories.released(visit, admin)
    browser, address = english(editor), f"/review/{visit.id}/photos/{photo_id(visit)}/redact"

    assert "stays as it is" in browser.get(address).text
    browser.post(address, data={"left": "0", "top": "0", "width": "50", "height": "50"})
    assert "stays as it is; a later version" in browser.get(address).text


@pytest.mark.parametrize("who", NOT_AGENCY)
def test_others_cover_nothing_and_see_no_copy(
    who: str, visit: Visit, editor: Person, english: ClientOf, request: pytest.FixtureRequest
) -> None:
    cover(visit, editor, FACE)
    browser = english(cast(request, who))
    photo = f"photos/{photo_id(visit)}"

    for address in ("questions/2/redact", f"{photo}/redact"):
        assert browser.get(f"/review/{visit.id}/{address}").status_code == 403
        assert browser.post(f"/review/{visit.id}/{address}", data={}).status_code == 403
    assert browser.get(f"/review/{visit.id}/{photo}/redacted/screen").status_code == 403


def test_the_shopper_sees_what_is_covered(
    visit: Visit, editor: Person, shopper: Person, english: ClientOf
) -> None:
    cover(visit, editor, FACE, reason="Mặt nhân viên")
    rewrite(visit, editor)

    page = english(shopper).get(f"/visits/{visit.id}/changes").text

    assert "The client does not see" in page
    assert COVERED in page
    assert "Mặt nhân viên" in page
    assert editor.name not in page
