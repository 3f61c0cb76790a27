"""Actions by person: one, a page of them, those beside a scorecard."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, and_, case, cast, func, literal, or_, select
from sqlalchemy.orm import aliased, contains_eager, joinedload, selectinload

from audit.accounts.models import Person
from audit.branches.models import Branch, Region
from audit.branches.queries import below, in_reach
from audit.checklists.published import published
from audit.db import db
from audit.errors import NotFound
from audit.followup.actions import today_of
from audit.followup.models import FINISHED, Action, ActionEvent, ActionState
from audit.i18n import gettext, text_of
from audit.review.models import Scorecard

PAGE = 50
TO_DO = (ActionState.PROPOSED, ActionState.OPEN, ActionState.FAILED_AGAIN)
CHOICES = ("todo", "overdue", *(state.value for state in ActionState), FINISHED, "all")
SORTS = ("urgency", "due", "branch", "state")
# Of the scorecard only what a line says: its documents are large.
_CARD = (Scorecard.number, Scorecard.visit_id, Scorecard.visited_on, Scorecard.version_id, Scorecard.edition)


@dataclass(frozen=True)
class ActionFilter:
    """What the list is narrowed to; `state` is one of CHOICES."""

    state: str = "todo"
    client_id: int | None = None
    region_id: int | None = None
    branch_id: int | None = None
    sort: str = "urgency"


@dataclass(frozen=True)
class ActionLine:
    """An action with its question in the reader's language, and whether its day has passed."""

    action: Action
    question: str
    number: int | None  # the question's place on the scorecard
    is_overdue: bool

    @property
    def title(self) -> str:
        """What is to be done: the branch's words, or the question while nobody has put it into words."""
        untouched = self.action.is_proposal and self.action.state == ActionState.PROPOSED
        return self.question if untouched and self.question else self.action.text


@dataclass(frozen=True)
class Counts:
    """How a selection of actions stands."""

    overdue: int
    undecided: int  # proposed, or failed again
    open: int  # overdue ones included
    done: int  # waiting for the next visit


def actions_for(person: Person) -> Select[Action]:
    """The actions of the branches in the person's scope, joined with Branch."""
    joined = and_(Branch.id == Action.branch_id, Branch.client_id == Action.client_id)
    return select(Action).join(Branch, joined).where(in_reach(person))


def action_for(person: Person, action_id: int) -> Action:
    """One action with its branch, scorecard and history; NotFound when it is out of scope."""
    return _one(actions_for(person), action_id)


def locked_action_for(person: Person, action_id: int) -> Action:
    """The same, locked until the commit: its changes come one after another."""
    query = actions_for(person).with_for_update(of=Action).execution_options(populate_existing=True)
    return _one(query, action_id)


def _one(query: Select[Action], action_id: int) -> Action:
    parts = (
        contains_eager(Action.branch),
        joinedload(Action.scorecard).load_only(*_CARD),
        selectinload(Action.events).joinedload(ActionEvent.by),
    )
    action = db.session.scalars(query.where(Action.id == action_id).options(*parts)).one_or_none()
    if action is None:
        raise NotFound(gettext("There is no such action, or it is not yours."))
    return action


def evidence_key(action: Action, place: int) -> str:
    """The storage key of a photo of an action by its place; NotFound for any other."""
    if not 0 <= place < len(action.evidence):
        raise NotFound(gettext("This action has no such photo."))
    key: str = action.evidence[place]
    return key


def is_overdue(at: datetime) -> ColumnElement[bool]:
    """The condition for actions whose day has passed at their branch; for a query joined with Branch."""
    today = cast(func.timezone(Branch.timezone, literal(at)), Date)
    return and_(Action.state.in_(TO_DO), Action.due_on < today)


def page_of(
    person: Person, wanted: ActionFilter, page: int, at: datetime
) -> tuple[list[ActionLine], int, Counts]:
    """One page (from 1), how many there are, and how all actions of this part of the network stand."""
    place = _within(actions_for(person), wanted)
    counts = _counts(place, at)
    query = place.where(_chosen(wanted.state, at))
    total = db.session.scalar(query.with_only_columns(func.count())) or 0
    query = query.options(
        contains_eager(Action.branch),
        joinedload(Action.scorecard).load_only(*_CARD).joinedload(Scorecard.version),
    )
    rows = db.session.scalars(query.order_by(*_order(wanted.sort, at)).limit(PAGE).offset((page - 1) * PAGE))
    return [line_of(action, at) for action in rows], total, counts


def _within(query: Select[Action], wanted: ActionFilter) -> Select[Action]:
    if wanted.client_id is not None:
        query = query.where(Action.client_id == wanted.client_id)
    if wanted.region_id is not None:
        # The ids are of one client: a region of another one has none of its branches below it.
        owner = db.session.scalar(select(Region.client_id).where(Region.id == wanted.region_id)) or 0
        query = query.where(Branch.client_id == owner, Branch.region_id.in_(below(owner, {wanted.region_id})))
    if wanted.branch_id is not None:
        query = query.where(Action.branch_id == wanted.branch_id)
    return query


def _chosen(state: str, at: datetime) -> ColumnElement[bool]:
    if state == "todo":
        return Action.state.in_(TO_DO)
    if state == "overdue":
        return is_overdue(at)
    if state == "all":
        return Action.id.is_not(None)
    if state == FINISHED:
        return and_(Action.state == ActionState.DONE, Action.question_id.is_(None))
    if state == ActionState.DONE:
        return _waits()
    return Action.state == state


def _waits() -> ColumnElement[bool]:
    """Done, and a visit can still speak about it."""
    return and_(Action.state == ActionState.DONE, Action.question_id.is_not(None))


def _order(sort: str, at: datetime) -> tuple[Any, ...]:
    """Urgency: overdue, failed again, open by day, proposed, done, then what is settled."""
    ranks = {
        ActionState.FAILED_AGAIN: 1,
        ActionState.OPEN: 2,
        ActionState.PROPOSED: 3,
        ActionState.DONE: 4,
    }
    urgency = case(
        (is_overdue(at), 0), *((Action.state == state, rank) for state, rank in ranks.items()), else_=5
    )
    first = {"branch": Branch.name, "state": urgency, "urgency": urgency, "due": Action.due_on}
    key = sort.removeprefix("-")
    column = first.get(key, urgency)
    led = column.desc().nulls_last() if sort.startswith("-") else column.asc().nulls_last()
    return led, Action.due_on.asc().nulls_last(), Action.lost.desc().nulls_last(), Action.id


def counts_by_branch(person: Person, at: datetime) -> dict[int, Counts]:
    """How the actions of each branch in scope stand; a branch without any is left out."""
    query = actions_for(person).with_only_columns(Action.branch_id, *_counters(at)).group_by(Action.branch_id)
    rows = db.session.execute(query).all()
    return {row[0]: Counts(row[1], row[2], row[3], row[4]) for row in rows}


def _counts(place: Select[Action], at: datetime) -> Counts:
    row = db.session.execute(place.with_only_columns(*_counters(at))).one()
    return Counts(row[0], row[1], row[2], row[3])


def _counters(at: datetime) -> tuple[ColumnElement[int], ...]:
    """The columns of `Counts`."""

    def many(condition: ColumnElement[bool]) -> ColumnElement[int]:
        return func.count(case((condition, 1)))

    undecided = Action.state.in_((ActionState.PROPOSED, ActionState.FAILED_AGAIN))
    return (
        many(is_overdue(at)),
        many(undecided),
        many(Action.state == ActionState.OPEN),
        many(_waits()),
    )


def line_of(action: Action, at: datetime) -> ActionLine:
    """What a list says of an action."""
    known = published(action.scorecard.version)
    question = known.questions.get(action.question_id or "")
    text = text_of(question.get("text")) or str(action.question_id) if question else ""
    number = known.order[action.question_id] + 1 if question and action.question_id else None
    overdue = (
        action.state in TO_DO and action.due_on is not None and action.due_on < today_of(action.branch, at)
    )
    return ActionLine(action, text, number, overdue)


def beside_card(card: Scorecard, at: datetime) -> list[ActionLine]:
    """The actions that this visit proposed or was about, and those it has settled; by question, then age."""
    made, settled = aliased(Scorecard), aliased(Scorecard)
    query = (
        select(Action)
        .join(made, made.id == Action.scorecard_id)
        .outerjoin(settled, settled.id == Action.settled_by_id)
        .where(Action.client_id == card.client_id, Action.branch_id == card.branch_id)
        .where(or_(made.visit_id == card.visit_id, settled.visit_id == card.visit_id))
        .options(
            joinedload(Action.branch),
            joinedload(Action.scorecard).load_only(*_CARD).joinedload(Scorecard.version),
        )
    )
    lines = [line_of(action, at) for action in db.session.scalars(query.order_by(Action.id))]
    return sorted(lines, key=lambda line: (line.number is None, line.number or 0, line.action.id))


def same_question(action: Action) -> list[Action]:
    """The branch's other actions about the same question, newest first."""
    if action.question_id is None:
        return []
    query = select(Action).where(
        Action.client_id == action.client_id,
        Action.branch_id == action.branch_id,
        Action.question_id == action.question_id,
        Action.id != action.id,
    )
    return list(db.session.scalars(query.order_by(Action.id.desc()).limit(10)))
