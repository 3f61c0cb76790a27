"""What counts of a submission: the answers as sent with the editors' corrections and redactions over them.

Nothing else reads a raw submission for what a client gets to see.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from audit.db import db
from audit.review.layers import CommentRedaction, Correction, CorrectionConsent, PhotoRedaction
from audit.scoring import visit as scoring
from audit.visits import queries as visits
from audit.visits.models import Photo, Submission, Visit

Answers = dict[str, dict[str, Any]]
KEYS = ("screen", "pdf", "grid")
Place = tuple[str, str]  # question and part
Kept = TypeVar("Kept")


@dataclass(frozen=True)
class Effective:
    """A submission with its layers; `answers` is scored, `shown` is what a scorecard stores and tells.

    What stands at hidden questions is part of `answers` alone: nobody of the client learns of it.
    """

    answers: Answers  # scoring.md 1.4, with the corrections that count
    comments: dict[str, str]  # by question, as the client may read them
    photos: list[
        dict[str, str]
    ]  # {"id", "question", "screen", "pdf", "grid"}: redacted copies, none withheld
    corrections: list[Correction]  # those that count, oldest first
    shown: Answers  # `answers` with redacted texts, and with comments
    uncovered: list[str]  # questions whose words were covered once and have been written anew since


@dataclass(frozen=True)
class Covers:
    """Redactions of words by question and part ("comment" or "value").

    A redaction counts for the words it was made for, as long as they stand. It never replaces others.
    """

    counting: Mapping[Place, CommentRedaction]  # the newest over the words that stand
    void: Mapping[Place, CommentRedaction]  # the newest, where only other words were covered


def effective(visit: Visit, submission: Submission) -> Effective:
    """Lay all that counts over a submission of the visit; six queries at most, whatever there is."""
    corrections = counting(visit, submission, corrections_of(visit))
    answers = submitted_answers(submission)
    for one in corrections:
        given = answers.setdefault(one.question_id, {})
        for name in ("value", "na"):
            given.pop(name, None)
        given.update(one.new)
    covers = text_covers(visit, submission)
    states = scoring.states(visits.checklist_of(visit).checklist, answers)
    hidden = {question for question, state in states.items() if state == "hidden"}
    comments = _without(hidden, _comments(submission, covers.counting))
    photos = [photo for photo in _photos(visit, submission) if photo["question"] not in hidden]
    shown = _shown(_without(hidden, answers), comments, covers.counting)
    uncovered = sorted({question for question, _part in covers.void} - hidden)
    return Effective(answers, comments, photos, corrections, shown, uncovered)


def hidden_in(result: Mapping[str, Any]) -> set[str]:
    """The questions that were not asked in the end, of a stored result."""
    return {line["id"] for line in result.get("questions", []) if line.get("state") == "hidden"}


def _without(hidden: Collection[str], found: Mapping[str, Kept]) -> dict[str, Kept]:
    return {question: kept for question, kept in found.items() if question not in hidden}


def submitted_answers(submission: Submission) -> Answers:
    """A submission in the form of scoring.md 1.4, the photos counted from its own list."""
    found: Answers = {}
    for question in submission.payload["answers"]:
        kept = answer_in(submission, question)
        if kept:
            found[question] = kept
    counts = Counter(photo["question"] for photo in manifest(submission).values())
    for question, count in counts.items():
        found.setdefault(question, {})["photos"] = count
    return found


def answer_in(submission: Submission, question: str) -> dict[str, Any]:
    """Value or N/A of one question as it was sent; empty for a blank."""
    given = submission.payload["answers"].get(question, {})
    return {name: given[name] for name in ("value", "na") if name in given}


def comments_of(submission: Submission) -> dict[str, str]:
    """The shopper's comments by question."""
    answers = submission.payload["answers"].items()
    return {question: given["comment"] for question, given in answers if given.get("comment")}


def manifest(submission: Submission) -> Mapping[str, Mapping[str, str]]:
    """The photos that were sent, by id."""
    photos: Mapping[str, Mapping[str, str]] = submission.payload.get("photos", {})
    return photos


def corrections_of(visit: Visit) -> list[Correction]:
    """All corrections of the visit with their consents, oldest first: those that wait or failed too."""
    query = (
        select(Correction)
        .where(Correction.visit_id == visit.id)
        .options(joinedload(Correction.by), joinedload(Correction.consent).joinedload(CorrectionConsent.by))
        .order_by(Correction.id)
    )
    # A consent given in another transaction must be seen, also where the correction is known already.
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def waits(correction: Correction) -> bool:
    """Whether a second person still has to say yes or no."""
    return correction.needs_consent and correction.consent is None


def is_effective(correction: Correction) -> bool:
    """Whether it counts: nobody had to be asked, or the answer was yes."""
    if correction.consent is not None:
        return correction.consent.agreed
    return not correction.needs_consent


def lying_over(visit: Visit, submission: Submission, corrections: Iterable[Correction]) -> list[Correction]:
    """Those over an answer that the shopper has not given anew since, whether they count or not."""
    known = [one for one in corrections if one.round <= submission.round]
    since = _unchanged_since(visit, submission, known)
    return [one for one in known if one.round >= since[one.question_id]]


def counting(visit: Visit, submission: Submission, corrections: Iterable[Correction]) -> list[Correction]:
    """Those that count in this submission."""
    return lying_over(visit, submission, [one for one in corrections if is_effective(one)])


def _unchanged_since(
    visit: Visit, submission: Submission, corrections: Sequence[Correction]
) -> dict[str, int]:
    """By question the first round from which on the shopper sent what this submission says."""
    found = {one.question_id: submission.round for one in corrections}
    first = min((one.round for one in corrections), default=submission.round)
    if first == submission.round:
        return found
    query = select(Submission).where(
        Submission.visit_id == visit.id,
        Submission.status == "accepted",
        Submission.round.between(first, submission.round - 1),
    )
    earlier = list(db.session.scalars(query.order_by(Submission.round.desc())))
    for question in found:
        now = answer_in(submission, question)
        for before in earlier:
            if answer_in(before, question) != now:
                break
            found[question] = before.round
    return found


def words_at(submission: Submission, question: str, part: str) -> str:
    """What was written at a question: its "comment" or, of a text question, its "value"; empty for nothing."""
    given = submission.payload["answers"].get(question, {}).get(part)
    return given if isinstance(given, str) else ""


def text_covers(visit: Visit, submission: Submission) -> Covers:
    """The redactions of this submission's words; two queries, one where nothing was ever covered."""
    query = select(CommentRedaction).where(CommentRedaction.visit_id == visit.id)
    rows = list(db.session.scalars(query.order_by(CommentRedaction.id)))
    rounds = _rounds_until(submission) if rows else []
    counting: dict[Place, CommentRedaction] = {}
    void: dict[Place, CommentRedaction] = {}
    for row in rows:
        place = (row.question_id, row.part)
        written = words_at(submission, *place)
        covered = next((one for one in rounds if one.at <= row.at), rounds[-1])
        if not written:
            continue
        if words_at(covered, *place) == written:
            counting[place] = row
        elif written == row.text:
            void.pop(place, None)  # the shopper wrote what the editor had put there
        else:
            void[place] = row
    return Covers(counting, {place: row for place, row in void.items() if place not in counting})


def _rounds_until(submission: Submission) -> list[Submission]:
    """What counted of the visit, round by round, this one first."""
    query = select(Submission).where(
        Submission.visit_id == submission.visit_id,
        Submission.status == "accepted",
        Submission.round <= submission.round,
    )
    return list(db.session.scalars(query.order_by(Submission.round.desc())))


def photo_redactions(visit: Visit) -> dict[str, PhotoRedaction]:
    """The newest redaction by photo id."""
    query = (
        select(PhotoRedaction)
        .join(Photo, Photo.id == PhotoRedaction.photo_id)
        .where(Photo.visit_id == visit.id)
        .order_by(PhotoRedaction.id)
    )
    return {str(row.photo_id): row for row in db.session.scalars(query)}


def _comments(submission: Submission, redactions: Mapping[Place, CommentRedaction]) -> dict[str, str]:
    found = {}
    for question, comment in comments_of(submission).items():
        redacted = redactions.get((question, "comment"))
        text = comment if redacted is None else redacted.text
        if text:
            found[question] = text
    return found


def _photos(visit: Visit, submission: Submission) -> list[dict[str, str]]:
    """The copies that a client may see, in the order of the form; unreadable ones are the editor's matter."""
    sent = manifest(submission)
    redactions = photo_redactions(visit)
    found = []
    for photo in visits.photos_of(visit):
        redacted = redactions.get(str(photo.id))
        if photo.state != "stored" or str(photo.id) not in sent or (redacted and redacted.is_withheld):
            continue
        source = redacted if redacted is not None and redacted.areas else photo
        keys = {size: str(getattr(source, f"{size}_key")) for size in KEYS}
        found.append({"id": str(photo.id), "question": photo.question_id, **keys})
    return found


def _shown(
    answers: Answers,
    comments: Mapping[str, str],
    redactions: Mapping[Place, CommentRedaction],
) -> Answers:
    """A copy of the answers with redacted texts, and with comments."""
    kept = {question: dict(answer) for question, answer in answers.items()}
    for (question, part), redacted in redactions.items():
        if part == "value" and isinstance(kept.get(question, {}).get("value"), str):
            kept[question]["value"] = redacted.text
    for question, comment in comments.items():
        kept.setdefault(question, {})["comment"] = comment
    return kept
