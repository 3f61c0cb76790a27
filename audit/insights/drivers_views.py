"""What visits came to in the shoppers' own words, and what went with it: NPS, CSAT, shares, drivers."""

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Response, render_template, request

from audit.db import now
from audit.errors import NotFound
from audit.i18n import clock, gettext
from audit.insights import drivers, facts, files, rated_words, selection
from audit.insights.blueprint import bp, readers
from audit.insights.charts.gaps import Gap, gaps
from audit.insights.charts.look import Document
from audit.insights.selection import Selection
from audit.insights.sheet import Sheet
from audit.insights.sheets import ratings as sheets
from audit.insights.titles import Asked
from audit.insights.workbook import Facts
from audit.security import me


@bp.get("/network/drivers", endpoint="drivers")
@readers
def drivers_page() -> str:
    """NPS, CSAT and shares of yes of a wave; the drivers of a chosen outcome."""
    selected = selection.read(me())
    if selected is None:
        return render_template("insights/nothing.html")
    offered = drivers.outcomes(selected.wave)
    outcome = _outcome(offered)
    found = _found(selected, outcome)
    return render_template(
        "insights/drivers.html",
        selection=selected,
        wave=selected.wave,
        ratings=drivers.ratings_of(me(), selected),
        outcomes=offered,
        found=found,
        drawn=_drawn(found),
        pooled=_pooled(),
        kept=[(name, value) for name, value in _state(outcome).items() if value],
        words=rated_words,
        link=_linker(selected, outcome),
        visits=partial(selected.link, "insights.visits"),
    )


@bp.get("/network/drivers.xlsx", endpoint="drivers_xlsx")
@readers
def drivers_xlsx() -> Response:
    """The tables of the page as an Excel file."""
    selected, tables, found = _tables()
    known = [*facts.selection_facts(me(), selected), *_rests_on(found), (gettext("Made on"), clock(now()))]
    about = {"wave": selected.wave.name}
    return files.xlsx_answer(
        list(tables.values()), known, f"drivers-{selected.wave.id}", selected.client, **about
    )


@bp.get("/network/drivers/<name>.csv", endpoint="drivers_csv")
@readers
def drivers_csv(name: str) -> Response:
    """One of the tables of the page."""
    selected, tables, _found_too = _tables()
    if name not in tables:
        raise NotFound(gettext("There is no such table."))
    about = {"wave": selected.wave.name}
    return files.csv_answer(tables[name], f"{name}-{selected.wave.id}", selected.client, **about)


def _rests_on(found: drivers.Drivers | None) -> Facts:
    """The rating whose drivers are told, how many visits have it, and of which waves they are."""
    if found is None:
        return []
    outcome, (low, high) = found.outcome, found.ends
    return [
        (gettext("Rating"), f"{outcome.number}. {outcome.text} ({low}–{high})"),
        (gettext("Visits with this rating"), str(found.visits)),
        (gettext("Waves of these visits"), ", ".join(wave.name for wave in found.waves)),
    ]


def _tables() -> tuple[Selection, dict[str, Sheet], drivers.Drivers | None]:
    selected = selection.read(me())
    if selected is None:
        raise NotFound(gettext("No wave has been opened yet."))
    rated = drivers.ratings_of(me(), selected)
    tables = {"nps": sheets.nps(rated), "shares": sheets.shares(rated)}
    found = _found(selected, _outcome(drivers.outcomes(selected.wave)))
    if found is not None:
        tables["drivers"] = sheets.drivers(found)
    return selected, tables, found


def _found(selected: Selection, outcome: str) -> drivers.Drivers | None:
    return drivers.drivers_over(me(), selected, outcome, pooled=_pooled()) if outcome else None


def _pooled() -> bool:
    return request.args.get("waves") == "pooled"


def _drawn(found: drivers.Drivers | None) -> Document | None:
    """The chart of what could be tested."""
    if found is None or not found.tested:
        return None
    return gaps([_gap(line) for line in found.lines if line.driver.gap is not None])


def _gap(line: drivers.DriverLine) -> Gap:
    driver = line.driver
    brief = f"{rated_words.tenth(driver.gap)} ({driver.full} + {driver.less})"
    return Gap(
        f"{line.asked.number}. {line.asked.text}",
        driver.gap or 0,
        driver.low,
        driver.high,
        driver.clear,
        rated_words.gap_words(driver),
        brief,
    )


def _outcome(offered: list[Asked]) -> str:
    """The outcome in the address, else the first; NotFound for what is none."""
    asked = selection.words("outcome")
    if asked and asked not in {one.id for one in offered}:
        raise NotFound(gettext("There is no such question."))
    return asked or (offered[0].id if offered else "")


def _state(outcome: str) -> dict[str, str | None]:
    """What this page asks for beside the filter, as values of an address."""
    return {"outcome": outcome or None, "waves": "pooled" if _pooled() else None}


def _linker(selected: Selection, outcome: str) -> Callable[..., str]:
    """A maker of addresses of this page with the outcome and the waves that are shown."""
    state = _state(outcome)

    def link(endpoint: str | None = None, **changes: Any) -> str:
        return selected.link(endpoint, **{**state, **changes})

    return link
