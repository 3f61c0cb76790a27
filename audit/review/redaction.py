"""Covering what a client must not see: words in comments and written answers, faces and names in photos.

The original stays apart. What a client has been shown does not change: a later redaction counts for editions
made after it.
"""

import math
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from audit.accounts.models import Person
from audit.db import db
from audit.errors import Conflict, Invalid, NotFound
from audit.forms import clean
from audit.i18n import gettext as _
from audit.review import claims, queries
from audit.review.corrected import effective, manifest, photo_redactions, text_covers, words_at
from audit.review.corrections import submission_of
from audit.review.layers import CommentRedaction, PhotoRedaction
from audit.trail.services import record
from audit.visits import evidence
from audit.visits import queries as visits
from audit.visits.covering import Area
from audit.visits.lifecycle import State
from audit.visits.models import Photo, Submission, Visit
from audit.visits.photos import PhotoRefused
from audit.visits.sentences import LONGEST_TEXT

LONGEST_REASON = 500
MOST_AREAS = 20
DECIMALS, SCALE = 4, 10_000
SMALLEST = 0.005  # of a side: less is a slip of the finger
STATES = (State.SUBMITTED, State.APPROVED, State.RELEASED)


def texts_of(visit: Visit, submission: Submission, question: str) -> dict[str, str]:
    """What the shopper wrote at a question, by part ("comment", "value"); no part that is empty."""
    found = {"comment": words_at(submission, question, "comment")}
    if visits.checklist_of(visit).questions.get(question, {}).get("type") == "text":
        found["value"] = words_at(submission, question, "value")
    return {part: text for part, text in found.items() if text}


def redact_text(
    visit: Visit, question: str, part: str, text: str, reason: str, by: Person, at: datetime
) -> CommentRedaction:
    """The client reads `text` (empty: nothing) instead of what the shopper wrote. Callers hold the visit's lock.

    The original given again lifts the redaction, also one that is void because the words are new. The same again
    changes nothing. Invalid names `text` or `reason`; NotFound where nothing was written; Conflict: `state`,
    `claimed`.
    """
    submission = _open(visit, by, at)
    written = texts_of(visit, submission, question).get(part)
    if written is None:
        raise NotFound(_("The shopper wrote nothing here."))
    shown, why = clean(text.replace("\r\n", "\n")), clean(reason)
    covers = text_covers(visit, submission)
    before = covers.counting.get((question, part))
    is_void = (question, part) in covers.void
    if before is not None and (before.text, before.reason) == (shown, why):
        return before
    if len(shown) > LONGEST_TEXT:
        raise Invalid(
            _("The text is too long: at most %(most)s characters.", most=LONGEST_TEXT), field="text"
        )
    if not is_void and shown == (written if before is None else before.text):
        raise Invalid(
            _("This is what the client reads already. Replace what must not be seen."), field="text"
        )
    _check_reason(why, needed=True)
    made = CommentRedaction(
        visit_id=visit.id, question_id=question, part=part, text=shown, reason=why, by_id=by.id, at=at
    )
    db.session.add(made)
    db.session.flush()
    record(
        "comment.redacted", by, at, client_id=visit.client_id, visit_id=visit.id, question=question, part=part
    )
    _refresh(visit, submission)
    return made


def redact_photo(
    visit: Visit,
    photo_id: UUID,
    areas: Sequence[Area],
    by: Person,
    at: datetime,
    *,
    withheld: bool = False,
    reason: str = "",
) -> PhotoRedaction:
    """Cover areas of a photo for the client, or keep the photo back. Callers hold the visit's lock.

    No area and not withheld lifts an earlier redaction. The same again changes nothing. Invalid names `areas` or
    `reason`; NotFound for a photo that was not submitted; Conflict: `state`, `claimed`.
    """
    submission = _open(visit, by, at)
    photo = photo_of(visit, submission, photo_id)
    given, why = _checked(areas), clean(reason)
    _check_reason(why, needed=False)
    before = photo_redactions(visit).get(str(photo_id))
    stands = (before.areas, before.is_withheld) if before else ([], False)
    if stands == ([list(area) for area in given], withheld):
        if before is None or (not given and not withheld):
            raise Invalid(_("Draw an area on the photo first, or keep the photo back."), field="areas")
        return before
    copies = _copies(photo, given) if given and not withheld else {}
    made = PhotoRedaction(
        photo_id=photo_id,
        areas=[list(area) for area in given],
        is_withheld=withheld,
        reason=why,
        by_id=by.id,
        at=at,
        **{f"{size}_key": key for size, key in copies.items()},
    )
    db.session.add(made)
    db.session.flush()
    record(
        "photo.redacted",
        by,
        at,
        client_id=visit.client_id,
        visit_id=visit.id,
        photo=str(photo_id),
        areas=len(given),
        withheld=withheld,
    )
    _refresh(visit, submission)
    return made


def photo_of(visit: Visit, submission: Submission, photo_id: UUID) -> Photo:
    """A photo of what was submitted; NotFound for any other."""
    if str(photo_id) in manifest(submission):
        for photo in visits.photos_of(visit):
            if photo.id == photo_id:
                return photo
    raise NotFound(_("There is no such photo, or it is not yours."))


def redacted_copy(visit: Visit, photo_id: UUID, size: str) -> bytes:
    """The newest redacted copy as the client gets it; NotFound where nothing is covered."""
    found = photo_redactions(visit).get(str(photo_id))
    key = getattr(found, f"{size}_key", None) if size in evidence.SIZES else None
    if found is None or key is None:
        raise NotFound(_("There is no such photo, or it is not yours."))
    return evidence.storage().read(key)


def _open(visit: Visit, by: Person, at: datetime) -> Submission:
    claims.check_reviewer(visit, by)
    if visit.state not in STATES:
        raise Conflict(_("This is not possible now: the visit has moved on. Reload the page."), code="state")
    claims.hold(visit, by, at)
    return submission_of(visit)


def _check_reason(why: str, *, needed: bool) -> None:
    if needed and not why:
        raise Invalid(_("Write why this is covered."), field="reason")
    if len(why) > LONGEST_REASON:
        raise Invalid(
            _("The reason is too long: at most %(most)s characters.", most=LONGEST_REASON), field="reason"
        )


def _checked(areas: Sequence[Area]) -> list[Area]:
    """The areas cut to the picture and rounded; Invalid for one that is none."""
    if len(areas) > MOST_AREAS:
        raise Invalid(
            _("At most %(most)s areas of a photo can be covered: keep it back instead.", most=MOST_AREAS),
            field="areas",
        )
    found = []
    for left, top, width, height in areas:
        sides = (left, top, width, height)
        fits = all(math.isfinite(side) for side in sides) and 0 <= left < 1 and 0 <= top < 1
        if not fits or width < SMALLEST or height < SMALLEST:
            raise Invalid(
                _("An area lies inside the photo: left and top below 100, width and height above 0."),
                field="areas",
            )
        cut = (left, top, min(width, 1 - left), min(height, 1 - top))
        found.append((round(cut[0], DECIMALS), round(cut[1], DECIMALS), *(_up(side) for side in cut[2:])))
    return [(left, top, width, height) for left, top, width, height in found]


def _up(side: float) -> float:
    return math.ceil(round(side * SCALE, 3)) / SCALE


def _copies(photo: Photo, areas: Sequence[Area]) -> dict[str, str]:
    try:
        return evidence.covered_copies(photo, areas)
    except PhotoRefused as refused:
        raise Invalid(
            _("This photo cannot be read, so the client does not get it anyway."), field="areas"
        ) from refused


def _refresh(visit: Visit, submission: Submission) -> None:
    """An approved scorecard that nobody has seen yet loses what was covered; a released one never changes."""
    card = queries.scorecard_of(visit)
    if card is not None and card.released_at is None:
        layers = effective(visit, submission)
        card.answers, card.photos = layers.shown, list(layers.photos)
        db.session.flush()
