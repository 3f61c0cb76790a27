"""What editors laid over a submission, in words: for the desk and for the shopper, who sees every difference."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Literal

from audit.i18n import text_of
from audit.review import words
from audit.review.corrected import (
    Place,
    corrections_of,
    lying_over,
    manifest,
    photo_redactions,
    text_covers,
    waits,
)
from audit.review.layers import CommentRedaction, Correction, PhotoRedaction
from audit.review.redaction import texts_of
from audit.visits import queries as visits
from audit.visits.models import Photo, Submission, Visit

Standing = Literal["counts", "waits", "declined", "withdrawn", "void"]


@dataclass(frozen=True)
class Difference:
    """A correction with its answers in words; void: the shopper has answered anew since."""

    correction: Correction
    number: int  # of the question, from 1
    text: str
    old: str
    new: str
    standing: Standing


@dataclass(frozen=True)
class TextCover:
    """What the client reads instead of a comment or a written answer."""

    redaction: CommentRedaction
    number: int
    text: str
    old: str


@dataclass(frozen=True)
class PhotoCover:
    """A photo that the client sees in part or not at all; `place` among the question's photos, from 1."""

    redaction: PhotoRedaction
    photo: Photo
    number: int
    text: str
    place: int


@dataclass(frozen=True)
class Layers:
    """All that lies over one submission, in form order."""

    corrections: list[Difference] = field(default_factory=list)
    texts: list[TextCover] = field(default_factory=list)
    photos: list[PhotoCover] = field(default_factory=list)
    void: list[TextCover] = field(default_factory=list)  # over words that do not stand any more

    @property
    def waiting(self) -> list[Difference]:
        """The corrections that need somebody's yes."""
        return [one for one in self.corrections if one.standing == "waits"]

    def at(self, question: str) -> "Layers":
        """Those of one question."""
        return Layers(
            [one for one in self.corrections if one.correction.question_id == question],
            [one for one in self.texts if one.redaction.question_id == question],
            [one for one in self.photos if one.photo.question_id == question],
            [one for one in self.void if one.redaction.question_id == question],
        )

    def __bool__(self) -> bool:
        return bool(self.corrections or self.texts or self.photos or self.void)


def layers_of(visit: Visit, submission: Submission | None, uncovered: Collection[str] = ()) -> Layers:
    """What lies over this submission of the visit, void only at these questions; empty where nothing was submitted."""
    if submission is None:
        return Layers()
    covers = text_covers(visit, submission)
    return Layers(
        _corrections(visit, submission),
        _texts(visit, submission, covers.counting),
        _photos(visit, submission),
        _texts(
            visit, submission, {place: one for place, one in covers.void.items() if place[0] in uncovered}
        ),
    )


def _corrections(visit: Visit, submission: Submission) -> list[Difference]:
    known = visits.checklist_of(visit)
    made = corrections_of(visit)
    lying = {one.id for one in lying_over(visit, submission, made)}
    zone = visit.branch.timezone
    found = []
    for one in sorted(made, key=lambda one: (known.order[one.question_id], one.id)):
        question = known.questions[one.question_id]
        found.append(
            Difference(
                one,
                known.order[one.question_id] + 1,
                text_of(question.get("text")) or one.question_id,
                words.said(question, one.old, zone),
                words.said(question, one.new, zone),
                _standing(one, one.id in lying),
            )
        )
    return found


def _standing(correction: Correction, lies_over: bool) -> Standing:
    consent = correction.consent
    if consent is not None and not consent.agreed:
        return "withdrawn" if consent.capacity == "withdrawn" else "declined"
    if not lies_over:
        return "void"
    return "waits" if waits(correction) else "counts"


def _texts(
    visit: Visit, submission: Submission, redactions: Mapping[Place, CommentRedaction]
) -> list[TextCover]:
    """Those that change what the client would read."""
    known = visits.checklist_of(visit)
    found = []
    for (question, part), redaction in redactions.items():
        old = texts_of(visit, submission, question).get(part)
        if old is not None and old != redaction.text:
            title = text_of(known.questions[question].get("text")) or question
            found.append(TextCover(redaction, known.order[question] + 1, title, old))
    return sorted(found, key=lambda one: one.number)


def _photos(visit: Visit, submission: Submission) -> list[PhotoCover]:
    known, sent = visits.checklist_of(visit), manifest(submission)
    covered = {name: one for name, one in photo_redactions(visit).items() if one.areas or one.is_withheld}
    places: defaultdict[str, int] = defaultdict(int)
    found = []
    for photo in visits.photos_of(visit):
        if str(photo.id) not in sent:
            continue
        places[photo.question_id] += 1
        redaction = covered.get(str(photo.id))
        if redaction is not None:
            title = text_of(known.questions[photo.question_id].get("text")) or photo.question_id
            number = known.order[photo.question_id] + 1
            found.append(PhotoCover(redaction, photo, number, title, places[photo.question_id]))
    return found
