"""Answers counted for NPS, CSAT and drivers, over the released current scorecards in scope and filter."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import CTE, func, literal, select, true
from sqlalchemy.orm import aliased
from sqlalchemy.sql.selectable import LateralFromClause

from audit.accounts.models import Person
from audit.db import db
from audit.insights import narrowing, rated
from audit.insights.figures import released
from audit.insights.parts import Part, parts_of
from audit.insights.rated import Question
from audit.insights.selection import Selection
from audit.review.models import Scorecard, ScorecardQuestion

Ratings = Mapping[str, Mapping[int, int]]  # by question how often each value was chosen


class Met(NamedTuple):
    """How often a question stood beside each rating: with full credit, and with less."""

    full: dict[int, int]
    less: dict[int, int]


def ratings(
    person: Person,
    selection: Selection,
    questions: Sequence[Question],
    wave_ids: Collection[int] | None = None,
) -> Ratings:
    """How often each value of these scales was chosen in the wave, or in these waves of its client."""
    by_id = {question["id"]: question for question in questions}
    if not by_id:
        return {}
    card = _cards(person, selection, wave_ids)
    line = _lines(card, by_id)
    query = select(line.c.question_id, line.c.credit, func.count()).select_from(card).join(line, true())
    found: dict[str, dict[int, int]] = {name: {} for name in by_id}
    for name, credit, count in db.session.execute(query.group_by(line.c.question_id, line.c.credit)):
        value = rated.rating(by_id[name], credit)
        found[name][value] = found[name].get(value, 0) + count
    return found


def beside(
    person: Person,
    selection: Selection,
    outcome: Question,
    question_ids: Collection[str],
    wave_ids: Collection[int],
) -> dict[str, Met]:
    """By question which ratings of the outcome came with full credit and which with less."""
    card = _cards(person, selection, wave_ids)
    told, line = _lines(card, [outcome["id"]], "told"), _lines(card, question_ids)
    met = line.c.credit == 1
    query = select(line.c.question_id, met, told.c.credit, func.count()).select_from(card)
    query = query.join(told, true()).join(line, true())
    found: dict[str, Met] = defaultdict(lambda: Met({}, {}))
    for name, full, credit, count in db.session.execute(
        query.group_by(line.c.question_id, met, told.c.credit)
    ):
        side = found[name].full if full else found[name].less
        value = rated.rating(outcome, credit)
        side[value] = side.get(value, 0) + count
    return dict(found)


def answered(person: Person, selection: Selection) -> Mapping[str, Part]:
    """By question its answers over the branches that are meant, from the stored sums."""
    wave = selection.wave
    reached = list(db.session.scalars(narrowing.branch_ids(person, wave.client_id, selection)))
    return parts_of(wave.id, reached, ("question",))["question"]


def _cards(person: Person, selection: Selection, wave_ids: Collection[int] | None) -> CTE:
    """The scorecards that count, found before their lines are read."""
    wave = selection.wave
    reached = narrowing.branch_ids(person, wave.client_id, selection)
    waves = [wave.id] if wave_ids is None else list(wave_ids)
    query = released(person).where(Scorecard.wave_id.in_(waves), Scorecard.branch_id.in_(reached))
    return query.with_only_columns(Scorecard.id).cte("card").prefix_with("MATERIALIZED")


def _lines(card: CTE, question_ids: Collection[str], name: str = "line") -> LateralFromClause:
    """Beside each scorecard its credits of these questions; an OFFSET, so that no other lines are read."""
    own = aliased(ScorecardQuestion)
    query = select(own.question_id, own.credit).where(
        own.scorecard_id == card.c.id, own.question_id.in_(list(question_ids)), own.credit.is_not(None)
    )
    return query.correlate(card).offset(literal(0, literal_execute=True)).lateral(name)
