"""One branch: its waves, factors, questions, actions and scorecards."""

from collections.abc import Callable
from fractions import Fraction

from flask import render_template, request

from audit.branches.models import Branch
from audit.db import now
from audit.errors import NotFound
from audit.followup.action_queries import ActionFilter, page_of
from audit.followup.words import STATE_WORDS
from audit.i18n import gettext, language
from audit.insights import branch_page, selection, words
from audit.insights.blueprint import bp, readers
from audit.insights.branch_page import BranchPage
from audit.insights.branch_words import chart_points, facts_of, history_words
from audit.insights.charts.trend import trend
from audit.insights.compared import compared_branch
from audit.insights.history import WaveLine, branch_history
from audit.insights.pictures import mean_bar
from audit.insights.selection import Selection
from audit.insights.sheet import printed
from audit.insights.sheets.of_branch import tables_of
from audit.insights.view import sees_all_of
from audit.reports.data import bands_from
from audit.reports.scorecard import band_of, band_views
from audit.reports.view import BandView
from audit.review.models import Scorecard
from audit.security import me

ACTIONS = 5  # shown here; all of them are a click away


@bp.get("/network/branches/<int:branch_id>", endpoint="branch")
@readers
def show_branch(branch_id: int) -> str:
    """One branch over its waves and in the chosen one."""
    found, waves, chosen = asked_branch(branch_id)
    page = branch_page.page_of(me(), found, waves, chosen.wave if chosen else None)
    cards, total = branch_page.cards_of(me(), found, selection.page())
    pages = max(1, -(-total // branch_page.CARDS))
    actions, open_actions, counts = page_of(me(), ActionFilter(branch_id=found.id), 1, now())
    return render_template(
        "insights/branch.html",
        branch=found,
        selection=chosen,
        data=page,
        tables=tables_of(page),
        lists={"branch-actions": gettext("Actions"), "branch-scorecards": gettext("Scorecards")},
        facts=facts_of(page),
        printed=printed,
        mean_bar=mean_bar,
        history=trend(chart_points(page)) if sum(line.n > 0 for line in waves) > 1 else None,
        history_summary=history_words(page),
        words=words,
        names={line.wave.id: line.wave.name for line in waves},
        cards=cards,
        page=min(selection.page(), pages),
        pages=pages,
        actions=actions[:ACTIONS],
        open_actions=open_actions,
        counts=counts,
        state_words=STATE_WORDS,
        whole=sees_all_of(me(), found.client_id),
        band=bands_of(found),
    )


def asked_branch(branch_id: int) -> tuple[Branch, list[WaveLine], Selection | None]:
    """The branch, its waves, and the wave in the address or else its newest; NotFound out of scope."""
    found = compared_branch(me(), branch_id)
    waves = branch_history(me(), found)
    if request.args.get("wave"):
        chosen = selection.read(me())
        if chosen is None or chosen.wave.client_id != found.client_id:
            raise NotFound(gettext("There is no such wave."))
        return found, waves, chosen
    place = dict(request.view_args or {})
    usual = Selection(waves[0].wave, page=selection.page(), place=place) if waves else None
    return found, waves, usual


def page_for(branch_id: int) -> BranchPage:
    """The same for files: the branch in the wave of the address."""
    found, waves, chosen = asked_branch(branch_id)
    return branch_page.page_of(me(), found, waves, chosen.wave if chosen else None)


def bands_of(of: Branch) -> Callable[[Scorecard], BandView | None]:
    """What tells the grade of a scorecard at this branch; None without a score."""
    bands = band_views(bands_from(of.client.bands), language())
    return lambda card: None if card.overall is None else band_of(bands, Fraction(card.overall))
