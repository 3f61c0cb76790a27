"""One visit on the editor's desk: answers, photos, what each loses, what changed between rounds."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal

from audit.i18n import rounded, text_of
from audit.review import queries, words
from audit.review.corrected import comments_of, effective
from audit.review.differences import Layers, layers_of
from audit.review.models import Scorecard
from audit.scoring import visit as scoring
from audit.visits import outline
from audit.visits import queries as visits
from audit.visits.lifecycle import State
from audit.visits.models import Photo, ReturnNote, Submission, Visit, VisitEvent

Mark = Literal["full", "part", "none", "na", "hidden", "blank", "noted"]
Result = Mapping[str, Any]


@dataclass(frozen=True)
class Change:
    """What the shopper did with a question between two rounds; `note` is what the editor had asked."""

    round: int  # the round that was returned
    note: str
    by: str
    old: str
    new: str | None  # None: left as it was, or not sent again yet
    is_answered: bool  # whether a later round exists
    comment: tuple[str, str] | None  # old and new, where the comment changed


@dataclass
class Row:
    """One question with what counts of what was submitted; the comment is the shopper's own."""

    number: int
    id: str
    kind: str  # its type
    text: str
    factor: str
    mark: Mark
    said: str
    comment: str
    possible: Fraction
    lost: Fraction
    lost_shown: str
    is_knockout: bool
    photos: list[Photo]
    unreadable: list[Photo]
    layers: Layers  # what editors laid over it
    changes: list[Change] = field(default_factory=list)

    @property
    def worth(self) -> Fraction:
        """What the question was worth, for showing beside what it lost: never less than that.

        Points lost are rounded to add up (scoring.md 1.8), what a question was worth is rounded alone.
        """
        lost = Fraction(self.lost_shown)
        if self.lost == self.possible:
            return lost
        alone = Fraction(rounded(self.possible, 1))
        return alone if self.is_knockout else max(alone, lost)

    @property
    def is_long(self) -> bool:
        """Whether the answer is prose and not a word."""
        return len(self.said) > 60


@dataclass(frozen=True)
class Part:
    """A section of the journey with its rows."""

    title: str
    rows: list[Row]


@dataclass(frozen=True)
class ReviewPage:
    """What the page shows; `result` is the stored one after approval, before it what approving would give."""

    visit: Visit
    title: str
    parts: list[Part]
    result: Result | None
    scorecard: Scorecard | None
    losses: list[Row]
    unreadable: list[Row]
    submissions: list[Submission]
    conflicts: list[Submission]
    notes: list[ReturnNote]
    events: list[VisitEvent]
    can_reject: bool  # an earlier return exists
    layers: Layers

    @property
    def is_open(self) -> bool:
        """Whether it waits for an editor."""
        return self.visit.state == State.SUBMITTED

    @property
    def rows(self) -> list[Row]:
        """All questions in form order."""
        return [row for part in self.parts for row in part.rows]


def page_of(visit: Visit) -> ReviewPage:
    """Read a visit that was loaded with its branch and version: a fixed number of queries."""
    accepted, conflicts = queries.submissions_of(visit)
    notes = queries.notes_of(visit)
    scorecard = queries.scorecard_of(visit)
    known = visits.checklist_of(visit)
    latest = accepted[-1] if accepted else None
    found = effective(visit, latest) if latest else None
    layers = layers_of(visit, latest, found.uncovered if found else ())
    answers = found.answers if found else {}
    result: Result | None = None
    if scorecard is not None:
        result = scorecard.result
    elif accepted:
        result = scoring.score(known.checklist, answers)
    rows = _rows(visit, latest, result, answers, layers) if latest else {}
    _add_changes(visit, rows, accepted, notes)
    return ReviewPage(
        visit=visit,
        title=text_of(known.document.get("title")),
        parts=_parts(known.document, rows),
        result=result,
        scorecard=scorecard,
        losses=_losses(rows.values()),
        unreadable=[row for row in rows.values() if row.unreadable],
        submissions=accepted,
        conflicts=conflicts,
        notes=notes,
        events=queries.events_of(visit),
        can_reject=bool(notes),
        layers=layers,
    )


def _parts(document: Mapping[str, Any], rows: Mapping[str, Row]) -> list[Part]:
    parts = [
        Part(text_of(section.title), [rows[one["id"]] for one in section.questions if one["id"] in rows])
        for section in outline.sections(document)
    ]
    return [part for part in parts if part.rows]


def _losses(rows: Any) -> list[Row]:
    losing = [row for row in rows if row.lost > 0]
    return sorted(losing, key=lambda row: (-row.lost, row.number))


def _rows(
    visit: Visit, latest: Submission, result: Result | None, answers: Mapping[str, Any], layers: Layers
) -> dict[str, Row]:
    known = visits.checklist_of(visit)
    factors = {one["id"]: text_of(one.get("title")) or one["id"] for one in known.document["factors"]}
    comments = comments_of(latest)
    booked = {one["id"]: one for one in (result or {}).get("questions", [])}
    states = scoring.states(known.checklist, answers)
    fired = {one["question"] for one in (result or {}).get("knockouts", [])}
    photos = _photos(visit, latest)
    rows = {}
    for place, (name, question) in enumerate(known.questions.items(), start=1):
        booking = booked.get(name, {"state": states[name], "credit": None, "possible": "0", "lost": "0"})
        answer = answers.get(name, {})
        hidden = states[name] == "hidden"
        rows[name] = Row(
            number=place,
            id=name,
            kind=question["type"],
            text=text_of(question.get("text")) or name,
            factor=factors.get(question.get("factor", ""), ""),
            mark=_mark(booking, name in fired),
            said="" if hidden else words.said(question, answer, visit.branch.timezone),
            comment="" if hidden else comments.get(name, ""),
            possible=Fraction(booking["possible"]),
            lost=Fraction(booking["lost"]),
            lost_shown=booking.get("lost_shown", "0.0"),
            is_knockout=name in fired,
            photos=[photo for photo in photos[name] if photo.state != "unreadable"],
            unreadable=[photo for photo in photos[name] if photo.state == "unreadable"],
            layers=layers.at(name),
        )
    return rows


def _mark(booking: Mapping[str, Any], fired: bool) -> Mark:
    if booking["state"] != "answered":
        state: Mark = booking["state"]
        return state
    counts = fired or Fraction(booking["possible"]) > 0 or Fraction(booking["lost"]) != 0
    if booking["credit"] is None or not counts:
        return "noted"
    return {"1": "full", "0": "none"}.get(booking["credit"], "part")  # type: ignore[return-value]


def _photos(visit: Visit, submission: Submission) -> defaultdict[str, list[Photo]]:
    """The photos of what was submitted; a shopper who corrects may already have added others."""
    sent = submission.payload.get("photos", {})
    found: defaultdict[str, list[Photo]] = defaultdict(list)
    for photo in visits.photos_of(visit):
        if str(photo.id) in sent:
            found[photo.question_id].append(photo)
    return found


def _add_changes(
    visit: Visit, rows: Mapping[str, Row], accepted: Sequence[Submission], notes: Sequence[ReturnNote]
) -> None:
    """For each return: what was asked, before and after; also what changed without being asked."""
    asked: dict[int, dict[str, ReturnNote]] = defaultdict(dict)
    for one in notes:
        asked[one.round][one.question_id] = one
    questions = visits.checklist_of(visit).questions
    for place, before in enumerate(accepted):
        after = accepted[place + 1] if place + 1 < len(accepted) else None
        wanted = asked.get(before.round, {})
        for name, row in rows.items():
            old, new = _given(before, name), _given(after, name) if after else None
            if name not in wanted and (new is None or new == old):
                continue
            note = wanted.get(name)
            row.changes.append(_change(visit, questions[name], before.round, note, old, new))


def _given(submission: Submission, question: str) -> dict[str, Any]:
    """A question's answer in a submission as far as it can be compared: value, N/A, comment, photos."""
    answer = submission.payload["answers"].get(question, {})
    pictures = submission.payload.get("photos", {}).items()
    own = sorted(photo for photo, one in pictures if one["question"] == question)
    kept = {name: answer[name] for name in ("value", "na", "comment") if name in answer}
    return kept | {"pictures": own, "photos": len(own)}


def _change(
    visit: Visit,
    question: Mapping[str, Any],
    round_: int,
    note: ReturnNote | None,
    old: dict[str, Any],
    new: dict[str, Any] | None,
) -> Change:
    zone = visit.branch.timezone
    before = _with_pictures(question, old, zone)
    after = None
    if new is not None and new != old:
        after = _with_pictures(question, new, zone)
    comments = (old.get("comment", ""), new.get("comment", "") if new else "")
    return Change(
        round=round_,
        note=note.note if note else "",
        by=note.by.name if note else "",
        old=before,
        new=after,
        is_answered=new is not None,
        comment=comments if new is not None and comments[0] != comments[1] else None,
    )


def _with_pictures(question: Mapping[str, Any], given: Mapping[str, Any], zone: str) -> str:
    said = words.said(question, given, zone)
    if question["type"] == "photo" or not given["photos"]:
        return said
    return f"{said} · {words.said({'type': 'photo'}, given, zone)}"
