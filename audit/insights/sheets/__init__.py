"""The tables of a wave by their names in addresses: each makes a sheet of a view."""

from collections.abc import Callable, Mapping

from audit.insights.sheet import Sheet
from audit.insights.sheets import (
    branches,
    coverage,
    factors,
    formats,
    heat,
    network,
    questions,
    regions,
    sections,
)
from audit.insights.view import View

ALL: Mapping[str, Callable[[View], Sheet]] = {
    "network": network.build,
    "branches": branches.build,
    "regions": regions.build,
    "formats": formats.build,
    "channels": formats.channels,
    "factors": factors.build,
    "sections": sections.build,
    "questions": questions.build,
    "factor_heat": heat.factors,
    "section_heat": heat.sections,
    "coverage": coverage.build,
}
