"""Making a scorecard at approval: the answers as corrected, scored once, stored for ever."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, insert, select

from audit.accounts.models import Person
from audit.branches.models import Branch, Client
from audit.db import db
from audit.errors import Conflict
from audit.i18n import gettext as _
from audit.review.corrected import effective
from audit.review.lines import ScorecardSection
from audit.review.models import Scorecard, ScorecardFactor, ScorecardQuestion
from audit.scoring import visit as scoring
from audit.scoring.display import half_away
from audit.visits import queries as visits
from audit.visits.models import Photo, Visit

DECIMALS = 30
NOON, AFTERNOON = (
    11,
    14,
)  # the hours at which noon begins and ends; then it is evening, as in the sampling plan


def make(visit: Visit, by: Person, at: datetime) -> Scorecard:
    """Score the latest accepted submission with its corrections and store the result with its lines; flushes.

    Callers hold the visit's lock and have had the photos prepared. Conflict when words that were covered have been
    written anew (`covers`), and when what was submitted cannot be scored, which a submission's own check rules out.
    """
    return _made(visit, by, at)


def make_edition(card: Scorecard, by: Person, at: datetime, reason: str) -> Scorecard:
    """Score the same visit again, with what counts now, as the next edition of its scorecard; flushes.

    The given one stays as it is, but is no longer the current one. Callers hold the visit's lock, and release
    the new one (editions.py). Conflict as in `make`.
    """
    card.is_current = False
    db.session.flush()  # at most one edition is the current one at any time
    return _made(card.visit, by, at, number=card.number, edition=card.edition + 1, reason=reason)


def _made(visit: Visit, by: Person, at: datetime, **again: Any) -> Scorecard:
    submission = visits.submission_of(visit)
    if submission is None:
        raise Conflict(_("Nothing has been submitted for this visit."), code="no_submission")
    layers = effective(visit, submission)
    _check_covers(visit, layers.uncovered)
    result = scoring.score(visits.checklist_of(visit).checklist, layers.answers)
    if result["status"] not in ("scored", "not_scorable"):
        raise Conflict(
            _("These answers cannot be scored as they stand: return the visit."), code="not_complete"
        )
    card = _card(visit, result, by, at, **again)
    card.answers, card.photos = layers.shown, list(layers.photos)
    db.session.add(card)
    db.session.flush()
    _add_lines(card.id, result)
    return card


def _check_covers(visit: Visit, questions: Iterable[str]) -> None:
    order = visits.checklist_of(visit).order
    numbers = ", ".join(str(order[question] + 1) for question in sorted(questions, key=order.__getitem__))
    if numbers:
        raise Conflict(
            _(
                "Words that had been covered for the client have been written anew: question %(numbers)s. Cover them "
                "again, or save them as they are.",
                numbers=numbers,
            ),
            code="covers",
        )


def _card(visit: Visit, result: Mapping[str, Any], by: Person, at: datetime, **again: Any) -> Scorecard:
    branch = db.session.get_one(Branch, visit.branch_id)
    day, daypart = when(visit, branch.timezone)
    return Scorecard(
        **again or {"number": _number(visit, day)},
        visit_id=visit.id,
        client_id=visit.client_id,
        wave_id=visit.wave_id,
        branch_id=visit.branch_id,
        version_id=visit.version_id,
        status=result["status"],
        overall=stored(result.get("overall")),
        before_knockouts=stored(result.get("before_knockouts")),
        knockouts=sum(fired["scope"] == "visit" for fired in result.get("knockouts", [])),
        visited_on=day,
        daypart=daypart,
        result=dict(result),
        made_at=at,
        made_by_id=by.id,
    )


def when(visit: Visit, zone: str) -> tuple[date, str]:
    """The branch's day and daypart of a visit: all that a client learns of its time."""
    moment = visit.visited_at or visit.started_at or visit.submitted_at
    if moment is None:
        raise Conflict(_("Nothing has been submitted for this visit."), code="no_submission")
    local = moment.astimezone(ZoneInfo(zone))
    if local.hour < NOON:
        return local.date(), "morning"
    return local.date(), "noon" if local.hour < AFTERNOON else "evening"


def _number(visit: Visit, day: date) -> str:
    """Gaps are possible (an approval that failed), repetitions are not."""
    code = db.session.get_one(Client, visit.client_id).code
    following = db.session.scalar(select(func.nextval("scorecard_number")))
    return f"{code}-{day.year}-{following:05d}"


def unprepared(visit: Visit) -> bool:
    """Whether some photo still waits for its copies."""
    query = select(Photo.id).where(
        Photo.visit_id == visit.id, Photo.state == "received", Photo.removed_at.is_(None)
    )
    return db.session.scalar(query.limit(1)) is not None


def _add_lines(card_id: int, result: Mapping[str, Any]) -> None:
    factors = list(_lines(card_id, "factor_id", result.get("factors", []), ("possible", "score")))
    questions = list(
        _lines(card_id, "question_id", result.get("questions", []), ("credit", "possible", "lost"))
    )
    sections = list(_lines(card_id, "section_id", result.get("sections", []), ("possible", "score")))
    if factors:
        db.session.execute(insert(ScorecardFactor), factors)
    if sections:
        db.session.execute(insert(ScorecardSection), sections)
    for line, one in zip(questions, result.get("questions", []), strict=True):
        line["state"] = one["state"]
    if questions:
        db.session.execute(insert(ScorecardQuestion), questions)


def _lines(
    card_id: int, key: str, rows: Iterable[Mapping[str, Any]], figures: tuple[str, ...]
) -> Iterable[dict[str, Any]]:
    for row in rows:
        yield {"scorecard_id": card_id, key: row["id"], **{name: stored(row[name]) for name in figures}}


def stored(value: str | None) -> Decimal | None:
    """An exact number of a result with thirty decimals, half away from zero; see docs/decisions/0003."""
    if value is None:
        return None
    with localcontext(prec=DECIMALS * 3):
        return Decimal(half_away(Fraction(value) * 10**DECIMALS)).scaleb(-DECIMALS)
