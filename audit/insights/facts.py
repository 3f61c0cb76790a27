"""What a file or report is of: client, wave, version, selection, dates, counts, and what its figures rest on."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, select

from audit.accounts.models import Person
from audit.db import db
from audit.i18n import clock, day, number
from audit.i18n import gettext as _
from audit.insights.asking import Asked
from audit.insights.branch_page import BranchPage
from audit.insights.figures import released
from audit.insights.narrowing import branch_ids, narrowing_words
from audit.insights.result_words import result_words
from audit.insights.room import version_words
from audit.insights.selection import Selection
from audit.insights.sheet import Kind, printed
from audit.insights.statistics import WaveStatistics
from audit.insights.view import View, sees_all_of
from audit.insights.workbook import Facts
from audit.review.models import Scorecard
from audit.waves.models import Wave

OTHER_RULES, FIRST = "other_rules", "first"


def facts_of(view: View) -> Facts:
    """Of the figures of a selection."""
    shown, figures = view.shown, view.statistics
    counted = _("%(visited)s of %(existing)s", visited=shown.branches, existing=shown.existing)
    return [
        *selection_facts(view.person, view.selection),
        (_("Branches with a score"), counted),
        (_("Scored visits"), str(shown.visits)),
        (_("Visits without a score"), str(shown.unscored)),
        (_("Visits with a knock-out"), str(shown.incidents)),
        (_("Days of the visits"), _days(*days_of(view.person, view.selection))),
        *_spread_facts(figures),
        (_("Made on"), clock(view.at)),
    ]


def _spread_facts(figures: WaveStatistics) -> Facts:
    return [
        (_("Spread of visits"), _spread(figures.s, figures.df, figures.has_ranges)),
        (_("Spread of branches"), "–" if figures.tau is None else printed(figures.tau, Kind.POINTS)),
        (_("Waves in the spread"), ", ".join(_wave_names(figures.pooled))),
        (
            _("Compared with"),
            figures.previous.name if figures.previous else no_change_words(figures.why_no_change),
        ),
    ]


def branch_facts(person: Person, page: BranchPage, at: datetime) -> Facts:
    """Of the tables of a branch: the wave and its checklist, and what the figures rest on."""
    branch, wave, own, figures = page.branch, page.wave, page.own, page.statistics
    found = [(_("Client"), branch.client.name), (_("Branch"), f"{branch.name} ({branch.code})")]
    if wave is not None and own is not None and figures is not None:
        found += [
            *_wave_facts(wave),
            (_("Scored visits"), str(own.n)),
            (_("Visits without a score"), str(own.unscored)),
            (_("Visits with a knock-out"), str(own.incidents)),
            (_("Days of the visits"), _days(*_days_at(person, wave, [branch.id]))),
            *_spread_facts(figures),
        ]
    return [*found, (_("Made on"), clock(at))]


def selection_facts(person: Person, selection: Selection) -> Facts:
    """Of whatever is taken along: what was chosen."""
    return [
        (_("Client"), selection.client.name),
        *_wave_facts(selection.wave),
        (_("Selection"), selection_words(person, selection)),
    ]


def _wave_facts(wave: Wave) -> Facts:
    return [
        (_("Wave"), f"{wave.name} ({day(wave.starts_on)} – {day(wave.ends_on)})"),
        (_("Checklist"), version_words(wave.version)),
    ]


def asked_facts(asked: Asked) -> Facts:
    """Of a list of visits: the branch, the question, what it came to, the waves; nothing for what was not asked."""
    found = []
    if asked.branch is not None:
        found.append((_("Branch"), f"{asked.branch.name} ({asked.branch.code})"))
    if asked.title is not None:
        found.append((_("Question"), f"{asked.title.number}. {asked.title.text}"))
    if asked.beside is not None:
        found.append((_("With an answer to"), f"{asked.beside.number}. {asked.beside.text}"))
    if asked.result:
        found.append((_("Which visits"), result_words()[asked.result]))
    if asked.pooled:
        found.append((_("Waves"), ", ".join(wave.name for wave in asked.waves)))
    return found


def selection_words(person: Person, selection: Selection) -> str:
    """Which branches: the whole network, an area, and what they are narrowed to."""
    reach = _("the whole network") if sees_all_of(person, selection.client.id) else _("your area")
    return " · ".join([reach, *narrowing_words(selection)])


def no_change_words(why: str) -> str:
    """Why there is no wave to compare with."""
    if why == OTHER_RULES:
        return _("none: the earlier waves were scored by other rules")
    return _("none: this is the first wave")


def days_of(person: Person, selection: Selection) -> tuple[date | None, date | None]:
    """The first and the last day of the released visits of the selection."""
    return _days_at(person, selection.wave, branch_ids(person, selection.client.id, selection))


def _days_at(
    person: Person, wave: Wave, fitting: Collection[int] | Select[Any]
) -> tuple[date | None, date | None]:
    query = released(person).where(Scorecard.wave_id == wave.id, Scorecard.branch_id.in_(fitting))
    days = func.min(Scorecard.visited_on), func.max(Scorecard.visited_on)
    first, last = db.session.execute(query.with_only_columns(*days)).one()
    return first, last


def _days(first: date | None, last: date | None) -> str:
    return "–" if first is None else f"{day(first)} – {day(last)}"


def _spread(s: float | None, df: int, known: bool) -> str:
    if s is None or not known:
        return _("not known: too few repeated visits (%(df)s)", df=df)
    return _("s = %(s)s points, from %(df)s repeated visits", s=printed(s, Kind.POINTS), df=number(df, 0))


def _wave_names(wave_ids: tuple[int, ...]) -> list[str]:
    names = dict(db.session.execute(select(Wave.id, Wave.name).where(Wave.id.in_(wave_ids))).all())
    return [names[wave_id] for wave_id in wave_ids if wave_id in names]
