"""The lists of a branch's page in full, to take along: its actions and its scorecards."""

from collections.abc import Callable, Sequence

from sqlalchemy.orm import contains_eager, joinedload, load_only

from audit.accounts.models import Person
from audit.branches.models import Branch
from audit.db import db, now
from audit.followup.action_queries import ActionLine, actions_for, line_of
from audit.followup.models import Action
from audit.followup.words import STATE_WORDS
from audit.i18n import gettext as _
from audit.insights.branch_page import LISTED
from audit.insights.figures import released
from audit.insights.sheet import Column, Kind, Sheet
from audit.reports.view import BandView
from audit.review.models import Scorecard

Band = Callable[[Scorecard], BandView | None]


def lists_of(person: Person, branch: Branch, band: Band) -> dict[str, Sheet]:
    """Both by name; `band` tells the grade of a scorecard."""
    return {
        "branch-actions": _actions(_action_lines(person, branch)),
        "branch-scorecards": _scorecards(_cards(person, branch), band),
    }


def _action_lines(person: Person, branch: Branch) -> list[ActionLine]:
    """The newest first, with what a line says."""
    card = joinedload(Action.scorecard)
    query = actions_for(person).where(Action.branch_id == branch.id).order_by(Action.id.desc())
    parts = card.load_only(Scorecard.number, Scorecard.version_id, Scorecard.visited_on)
    query = query.options(contains_eager(Action.branch), parts.joinedload(Scorecard.version))
    at = now()
    return [line_of(action, at) for action in db.session.scalars(query)]


def _cards(person: Person, branch: Branch) -> Sequence[Scorecard]:
    query = released(person).where(Scorecard.branch_id == branch.id)
    query = query.options(
        load_only(*LISTED, Scorecard.edition, Scorecard.before_knockouts), joinedload(Scorecard.wave)
    )
    return db.session.scalars(query.order_by(Scorecard.visited_on.desc(), Scorecard.id.desc())).all()


def _actions(lines: Sequence[ActionLine]) -> Sheet:
    rows = [
        {
            "action": line.title,
            "number": line.number,
            "question": line.question or None,
            "state": str(STATE_WORDS[line.action.said_state][0]),
            "due": line.action.due_on,
            "overdue": _("overdue") if line.is_overdue else None,
            "lost": line.action.lost,
            "department": line.action.department or None,
            "owner": line.action.owner or None,
            "scorecard": line.action.scorecard.number,
        }
        for line in lines
    ]
    columns = [
        Column("action", _("Action"), about=_("What is to be done; a proposal is named by its question.")),
        Column("number", _("Number"), Kind.COUNT, _("The question's place in the checklist.")),
        Column("question", _("Question"), about=_("The question that it is about.")),
        Column("state", _("State"), about=_("How far it is.")),
        Column("due", _("Done by"), Kind.DATE, _("The day by which it is to be done.")),
        Column("overdue", _("Overdue"), about=_("Whether that day has passed at the branch.")),
        Column("lost", _("Lost"), Kind.POINTS, _("Points that the question lost in the visit.")),
        Column("department", _("Department"), about=_("Who takes care of it.")),
        Column("owner", _("Responsible"), about=_("A function or name that the branch chose.")),
        Column("scorecard", _("Scorecard"), about=_("The visit from which it comes.")),
    ]
    return Sheet("branch-actions", _("Actions"), columns, rows)


def _scorecards(cards: Sequence[Scorecard], band: Band) -> Sheet:
    dayparts = {"morning": _("morning"), "noon": _("noon"), "evening": _("evening")}
    rows = [
        {
            "number": card.number,
            "edition": card.edition,
            "wave": card.wave.name,
            "day": card.visited_on,
            "daypart": dayparts.get(card.daypart, card.daypart),
            "overall": card.overall,
            "grade": grade.title if (grade := band(card)) else _("not scored"),
            "before": card.before_knockouts,
            "knockouts": card.knockouts,
        }
        for card in cards
    ]
    columns = [
        Column("number", _("Scorecard"), about=_("The number of the scorecard; its newest edition counts.")),
        Column(
            "edition", _("Edition"), Kind.COUNT, _("1, and one more for each correction that was released.")
        ),
        Column("wave", _("Wave"), about=_("The period in which the visit was made.")),
        Column("day", _("Day of the visit"), Kind.DATE, _("The day, without a time.")),
        Column("daypart", _("Daypart"), about=_("The part of the day in which the visit began.")),
        Column("overall", _("Score"), Kind.SCORE, _("The score of the visit, after knock-outs.")),
        Column("grade", _("Grade"), about=_("By the client's grades of today.")),
        Column(
            "before",
            _("Score before knock-outs"),
            Kind.SCORE,
            _("The score without visit knock-outs: what all comparisons use."),
        ),
        Column("knockouts", _("Knock-outs"), Kind.COUNT, _("Knock-outs of the whole visit that fired.")),
    ]
    return Sheet("branch-scorecards", _("Scorecards"), columns, rows)
