"""The aggregate `trend`: what changed from one wave to another (scoring.md 3.4)."""

from collections.abc import Mapping
from typing import Any

from audit.scoring.cells import trend_of_cells
from audit.scoring.figures import plain
from audit.scoring.inputs import read_string, read_visits
from audit.scoring.sums import cells_of


def trend(document: Mapping[str, Any]) -> dict[str, Any]:
    """The network's change and that of each branch in both waves."""
    start, end = read_string(document, "from"), read_string(document, "to")
    found = trend_of_cells(cells_of(read_visits(document)), start, end)
    return {"network": plain(found.network), "branches": [plain(row) for row in found.branches]}
