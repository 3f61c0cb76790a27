"""Figures of a wave: the network, its regions, branches, factors, sections and questions."""

from audit.api import asking, figures, paging
from audit.api.endpoints import FILTER, PIECES, get
from audit.api.rows import Branches, Coverage, Groups, Network, Parts, Questions, Regions
from audit.insights.view import View, view_of
from audit.security import me


def _view() -> View:
    return view_of(me(), asking.chosen())


@get("/network", Network, *FILTER)
def network() -> Network:
    """The whole network with its change, and the branches of the filter."""
    return figures.network(_view())


@get("/branches", Branches, *FILTER, *PIECES)
def branches() -> Branches:
    """Branches with range, rank range, flag, trend, factors and sections."""
    asked, view = paging.wanted(), _view()
    lines, following = paging.piece(view.lines, lambda line: line.id, asked)
    view.statistics.table.load([line.id for line in lines])
    return Branches(
        wave=figures.wave_name(view),
        data=[figures.branch(view, line) for line in lines],
        next_cursor=following,
    )


@get("/regions", Regions, *FILTER)
def regions() -> Regions:
    """Regions by the network's formula over their branches."""
    view = _view()
    return Regions(wave=figures.wave_name(view), data=figures.regions(view))


@get("/formats", Groups, *FILTER)
def formats() -> Groups:
    """Formats of branches by the network's formula."""
    view = _view()
    return Groups(wave=figures.wave_name(view), data=figures.groups(view, "format"))


@get("/channels", Groups, *FILTER)
def channels() -> Groups:
    """Channels by the network's formula."""
    view = _view()
    return Groups(wave=figures.wave_name(view), data=figures.groups(view, "channel"))


@get("/factors", Parts, *FILTER)
def factors() -> Parts:
    """Factors over the branches of the filter."""
    view = _view()
    return Parts(wave=figures.wave_name(view), data=figures.parts(view, "factor", view.factors))


@get("/sections", Parts, *FILTER)
def sections() -> Parts:
    """Sections of the journey over the branches of the filter."""
    view = _view()
    return Parts(wave=figures.wave_name(view), data=figures.parts(view, "section", view.sections))


@get("/questions", Questions, *FILTER)
def questions() -> Questions:
    """Questions as counts, with the points that they lost a visit."""
    view = _view()
    return Questions(wave=figures.wave_name(view), data=figures.questions(view))


@get("/coverage", Coverage, *FILTER)
def coverage() -> Coverage:
    """How far the visits have come by region: counts of states, no times."""
    view = _view()
    return Coverage(wave=figures.wave_name(view), data=figures.coverage(view))
