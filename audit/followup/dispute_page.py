"""What the pages say of disputes: numbers and texts of questions, answers in words, who may decide."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from audit.accounts.models import Person
from audit.accounts.texts import ROLE_WORDS
from audit.checklists.published import Published, published
from audit.db import db
from audit.followup import disputes
from audit.followup.models import Dispute
from audit.followup.naming import name_to, speaks_for
from audit.i18n import text_of
from audit.review import words
from audit.review.models import Scorecard
from audit.review.queries import approver_id, current_of
from audit.visits.forms import AnswerField, answer_form
from audit.visits.models import Visit

Question = Mapping[str, Any]


@dataclass(frozen=True)
class Choice:
    """A question that may be objected to; `lost` as the scorecard shows it, empty for nothing."""

    id: str
    number: int
    text: str
    said: str
    lost: str

    @property
    def label(self) -> str:
        """As a list offers it."""
        return f"{self.number}. {self.text}"


@dataclass(frozen=True)
class Line:
    """A dispute as it stands beside a scorecard or in the list."""

    dispute: Dispute
    number: int
    text: str
    by: str  # name and role
    is_late: bool

    @property
    def state(self) -> str:
        """open, upheld or declined."""
        if self.dispute.outcome is None:
            return "open"
        return "upheld" if self.dispute.outcome.upheld else "declined"


@dataclass(frozen=True)
class DisputePage:
    """One dispute on the agency's desk."""

    line: Line
    card: Scorecard  # the edition it objects to
    current: Scorecard
    question: Question
    said: str  # the answer that is disputed
    comment: str
    lost: str
    photos: Sequence[int]  # places among the scorecard's photos
    corrected: str  # the answer of the new edition, once upheld
    is_approver: bool  # so that answering is somebody else's
    is_shopper: bool


def choices_of(card: Scorecard) -> list[Choice]:
    """The questions of a scorecard to choose among, in form order."""
    known = published(card.version)
    return [_choice(card, known, name) for name in disputes.disputable(card)]


def _choice(card: Scorecard, known: Published, name: str) -> Choice:
    question = known.questions[name]
    return Choice(
        id=name,
        number=known.order[name] + 1,
        text=text_of(question.get("text")) or name,
        said=words.said(question, card.answers.get(name, {})),
        lost=_lost(card, name),
    )


def _said_in_full(card: Scorecard, question: Question) -> str:
    """With the times of a duration: for the agency."""
    return words.said(question, card.answers.get(question["id"], {}), card.branch.timezone)


def _lost(card: Scorecard, name: str) -> str:
    lines = card.result.get("questions", [])
    shown = next((line["lost_shown"] for line in lines if line["id"] == name), "0")
    return str(shown) if Fraction(shown) else ""


def line_of(dispute: Dispute, card: Scorecard, at: datetime, reader: Person) -> Line:
    """A dispute in words; `card` is any edition of its scorecard."""
    known = published(card.version)
    question = known.questions.get(dispute.question_id, {})
    return Line(
        dispute=dispute,
        number=known.order.get(dispute.question_id, 0) + 1,
        text=text_of(question.get("text")) or dispute.question_id,
        by=name_and_role(dispute.by, dispute.client_id, reader),
        is_late=dispute.outcome is None and dispute.answer_by < at,
    )


def name_and_role(person: Person, client_id: int, reader: Person) -> str:
    """Somebody of the client's side as this reader may know them."""
    name, role = name_to(reader, person, client_id), speaks_for(person, client_id)
    return f"{name} ({ROLE_WORDS[role]})" if role else name


def page_of(dispute: Dispute, reader: Person, at: datetime) -> DisputePage:
    """The dispute for an editor or admin."""
    card = dispute.scorecard
    visit = db.session.get_one(Visit, dispute.visit_id)
    question = published(card.version).questions[dispute.question_id]
    outcome = dispute.outcome
    edition = db.session.get(Scorecard, outcome.scorecard_id) if outcome and outcome.scorecard_id else None
    return DisputePage(
        line=line_of(dispute, card, at, reader),
        card=card,
        current=current_of(card),
        question=question,
        said=_said_in_full(card, question),
        comment=str(card.answers.get(dispute.question_id, {}).get("comment", "")),
        lost=_lost(card, dispute.question_id),
        photos=[place for place, photo in enumerate(card.photos) if photo["question"] == dispute.question_id],
        corrected=_said_in_full(edition, question) if edition else "",
        is_approver=approver_id(visit) == reader.id,
        is_shopper=visit.shopper_id == reader.id,
    )


def answer_field(view: DisputePage) -> AnswerField:
    """The inputs of the question for its right answer: empty, or as posted."""
    return next(answer_form([view.question], view.card.branch.timezone, {}).answers())
